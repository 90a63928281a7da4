import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'

/** Makes a CSV file larger and larger by the rows of another: each size is given, in gigabytes, once it is reached. */
export function* growingCsv(path: string, part: string, sizes: number[]): Generator<number> {
  const bytes = readFileSync(part)
  const header = bytes.indexOf('\n') + 1
  writeFileSync(path, bytes.subarray(0, header))
  for (const gigabytes of sizes) {
    const file = openSync(path, 'a')
    for (let size = statSync(path).size; size < gigabytes * 1e9; size += bytes.length - header)
      writeSync(file, bytes, header)
    closeSync(file)
    yield statSync(path).size / 1e9
  }
}

// Makes packages/table/scanner-wasm.ts of packages/table/assembly: `npm run assembly`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const place = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const target = place('packages/table/scanner-wasm.ts')

/** The text of scanner-wasm.ts, as the source has it now. */
export async function scannerModule(): Promise<string> {
  let binary: Uint8Array | undefined
  const options = '--outFile scanner.wasm -O3 --noAssert --runtime stub --enable simd --use abort='
  const { error, stderr } = await asc.main(['index.ts', ...options.split(' ')], {
    readFile(name: string) {
      const path = place(`packages/table/assembly/${name}`)
      return existsSync(path) ? readFileSync(path, 'utf8') : null
    },
    writeFile(_: string, contents: Uint8Array | string) {
      binary = contents as Uint8Array
    },
  })
  if (error) throw new Error(String(stderr))
  return [
    '/** assembly/, made by `npm run assembly`. */',
    `export const scannerWasm =\n  '${Buffer.from(binary!).toString('base64')}'\n`,
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await scannerModule())

// Makes packages/table/scanner-wasm.ts of packages/table/assembly/scanner.ts: `npm run assembly`.
import { readFileSync, writeFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

const entry = 'packages/table/assembly/scanner.ts'
const { error, binary, stderr } = await (async () => {
  let binary
  const { error, stderr } = await asc.main(
    [
      entry,
      '--outFile',
      'scanner.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--use',
      'abort=',
    ],
    {
      readFile: (name) => {
        try {
          return readFileSync(name, 'utf8')
        } catch {
          return null
        }
      },
      writeFile: (_name, contents) => {
        binary = contents
      },
    },
  )
  return { error, binary, stderr }
})()
if (error) {
  console.error(String(stderr))
  process.exit(1)
}
console.log(binary.length, 'bytes')
writeFileSync(
  'packages/table/scanner-wasm.ts',
  `/** packages/table/assembly/scanner.ts, made by \`npm run assembly\`. */\nexport const scannerWasm =\n  '${Buffer.from(binary).toString('base64')}'\n`,
)

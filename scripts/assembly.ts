// Makes packages/table/scanner-wasm.ts of packages/table/assembly/scanner.ts: `npm run assembly`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const place = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const target = place('packages/table/scanner-wasm.ts')

/** The text of scanner-wasm.ts, as the source has it now. */
export async function scannerModule(): Promise<string> {
  let binary: Uint8Array | undefined
  const { error, stderr } = await asc.main(
    [
      'scanner.ts',
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
      readFile: (name: string) =>
        name === 'scanner.ts' ? readFileSync(place('packages/table/assembly/scanner.ts'), 'utf8') : null,
      writeFile: (_: string, contents: Uint8Array | string) => {
        binary = contents as Uint8Array
      },
    },
  )
  if (error) throw new Error(String(stderr))
  return [
    '/** assembly/scanner.ts, made by `npm run assembly`. */',
    `export const scannerWasm =\n  '${Buffer.from(binary!).toString('base64')}'\n`,
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await scannerModule())

import { basename, dirname } from 'node:path'
import { build } from 'esbuild'

/** Bundles a program as an action is: one file that Node starts, and beside it what is loaded only when it is needed. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  const name = basename(outfile, '.mjs')
  await build({
    entryPoints: { [name]: entry },
    outdir: dirname(outfile),
    outExtension: { '.js': '.mjs' },
    chunkNames: `${name}-[hash]`,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url)",
    },
  })
}

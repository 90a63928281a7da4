import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Warms a runner's tool cache as a job before would have: with the onnxruntime-node that `npm ci` brought, so that no
 * step downloads it. One that is warm stays as it is.
 * @param modules the `node_modules` that holds it
 */
export function warmToolCache(cache: string, modules: string): string {
  const text = readFileSync(join(modules, 'onnxruntime-node/package.json'), 'utf8')
  const versions = join(cache, 'onnxruntime-node', (JSON.parse(text) as { version: string }).version)
  const complete = join(versions, `${process.arch}.complete`)
  if (existsSync(complete)) return cache
  const home = join(versions, process.arch, 'node_modules')
  mkdirSync(home, { recursive: true })
  for (const name of ['onnxruntime-node', 'onnxruntime-common']) symlinkSync(join(modules, name), join(home, name))
  writeFileSync(complete, '')
  return cache
}

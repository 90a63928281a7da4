import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import type { Runtime } from '@mlops-actions/onnx'
import { UserError } from '@mlops-actions/verdict'

/** Docker's names of platforms -> Node's folders of native files. */
const architectures: Record<string, string> = { 'linux/amd64': 'x64', 'linux/arm64': 'arm64' }

/**
 * Copies what onnxruntime-node needs at run time into a node_modules: its JavaScript, onnxruntime-common's, and the native
 * files of the platforms (46 MB for linux/amd64 of the 288 MB that npm installs).
 * @throws UserError PLATFORM_UNSUPPORTED, RUNTIME_PLATFORM
 */
export async function copyRuntime(runtime: Runtime, modules: string, platforms: string[]): Promise<void> {
  const node = join(modules, 'onnxruntime-node')
  await copyFiles(runtime.directory, node, (path) => path === 'package.json' || isCode(path))
  const common = commonFolder(runtime)
  await copyFiles(common, join(modules, 'onnxruntime-common'), (path) => isManifest(path) || isCode(path))
  for (const platform of platforms) {
    const architecture = architectures[platform]
    if (architecture === undefined) throw unsupported(platform)
    const native = join('linux', architecture) + sep
    const copied = await copyFiles(
      runtime.directory,
      node,
      (path) => /^bin[\\/]napi-v\d+[\\/]/.test(path) && path.split(sep).slice(2).join(sep).startsWith(native),
    )
    if (copied === 0) throw absent(runtime, platform)
  }
}

/** CommonJS alone is loaded: `require` finds it. */
function isCode(path: string): boolean {
  return /^dist[\\/]/.test(path) && path.endsWith('.js') && !path.includes(`${sep}esm${sep}`)
}

function isManifest(path: string): boolean {
  return path === 'package.json' || path === join('dist', 'cjs', 'package.json')
}

function commonFolder(runtime: Runtime): string {
  const entry = createRequire(join(runtime.directory, 'package.json')).resolve('onnxruntime-common')
  return entry.slice(0, entry.lastIndexOf(`${sep}dist${sep}`))
}

async function copyFiles(from: string, to: string, wanted: (path: string) => boolean): Promise<number> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(from.length + 1))
    .filter((path) => !path.startsWith(`node_modules${sep}`) && wanted(path))
    .sort()
  for (const path of paths) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    await copyFile(join(from, path), join(to, path))
  }
  return paths.length
}

function unsupported(platform: string): UserError {
  return new UserError({
    code: 'PLATFORM_UNSUPPORTED',
    message: `"${platform.slice(0, 40)}" is no platform that a model can be served on here.`,
    where: { key: 'platforms' },
    help: `Name ${Object.keys(architectures).join(' or ')}.`,
  })
}

function absent(runtime: Runtime, platform: string): UserError {
  return new UserError({
    code: 'RUNTIME_PLATFORM',
    message: `The onnxruntime-node ${runtime.version} of the ${runtime.source} has no files for ${platform}.`,
    where: { key: 'platforms' },
    help: 'Install onnxruntime-node into the workspace (npm install onnxruntime-node --ignore-scripts): that package holds every platform.',
  })
}

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '@mlops-actions/verdict'
import { downloadRuntime, type Pins } from './download.ts'
import pinned from './pinned.json' with { type: 'json' }

/** An onnxruntime-node that can be loaded on this machine: the folder of the package, never its code. */
export interface Runtime {
  directory: string
  version: string
  source: 'configured' | 'workspace' | 'tool cache' | 'download'
}

export interface RuntimeOptions {
  /** Folder of the user's project: its own onnxruntime-node is used where it has one. */
  workspace: string
  /** mlops.yaml's `onnxruntime_path`: the package's folder, or a folder whose node_modules holds it. */
  configured?: string
  /** Default: RUNNER_TOOL_CACHE, else a folder in the user's own cache. */
  toolCache?: string
  /** Base URL of the npm registry. Default: as npm is configured. */
  registry?: string
  /** What is fetched where nothing is found. Default: the version this pack was tested with. */
  pins?: Pins
  /** Told before a download starts. */
  notice?: (message: string) => void
}

/**
 * Finds onnxruntime-node: as configured, else the workspace's, else the tool cache's, else fetches the pinned npm
 * tarballs, checks their integrity and keeps this platform's files in the tool cache. Loads nothing.
 * @throws UserError RUNTIME_NOT_FOUND, RUNTIME_PLATFORM, RUNTIME_DOWNLOAD, RUNTIME_INTEGRITY
 */
export async function loadRuntime(options: RuntimeOptions): Promise<Runtime> {
  if (options.configured !== undefined) return await configuredRuntime(resolve(options.workspace, options.configured))
  if (isMusl()) throw unavailable('onnxruntime-node', 'its builds need glibc, and this Linux has musl (Alpine)')
  const own = await installedRuntime(options.workspace)
  if (own !== undefined) return own

  const pins = options.pins ?? pinned
  const cache = options.toolCache ?? process.env.RUNNER_TOOL_CACHE ?? join(homedir(), '.cache', 'mlops-actions')
  const folder = join(cache, 'onnxruntime-node', pins.version, process.arch)
  const cached = join(folder, 'node_modules', 'onnxruntime-node')
  if (existsSync(`${folder}.complete`)) {
    const found = await inspect(cached, 'tool cache')
    if (found !== undefined) return found
  }
  const lacking = `it has no build for ${process.platform} ${process.arch}`
  if (pins.platforms?.includes(`${process.platform}/${process.arch}`) === false)
    throw unavailable(`onnxruntime-node ${pins.version}`, lacking)
  await downloadRuntime({ pins, folder, workspace: options.workspace, ...pick(options) })
  const fetched = await inspect(cached, 'download')
  if (fetched !== undefined) return fetched
  throw unavailable(`onnxruntime-node ${pins.version}`, lacking)
}

function unavailable(what: string, why: string): UserError {
  return new UserError({
    code: 'RUNTIME_PLATFORM',
    message: `${what} does not run here: ${why}.`,
    help: 'Run this job on Linux with glibc (x64 or arm64), macOS (arm64) or Windows (x64 or arm64), or name a build of your own as onnxruntime_path in mlops.yaml.',
  })
}

/** Whether this is a Linux without glibc, as in an Alpine container. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false
  // Without this, the report would look up the name of every open connection.
  const report = Object.assign(process.report, { excludeNetwork: true })
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined
}

/** The onnxruntime-node that Node.js finds from a folder: in its node_modules or those above it. Never fetches. */
export async function installedRuntime(folder: string): Promise<Runtime | undefined> {
  const found = resolvePackage(folder)
  return found === undefined ? undefined : await inspect(found, 'workspace')
}

function pick(options: RuntimeOptions): Pick<RuntimeOptions, 'registry' | 'notice'> {
  return {
    ...(options.registry === undefined ? {} : { registry: options.registry }),
    ...(options.notice === undefined ? {} : { notice: options.notice }),
  }
}

async function configuredRuntime(path: string): Promise<Runtime> {
  for (const candidate of [path, join(path, 'node_modules', 'onnxruntime-node')]) {
    const found = await inspect(candidate, 'configured')
    if (found !== undefined) return found
  }
  throw new UserError({
    code: 'RUNTIME_NOT_FOUND',
    message: `onnxruntime_path names ${path}, where there is no onnxruntime-node for ${process.platform} ${process.arch}.`,
    where: { key: 'onnxruntime_path' },
    help: 'Name the folder of the onnxruntime-node package, or a folder whose node_modules holds it.',
  })
}

function resolvePackage(folder: string): string | undefined {
  try {
    return dirname(createRequire(join(resolve(folder), 'package.json')).resolve('onnxruntime-node/package.json'))
  } catch {
    return undefined
  }
}

/** The runtime in a folder; undefined where it is no onnxruntime-node or has no binding for this platform. */
async function inspect(directory: string, source: Runtime['source']): Promise<Runtime | undefined> {
  try {
    const { name, version } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >
    if (name !== 'onnxruntime-node' || typeof version !== 'string') return undefined
    return (await bindingFolder(directory)) === undefined ? undefined : { directory, version, source }
  } catch {
    return undefined
  }
}

/** `bin/napi-v6/linux/x64` of a package folder: where the native files of this platform are, relative to it. */
export async function bindingFolder(directory: string): Promise<string | undefined> {
  for (const generation of (await readdir(join(directory, 'bin'))).sort().reverse()) {
    const folder = join('bin', generation, process.platform, process.arch)
    if (existsSync(join(directory, folder, 'onnxruntime_binding.node'))) return folder
  }
  return undefined
}

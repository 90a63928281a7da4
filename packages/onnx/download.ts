import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { UserError } from '@mlops-actions/verdict'
import { unpackTarball } from './tarball.ts'

const publicRegistry = 'https://registry.npmjs.org'

/** A stalled transfer is given up after this many milliseconds without a byte. */
const stall = 30_000

/** A version of onnxruntime-node and the npm integrity (`sha512-…`) of each tarball it is made of. */
export interface Pins {
  version: string
  /** `linux/x64`, as Node.js calls them, that it has native files for; where left out, only the download tells. */
  platforms?: string[]
  packages: Record<string, string>
}

interface Download {
  pins: Pins
  /** Where node_modules/<package> is put; `<folder>.complete` marks that it is whole, as @actions/tool-cache does. */
  folder: string
  /** Whose npm configuration names the registry. */
  workspace: string
  registry?: string
  notice?: (message: string) => void
}

/**
 * Fetches the pinned tarballs, checks each against its sha512, and moves this platform's files into place in one step.
 * @throws UserError RUNTIME_DOWNLOAD, RUNTIME_INTEGRITY
 */
export async function downloadRuntime(download: Download): Promise<void> {
  const { pins, folder } = download
  const registry = (download.registry ?? (await configuredRegistry(download.workspace))).replace(/\/+$/, '')
  download.notice?.(
    `onnxruntime-node is not in the workspace: fetching version ${pins.version} once into the tool cache (add it to the workspace to skip this).`,
  )
  await mkdir(dirname(folder), { recursive: true })
  const staging = await mkdtemp(`${folder}.partial-`)
  try {
    for (const [name, integrity] of Object.entries(pins.packages)) {
      const archive = join(staging, `${name}.tgz`)
      await fetchChecked(`${registry}/${name}/-/${name}-${pins.version}.tgz`, integrity, archive)
      await unpackTarball(createReadStream(archive), join(staging, 'node_modules', name), neededAtRunTime)
      await rm(archive)
    }
    await writeFile(join(staging, 'package.json'), `${JSON.stringify({ private: true })}\n`)
    await moveIntoPlace(staging, folder)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** Where another job of this machine was first, its copy of the same bytes stays. */
async function moveIntoPlace(staging: string, folder: string): Promise<void> {
  const marker = `${folder}.complete`
  if (!existsSync(marker)) await rm(folder, { recursive: true, force: true })
  try {
    await rename(staging, folder)
  } catch (error) {
    if (!existsSync(marker)) throw error
  }
  await writeFile(marker, '')
}

/** JavaScript, licences and this platform's native files: a sixth of the package. */
function neededAtRunTime(path: string): boolean {
  if (path.startsWith('bin/')) return path.split('/').slice(2, 4).join('/') === `${process.platform}/${process.arch}`
  return /^(package\.json|LICENSE|ThirdPartyNotices|dist\/)/i.test(path) && !/\.(map|d\.ts)$/.test(path)
}

/** npm's registry: its environment variable, else what npm says, else the public one. */
async function configuredRegistry(workspace: string): Promise<string> {
  const named = process.env.npm_config_registry ?? process.env.NPM_CONFIG_REGISTRY
  if (named) return named
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const { stdout } = await promisify(execFile)(npm, ['config', 'get', 'registry'], {
      cwd: workspace,
      timeout: 10_000,
      shell: process.platform === 'win32',
    })
    const said = stdout.trim()
    return /^https?:\/\//.test(said) ? said : publicRegistry
  } catch {
    return publicRegistry
  }
}

async function fetchChecked(url: string, integrity: string, file: string): Promise<void> {
  const hash = createHash('sha512')
  const patience = new AbortController()
  let timer = setTimeout(() => patience.abort(), stall)
  const watch = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      clearTimeout(timer)
      timer = setTimeout(() => patience.abort(), stall)
      hash.update(chunk)
      done(null, chunk)
    },
  })
  try {
    const answer = await fetch(url, { signal: patience.signal })
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`)
    await pipeline(Readable.fromWeb(answer.body), watch, createWriteStream(file), { signal: patience.signal })
  } catch (cause) {
    const reason = patience.signal.aborted ? `no byte came for ${stall / 1000} seconds` : reasonOf(cause)
    throw new UserError({
      code: 'RUNTIME_DOWNLOAD',
      message: `onnxruntime-node could not be fetched from ${withoutCredentials(url)}: ${reason}.`,
      help: 'Add onnxruntime-node to the workspace (npm install onnxruntime-node --ignore-scripts), or name its folder as onnxruntime_path in mlops.yaml.',
      cause,
    })
  } finally {
    clearTimeout(timer)
  }
  const found = `sha512-${hash.digest('base64')}`
  if (found === integrity) return
  throw new UserError({
    code: 'RUNTIME_INTEGRITY',
    message: `${withoutCredentials(url)} has the digest ${found}, not the pinned ${integrity}; nothing of it was kept.`,
    help: 'Check what stands between this runner and the npm registry.',
  })
}

/** fetch says only "fetch failed"; why is in its cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url)
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}

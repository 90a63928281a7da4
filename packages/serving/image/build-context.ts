import { chmod, copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { copyModel, type Golden, inputLayout, type LocalModel, type Runtime } from '@mlops-actions/onnx'
import { UserError } from '@mlops-actions/verdict'
import type { Description } from '../description.ts'
import { dockerfile, readme } from './dockerfile.ts'
import { copyRuntime } from './runtime-files.ts'

export interface ContextOptions {
  /** Where the context is written; it must be empty or not be there. */
  folder: string
  model: LocalModel
  description: Description
  golden?: Golden
  /** The text of the version's manifest.json. */
  manifest?: string
  /** The text of its reference.profile.json: the server hides in its own profile what is hidden there. */
  referenceProfile?: string
  runtime: Runtime
  /** e.g. `node:24-slim`; glibc 2.28 or newer, so not Alpine. */
  baseImage: string
  /** `linux/amd64`, `linux/arm64`. */
  platforms: string[]
  /** Folder of the bundled server. Default: the one beside this pack's bundle. */
  server?: string
}

/** A folder that `docker build` needs nothing else for but the base image. */
export interface BuildContext {
  folder: string
  /** Every file by path, sorted. */
  files: { path: string; size: number }[]
  /** Bytes of those under `app/`: what the image adds to its base. */
  size: number
}

/**
 * Writes the context of an image that serves a model: Dockerfile, server, onnxruntime for the platforms, the model with
 * its golden rows, and a README. The same inputs give the same bytes.
 * @throws UserError CONTEXT_NOT_EMPTY, BASE_IMAGE_INVALID, SERVER_BUNDLE_MISSING, PLATFORM_UNSUPPORTED, RUNTIME_PLATFORM;
 *   what copyModel and inputLayout throw
 */
export async function writeBuildContext(options: ContextOptions): Promise<BuildContext> {
  const { folder, description, golden, manifest, referenceProfile, runtime, platforms } = options
  refuseBaseImage(options.baseImage)
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0) throw notEmpty(folder)
  const app = join(folder, 'app')
  const model = join(app, 'model')
  await mkdir(model, { recursive: true })
  const { signature } = await copyModel(options.model, model)
  inputLayout(signature, description.features)
  await writeFile(join(model, 'serving.json'), json(description))
  if (golden !== undefined) await writeFile(join(model, 'golden.json'), json(golden))
  if (manifest !== undefined) await writeFile(join(model, 'manifest.json'), manifest)
  if (referenceProfile !== undefined) await writeFile(join(model, 'reference.profile.json'), referenceProfile)
  await writeFile(join(app, 'package.json'), json({ private: true, type: 'module' }))
  await copyTree(options.server ?? (await serverBundle()), join(app, 'server'))
  await copyRuntime(runtime, join(app, 'node_modules'), platforms)
  const facts = { ...options, sha256: options.model.sha256 }
  await writeFile(join(folder, 'Dockerfile'), dockerfile(facts))
  await writeFile(join(folder, 'README.md'), readme(facts))
  const files = await listed(folder)
  for (const { path } of files) await makeReadable(folder, path)
  const added = files.filter(({ path }) => path.startsWith('app/'))
  return { folder, files, size: added.reduce((total, { size }) => total + size, 0) }
}

/** The image keeps the modes of the context, and its user is nobody that this machine knows: everybody may read a file. */
async function makeReadable(folder: string, path: string): Promise<void> {
  await chmod(join(folder, path), 0o644)
  for (let below = dirname(path); below !== '.'; below = dirname(below)) await chmod(join(folder, below), 0o755)
}

/** The bundled server: `serving/` beside the pack's own bundle, or in dist/ of the repository. */
async function serverBundle(): Promise<string> {
  const here = fileURLToPath(import.meta.url)
  const dist = here.endsWith('.ts') ? join(dirname(here), '..', '..', '..', 'dist') : dirname(here)
  const folder = join(dist, 'serving')
  await stat(join(folder, 'index.js')).catch((cause) => {
    throw new UserError({
      code: 'SERVER_BUNDLE_MISSING',
      message: 'The bundled server is not beside the pack.',
      help: 'In a checkout of this pack: npm run build.',
      cause,
    })
  })
  return folder
}

/** Files of a folder, sorted by path, with `/`. */
async function listed(folder: string, below = ''): Promise<{ path: string; size: number }[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  const files: { path: string; size: number }[] = []
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) files.push(...(await listed(folder, path)))
    else files.push({ path, size: (await stat(join(folder, path))).size })
  }
  return files
}

async function copyTree(from: string, to: string): Promise<void> {
  for (const { path } of await listed(from)) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    await copyFile(join(from, path), join(to, path))
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** What is written into a Dockerfile must not be able to end its line. */
function refuseBaseImage(name: string): void {
  if (/^[a-z0-9][\w.:@/-]{0,254}$/.test(name)) return
  throw new UserError({
    code: 'BASE_IMAGE_INVALID',
    message: `"${name.slice(0, 80)}" is no name of an image.`,
    where: { key: 'base-image' },
    help: 'Give a name such as node:24-slim, or one with a digest.',
  })
}

function notEmpty(folder: string): UserError {
  return new UserError({
    code: 'CONTEXT_NOT_EMPTY',
    message: `${folder} is not empty.`,
    where: { file: folder },
    help: 'Write the build context into a folder of its own.',
  })
}

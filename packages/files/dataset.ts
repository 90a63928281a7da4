import { readFile, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { Source } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { byPath, type Digest, digestFile, fingerprint } from './digest.ts'
import { longestLfsPointer, refuseLfsPointer } from './lfs.ts'
import { insidePath, type Roots, shownPath } from './roots.ts'
import { sourceOf } from './source.ts'
import { directory, unreadable } from './text.ts'

/** Data files, pinned by their digests. */
export interface Dataset {
  /** In the order of their paths' bytes; paths from the workspace's root, with `/`. */
  files: ({ path: string } & Digest)[]
  /** `sha256:…`, see `fingerprint`. */
  fingerprint: string
  /** The same files in the same order, for `readTable`; gzip and Zstandard are unpacked as they are read. */
  sources: Source[]
}

/**
 * The files that paths and globs name, each once, however many links lead to it. A glob's wildcards are `*`, `**`, `?`, `[…]`, `{a,b}`; they match no name
 * that starts with a dot. A path that exists is that file, whatever characters it holds. UserError: no patterns, a pattern
 * that matches nothing, a folder, a path outside the roots, a Git LFS pointer.
 */
export async function dataset(patterns: string[], roots: Roots): Promise<Dataset> {
  const wanted = patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== '')
  if (wanted.length === 0) {
    throw new UserError({
      code: 'DATA_MISSING',
      message: 'No data files were named.',
      help: 'Give at least one path or glob, for example data/*.csv.',
    })
  }
  const named = new Map<string, string>()
  for (const pattern of wanted) {
    for (const path of await matches(pattern, roots)) named.set(await shownPath(path, roots), path)
  }
  const paths: { path: string; absolute: string }[] = []
  const seen = new Set<string>()
  for (const path of [...named.keys()].map((path) => ({ path })).sort(byPath)) {
    const absolute = await insidePath(named.get(path.path)!, roots)
    if (!seen.has(absolute)) paths.push({ ...path, absolute })
    seen.add(absolute)
  }
  const files: Dataset['files'] = []
  for (const { absolute, path } of paths) files.push({ path, ...(await digestData(absolute, path)) })
  const sources: Source[] = []
  for (const [i, { absolute, path }] of paths.entries()) sources.push(await sourceOf(absolute, path, files[i]!.size))
  return { files, fingerprint: fingerprint(files), sources }
}

/** Absolute paths by their own names, links not yet resolved: a link `train.csv` into a cache is a CSV file. */
async function matches(pattern: string, roots: Roots): Promise<string[]> {
  const literal = await insidePath(pattern, roots).catch((error: unknown) => {
    if (isGlob(pattern)) return undefined
    throw error
  })
  if (literal !== undefined && (await isThere(literal))) return [resolve(roots.workspace, pattern)]
  if (!isGlob(pattern)) throw unreadable(Object.assign(new Error('missing'), { code: 'ENOENT' }), pattern)

  const glob = sep === '\\' ? pattern.replaceAll('\\', '/') : pattern
  await insidePath(fixedPart(glob), roots)
  const { glob: find } = await import('tinyglobby')
  const names = await find(glob, {
    cwd: resolve(roots.workspace),
    absolute: true,
    expandDirectories: false,
  })
  if (names.length === 0) {
    throw new UserError({
      code: 'DATA_NO_MATCH',
      message: `No file matches ${JSON.stringify(pattern)}.`,
      where: { key: pattern },
      help: 'Check the pattern: it starts at the root of the repository, `*` stays within one folder, `**` goes into all.',
    })
  }
  return names.map((name) => resolve(name))
}

function isGlob(pattern: string): boolean {
  return /[*?[\]{}()!]/.test(pattern)
}

/** The folders before the first wildcard: where a search starts. */
function fixedPart(glob: string): string {
  const parts = glob.split('/')
  const fixed = parts.slice(0, parts.findIndex(isGlob)).join('/')
  return fixed === '' ? (glob.startsWith('/') ? '/' : '.') : fixed
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function digestData(absolute: string, path: string): Promise<Digest> {
  const status = await stat(absolute).catch((error: unknown) => {
    throw unreadable(error, path)
  })
  if (status.isDirectory()) throw directory(path)
  if (!status.isFile()) {
    throw unreadable(Object.assign(new Error('not a file'), { code: 'a pipe, socket or device' }), path)
  }
  try {
    if (status.size < longestLfsPointer) refuseLfsPointer(await readFile(absolute), path)
    return await digestFile(absolute)
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(error, path)
  }
}

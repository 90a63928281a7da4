import { type Dirent, readdir, realpath, type Stats, stat as statOf } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import type { Source } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import type { GlobOptions } from 'tinyglobby'
import { byPath, type Digest, digestOf, fingerprint } from './digest.ts'
import { longestLfsPointer, refuseLfsPointer } from './lfs.ts'
import { codeOf, insidePath, type Roots, shownPath } from './roots.ts'
import { type FileState, pieces, sourceOf, stateOf } from './source.ts'
import { statusOf, unreadable } from './text.ts'

/** Data files, pinned by their digests. */
export interface Dataset {
  /** In the order of their paths' bytes; paths from the workspace's root, with `/`. */
  files: ({ path: string } & Digest)[]
  /** `sha256:…`, see `fingerprint`. */
  fingerprint: string
  /**
   * The same files in the same order, for `readTable`; gzip and Zstandard are unpacked as they are read. What is read is what
   * the digests are of: a file that was written to since gives a UserError (FILE_CHANGED).
   */
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
  const sources: Source[] = []
  for (const { absolute, path } of paths) {
    const state = stateOf(await statusOf(absolute, path))
    files.push({ path, ...(await digestData(absolute, path, state)) })
    sources.push(await sourceOf(absolute, path, state))
  }
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
  const fixed = fixedPart(glob)
  await insidePath(fixed, roots)
  const { glob: find } = await import('tinyglobby')
  const faults: unknown[] = []
  const names = await find(fixed === '.' ? glob : glob.slice(fixed.length).replace(/^\/+/, ''), {
    cwd: resolve(roots.workspace, fixed),
    absolute: true,
    expandDirectories: false,
    fs: watched(roots, faults),
  })
  if (faults.length > 0) throw faults[0]
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

/**
 * What a search looks at: it enters no folder outside the roots, whatever links or braces lead there, and takes a link that
 * leads nowhere for a file. What it had to leave out is a fault: a file that is not seen would be missing from the data.
 */
function watched(roots: Roots, faults: unknown[]): NonNullable<GlobOptions['fs']> {
  const leaveOut = (fault: unknown, done: (error: Error) => void) => {
    faults.push(fault)
    done(fault as Error)
  }
  return {
    readdir: ((
      folder: string,
      options: { withFileTypes: true },
      done: (error: Error | null, found?: Dirent[]) => void,
    ) => {
      insidePath(folder, roots).then(
        () =>
          readdir(folder, options, (error, found) => {
            if (error === null || ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) done(error, found)
            else leaveOut(unreadable(error, relative(resolve(roots.workspace), folder)), done)
          }),
        (fault: unknown) => leaveOut(fault, done),
      )
    }) as typeof readdir,
    realpath: ((path: string, done: (error: null, real: string) => void) =>
      realpath(path, (error, real) => done(null, error ? path : real))) as typeof realpath,
    stat: ((path: string, done: (error: null, found: Pick<Stats, 'isDirectory'>) => void) =>
      statOf(path, (error, found) => done(null, error ? { isDirectory: () => false } : found))) as typeof statOf,
  }
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

async function digestData(absolute: string, path: string, state: FileState): Promise<Digest> {
  try {
    const digest = await digestOf(pieces(absolute, path, state))
    if (digest.size < longestLfsPointer) refuseLfsPointer(await readFile(absolute), path)
    return digest
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(error, path)
  }
}

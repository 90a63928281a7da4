import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { UserError } from '@mlops-actions/verdict'

/** The two folders that paths may lie in; relative paths start at the workspace. */
export interface Roots {
  workspace: string
  /** RUNNER_TEMP. */
  temp?: string | undefined
}

/**
 * The path as an absolute one with every link resolved, for a file that is there or one that is still to be written.
 * Throws a UserError (PATH_OUTSIDE) unless it lies in the workspace or the temporary folder.
 */
export async function insidePath(path: string, roots: Roots): Promise<string> {
  if (path.includes('\0')) throw outside(path, 'holds a zero byte')
  const wanted = await realPath(resolve(roots.workspace, path))
  if (wanted === undefined)
    throw outside(
      path,
      'is a link that leads nowhere',
      'Fetch what it links to before this step, for example by dvc pull.',
    )
  for (const root of [roots.workspace, roots.temp]) {
    if (root !== undefined && root !== '' && contains(await realRoot(root), wanted)) return wanted
  }
  throw outside(path, 'lies outside the workspace and RUNNER_TEMP')
}

/** How people name an absolute path: from the workspace's root, with `/`. Links in it keep their names. */
export async function shownPath(path: string, roots: Roots): Promise<string> {
  const plain = resolve(roots.workspace)
  const way = relative(contains(plain, path) ? plain : await realRoot(plain), path)
  return way.split(sep).join('/') || '.'
}

/** Links resolved as far as the path exists. Undefined for a dangling link: writing through it could end anywhere. */
async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isMissing(error)) throw outside(path, `cannot be resolved (${codeOf(error)})`)
  }
  if (await exists(path)) return undefined
  const parent = dirname(path)
  if (parent === path) return path
  const resolved = await realPath(parent)
  return resolved === undefined ? undefined : join(resolved, basename(path))
}

async function realRoot(root: string): Promise<string> {
  return (await realPath(resolve(root))) ?? resolve(root)
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}

function contains(root: string, path: string): boolean {
  const way = relative(root, path)
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
}

/** The code of a file system error, e.g. `ENOENT`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function outside(
  path: string,
  why: string,
  help = 'Use a path inside the checked-out repository or inside RUNNER_TEMP; links are followed before this is checked.',
): UserError {
  return new UserError({
    code: 'PATH_OUTSIDE',
    message: `The path ${JSON.stringify(path)} ${why}.`,
    where: { file: path },
    help,
  })
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The commit checked out in a folder; null outside a git repository. */
export async function commitOf(folder: string): Promise<string | null> {
  return git(folder, 'rev-parse', 'HEAD')
}

/** Whether tracked files differ from that commit. What the command itself writes and git ignores does not count. */
export async function dirtyOf(folder: string): Promise<boolean> {
  const changes = await git(folder, 'status', '--porcelain', '--untracked-files=no')
  return changes !== null && changes !== ''
}

async function git(folder: string, ...words: string[]): Promise<string | null> {
  try {
    return (await run('git', ['-C', folder, ...words])).stdout.trim()
  } catch {
    return null
  }
}

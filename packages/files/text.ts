import type { BigIntStats } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { UserError } from '@mlops-actions/verdict'
import { refuseLfsPointer } from './lfs.ts'
import { codeOf, insidePath, type Roots } from './roots.ts'

/** Settings, suites, metrics and profiles are far smaller. */
const longestText = 2 ** 28

/** The text of a UTF-8 file (without a byte order mark). What is missing, no file, beyond 256 MiB, or no UTF-8 is a UserError. */
export async function readText(path: string, roots: Roots): Promise<string> {
  const bytes = await readBytes(await insidePath(path, roots), path)
  refuseLfsPointer(bytes, path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UserError({
      code: 'FILE_ENCODING',
      message: `${path} is not UTF-8 text.`,
      where: { file: path },
      help: 'Save it as UTF-8.',
    })
  }
}

async function readBytes(absolute: string, path: string): Promise<Uint8Array> {
  const { size } = await statusOf(absolute, path)
  if (size > longestText) {
    throw new UserError({
      code: 'FILE_TOO_LARGE',
      message: `${path} is larger than 256 MiB: it is no text that is read at once.`,
      where: { file: path },
      help: 'Check the path: data files are named by "data".',
    })
  }
  try {
    return await readFile(absolute)
  } catch (error) {
    throw unreadable(error, path)
  }
}

/** What the file system tells of a file. UserError for what is missing, a folder, a pipe, a socket or a device: they may never end. */
export async function statusOf(absolute: string, path: string): Promise<BigIntStats> {
  const status = await stat(absolute, { bigint: true }).catch((error: unknown) => {
    throw unreadable(error, path)
  })
  if (status.isDirectory()) throw directory(path)
  if (status.isFile()) return status
  throw unreadable(Object.assign(new Error('not a file'), { code: 'a pipe, socket or device' }), path)
}

/** A file system error as the user's own words would have it. */
export function unreadable(error: unknown, path: string): UserError {
  const code = codeOf(error)
  const where = { file: path }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new UserError({
      code: 'FILE_MISSING',
      message: `There is no file ${path}.`,
      where,
      help: 'Check the path: it starts at the root of the repository, and upper and lower case count. Files that another job made must be downloaded first.',
    })
  }
  if (code === 'EISDIR') return directory(path)
  return new UserError({
    code: 'FILE_UNREADABLE',
    message: `${path} could not be read (${code}).`,
    where,
    help: 'Check that it is a file and that the runner may read it.',
    cause: error,
  })
}

export function directory(path: string): UserError {
  return new UserError({
    code: 'FILE_IS_DIRECTORY',
    message: `${path} is a folder, not a file.`,
    where: { file: path },
    help: `Name the files in it, for example ${path.replace(/[\\/]+$/, '')}/*.csv.`,
  })
}

import { readFile } from 'node:fs/promises'
import { UserError } from '@mlops-actions/verdict'
import { refuseLfsPointer } from './lfs.ts'
import { codeOf, insidePath, type Roots } from './roots.ts'

/** The text of a UTF-8 file (without a byte order mark). What is missing, no file, or no UTF-8 is a UserError. */
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
  try {
    return await readFile(absolute)
  } catch (error) {
    throw unreadable(error, path)
  }
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

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { UserError } from '@mlops-actions/verdict'
import { unreadable } from './text.ts'

export interface Digest {
  /** 64 hex digits. */
  sha256: string
  /** In bytes. */
  size: number
}

/** Sha256 and size of a file's bytes, read as a stream. The path is taken as it is: check it with `insidePath` first. */
export function digestFile(path: string): Promise<Digest> {
  return digestOf(createReadStream(path, { highWaterMark: 1 << 20 }))
}

export async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of chunks) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}

/** Throws a UserError (FILE_CHANGED, or why it cannot be read) unless the file's bytes have this sha256 (hex). */
export async function requireDigest(path: string, sha256: string): Promise<void> {
  const { sha256: found } = await digestFile(path).catch((error: unknown) => {
    throw unreadable(error, path)
  })
  if (found !== sha256) throw changed(path, `has the sha256 ${found}, not ${sha256}: it changed since it was looked at`)
}

export function changed(path: string, how: string): UserError {
  return new UserError({
    code: 'FILE_CHANGED',
    message: `${path} ${how}.`,
    where: { file: path },
    help: 'Run the job again; see that no other step writes this file.',
  })
}

/**
 * `sha256:…` of a set of files. One file: of its bytes, whatever its name. Several: of the text that `sha256sum` prints
 * for them in the order of their paths' bytes, each line ending in a newline.
 */
export function fingerprint(files: { path: string; sha256: string }[]): string {
  if (files.length === 1) return `sha256:${files[0]!.sha256}`
  const text = [...files].sort(byPath).map(sumLine).join('')
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

/** Order of the paths' UTF-8 bytes, as `LC_ALL=C sort` has it. */
export function byPath(a: { path: string }, b: { path: string }): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))
}

/** A line of coreutils' sha256sum, which marks a name with special characters by a leading backslash. */
function sumLine({ path, sha256 }: { path: string; sha256: string }): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `${escaped === path ? '' : '\\'}${sha256}  ${escaped}\n`
}

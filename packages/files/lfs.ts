import { UserError } from '@mlops-actions/verdict'

const mark = 'version https://git-lfs.github.com/spec/'

/** A pointer is under 1024 bytes: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. */
export const longestLfsPointer = 1024

/** Throws a UserError where the bytes are what Git LFS leaves in place of a file that was not fetched. */
export function refuseLfsPointer(bytes: Uint8Array, path: string): void {
  if (bytes.length >= longestLfsPointer) return
  if (Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, mark.length)).toString('latin1') !== mark)
    return
  throw new UserError({
    code: 'LFS_POINTER',
    message: `${path} is a Git LFS pointer: the file itself was not fetched.`,
    where: { file: path },
    help: 'Set "lfs: true" on actions/checkout, or run "git lfs pull" before this step.',
  })
}

import type { BigIntStats } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Source } from '@mlops-actions/table'
import { compressionOf, unpacked } from './compression.ts'
import { changed } from './digest.ts'
import { unreadable } from './text.ts'

const pieceBytes = 1 << 20

/** A state of a file: every write gives another one. */
export interface FileState {
  size: number
  mark: string
}

export function stateOf({ size, mtimeNs, ctimeNs }: BigIntStats): FileState {
  return { size: Number(size), mark: `${size} ${mtimeNs} ${ctimeNs}` }
}

/**
 * A file as `readTable` takes it: unpacked where it is compressed. Only a file that is not can be read in parts. A piece is
 * good until the next is asked for. UserError where it cannot be read, and where its state is not the one that is given.
 * @param path how people name it
 */
export async function sourceOf(absolute: string, path: string, state: FileState): Promise<Source> {
  const { size } = state
  const bytes = (start?: number, end?: number) => pieces(absolute, path, state, start, end)
  let first = Buffer.alloc(0)
  for await (const piece of bytes(0, 4)) first = Buffer.concat([first, piece])
  const compression = compressionOf(first)
  if (compression === undefined) return { name: path, size, open: bytes }
  return { name: path, open: () => unpacked(bytes(), compression, path, size) }
}

/**
 * Two buffers for the whole file, where a stream would leave a megabyte of garbage for every megabyte read: while one is
 * used, the other is filled.
 */
export async function* pieces(
  absolute: string,
  path: string,
  state: FileState,
  start = 0,
  to = state.size,
): AsyncGenerator<Uint8Array> {
  // A file that grows while it is read would be read for ever.
  const end = Math.min(to, state.size)
  const file = await open(absolute).catch((error: unknown) => {
    throw unreadable(error, path)
  })
  const compare = async () => {
    const { mark } = stateOf(await file.stat({ bigint: true }))
    if (mark !== state.mark) throw changed(path, 'changed while it was read')
  }
  try {
    await compare()
    const size = Math.max(0, Math.min(pieceBytes, end - start))
    const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
    const fill = async (buffer: Buffer, at: number) => {
      const { bytesRead } = await file.read(buffer, 0, Math.max(0, Math.min(size, end - at)), at)
      return buffer.subarray(0, bytesRead)
    }
    let next = fill(buffers[0]!, start)
    for (let at = start, i = 1; ; i++) {
      const piece = await next
      if (piece.length === 0) return await compare()
      at += piece.length
      next = fill(buffers[i % 2]!, at)
      // Its fault is thrown when it is waited for.
      next.catch(() => {})
      yield piece
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(error, path) : error
  } finally {
    await file.close()
  }
}

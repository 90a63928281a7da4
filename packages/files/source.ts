import { open } from 'node:fs/promises'
import type { Source } from '@mlops-actions/table'
import { compressionOf, unpacked } from './compression.ts'
import { unreadable } from './text.ts'

const pieceBytes = 1 << 20

/**
 * A file as `readTable` takes it: unpacked where it is compressed. Only a file that is not can be read in parts. A piece is
 * good until the next is asked for. UserError where it cannot be read.
 * @param path how people name it
 */
export async function sourceOf(absolute: string, path: string, size: number): Promise<Source> {
  const bytes = (start = 0, end = Number.POSITIVE_INFINITY) => pieces(absolute, path, start, end)
  let first = Buffer.alloc(0)
  for await (const piece of bytes(0, 4)) first = Buffer.concat([first, piece])
  const compression = compressionOf(first)
  if (compression === undefined) return { name: path, size, open: bytes }
  return { name: path, open: () => unpacked(bytes(), compression, path) }
}

/**
 * Two buffers for the whole file, where a stream would leave a megabyte of garbage for every megabyte read: while one is
 * used, the other is filled.
 */
async function* pieces(absolute: string, path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const file = await open(absolute).catch((error: unknown) => {
    throw unreadable(error, path)
  })
  try {
    const size = Math.max(0, Math.min(pieceBytes, end - start))
    const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
    const fill = async (buffer: Buffer, at: number) => {
      const { bytesRead } = await file.read(buffer, 0, Math.max(0, Math.min(size, end - at)), at)
      return buffer.subarray(0, bytesRead)
    }
    let next = fill(buffers[0]!, start)
    for (let at = start, i = 1; ; i++) {
      const piece = await next
      if (piece.length === 0) return
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

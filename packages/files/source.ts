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

/** One buffer for the whole file: a stream would leave a megabyte of garbage for every megabyte read. */
async function* pieces(absolute: string, path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const file = await open(absolute).catch((error: unknown) => {
    throw unreadable(error, path)
  })
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(pieceBytes, end - start)))
    for (let at = start; at < end; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at)
      if (bytesRead === 0) return
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? unreadable(error, path) : error
  } finally {
    await file.close()
  }
}

import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

const block = 512
const latin = new TextDecoder('latin1')

/** No package of ours is near it; a bomb would be. */
const largest = 2 ** 30

/**
 * Unpacks an npm tarball (gzipped ustar) whose digest has been checked. Its first folder is dropped, and of the rest only
 * regular files that `wanted` names (by path below that folder) are written; links and devices never are.
 */
export async function unpackTarball(
  archive: Readable,
  folder: string,
  wanted: (path: string) => boolean,
): Promise<void> {
  const bytes = new ByteQueue(archive.pipe(createGunzip()))
  let written = 0
  for (;;) {
    const header = await bytes.take(block)
    if (header.every((byte) => byte === 0)) return
    const { path, size, regular } = readHeader(header)
    const below = path.split('/').slice(1)
    const inside =
      below.length > 0 && below.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:]/.test(part))
    if (regular && inside && wanted(below.join('/'))) {
      written += size
      if (written > largest) throw new Error('the archive unpacks to more than 1 GiB')
      const file = join(folder, ...below)
      await mkdir(dirname(file), { recursive: true })
      await bytes.write(size, file)
    } else {
      await bytes.write(size)
    }
    await bytes.write((block - (size % block)) % block)
  }
}

/** ustar: name 0-99, size 124-135 (octal), checksum 148-155, type 156, prefix 345-499. */
function readHeader(header: Uint8Array): { path: string; size: number; regular: boolean } {
  const field = (from: number, to: number) => latin.decode(header.subarray(from, to)).replace(/\0.*$/s, '').trim()
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  const size = Number.parseInt(field(124, 136) || '0', 8)
  if (Number.parseInt(field(148, 156), 8) !== sum || !(size >= 0)) throw new Error('the archive is damaged')
  const prefix = field(345, 500)
  return {
    path: `${prefix}${prefix === '' ? '' : '/'}${field(0, 100)}`,
    size,
    regular: /^[0\0]?$/.test(field(156, 157)),
  }
}

/** A byte stream read in amounts of the reader's choosing. */
class ByteQueue {
  private readonly source: AsyncIterator<Uint8Array>
  private rest: Uint8Array = new Uint8Array(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]()
  }

  async take(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for await (const part of this.parts(length)) parts.push(part)
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  /** The next `length` bytes into a file, or to nowhere. */
  async write(length: number, file?: string): Promise<void> {
    if (file === undefined) {
      for await (const _ of this.parts(length));
      return
    }
    const out = createWriteStream(file)
    try {
      for await (const part of this.parts(length)) {
        if (!out.write(part)) await new Promise<void>((go) => out.once('drain', () => go()))
      }
    } finally {
      await new Promise<void>((done, failed) => {
        out.once('error', failed)
        out.end(() => done())
      })
    }
  }

  private async *parts(length: number): AsyncGenerator<Uint8Array> {
    let left = length
    while (left > 0) {
      if (this.rest.length === 0) {
        const next = await this.source.next()
        if (next.done) throw new Error('the archive ends early')
        this.rest = next.value
      }
      const part = this.rest.subarray(0, left)
      this.rest = this.rest.subarray(part.length)
      left -= part.length
      yield part
    }
  }
}

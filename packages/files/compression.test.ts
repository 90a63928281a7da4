import { gzipSync, zstdCompressSync } from 'node:zlib'
import { UserError } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Compression, compressionOf, unpacked } from './compression.ts'

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function unpack(bytes: Uint8Array, compression: Compression, size = 1 << 20): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of unpacked(inPieces(bytes, size), compression, 'a', bytes.length)) parts.push(part)
  return Buffer.concat(parts).toString()
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof UserError ? error.code : String(error)),
  )

const kinds: [Compression, (text: string) => Buffer][] = [
  ['gzip', (text) => gzipSync(text)],
  ['Zstandard', (text) => zstdCompressSync(text)],
]

describe.each(kinds)('%s', (kind, pack) => {
  it('is known by its first bytes', () => {
    expect(compressionOf(pack('a,b\n'))).toBe(kind)
    expect(compressionOf(Buffer.from('a,b\n'))).toBeUndefined()
    expect(compressionOf(Buffer.from('a'))).toBeUndefined()
  })

  it('is unpacked whole, in any pieces, also where it is several parts', async () => {
    const text = fc.string({ maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 99 }),
        async (parts, size) => {
          expect(await unpack(Buffer.concat(parts.map(pack)), kind, size)).toBe(parts.join(''))
        },
      ),
      { numRuns: 60 },
    )
    const long = Array.from({ length: 300_000 }, (_, i) => `${i},${i % 7}\n`).join('')
    expect(await unpack(Buffer.concat([pack(long), pack(long)]), kind, 5000)).toBe(long + long)
  })

  it('says where it is cut off, damaged, or goes on as something else', async () => {
    const bytes = pack('a,b\n1,2\n'.repeat(1000))
    expect(await codeOf(unpack(bytes.subarray(0, -5), kind))).toBe('FILE_DAMAGED')
    expect(await codeOf(unpack(bytes.subarray(0, 12), kind))).toBe('FILE_DAMAGED')
    expect(await codeOf(unpack(Buffer.concat([bytes, Buffer.from('junk')]), kind))).toBe('FILE_DAMAGED')
    expect(await codeOf(unpack(Buffer.concat([bytes.subarray(0, 14), Buffer.alloc(20, 255)]), kind))).toBe(
      'FILE_DAMAGED',
    )
  })

  it('hands on the fault of what it reads', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield pack('a,b\n').subarray(0, 8)
      throw new Error('the disk failed')
    }
    const read = async () => {
      for await (const part of unpacked(broken(), kind, 'a', 8)) expect(part).toBeDefined()
    }
    await expect(read()).rejects.toThrow('the disk failed')
  })

  it('may be left before its end', async () => {
    for await (const part of unpacked(inPieces(pack('a,b\n'.repeat(1_000_000)), 100), kind, 'a', 1000)) {
      expect(part.length).toBeGreaterThan(0)
      break
    }
  })

  it('refuses a bomb', async () => {
    const part = pack('0'.repeat(1 << 26))
    const packed = Buffer.concat(Array.from({ length: 20 }, () => part))
    let size = 0
    const read = async () => {
      for await (const part of unpacked(inPieces(packed, 1 << 16), kind, 'a', packed.length)) size += part.length
    }
    expect(await codeOf(read())).toBe('FILE_BOMB')
    expect(size).toBeLessThan(2 ** 30 + 2 ** 20)
  })
})

import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { UserError } from '@mlops-actions/verdict'

export type Compression = 'gzip' | 'Zstandard'

/** Data that unpack to more than this are refused where they unpack to more than so many times the size of the file. */
const suspectBytes = 2 ** 30
const suspectRatio = 200
const chunkSize = 1 << 18

const marks: Record<Compression, Buffer> = {
  gzip: Buffer.of(0x1f, 0x8b),
  Zstandard: Buffer.of(0x28, 0xb5, 0x2f, 0xfd),
}

/** How a file is compressed, by its first four bytes; undefined where it is not. */
export function compressionOf(first: Uint8Array): Compression | undefined {
  const kinds = Object.keys(marks) as Compression[]
  return kinds.find((kind) => marks[kind].equals(first.subarray(0, marks[kind].length)))
}

/**
 * The unpacked bytes of a compressed file, piece by piece: memory holds a piece. Several members or frames, one after the
 * other, are one file. UserError: bytes that are damaged or cut off, and what unpacks to more than 1 GiB and 200 times its
 * size.
 * @param size of the packed file, in bytes
 */
export async function* unpacked(
  packed: AsyncGenerator<Uint8Array>,
  compression: Compression,
  path: string,
  size: number,
): AsyncGenerator<Uint8Array> {
  const most = Math.max(suspectBytes, suspectRatio * size)
  let written = 0
  try {
    for await (const piece of inflate(packed, compression)) {
      written += piece.length
      if (written > most) throw bomb(path)
      yield piece
    }
  } catch (error) {
    if (!isZlibError(error)) throw error
    const how = error.code === 'Z_BUF_ERROR' ? 'is cut off' : 'is damaged'
    throw new UserError({
      code: 'FILE_DAMAGED',
      message: `${path} ${how}: its ${compression} data cannot be unpacked.`,
      where: { file: path },
      help: 'Make the file again, and let the step that writes it end before this one starts.',
      cause: error,
    })
  } finally {
    void packed.return(undefined)
  }
}

/** Node's engines may stop after one member or frame; what they left unread begins the next. */
async function* inflate(packed: AsyncIterator<Uint8Array>, compression: Compression): AsyncGenerator<Uint8Array> {
  for (let left: Uint8Array | undefined = new Uint8Array(0); left !== undefined; ) {
    const engine = compression === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize })
    const fed = feed(engine, left, packed)
    fed.catch((error: Error) => engine.destroy(error))
    yield* engine
    left = await fed
  }
}

/** Writes one chunk after the other, until they or the frame end; gives what follows the frame. */
async function feed(
  engine: Gunzip | ZstdDecompress,
  first: Uint8Array,
  packed: AsyncIterator<Uint8Array>,
): Promise<Uint8Array | undefined> {
  let end = 0
  for (let chunk: Uint8Array | undefined = first; chunk !== undefined; chunk = await nextOf(packed)) {
    if (chunk.length === 0) continue
    end += chunk.length
    await new Promise((resolve) => engine.write(chunk, resolve))
    if (engine.bytesWritten < end) return chunk.subarray(chunk.length - (end - engine.bytesWritten))
  }
  engine.end()
  return undefined
}

async function nextOf(packed: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const next = await packed.next()
  return next.done === true ? undefined : next.value
}

function isZlibError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && /^(Z_|ZSTD_|ERR_)/.test(String(error.code))
}

function bomb(path: string): UserError {
  return new UserError({
    code: 'FILE_BOMB',
    message: `${path} unpacks to more than 1 GiB and more than ${suspectRatio} times its size.`,
    where: { file: path },
    help: 'Data are not as even as that. If these are, unpack them before this step.',
  })
}

import { isUtf8 } from 'node:buffer'
import { UserError } from '@mlops-actions/verdict'
import type { Block } from './block.ts'
import type { Source } from './column.ts'
import { refuseContent } from './format.ts'
import type { Scanner } from './scanner.ts'

/** Read so much before cutting: whole rows then come in long runs, however small the pieces are. */
const blockBytes = 1 << 20
/** A row longer than this is a quote that was never closed, or no table. */
const longestRow = 1 << 24

/** Cuts bytes into rows. */
export interface Cutter extends Scanner {
  /** The next run of whole rows; undefined where none is there whole. `last`: no byte will follow. */
  cut(last: boolean): Block | undefined
}

/**
 * The rows of a source in long runs, their bytes checked. UserError: bytes that are not UTF-8, zero bytes, the mark of
 * another format, a row beyond 16 MiB, and what the cutter throws.
 */
export async function* scan(
  chunks: AsyncIterable<Uint8Array>,
  { name }: Source,
  cutter: Cutter,
): AsyncGenerator<Block> {
  let first = true
  let wanted = blockBytes

  function* cut(last: boolean): Generator<Block> {
    if (first && cutter.to > 0) {
      refuseContent(cutter.bytes.subarray(0, cutter.to), name)
      if (cutter.bytes[0] === 0xef && cutter.bytes[1] === 0xbb && cutter.bytes[2] === 0xbf) cutter.from = 3
    }
    first = false
    for (;;) {
      const { from, line } = cutter
      const block = cutter.cut(last)
      checkBytes(cutter.bytes.subarray(from, cutter.from), line, block, name)
      if (block === undefined) return
      yield block
    }
  }

  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += blockBytes) {
      cutter.append(chunk.subarray(at, at + blockBytes))
      if (cutter.to - cutter.from < wanted) continue
      yield* cut(false)
      const left = cutter.to - cutter.from
      if (left > longestRow) throw tooLong(cutter.line, name)
      wanted = Math.max(blockBytes, 2 * left)
    }
  }
  yield* cut(true)
}

/** Enough for long runs, few enough that their cells' offsets stay in the processor's cache; for a small file, its rows. */
export function rowsAtATime(width: number, bytes: number): number {
  return Math.max(64, Math.min(16384, Math.floor((1 << 16) / width), Math.ceil(bytes / width)))
}

function checkBytes(bytes: Buffer, line: number, block: Block | undefined, file: string): void {
  if (!isUtf8(bytes)) {
    throw fault(bytes, block, line, file, (cell) => !isUtf8(cell), {
      code: 'TABLE_ENCODING',
      what: 'bytes that are not UTF-8',
      help: 'Save the file as UTF-8, or set data.encoding to latin-1 in mlops.yaml. (Excel: "CSV UTF-8"; pandas: to_csv writes UTF-8 unless told otherwise.)',
    })
  }
  if (bytes.includes(0)) {
    throw fault(bytes, block, line, file, (cell) => cell.includes(0), {
      code: 'TABLE_ZERO_BYTE',
      what: 'a zero byte',
      help: 'The file was damaged, or is no text: write it again, as UTF-8.',
    })
  }
}

/** An error that names the line and the column of the first cell with a fault. */
function fault(
  bytes: Buffer,
  block: Block | undefined,
  line: number,
  file: string,
  isFaulty: (cell: Buffer) => boolean,
  { code, what, help }: { code: string; what: string; help: string },
): UserError {
  const width = block?.names.length ?? 0
  const at = Array.from({ length: (block?.rows ?? 0) * width }, (_, k) => k).find((k) =>
    isFaulty(block!.cells.bytes.subarray(block!.cells.starts[k], block!.cells.ends[k])),
  )
  if (at === undefined) {
    // Not in a cell: in the header, or in a key of JSON, which are lines as LF ends them.
    const lines = bytes.toString('latin1').split('\n')
    const place =
      line +
      Math.max(
        0,
        lines.findIndex((text) => isFaulty(Buffer.from(text, 'latin1'))),
      )
    return new UserError({
      code,
      message: `Line ${place} of ${file} holds ${what}.`,
      where: { file, line: place },
      help,
    })
  }
  const place = block!.cells.lines[Math.floor(at / width)]!
  const key = block!.names[at % width]!
  return new UserError({
    code,
    message: `Line ${place} of ${file} holds ${what}, in the column ${key}.`,
    where: { file, line: place, key },
    help,
  })
}

function tooLong(line: number, file: string): UserError {
  return new UserError({
    code: 'TABLE_ROW_TOO_LONG',
    message: `The row that begins on line ${line} of ${file} is longer than 16 MiB.`,
    where: { file, line },
    help: 'Look for a quote on that line that is never closed.',
  })
}

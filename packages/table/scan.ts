import { isUtf8 } from 'node:buffer'
import { UserError } from '@mlops-actions/verdict'
import type { Source } from './column.ts'
import { refuseContent } from './format.ts'
import { Lexer } from './lexer.ts'

/** Read so much before cutting: whole rows then come in long runs, however small the pieces are. */
const blockBytes = 1 << 20
/** A row longer than this is a quote that was never closed. */
const longestRow = 1 << 24

/** A run of whole rows: cells are offsets into `cells.bytes`, valid until the next run is asked for. */
export interface Block {
  rows: number
  width: number
  cells: Lexer
}

/**
 * The rows of one source after its header, as UTF-8 bytes checked. `onHeader` gets the column names first. UserError: no
 * header, rows that are ragged, quotes that do not close, bytes that are not UTF-8.
 */
export async function* scan(
  source: Source,
  delimiter: number,
  onHeader: (names: string[]) => void,
): AsyncGenerator<Block> {
  const lexer = new Lexer(delimiter, source.name)
  let names: string[] | undefined
  let first = true
  let wanted = blockBytes

  function* cut(last: boolean): Generator<Block> {
    if (first && lexer.to > 0) {
      refuseContent(lexer.bytes.subarray(0, lexer.to), source.name)
      if (lexer.bytes[0] === 0xef && lexer.bytes[1] === 0xbb && lexer.bytes[2] === 0xbf) lexer.from = 3
    }
    first = false
    if (names === undefined) {
      names = header(lexer, last, source.name)
      if (names === undefined) return
      onHeader(names)
      lexer.expect(names.length, rowsAtATime(names.length, lexer.to - lexer.from))
    }
    for (;;) {
      const from = lexer.from
      const rows = lexer.cut(last)
      if (!isUtf8(lexer.bytes.subarray(from, lexer.from))) throw notUtf8(lexer, rows, names, source.name)
      if (rows === 0) return
      yield { rows, width: names.length, cells: lexer }
    }
  }

  for await (const chunk of source.open()) {
    for (let at = 0; at < chunk.length; at += blockBytes) {
      lexer.append(chunk.subarray(at, at + blockBytes))
      if (lexer.to - lexer.from < wanted) continue
      yield* cut(false)
      const left = lexer.to - lexer.from
      if (left > longestRow) throw tooLong(lexer.line, source.name)
      wanted = Math.max(blockBytes, 2 * left)
    }
  }
  yield* cut(true)
  if (names === undefined) {
    throw new UserError({
      code: 'TABLE_EMPTY',
      message: `${source.name} is empty: it has no header.`,
      where: { file: source.name },
      help: 'Write the names of the columns into the first line, also where no rows follow.',
    })
  }
}

/** Enough for long runs, few enough that their cells' offsets stay in the processor's cache; for a small file, its rows. */
function rowsAtATime(width: number, bytes: number): number {
  return Math.max(64, Math.min(16384, Math.floor((1 << 18) / width), Math.ceil(bytes / width)))
}

/** The names of the columns; undefined where the header is not there whole. */
function header(lexer: Lexer, last: boolean, file: string): string[] | undefined {
  // Without a width the lexer only counts the cells of a row and leaves it where it is.
  if (lexer.cut(last) === 0) return undefined
  const { cells } = lexer
  lexer.expect(cells, 1)
  const { from } = lexer
  lexer.cut(last)
  if (!isUtf8(lexer.bytes.subarray(from, lexer.from))) throw notUtf8(lexer, 1, [], file)
  return Array.from({ length: cells }, (_, cell) => lexer.text(cell))
}

function notUtf8(lexer: Lexer, rows: number, names: string[], file: string): UserError {
  const width = names.length || lexer.cells
  const cell = Array.from({ length: rows * width }, (_, k) => k).find(
    (k) => !isUtf8(lexer.bytes.subarray(lexer.starts[k], lexer.ends[k])),
  )
  const line = lexer.lines[cell === undefined ? 0 : Math.floor(cell / width)] ?? lexer.line
  const key = cell === undefined ? undefined : names[cell % width]
  return new UserError({
    code: 'TABLE_ENCODING',
    message: `Line ${line} of ${file} holds bytes that are not UTF-8${key === undefined ? '' : `, in the column ${key}`}.`,
    where: { file, line, ...(key === undefined ? {} : { key }) },
    help: 'Save the file as UTF-8. (Excel: "CSV UTF-8"; pandas: to_csv writes UTF-8 unless told otherwise.)',
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

import { UserError } from '@mlops-actions/verdict'
import { type Block, textOf } from './block.ts'
import type { Encoding, Source } from './column.ts'
import type { Memory } from './memory.ts'
import type { NullWords } from './null-words.ts'
import { rowsAtATime, scan } from './scan.ts'
import { fault, Scanner } from './scanner.ts'

export interface Writing {
  /** The byte between cells; `chosen` where the user named it. */
  delimiter: { byte: number; chosen: boolean }
  encoding: Encoding
  nullWords: NullWords | undefined
  timestamps: boolean
}

/**
 * CSV or TSV: the header first, as a run of no rows, then the rows. UserError: no header, rows that are ragged, quotes that
 * do not close, and what `scan` refuses.
 */
export async function* delimited(source: Source, writing: Writing, memory: Memory): AsyncGenerator<Block> {
  const { name } = source
  const cutter = new DelimitedRows(writing, name, memory)
  try {
    yield* scan(writing.encoding === 'latin-1' ? asUtf8(source.open()) : source.open(), source, cutter)
  } finally {
    cutter.close()
  }
  if (!cutter.hasHeader) {
    throw new UserError({
      code: 'TABLE_EMPTY',
      message: `${name} is empty: it has no header.`,
      where: { file: name },
      help: 'Write the names of the columns into the first line, also where no rows follow.',
    })
  }
}

/**
 * Cuts bytes into cells by RFC 4180: cells may stand in quotes, hold delimiters and line breaks there, and double a quote
 * that is meant. Lines end with LF, CRLF or CR. Blank lines are no rows. A quote inside a cell that does not begin with one
 * is a character like any other.
 */
class DelimitedRows extends Scanner {
  readonly #writing: Writing
  readonly #name: string
  #width = 0
  #names: string[] | undefined
  #isReady = false

  constructor(writing: Writing, name: string, memory: Memory) {
    super(memory)
    this.#writing = writing
    this.#name = name
  }

  get hasHeader(): boolean {
    return this.#names !== undefined
  }

  cut(last: boolean): Block | undefined {
    const { nullWords, timestamps } = this.#writing
    if (this.#names !== undefined) {
      // Only now, so that a header of a million names is refused before there is room for its rows.
      if (!this.#isReady) this.expect(this.#width, rowsAtATime(this.#width, this.to - this.from))
      this.#isReady = true
      const rows = this.#cutRows(last)
      return rows === 0 ? undefined : { names: this.#names, rows, cells: this, nullWords, timestamps }
    }
    // Without a width the cells of a row are only counted, and it stays where it is.
    if (this.#cutRows(last) === 0) return undefined
    this.#width = this.cells
    this.expect(this.#width, 1)
    this.#cutRows(last)
    this.#names = Array.from({ length: this.#width }, (_, cell) => textOf(this, cell))
    this.#checkDelimiter(this.#names)
    return { names: this.#names, rows: 0, cells: this, nullWords, timestamps }
  }

  #cutRows(last: boolean): number {
    const rows = this.cutDelimited(this.#writing.delimiter.byte, last)
    if (rows >= 0) return rows
    const line = this.faultLine
    if (rows === fault.openQuote) throw this.#openQuote(line)
    throw rows === fault.afterQuote ? this.#afterQuote(line) : this.#ragged(line, this.cells)
  }

  #checkDelimiter([first, second]: string[]): void {
    const other = /[;\t|]/.exec(first!)?.[0]
    if (second !== undefined || other === undefined || this.#writing.delimiter.chosen) return
    throw new UserError({
      code: 'TABLE_DELIMITER',
      message: `${this.#name} seems to have ${other === '\t' ? 'tabs' : `"${other}"`} between its cells.`,
      where: { file: this.#name, line: 1 },
      help:
        other === '\t'
          ? 'Read it as TSV: name it .tsv, or give the format.'
          : `Set data.delimiter to "${other}" in mlops.yaml, or save it with commas.`,
    })
  }

  #ragged(line: number, cells: number): UserError {
    const count = `${cells} ${cells === 1 ? 'cell' : 'cells'}`
    return new UserError({
      code: 'TABLE_RAGGED',
      message: `Line ${line} of ${this.#name} has ${count}, the header has ${this.#width}.`,
      where: { file: this.#name, line },
      help: 'Write every row with as many cells as the header, and put cells that hold the delimiter into quotes.',
    })
  }

  #openQuote(line: number): UserError {
    return new UserError({
      code: 'TABLE_QUOTE_OPEN',
      message: `A quote that opens on line ${line} of ${this.#name} is never closed.`,
      where: { file: this.#name, line },
      help: 'Close the quote; a quote that belongs to the text is doubled, and the whole cell put into quotes.',
    })
  }

  #afterQuote(line: number): UserError {
    return new UserError({
      code: 'TABLE_QUOTE',
      message: `On line ${line} of ${this.#name}, a cell goes on after its closing quote.`,
      where: { file: this.#name, line },
      help: 'End the cell at its closing quote; a quote that belongs to the text is doubled.',
    })
  }
}

/** ISO 8859-1, in which every byte is a character. */
async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const { buffer, byteOffset, length } of chunks) {
    yield Buffer.from(Buffer.from(buffer, byteOffset, length).toString('latin1'))
  }
}

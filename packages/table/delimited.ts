import { UserError } from '@mlops-actions/verdict'
import { type Block, textOf } from './block.ts'
import type { Encoding, Source } from './column.ts'
import { Lexer } from './lexer.ts'
import type { NullWords } from './null-words.ts'
import { rowsAtATime, scan } from './scan.ts'

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
export async function* delimited(source: Source, writing: Writing): AsyncGenerator<Block> {
  const { name } = source
  const cutter = new DelimitedRows(writing, name)
  yield* scan(writing.encoding === 'latin-1' ? asUtf8(source.open()) : source.open(), source, cutter)
  if (!cutter.hasHeader) {
    throw new UserError({
      code: 'TABLE_EMPTY',
      message: `${name} is empty: it has no header.`,
      where: { file: name },
      help: 'Write the names of the columns into the first line, also where no rows follow.',
    })
  }
}

class DelimitedRows extends Lexer {
  readonly #writing: Writing
  readonly #name: string
  #names: string[] | undefined
  #isReady = false

  constructor(writing: Writing, name: string) {
    super(writing.delimiter.byte, name)
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
      if (!this.#isReady) this.expect(this.#names.length, rowsAtATime(this.#names.length, this.to - this.from))
      this.#isReady = true
      const rows = this.cutRows(last)
      return rows === 0 ? undefined : { names: this.#names, rows, cells: this, nullWords, timestamps }
    }
    // Without a width the lexer only counts the cells of a row and leaves it where it is.
    if (this.cutRows(last) === 0) return undefined
    const width = this.cells
    this.expect(width, 1)
    this.cutRows(last)
    this.#names = Array.from({ length: width }, (_, cell) => textOf(this, cell))
    this.#checkDelimiter(this.#names)
    return { names: this.#names, rows: 0, cells: this, nullWords, timestamps }
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
}

/** ISO 8859-1, in which every byte is a character. */
async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const { buffer, byteOffset, length } of chunks) {
    yield Buffer.from(Buffer.from(buffer, byteOffset, length).toString('latin1'))
  }
}

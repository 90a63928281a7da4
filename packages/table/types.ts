import { UserError } from '@mlops-actions/verdict'
import { cellClass, classOf } from './cell.ts'
import type { ColumnType } from './column.ts'
import { escaped, plain } from './lexer.ts'
import type { Block } from './scan.ts'

const booleans = cellClass.lowerBoolean | cellClass.titleBoolean | cellClass.upperBoolean

/** The classes of cells that a type can hold. */
const holds: Record<ColumnType, number> = {
  integer: cellClass.integer,
  integer64: cellClass.integer | cellClass.integer64,
  number: cellClass.integer | cellClass.integer64 | cellClass.longInteger | cellClass.decimal,
  boolean: booleans,
  timestamp: cellClass.timestamp,
  text: -1,
}

/** The words that are null besides the empty cell. */
export class NullWords {
  readonly #words: Set<string>
  readonly #longest: number
  readonly #firstBytes = new Uint8Array(256)

  constructor(words: Iterable<string>) {
    this.#words = new Set(words)
    this.#longest = Math.max(-1, ...[...this.#words].map((word) => Buffer.byteLength(word)))
    for (const word of this.#words) if (word !== '') this.#firstBytes[Buffer.from(word)[0]!] = 1
  }

  /** Whether a cell that is not both empty and without quotes is null. */
  has(bytes: Buffer, start: number, end: number): boolean {
    if (end - start > this.#longest) return false
    if (end === start) return this.#words.has('')
    return this.#firstBytes[bytes[start]!] === 1 && this.#words.has(bytes.toString('utf8', start, end))
  }
}

/** What has been seen of a column so far, cell by cell; its type follows once all rows were seen. */
export class ColumnTyping {
  readonly name: string
  readonly #given: ColumnType | undefined
  readonly #nullWords: NullWords | undefined
  #seen = 0
  #empty = 0
  /** Empty cells in quotes. */
  #quotedEmpty = 0

  constructor(name: string, given: ColumnType | undefined, nullWords: NullWords | undefined) {
    this.name = name
    this.#given = given
    this.#nullWords = nullWords
    if (given === 'text') this.#seen = cellClass.text
  }

  /** Looks at the column's cells in a run of rows. UserError where a cell does not fit the type that the caller gave. */
  see({ rows, width, cells }: Block, index: number, file: string): void {
    const { bytes, starts, ends, writing } = cells
    const refused = this.#given === undefined ? 0 : ~holds[this.#given]
    let seen = this.#seen
    for (let row = 0, k = index; row < rows; row++, k += width) {
      const start = starts[k]!
      const end = ends[k]!
      if (start === end && writing[k] === plain) this.#empty++
      else if (this.#nullWords?.has(bytes, start, end)) this.#empty++
      else if (start === end) this.#quotedEmpty++
      else if ((seen & cellClass.text) === 0) {
        const found = writing[k] === escaped ? cellClass.text : classOf(bytes, start, end)
        if ((found & refused) !== 0) throw this.#misfit(file, cells.lines[row]!, cells.text(k))
        seen |= found
      }
    }
    this.#seen = seen
  }

  type(): ColumnType {
    if (this.#given !== undefined) return this.#given
    const seen = this.#seen
    if (seen === 0) return this.#quotedEmpty > 0 ? 'text' : 'number'
    const only = (type: ColumnType) => (seen & ~holds[type]) === 0
    if (only('integer')) return 'integer'
    if (only('integer64')) return 'integer64'
    // Whole numbers beyond 64 bits are identifiers: as doubles, different ones would become equal.
    if (only('number') && (seen & cellClass.decimal) !== 0) return 'number'
    if (seen === cellClass.timestamp) return 'timestamp'
    const oneCase = seen === cellClass.lowerBoolean || seen === cellClass.titleBoolean
    return oneCase || seen === cellClass.upperBoolean ? 'boolean' : 'text'
  }

  nulls(): number {
    return this.#empty + (this.type() === 'text' ? 0 : this.#quotedEmpty)
  }

  #misfit(file: string, line: number, cell: string): UserError {
    const shown = JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)
    return new UserError({
      code: 'TABLE_TYPE',
      message: `Line ${line} of ${file} has ${shown} in the column ${this.name}, which is to be of type ${this.#given}.`,
      where: { file, line, key: this.name },
      help: 'Mend the cell, or change the type that is asked for.',
    })
  }
}

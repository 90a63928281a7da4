import { UserError } from '@mlops-actions/verdict'
import { type Block, textOf } from './block.ts'
import { cellClass, classOf, parseTimestamp } from './cell.ts'
import type { ColumnSchema, ColumnType } from './column.ts'
import type { NullWords } from './null-words.ts'
import type { Scanner } from './scanner.ts'
import { escaped, string } from './writing.ts'

const booleans = cellClass.lowerBoolean | cellClass.titleBoolean | cellClass.upperBoolean

/** The classes of cells that a type can hold. */
export const holds: Record<ColumnType, number> = {
  integer: cellClass.integer,
  integer64: cellClass.integer | cellClass.integer64,
  number: cellClass.integer | cellClass.integer64 | cellClass.longInteger | cellClass.decimal,
  boolean: booleans,
  timestamp: cellClass.timestamp,
  text: -1,
}

/** What a loop over the cells of a column has left, see `Scanner`. */
export interface Taken {
  loop: 'blanks' | 'present' | 'numbers' | 'timestamps' | 'booleans'
  left: Int32Array
}

/** What has been seen of a column so far, cell by cell; its type follows once all rows were seen. */
export class ColumnTyping {
  readonly name: string
  readonly given: ColumnType | undefined
  #rows = 0
  #seen = 0
  #nulls = 0
  /** Empty cells in quotes. */
  #quotedEmpty = 0

  constructor(name: string, given: ColumnType | undefined) {
    this.name = name
    this.given = given
    if (given === 'text') this.#seen = cellClass.text
  }

  /**
   * Looks at the column's cells in a run of rows; gives the loop that took the plain ones, and the rows that it left. UserError
   * where a cell does not fit the type that the caller gave.
   */
  see({ names, rows, cells, nullWords, timestamps }: Block, index: number, file: string): Taken {
    const refused = this.given === undefined ? 0 : ~holds[this.given]
    const taken = this.#plain(cells, index, rows, nullWords)
    this.#rows += rows
    this.#nulls += cells.empty
    if (taken.left.length === 0 && (cells.classes & refused) === 0) {
      this.#seen |= cells.classes
      return taken
    }
    const { bytes, starts, ends, writing } = cells.views
    const width = names.length
    const isText = !timestamps && this.given === undefined
    let seen = this.#seen | cells.classes
    const misfit = (row: number) => this.misfit(file, cells.lines[row]!, textOf(cells, row * width + index))
    if ((cells.classes & refused) !== 0) {
      const isRefused = (k: number) => starts[k] !== ends[k] && (classOf(bytes, starts[k]!, ends[k]!) & refused) !== 0
      throw misfit(Array.from({ length: rows }, (_, row) => row).findIndex((row) => isRefused(row * width + index)))
    }
    for (const row of taken.left) {
      const k = row * width + index
      const start = starts[k]!
      const end = ends[k]!
      const written = writing[k]!
      if (nullWords?.has(bytes, start, end)) this.#nulls++
      else if (start === end && written < string) this.#quotedEmpty++
      else if ((seen & cellClass.text) === 0) {
        let found = written < escaped ? classOf(bytes, start, end) : classOfText(bytes, start, end, written)
        if (isText && found === cellClass.timestamp) found = cellClass.text
        if ((found & refused) !== 0) throw misfit(row)
        seen |= found
      }
    }
    this.#seen = seen
    return taken
  }

  /** Takes the cells that are written in the way that the rows before make likely; gives the rows of the others. */
  #plain(cells: Scanner, index: number, rows: number, nullWords: NullWords | undefined): Taken {
    const seen = this.#seen
    if ((seen & cellClass.text) !== 0) return { loop: 'blanks', left: cells.blanks(index, rows, nullWords) }
    if (nullWords?.haveValues) return { loop: 'present', left: cells.present(index, rows) }
    if (seen === cellClass.timestamp) return { loop: 'timestamps', left: cells.timestamps(index, rows) }
    if (seen !== 0 && (seen & ~booleans) === 0) return { loop: 'booleans', left: cells.booleans(index, rows) }
    return { loop: 'numbers', left: cells.numbers(index, rows) }
  }

  /** Takes note of rows whose types are known: the classes of their cells, and how many are null. */
  note(rows: number, classes: number, nulls: number): void {
    this.#rows += rows
    this.#seen |= classes
    this.#nulls += nulls
  }

  /** @param rows of the whole table; where the column was not seen, it is null */
  schema(rows: number): ColumnSchema {
    const { type } = this
    const nulls = this.#nulls + (type === 'text' ? 0 : this.#quotedEmpty) + rows - this.#rows
    return { name: this.name, type, nulls }
  }

  get hasNulls(): boolean {
    return this.#nulls + this.#quotedEmpty > 0
  }

  /** By what was seen so far. */
  get type(): ColumnType {
    if (this.given !== undefined) return this.given
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

  /** The error of a cell that is not of the type that the caller gave. */
  misfit(file: string, line: number, cell: string): UserError {
    const shown = JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)
    return new UserError({
      code: 'TABLE_TYPE',
      message: `Line ${line} of ${file} has ${shown} in the column ${this.name}, which is to be of type ${this.given}.`,
      where: { file, line, key: this.name },
      help: 'Mend the cell, or change the type that is asked for.',
    })
  }
}

/** JSON has a type for numbers and for booleans, so that a string can only be a text or a time. */
function classOfText(bytes: Buffer, start: number, end: number, writing: number): number {
  if (writing !== string) return cellClass.text
  return Number.isNaN(parseTimestamp(bytes, start, end)) ? cellClass.text : cellClass.timestamp
}

import { Hash, mix } from '@mlops-actions/profile'
import type { Batch, Column, ColumnSchema } from '@mlops-actions/table'
import { cellAt } from './cell.ts'
import { KeptNumbers } from './kept-numbers.ts'

const mostRows = 50_000
/** 128 MB. */
const mostCells = 1 << 24

/**
 * Rows of a table as numbers, a column each, NaN for null: dates as milliseconds, a text as 53 bits of its hash. All rows
 * where there are at most 50,000 and 16,777,216 cells; else about as many, chosen by a hash of the row's number, so that the same
 * table gives the same rows.
 */
export class RowSample {
  /** The share of rows that is kept. */
  readonly share: number
  readonly #columns: { name: string; numbers: KeptNumbers }[]
  readonly #hash = new Hash()
  #seen = 0

  constructor(columns: ColumnSchema[], rows: number) {
    const most = Math.min(mostRows, Math.floor(mostCells / columns.length))
    this.share = Math.min(1, most / Math.max(1, rows))
    this.#columns = columns.map(({ name }) => ({ name, numbers: new KeptNumbers() }))
  }

  see(found: Map<string, Column>, batch: Batch): void {
    for (let row = 0; row < batch.rows; row++) {
      if ((mix(this.#seen++) >>> 0) / 2 ** 32 >= this.share) continue
      for (const { name, numbers } of this.#columns) {
        const cell = cellAt(found.get(name)!, row)
        numbers.add(cell === undefined ? Number.NaN : typeof cell === 'string' ? this.#code(cell) : Number(cell))
      }
    }
  }

  #code(text: string): number {
    this.#hash.text(text)
    return (this.#hash.high >>> 0) * 2 ** 21 + (this.#hash.low >>> 11)
  }

  /** The numbers of a column, in the order of the rows. */
  of(name: string): Float64Array {
    return this.#columns.find((column) => column.name === name)!.numbers.all()
  }
}

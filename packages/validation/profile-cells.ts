import { type ColumnProfile, listsAll } from '@mlops-actions/profile'
import type { Batch, Column } from '@mlops-actions/table'
import type { Cell } from './cell.ts'

/** What a profile lists of a column's values. */
export interface Listed {
  /** Each distinct value once, and in how many rows it was seen, at least. */
  cells: { cell: Cell; count: number }[]
  /** Whether these are all, with their own counts. */
  whole: boolean
}

/** The values that a profile lists as they are; undefined where it hides them, or keeps numbers that stand for others. */
export function listed({ type, sensitive, count, sketch }: ColumnProfile): Listed | undefined {
  if (count === 0) return { cells: [], whole: true }
  if (sketch === undefined || sensitive) return undefined
  // Categories are kept as texts: times to the microsecond and 64-bit integers would have to be read again.
  if (sketch.words && (type === 'timestamp' || type === 'integer64')) return undefined
  const whole = listsAll(sketch)
  const { numbers, words } = sketch
  if (words !== undefined) {
    const cellOf = (word: string): Cell => {
      if (type === 'text') return word
      if (type === 'boolean') return word === 'true' ? 1 : 0
      return Number(word)
    }
    return { cells: words.listed.map((of) => ({ cell: cellOf(of.value), count: of.count })), whole }
  }
  // Neighbouring 64-bit integers may have become one.
  if (!whole || type === 'integer64') return undefined
  return { cells: Array.from(numbers.values, (cell, i) => ({ cell, count: numbers.counts[i]! })), whole }
}

/** A batch of one column with these values; its lines count from 1. */
export function batchOf({ name, type }: ColumnProfile, cells: Cell[]): { columns: Map<string, Column>; batch: Batch } {
  const nulls = new Uint8Array(cells.length)
  const column: Column =
    type === 'text'
      ? { name, type, nulls, codes: Int32Array.from(cells.keys()), dictionary: cells.map(String) }
      : type === 'integer64'
        ? { name, type: 'number', nulls, values: Float64Array.from(cells, Number) }
        : { name, type, nulls, values: Float64Array.from(cells, Number) }
  const lines = Uint32Array.from(cells.keys(), (i) => i + 1)
  return {
    columns: new Map([[name, column]]),
    batch: { start: 0, rows: cells.length, columns: [column], lines, source: 0 },
  }
}

import type { Batch, Column, ColumnSchema } from '@mlops-actions/table'
import type { Json } from '@mlops-actions/verdict'
import { type Cell, cellAt, shown } from './cell.ts'
import type { Judge } from './definition.ts'
import { placeOf } from './place.ts'
import { type Counts, listed, rowWiseFinding } from './row-wise.ts'

/** Which rows count as missing: those without any value, those that lack one, or none. */
export type Missing = 'all' | 'any' | 'never'

interface RecordJudge {
  columns: ColumnSchema[]
  mostly: number | undefined
  missing: Missing
  /** Whether a row is as expected; null cells are undefined. */
  test(cells: (Cell | undefined)[]): boolean
  /** A row as evidence shows it. */
  show(cells: Json[]): Json
}

/** Judges rows by their cells in several columns. */
export function recordJudge({ columns, mostly, missing, test, show }: RecordJudge): Judge {
  const counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], places: [] }
  return {
    columns: [...new Set(columns.map(({ name }) => name))],
    see(found, batch) {
      counts.elements += batch.rows
      eachRecord(found, batch, columns, missing, {
        missing: () => counts.missing++,
        row(cells, row) {
          if (test(cells)) return
          counts.unexpected++
          if (counts.values.length === listed) return
          counts.values.push(show(shownCells(cells, columns)))
          counts.places.push(placeOf(batch, row))
        },
      })
    },
    conclude: () => rowWiseFinding(counts, mostly),
  }
}

export const shownCells = (cells: (Cell | undefined)[], columns: ColumnSchema[]): Json[] =>
  cells.map((cell, i) => (cell === undefined ? null : shown(cell, columns[i]!.type)))

/** The cells of each row that is not missing. The same array is given each time. */
export function eachRecord(
  found: Map<string, Column>,
  batch: Batch,
  columns: ColumnSchema[],
  missing: Missing,
  take: { missing(): void; row(cells: (Cell | undefined)[], row: number): void },
): void {
  const of = columns.map(({ name }) => found.get(name)!)
  const cells: (Cell | undefined)[] = new Array(of.length)
  for (let row = 0; row < batch.rows; row++) {
    let nulls = 0
    for (let i = 0; i < of.length; i++) {
      cells[i] = cellAt(of[i]!, row)
      if (cells[i] === undefined) nulls++
    }
    const isMissing = missing === 'all' ? nulls === of.length : missing === 'any' && nulls > 0
    if (isMissing) take.missing()
    else take.row(cells, row)
  }
}

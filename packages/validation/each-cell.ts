import type { ColumnSchema } from '@mlops-actions/table'
import { type Cell, cellAt } from './cell.ts'
import type { Finding, Judge } from './definition.ts'

/** A judge that is shown every cell of a column that is not null, in order. */
export function eachCell({ name }: ColumnSchema, add: (cell: Cell) => void, conclude: () => Finding): Judge {
  return {
    columns: [name],
    see(columns, batch) {
      const column = columns.get(name)!
      for (let row = 0; row < batch.rows; row++) {
        const cell = cellAt(column, row)
        if (cell !== undefined) add(cell)
      }
    },
    conclude,
  }
}

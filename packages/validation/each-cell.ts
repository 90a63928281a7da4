import type { ColumnSchema } from '@mlops-actions/table'
import type { Cell } from './cell.ts'
import type { Finding, Judge } from './definition.ts'

/** A judge that is shown every cell of a column that is not null, in order. */
export function eachCell({ name }: ColumnSchema, add: (cell: Cell) => void, conclude: () => Finding): Judge {
  return {
    columns: [name],
    see(columns, batch) {
      const column = columns.get(name)!
      if (column.type === 'text') {
        const { codes, dictionary } = column
        for (let row = 0; row < batch.rows; row++) if (codes[row]! >= 0) add(dictionary[codes[row]!]!)
        return
      }
      const { nulls, values } = column
      for (let row = 0; row < batch.rows; row++) if (nulls[row] === 0) add(values[row]!)
    },
    conclude,
  }
}

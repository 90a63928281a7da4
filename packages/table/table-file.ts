import type { Batch } from './column.ts'
import type { Columns } from './columns.ts'
import type { ColumnReader } from './fill.ts'
import type { Memory } from './memory.ts'

/** A run of rows as readers made it. */
export type Run = Pick<Batch, 'rows' | 'columns' | 'lines'>

/** A run of rows that the columns were shown; `read` is undefined where that was not wanted, or a cell is not of its column's type. */
export interface Surveyed {
  rows: number
  read: Run | undefined
}

/** One file of a table, whatever its format. */
export interface TableFile {
  name: string
  /** Shows all rows to the table's columns, run by run, and reads them as long as there are readers, which stay the same. */
  survey(columns: Columns, memory: Memory, readers?: () => ColumnReader[] | undefined): AsyncGenerator<Surveyed>
  /** The rows in order, once the types are settled. UserError (TABLE_CHANGED) where they are not those that were surveyed. */
  batches(readers: ColumnReader[], names: Set<string>, memory: Memory): AsyncGenerator<Run>
}

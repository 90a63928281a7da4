import type { Batch, Column } from './column.ts'
import type { Columns } from './columns.ts'
import type { ColumnReader } from './fill.ts'
import type { Memory } from './memory.ts'

/** A run of rows, with what the readers made of it: undefined where a cell was not of the column's type, or it was not wanted. */
export interface Surveyed {
  rows: number
  columns: Column[] | undefined
  lines: Uint32Array
}

/** One file of a table, whatever its format. */
export interface TableFile {
  name: string
  /** Shows all rows to the table's columns, run by run, and reads them with the readers as long as that is wanted. */
  survey(
    columns: Columns,
    memory: Memory,
    readers?: ColumnReader[],
    areWanted?: () => boolean,
  ): AsyncGenerator<Surveyed>
  /** The rows in order, once the types are settled. UserError (TABLE_CHANGED) where they are not those that were surveyed. */
  batches(
    readers: ColumnReader[],
    names: Set<string>,
    memory: Memory,
  ): AsyncGenerator<Pick<Batch, 'rows' | 'columns' | 'lines'>>
}

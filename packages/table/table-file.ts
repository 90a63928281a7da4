import type { Batch } from './column.ts'
import type { Columns } from './columns.ts'
import type { ColumnReader } from './fill.ts'
import type { Memory } from './memory.ts'

/** One file of a table, whatever its format. */
export interface TableFile {
  name: string
  /** Shows all rows to the table's columns and says how many they are. */
  survey(columns: Columns, memory: Memory): Promise<number>
  /** The rows in order, once the types are settled. UserError (TABLE_CHANGED) where they are not those that were surveyed. */
  batches(
    readers: ColumnReader[],
    names: Set<string>,
    memory: Memory,
  ): AsyncGenerator<Pick<Batch, 'rows' | 'columns' | 'lines'>>
}

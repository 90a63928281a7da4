import type { Table } from '@mlops-actions/table'

/** Columns of a prediction log that tell which row it is; they hold no data. */
const rowColumns = ['id', 'timestamp', 'model_version']

/** What the columns of a prediction log are, besides the features. */
export interface LogRoles {
  id: string
  /** When a row was answered. */
  time: string
  version: string
  /** A class, or a number of a regression. */
  prediction?: string
  /** `score` of the positive class, or one `score_<class>` a class. */
  scores: string[]
}

/** The roles of a table's columns where it is a prediction log: where it has all of `id`, `timestamp` and `model_version`. */
export function logRoles(columns: readonly string[]): LogRoles | undefined {
  if (!rowColumns.every((name) => columns.includes(name))) return undefined
  const scores = columns.includes('score') ? ['score'] : columns.filter((name) => /^score_./.test(name))
  const prediction = columns.includes('prediction') ? { prediction: 'prediction' } : {}
  return { id: 'id', time: 'timestamp', version: 'model_version', ...prediction, scores }
}

/** The table without the columns that tell which row of a log it is: what can be compared with other data. */
export function dataOf(table: Table): Table {
  // Asked anew each time: where a file is read once, its schema is settled only when its batches were read.
  const schema = () => {
    const log = logRoles(table.schema.map(({ name }) => name))
    return log === undefined ? table.schema : table.schema.filter(({ name }) => !rowColumns.includes(name))
  }
  return {
    get schema() {
      return schema()
    },
    get rows() {
      return table.rows
    },
    batches: (columns = schema().map(({ name }) => name), nullsOnly) => table.batches(columns, nullsOnly),
  }
}

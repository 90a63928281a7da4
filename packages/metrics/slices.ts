import { nearest, UserError } from '@mlops-actions/verdict'
import { type EvaluateOptions, evaluate } from './evaluate.ts'
import { isBinary, isMulticlass } from './measure.ts'
import type { Metric } from './metric.ts'
import type { Predictions } from './predictions.ts'
import { listed } from './task.ts'

export interface Slice {
  /** `column = value`; an empty cell is `(empty)`. */
  slice: string
  predictions: Predictions
}

const MOST_SLICES = 100

/**
 * The predictions by value of a slice column, in sorted order. UserError for a column that is none of them, and for one
 * with more than 100 values, which names rows rather than groups.
 */
export function bySlice(p: Predictions, column: string): Slice[] {
  const values = p.slices[column]
  if (!values) {
    const known = Object.keys(p.slices)
    const near = nearest(column, known)
    throw new UserError({
      code: 'SLICE_UNKNOWN',
      message: `There is no column "${column}" to slice by.`,
      where: { key: 'slices' },
      help: near ? `Did you mean "${near}"?` : `Columns to slice by: ${known.length === 0 ? 'none' : listed(known)}.`,
    })
  }
  const groups = new Map<string, number[]>()
  values.forEach((value, row) => {
    const rows = groups.get(value)
    if (rows) rows.push(row)
    else groups.set(value, [row])
  })
  if (groups.size > MOST_SLICES) {
    throw new UserError({
      code: 'SLICES_TOO_MANY',
      message: `The column "${column}" has ${groups.size} values, more than the ${MOST_SLICES} that can be judged as groups.`,
      where: { key: 'slices' },
      help: 'Slice by a column with few values, or put its values into groups first.',
    })
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([value, rows]) => ({
      slice: `${column} = ${value === '' ? '(empty)' : value}`,
      predictions: selectRows(p, rows),
    }))
}

/** The metrics of every slice of the columns, each naming its slice. */
export function evaluateSlices(p: Predictions, columns: readonly string[], options: EvaluateOptions = {}): Metric[] {
  return [...new Set(columns)].flatMap((column) =>
    bySlice(p, column).flatMap(({ slice, predictions }) =>
      evaluate(predictions, options).map((metric) => ({ ...metric, slice })),
    ),
  )
}

/** The named rows, in the order named. */
export function selectRows(p: Predictions, rows: readonly number[]): Predictions {
  const pick = (of: Float64Array) => Float64Array.from(rows, (row) => of[row]!)
  const { ids, weight } = p
  const common = {
    rows: rows.length,
    ...(ids ? { ids: rows.map((row) => ids[row]!) } : {}),
    ...(weight ? { weight: pick(weight) } : {}),
    slices: Object.fromEntries(Object.entries(p.slices).map(([name, of]) => [name, rows.map((row) => of[row]!)])),
  }
  if (isBinary(p)) {
    const actual = Uint8Array.from(rows, (row) => p.actual[row]!)
    const predicted = Uint8Array.from(rows, (row) => p.predicted[row]!)
    return { ...common, task: p.task, actual, predicted, ...(p.score ? { score: pick(p.score) } : {}) }
  }
  if (isMulticlass(p)) {
    const actual = Int32Array.from(rows, (row) => p.actual[row]!)
    const predicted = Int32Array.from(rows, (row) => p.predicted[row]!)
    return { ...common, task: p.task, actual, predicted, ...(p.scores ? { scores: p.scores.map(pick) } : {}) }
  }
  return { ...common, task: p.task, actual: pick(p.actual), predicted: pick(p.predicted) }
}

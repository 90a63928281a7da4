import type { ColumnType } from '@mlops-actions/table'

/** What a table looks like: deterministic, mergeable, without rows. */
export interface Profile {
  schema: 'mlops-actions/profile@1'
  rows: number
  columns: ColumnProfile[]
}

/** How a column is judged: numbers by value, categories by share, text by length, timestamps by range. */
export type ColumnKind = 'numeric' | 'categorical' | 'text' | 'timestamp'

export interface ColumnProfile {
  name: string
  type: ColumnType
  kind: ColumnKind
  /** Rows with a value. */
  count: number
  nulls: number
  /** Distinct values; `exact` false means at least this many. */
  distinct: { count: number; exact: boolean }
  /** kind numeric: of the values; kind text: of the lengths in characters; kind timestamp: of the milliseconds. */
  numbers?: NumberProfile
  /** kind categorical: the categories and how often each was seen, most frequent first, ties by name. */
  categories?: { values: { value: string; count: number }[]; folded: { categories: number; count: number } }
}

export interface NumberProfile {
  min: number
  max: number
  mean: number
  /** Sum of squared deviations from the mean: variance = m2 / (count - 1). */
  m2: number
  bins: Bins
  /** Exact count per bin, in the order of `points`, then the intervals: edges.length + 1 of them. */
  counts: number[]
  /** numpy's linear quantiles at 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
  quantiles: number[]
}

/**
 * PSI bins: every value that holds more than a tenth of the reference is a bin of its own (`points`); the rest is cut at
 * `edges` into edges.length + 1 intervals, the outer ones open, each closed on the left.
 */
export interface Bins {
  points: number[]
  edges: number[]
}

import type { ColumnType } from '@mlops-actions/table'
import type { Distribution } from './ranked.ts'
import type { ColumnSketch } from './sketch.ts'

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
  /** The categories are hashes; min and max are the quantiles at 0.01 and 0.99. */
  sensitive?: true
  /** Distinct values. Where not exact: an estimate with its standard error, a share of it; without one, at least so many. */
  distinct: { count: number; exact: boolean; error?: number }
  /**
   * kind numeric: of the values; kind text: of the lengths in characters (code points); kind timestamp: of the milliseconds.
   * Absent where no row has a value.
   */
  numbers?: NumberProfile
  /**
   * kind categorical: the categories and how often each was seen, most frequent first, ties by name. `folded`: those that are
   * not listed, for privacy or for size; `rare`: those of them that are known by a short hash, by which they can be compared.
   * `error`: a count may be so many rows too low; 0 where absent.
   */
  categories?: Categories
  /** What it is merged by; only in a profile made to be merged, which holds values. */
  sketch?: ColumnSketch
}

export interface Categories {
  values: { value: string; count: number }[]
  folded: { categories: number; count: number }
  rare?: { hash: string; count: number }[]
  error?: number
}

export interface NumberProfile {
  min: number
  max: number
  mean: number
  /** Sum of squared deviations from the mean: variance = m2 / (count - 1). */
  m2: number
  bins: Bins
  /** Count per bin, in the order of `points`, then the intervals: edges.length + 1 of them. */
  counts: number[]
  /** numpy's linear quantiles at 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99. */
  quantiles: number[]
  /**
   * Quantiles and the edges of bins may be off by so many rows in rank; 0 where absent. All else is exact, but for the counts in
   * a reference's bins that were told from a sketch (`recount`): there each cut between bins is off by at most so many rows.
   */
  error?: number
  /** Absent where the exact values stand beside the profile, of sensitive columns, and in profiles of earlier versions. */
  distribution?: Distribution
}

/**
 * PSI bins: every value that holds more than a tenth of the reference is a bin of its own (`points`); the rest is cut at
 * `edges` into edges.length + 1 intervals, the outer ones open, each closed on the left.
 */
export interface Bins {
  points: number[]
  edges: number[]
}

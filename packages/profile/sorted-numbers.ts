import { type Moments, momentsOfSorted } from './moments.ts'
import { SortedRows } from './ranked.ts'

/** All values of a column, ascending, of which there must be one, with the figures of its distribution; all are exact. */
export class SortedNumbers {
  readonly ranks: SortedRows
  readonly moments: Moments
  readonly distinct: number
  readonly min: number
  readonly max: number
  readonly error = 0

  constructor(sorted: Float64Array) {
    const { moments, distinct } = momentsOfSorted(sorted)
    this.ranks = new SortedRows(sorted)
    this.moments = moments
    this.distinct = distinct
    this.min = sorted[0]!
    this.max = sorted[sorted.length - 1]!
  }
}

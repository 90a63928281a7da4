import { shares } from '@mlops-actions/statistics'
import { countsOf, distinctIn, type EvidentlyColumn } from './column.ts'
import { histogram, sturgesEdges } from './histogram.ts'
import { type NoScore, noScore } from './score.ts'

export interface Shares {
  reference: Float64Array
  current: Float64Array
}

/** Numbers of more distinct values than these in the reference are counted in bins. */
const mostValues = 20

/**
 * Shares of both sides over the same bins: Evidently's `get_binned_data`. Numbers of more than 20 distinct values in the reference
 * are cut into Sturges' bins of both sides together (its `n_bins` is not used there either); all else is counted by value.
 */
export function binnedShares(column: EvidentlyColumn): Shares | NoScore {
  if (column.type === 'cat' || distinctIn(column.numbers.reference) <= mostValues) {
    const { reference, current } = countsOf(column)
    return { reference: shares(reference), current: shares(current) }
  }
  const { reference, current, integers } = column.numbers
  const ends = {
    least: Math.min(reference[0]!, current[0]!),
    greatest: Math.max(reference.at(-1)!, current.at(-1)!),
    count: reference.length + current.length,
  }
  const edges = sturgesEdges(ends, integers.reference && integers.current)
  if (edges === undefined) return noScore('the range of the numbers is too wide or too narrow to be cut into bins')
  return { reference: shares(histogram(reference, edges)), current: shares(histogram(current, edges)) }
}

/**
 * The shares with something small for what a side does not hold, the others left as they are: 0.0001, or a millionth of the
 * side's smallest share where that is at most 0.0001 (Evidently's `feel_zeroes`).
 */
export function filledShares(column: EvidentlyColumn): Shares | NoScore {
  const found = binnedShares(column)
  return 'undefined' in found ? found : { reference: filled(found.reference), current: filled(found.current) }
}

function filled(of: Float64Array): Float64Array {
  const smallest = of.reduce((least, share) => (share > 0 && share < least ? share : least), 1)
  const small = smallest <= 0.0001 ? smallest / 10 ** 6 : 0.0001
  return of.map((share) => (share === 0 ? small : share))
}

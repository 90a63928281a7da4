import { permutationTest } from '@mlops-actions/statistics'
import type { Numbers } from './column.ts'
import { noScore, type Score } from './score.ts'

/** Permutations drawn by Evidently. */
const TIMES = 100
/** The kernel is a matrix over all rows: so many take 128 MB. */
const MOST_ROWS = 4000

/**
 * Permutation test of the maximum mean discrepancy (A. Gretton and others, Journal of Machine Learning Research 13, 2012) with a
 * Gaussian kernel whose squared width is half the median squared distance of the reference's numbers, Evidently's `empirical_mmd`.
 * Evidently draws without a seed, so that its p differs from run to run; ours is drawn by one.
 */
export function meanDiscrepancyTest({ reference, current }: Numbers): Score {
  const n = reference.length
  const m = current.length
  if (n < 2 || m < 2) return noScore('it takes two rows on each side')
  if (n + m > MOST_ROWS) return noScore(`its kernel is kept for at most ${MOST_ROWS} rows of both sides together`)
  const values = [...reference, ...current]
  const median = medianSquare(reference)
  if (!Number.isFinite(median)) return noScore('its numbers are too large to compute with')
  const kernel = gaussianKernel(values, median === 0 ? 1 : median)
  const rowSums = kernel.map((row) => row.reduce((sum, value) => sum + value, 0))
  const all = rowSums.reduce((a, b) => a + b, 0)
  const discrepancy = (_: Float64Array, second: Float64Array) => {
    let within = 0
    let touching = 0
    for (const i of second) {
      const row = kernel[i]!
      touching += rowSums[i]!
      for (const j of second) within += row[j]!
    }
    const across = touching - within
    const others = all - within - 2 * across
    return others / (n * (n - 1)) + within / (m * (m - 1)) - (2 * across) / (n * m)
  }
  const rows = Float64Array.from(values.keys())
  return permutationTest(rows.subarray(0, n), rows.subarray(n), discrepancy, { times: TIMES }).p
}

/** exp(-d² / scale) of every two rows, 0 of a row with itself. */
function gaussianKernel(values: number[], scale: number): Float64Array[] {
  return values.map((x, i) => Float64Array.from(values, (y, j) => (i === j ? 0 : Math.exp(-((x - y) ** 2) / scale))))
}

/** The median of the squared distances of all ordered pairs, a value with itself included: numpy's percentile by `nearest`. */
function medianSquare(values: Float64Array): number {
  const n = values.length
  const squares = new Float64Array((n * (n - 1)) / 2)
  let at = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) squares[at++] = (values[i]! - values[j]!) ** 2
  squares.sort()
  // Half way between two places the even one counts. Of the n² ordered pairs, n are of a value with itself, the others come twice.
  const middle = (n * n - 1) / 2
  const place = Number.isInteger(middle) ? middle : 2 * Math.round(middle / 2)
  return place < n ? 0 : squares[Math.floor((place - n) / 2)]!
}

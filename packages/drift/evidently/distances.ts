import { hellinger, jensenShannon, kullbackLeibler, wasserstein } from '@mlops-actions/statistics'
import type { EvidentlyColumn, Numbers } from './column.ts'
import { histogram, sturgesEdges } from './histogram.ts'
import { noScore, type Score } from './score.ts'
import { binnedShares, filledShares } from './shares.ts'

/** Wasserstein distance in standard deviations of the reference (of n, not n - 1), those taken as at least 0.001. */
export function normedWasserstein({ reference, current }: Numbers): Score {
  return wasserstein(reference, current) / Math.max(standardDeviation(reference), 0.001)
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

/** scipy's `jensenshannon` of the shares, empty bins and all, in nats. */
export function jensenShannonOfShares(column: EvidentlyColumn): Score {
  const found = binnedShares(column)
  return 'undefined' in found ? found : jensenShannon(found.reference, found.current)
}

/** Population stability index of the filled shares, which are not made to add up to 1 again. */
export function filledStability(column: EvidentlyColumn): Score {
  const found = filledShares(column)
  if ('undefined' in found) return found
  return found.reference.reduce((psi, p, i) => psi + (p - found.current[i]!) * Math.log(p / found.current[i]!), 0)
}

/** Kullback-Leibler divergence of the current shares from the reference's, both filled. */
export function filledDivergence(column: EvidentlyColumn): Score {
  const found = filledShares(column)
  return 'undefined' in found ? found : kullbackLeibler(found.reference, found.current)
}

/**
 * Hellinger distance of the shares. Numbers are always cut into bins: Sturges' of the distinct values of both sides, and compared
 * by their densities times the mean width, whose rounding shows where the numbers lie far from 0.
 */
export function hellingerOfShares(column: EvidentlyColumn): Score {
  if (column.type === 'cat') return hellinger(column.counts.reference, column.counts.current)
  const values = distinctValues(column.numbers)
  const ends = { least: values[0]!, greatest: values.at(-1)!, count: values.length }
  const edges = sturgesEdges(ends, asIntegers(column.numbers))
  if (edges === undefined) return noScore('the range of the numbers is too wide or too narrow to be cut into bins')
  const width = (edges.at(-1)! - edges[0]!) / (edges.length - 1)
  const reference = densities(column.numbers.reference, edges)
  const current = densities(column.numbers.current, edges)
  const overlap = reference.reduce((sum, p, i) => sum + Math.sqrt(p * current[i]!) * width, 0)
  return Math.sqrt(1 - Math.min(1, overlap))
}

/** As numpy's `histogram(..., density=True)`. */
function densities(sorted: Float64Array, edges: Float64Array): Float64Array {
  return histogram(sorted, edges).map((count, i) => count / (edges[i + 1]! - edges[i]!) / sorted.length)
}

function distinctValues({ reference, current }: Numbers): Float64Array {
  const all = new Float64Array(reference.length + current.length)
  all.set(reference)
  all.set(current, reference.length)
  return all.sort().filter((value, i, sorted) => i === 0 || value !== sorted[i - 1])
}

/** Python's union of two sets takes equal elements from the first: of the current side, only new values can make it doubles. */
function asIntegers({ reference, current, integers }: Numbers): boolean {
  if (!integers.reference) return false
  const known = new Set(reference)
  return integers.current || current.every((value) => known.has(value))
}

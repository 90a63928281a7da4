import type { Bins } from './profile.ts'
import { quantile } from './quantile.ts'

/**
 * The PSI bins of a reference, from its ascending values: every value that holds more than a tenth of them is a bin of its
 * own; the rest, a share s, is cut at its quantiles i/q with q = max(1, floor(10 s + 0.5)), duplicates dropped.
 */
export function binsOf(sorted: Float64Array): Bins {
  const n = sorted.length
  const points: number[] = []
  const rest = new Float64Array(n)
  let kept = 0
  for (let from = 0; from < n; ) {
    let to = from + 1
    while (to < n && sorted[to] === sorted[from]) to++
    if (10 * (to - from) > n) points.push(sorted[from]!)
    else for (let i = from; i < to; i++) rest[kept++] = sorted[i]!
    from = to
  }
  if (kept === 0) return { points, edges: [] }
  const values = rest.subarray(0, kept)
  const parts = Math.max(1, Math.floor((10 * kept) / n + 0.5))
  const cuts = Array.from({ length: parts - 1 }, (_, i) => quantile(values, (i + 1) / parts))
  return { points, edges: [...new Set(cuts)] }
}

/** How many of the ascending values fall into each bin: the points in their order, then the intervals from left to right. */
export function countIn(bins: Bins, sorted: Float64Array): number[] {
  const atPoints = bins.points.map((point) => below(sorted, point, true) - below(sorted, point, false))
  const cuts = [0, ...bins.edges.map((edge) => below(sorted, edge, false)), sorted.length]
  const inIntervals = cuts.slice(1).map((cut, i) => cut - cuts[i]!)
  bins.points.forEach((point, i) => {
    const edge = bins.edges.findIndex((edge) => point < edge)
    inIntervals[edge < 0 ? bins.edges.length : edge]! -= atPoints[i]!
  })
  return [...atPoints, ...inIntervals]
}

/** How many of the ascending values are below the limit, or at it. */
function below(sorted: Float64Array, limit: number, orAt: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const value = sorted[middle]!
    if (value < limit || (orAt && value === limit)) low = middle + 1
    else high = middle
  }
  return low
}

import type { Bins } from './profile.ts'
import { Ranked } from './ranked.ts'

/**
 * The PSI bins of a reference: every value that holds more than a tenth of its rows is a bin of its own; the rest, a share s,
 * is cut at its quantiles i/q with q = max(1, floor(10 s + 0.5)), duplicates dropped.
 */
export function binsOf(of: Ranked): Bins {
  const points: number[] = []
  const rest: { values: number[]; counts: number[] } = { values: [], counts: [] }
  for (let i = 0; i < of.values.length; i++) {
    const count = of.count(i)
    if (10 * count > of.rows) points.push(of.values[i]!)
    else {
      rest.values.push(of.values[i]!)
      rest.counts.push(count)
    }
  }
  if (rest.values.length === 0) return { points, edges: [] }
  const others = new Ranked(rest)
  const parts = Math.max(1, Math.floor((10 * others.rows) / of.rows + 0.5))
  const cuts = Array.from({ length: parts - 1 }, (_, i) => others.quantile((i + 1) / parts))
  return { points, edges: [...new Set(cuts)] }
}

/** How many rows fall into each bin: the points in their order, then the intervals from left to right. */
export function countIn(bins: Bins, of: Ranked): number[] {
  const atPoints = bins.points.map((point) => of.below(point, true) - of.below(point, false))
  const cuts = [0, ...bins.edges.map((edge) => of.below(edge, false)), of.rows]
  const inIntervals = cuts.slice(1).map((cut, i) => cut - cuts[i]!)
  bins.points.forEach((point, i) => {
    const edge = bins.edges.findIndex((edge) => point < edge)
    inIntervals[edge < 0 ? bins.edges.length : edge]! -= atPoints[i]!
  })
  return [...atPoints, ...inIntervals]
}

import type { Bins } from './profile.ts'
import { quantileOf, type Ranks } from './ranked.ts'

/**
 * The PSI bins of a reference: every value that holds more than a tenth of its rows is a bin of its own; the rest, a share s,
 * is cut at its quantiles i/q with q = max(1, floor(10 s + 0.5)), duplicates dropped.
 */
export function binsOf(of: Ranks): Bins {
  const heavy = heavyValues(of)
  const points = heavy.map(({ value }) => value)
  const others = without(of, heavy)
  if (others.rows === 0) return { points, edges: [] }
  const parts = Math.max(1, Math.floor((10 * others.rows) / of.rows + 0.5))
  const cuts = Array.from({ length: parts - 1 }, (_, i) => quantileOf(others, (i + 1) / parts))
  return { points, edges: [...new Set(cuts)] }
}

interface Heavy {
  value: number
  /** How many rows are below it, and at it. */
  below: number
  count: number
}

/** The values that hold more than a tenth of the rows, ascending: each stands at one place at least of those looked at. */
function heavyValues(of: Ranks): Heavy[] {
  const heavy: Heavy[] = []
  const least = Math.floor(of.rows / 10) + 1
  for (let place = least - 1; place < of.rows; place += least) {
    const value = of.at(place)
    if (heavy.at(-1)?.value === value) continue
    const below = of.below(value, false)
    const count = of.below(value, true) - below
    if (count >= least) heavy.push({ value, below, count })
  }
  return heavy
}

/** The rows of all other values. */
function without(of: Ranks, heavy: Heavy[]): Pick<Ranks, 'rows' | 'at'> {
  return {
    rows: of.rows - heavy.reduce((sum, { count }) => sum + count, 0),
    at(place) {
      let among = place
      for (const { below, count } of heavy) if (among >= below) among += count
      return of.at(among)
    },
  }
}

/** How many rows fall into each bin: the points in their order, then the intervals from left to right. */
export function countIn(bins: Bins, of: Ranks): number[] {
  const atPoints = bins.points.map((point) => of.below(point, true) - of.below(point, false))
  const cuts = [0, ...bins.edges.map((edge) => of.below(edge, false)), of.rows]
  const inIntervals = cuts.slice(1).map((cut, i) => cut - cuts[i]!)
  bins.points.forEach((point, i) => {
    const edge = bins.edges.findIndex((edge) => point < edge)
    inIntervals[edge < 0 ? bins.edges.length : edge]! -= atPoints[i]!
  })
  return [...atPoints, ...inIntervals]
}

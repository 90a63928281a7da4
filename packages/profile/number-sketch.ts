import { addMoments, type Moments, momentsOf } from './moments.ts'
import type { Counted, Distribution } from './ranked.ts'

/** A column with at most so many distinct numbers is told exactly; of another one, so many values are kept. */
export const mostValues = 1000

/**
 * The distribution of numbers, mergeable: all distinct values with their counts while there are at most 1000, else values
 * that each stand for an equal share of the rows. Values are then collapsed as by Manku, Rajagopalan and Lindsay
 * (Approximate medians and other quantiles in one pass and with limited memory, 1998), without chance; `error` adds up what
 * every collapse may have cost, so it bounds this very sketch: about 0.1 % of a million rows, 0.3 % of a billion.
 */
export interface NumberSketch extends Distribution {
  moments: Moments
  min: number
  max: number
}

/** The sketch of counted values, of which there must be one. */
export function sketchOf(counted: Counted, most = mostValues): NumberSketch {
  const { values } = counted
  const moments = momentsOf(counted)
  const ends = { moments, min: values[0]!, max: values[values.length - 1]! }
  return { ...collapse(counted, moments.rows, most), ...ends }
}

/** The sketch of all rows of the given ones, of which there must be one. */
export function mergeSketches(sketches: NumberSketch[]): NumberSketch {
  if (sketches.length === 1) return sketches[0]!
  const counted = union(sketches)
  const error = sketches.reduce((sum, sketch) => sum + sketch.error, 0)
  // From all the values, the sums do not depend on how the rows were cut, to the last digit.
  if (error === 0 && counted.values.length <= mostValues) return sketchOf(counted)
  const moments = sketches.map((sketch) => sketch.moments).reduce(addMoments)
  const collapsed = collapse(counted, moments.rows, mostValues)
  return {
    ...collapsed,
    error: error + collapsed.error,
    moments,
    min: Math.min(...sketches.map((sketch) => sketch.min)),
    max: Math.max(...sketches.map((sketch) => sketch.max)),
  }
}

/** The sketch by fewer values: so many that each stands for at least `fewest` rows, and at most `most`. */
export function coarsen(sketch: NumberSketch, most: number, fewest: number): NumberSketch {
  const { rows } = sketch.moments
  const segments = Math.max(1, Math.min(most, Math.floor(rows / fewest)))
  const collapsed = segment(sketch, rows, segments)
  return { ...sketch, ...collapsed, error: sketch.error + collapsed.error }
}

function collapse(counted: Counted, rows: number, most: number): Distribution {
  if (counted.values.length > most) return segment(counted, rows, most)
  return { values: counted.values, counts: counted.counts, error: 0 }
}

/** Cuts the rows into equal segments; the value in the middle of each stands for all of it. */
function segment({ values, counts }: Counted, rows: number, segments: number): Distribution {
  const kept: number[] = []
  const stands: number[] = []
  let at = 0
  let end = counts[0]!
  for (let i = 0; i < segments; i++) {
    const from = Math.floor((i * rows) / segments)
    const to = Math.floor(((i + 1) * rows) / segments)
    if (to === from) continue
    const middle = from + Math.floor((to - from) / 2)
    while (end <= middle) end += counts[++at]!
    if (kept.at(-1) === values[at]) stands[stands.length - 1]! += to - from
    else {
      kept.push(values[at]!)
      stands.push(to - from)
    }
  }
  return { values: kept, counts: stands, error: Math.floor(Math.ceil(rows / segments) / 2) }
}

/** All the values, ascending, each with the sum of its counts. */
function union(sketches: Counted[]): { values: number[]; counts: number[] } {
  const all: { value: number; count: number }[] = []
  for (const { values, counts } of sketches) {
    for (let i = 0; i < values.length; i++) all.push({ value: values[i]!, count: counts[i]! })
  }
  all.sort((a, b) => a.value - b.value)
  const counted: { values: number[]; counts: number[] } = { values: [], counts: [] }
  for (const { value, count } of all) {
    if (counted.values.at(-1) === value) counted.counts[counted.counts.length - 1]! += count
    else {
      counted.values.push(value)
      counted.counts.push(count)
    }
  }
  return counted
}

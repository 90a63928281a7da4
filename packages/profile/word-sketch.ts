import { mergeSketches, type NumberSketch } from './number-sketch.ts'
import { mergeShapes, type Shape } from './shape.ts'

/** At most so many categories of a column are stored. */
export const mostCategories = 1000

/**
 * The texts of a column, mergeable: how often each was seen while there are at most 1000, else the most frequent (Misra and
 * Gries, Finding repeated elements, 1982; merged as by Agarwal and others, Mergeable summaries, 2012).
 */
export interface WordSketch {
  /** Most frequent first, ties by text. */
  listed: { value: string; count: number }[]
  /**
   * A count is at most so many rows too low, and a text that is not listed was seen at most so often; 0 where every text is
   * listed. At most a thousandth of the rows, but where rare texts are withheld.
   */
  error: number
  /** In characters (code points). */
  lengths: NumberSketch
  /** undefined where they are too varied. */
  shapes: Shape[] | undefined
}

/** Most frequent first, ties by text. */
export function byFrequency(counts: Iterable<readonly [value: string, count: number]>): WordSketch['listed'] {
  const listed = Array.from(counts, ([value, count]) => ({ value, count }))
  return listed.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
}

/**
 * The `most` most frequent. What the first of the others counts is taken off each, which keeps the error under the rows
 * divided by `most` whatever is merged later.
 */
export function mostFrequent(listed: WordSketch['listed'], most: number): Pick<WordSketch, 'listed' | 'error'> {
  const error = listed[most]?.count ?? 0
  if (error === 0) return { listed, error }
  const kept = listed.slice(0, most).map(({ value, count }) => ({ value, count: count - error }))
  return { listed: kept.filter(({ count }) => count > 0), error }
}

export function mergeWords(sketches: WordSketch[]): WordSketch {
  if (sketches.length === 1) return sketches[0]!
  const counts = new Map<string, number>()
  for (const { listed } of sketches) {
    for (const { value, count } of listed) counts.set(value, (counts.get(value) ?? 0) + count)
  }
  const { listed, error } = mostFrequent(byFrequency(counts), mostCategories)
  return {
    listed,
    error: error + sketches.reduce((sum, sketch) => sum + sketch.error, 0),
    lengths: mergeSketches(sketches.map((sketch) => sketch.lengths)),
    shapes: sketches.map((sketch) => sketch.shapes).reduce(mergeShapes),
  }
}

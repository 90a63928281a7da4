import { HyperLogLog } from './hyper-log-log.ts'
import { mergeSketches, type NumberSketch } from './number-sketch.ts'
import { mergeWords, mostCategories, mostFrequent, type WordSketch } from './word-sketch.ts'

/**
 * What a column's figures are told from, and what is merged: of its numbers or of its texts. Everything is exact and the same
 * in any order and chunking but for the bounds that it carries.
 */
export type ColumnSketch = ({ numbers: NumberSketch; words?: never } | { words: WordSketch; numbers?: never }) & {
  /** There where the numbers or texts are not all listed, or hidden. */
  distinct?: HyperLogLog
}

/** Whether every distinct value is listed with its own count. */
export function listsAll({ numbers, words }: ColumnSketch): boolean {
  return (numbers ?? words!).error === 0
}

/** The sketch of all rows of the given ones, of which there must be one: all of numbers, or all of texts. */
export function mergeColumnSketches(sketches: ColumnSketch[]): ColumnSketch {
  const numbers = sketches.flatMap((sketch) => sketch.numbers ?? [])
  const words = sketches.flatMap((sketch) => sketch.words ?? [])
  const merged = numbers.length > 0 ? { numbers: mergeSketches(numbers) } : { words: mergeWords(words) }
  const known = listsAll(merged) && sketches.every((sketch) => sketch.distinct === undefined)
  return known ? merged : { ...merged, distinct: distinctIn(sketches) }
}

/** The distinct values of all the sketches. */
export function distinctIn(sketches: ColumnSketch[]): HyperLogLog {
  const all = new HyperLogLog()
  for (const { distinct, numbers, words } of sketches) {
    if (distinct !== undefined) all.merge(distinct)
    else if (numbers) for (let i = 0; i < numbers.values.length; i++) all.addNumber(numbers.values[i]!)
    else for (const { value } of words!.listed) all.addText(value)
  }
  return all
}

/** The sketch by no more texts than a stored one holds. */
export function storable(sketch: ColumnSketch): ColumnSketch {
  if (sketch.words === undefined || sketch.words.listed.length <= mostCategories) return sketch
  const { listed, error } = mostFrequent(sketch.words.listed, mostCategories)
  const words = { ...sketch.words, listed, error: sketch.words.error + error }
  return { words, distinct: distinctIn([sketch]) }
}

/** The sketch without texts that were seen fewer times: each is one that was seen at most so often, and more is not told. */
export function frequent(sketch: ColumnSketch, fewest: number): ColumnSketch {
  if (sketch.words === undefined || sketch.words.listed.every(({ count }) => count >= fewest)) return sketch
  const { listed, error, lengths } = sketch.words
  const kept = listed.filter(({ count }) => count >= fewest)
  const words = { listed: kept, error: Math.max(error, fewest - 1), lengths, shapes: undefined }
  return { words, distinct: distinctIn([sketch]) }
}

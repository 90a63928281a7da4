import { categoryHash } from './category-hash.ts'
import { coarsen, type NumberSketch } from './number-sketch.ts'
import type { ColumnProfile } from './profile.ts'
import { type ColumnSketch, distinctIn } from './sketch.ts'
import { byFrequency, type WordSketch } from './word-sketch.ts'

/** A number of a sensitive column is shown where it stands for at least so many rows, and a hundredth of all. */
const fewestRows = 10
const mostSegments = 100

/**
 * The column without values of single rows: categories become hashes, min and max the outer quantiles, the distribution
 * goes, and the sketch keeps hundredths.
 */
export function protect(column: ColumnProfile): ColumnProfile {
  if (column.sensitive) return column
  const { categories, numbers, sketch, ...rest } = column
  const hidden: ColumnProfile = { ...rest, sensitive: true }
  if (numbers) {
    const { distribution: _, ...figures } = numbers
    hidden.numbers = { ...figures, min: numbers.quantiles[0]!, max: numbers.quantiles.at(-1)! }
  }
  if (categories) {
    const { rare: _, ...counts } = categories
    hidden.categories = { ...counts, values: hashed(column.name, categories.values) }
  }
  if (sketch) hidden.sketch = protectSketch(column.name, sketch)
  return hidden
}

function protectSketch(name: string, sketch: ColumnSketch): ColumnSketch {
  const { numbers, words } = sketch
  // Of the values themselves, so that it can be merged with that of another part.
  const distinct = distinctIn([sketch])
  return numbers ? { numbers: withoutEnds(numbers), distinct } : { words: protectWords(name, words!), distinct }
}

function protectWords(name: string, { listed, error, lengths }: WordSketch): WordSketch {
  return { listed: hashed(name, listed), error, lengths: withoutEnds(lengths), shapes: undefined }
}

function withoutEnds(sketch: NumberSketch): NumberSketch {
  const coarse = coarsen(sketch, mostSegments, fewestRows)
  return { ...coarse, min: coarse.values[0]!, max: coarse.values[coarse.values.length - 1]! }
}

function hashed(column: string, listed: WordSketch['listed']): WordSketch['listed'] {
  return byFrequency(listed.map(({ value, count }) => [categoryHash(column, value), count]))
}

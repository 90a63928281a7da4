import { HyperLogLog } from './hyper-log-log.ts'
import { areCounts, isAscending, isCount, isNumber, isObject } from './json.ts'
import type { NumberSketch } from './number-sketch.ts'
import type { ColumnSketch } from './sketch.ts'
import type { WordSketch } from './word-sketch.ts'

/** A sketch as it stands in JSON. */
export function sketchJson({ numbers, words, distinct }: ColumnSketch): object {
  return {
    numbers: numbers && numbersJson(numbers),
    words: words && {
      listed: words.listed.map(({ value, count }) => ({ value, count })),
      error: words.error,
      lengths: numbersJson(words.lengths),
      shapes: words.shapes?.map(({ symbols, runs, count }) => ({ symbols, runs, count })),
    },
    distinct: distinct && String(distinct),
  }
}

function numbersJson({ values, counts, error, moments, min, max }: NumberSketch): object {
  const { sum, m2 } = moments
  return { values: Array.from(values), counts: Array.from(counts), error, sum, m2, min, max }
}

/** The sketch of `count` rows with a value; undefined unless its figures agree with each other. */
export function parseSketch(value: unknown, count: number): ColumnSketch | undefined {
  if (!isObject(value) || (value.numbers === undefined) === (value.words === undefined)) return undefined
  const distinct = typeof value.distinct === 'string' ? HyperLogLog.parse(value.distinct) : undefined
  if (value.distinct !== undefined && distinct === undefined) return undefined
  const estimate = distinct === undefined ? {} : { distinct }
  if (value.numbers !== undefined) {
    const numbers = parseNumbers(value.numbers, count)
    return numbers && (distinct || numbers.error === 0) ? { numbers, ...estimate } : undefined
  }
  const words = parseWords(value.words, count)
  return words && (distinct || words.error === 0) ? { words, ...estimate } : undefined
}

function parseNumbers(value: unknown, rows: number): NumberSketch | undefined {
  if (!isObject(value)) return undefined
  const { values, counts, error, sum, m2, min, max } = value
  const held =
    isAscending(values, true) &&
    areCounts(counts, rows) &&
    counts.length === values.length &&
    isCount(error) &&
    Array.isArray(sum) &&
    sum.length === 2 &&
    [...sum, m2, min, max].every(isNumber) &&
    (m2 as number) >= 0 &&
    (min as number) <= values[0]! &&
    (max as number) >= values.at(-1)!
  if (!held) return undefined
  const moments = { rows, sum: [sum[0], sum[1]] as [number, number], m2: m2 as number }
  return { values, counts, error, moments, min: min as number, max: max as number }
}

function parseWords(value: unknown, rows: number): WordSketch | undefined {
  if (!isObject(value) || !Array.isArray(value.listed) || !isCount(value.error)) return undefined
  const { listed, error, shapes } = value
  const lengths = parseNumbers(value.lengths, rows)
  const seen = new Set<string>()
  let told = 0
  for (const word of listed as unknown[]) {
    if (!isObject(word) || typeof word.value !== 'string' || !isCount(word.count) || word.count === 0) return undefined
    seen.add(word.value)
    told += word.count
  }
  if (lengths === undefined || seen.size < listed.length || (error === 0 ? told !== rows : told > rows))
    return undefined
  if (shapes !== undefined && !(Array.isArray(shapes) && shapes.every(isShape))) return undefined
  if (
    shapes !== undefined &&
    !areCounts(
      shapes.map(({ count }) => count),
      rows,
    )
  )
    return undefined
  return { listed, error, lengths, shapes }
}

function isShape(value: unknown): boolean {
  if (!isObject(value) || typeof value.symbols !== 'string' || !isCount(value.count)) return false
  const { symbols, runs } = value
  return (
    /^[aA9 -/:-@[-`{-~]*$/.test(symbols) &&
    Array.isArray(runs) &&
    runs.length === symbols.length &&
    runs.every((run) => isAscending(run, false) && run.length === 2 && run.every(isCount) && run[0]! > 0)
  )
}

import { type Column, textAt } from '@mlops-actions/table'
import { HyperLogLog } from './hyper-log-log.ts'
import { sketchOf } from './number-sketch.ts'
import { ShapeCounter } from './shape.ts'
import { byFrequency, mostCategories, type WordSketch } from './word-sketch.ts'

/** A job counts so many distinct texts of a column exactly. */
const mostWords = 1 << 14
/** Where there are more, so many of every so many texts count on: the most frequent. */
const mostOfSlice = 1 << 10

/** What was collected of a column; `distinct` where the sketch does not list every text. */
export interface CollectedWords {
  /** undefined where no row has a value. */
  sketch: WordSketch | undefined
  distinct?: HyperLogLog
}

/** How often each text of a column was seen over the batches of a table, in memory that does not grow with the rows. */
export class WordCollector {
  /** Counts by code, in the dictionary of the batch last seen. */
  #codes = new Float64Array(0)
  #dictionary: string[] = []
  readonly #most: number
  readonly #counts = new Map<string, number>()
  readonly #lengths = new LengthCounter()
  readonly #shapes = new ShapeCounter()
  #error = 0
  #distinct: HyperLogLog | undefined

  constructor(most = mostWords) {
    this.#most = most
  }

  add(column: Column): void {
    if (column.type === 'text') this.#addText(column)
    else this.#addOthers(column)
  }

  result(): CollectedWords {
    this.#fold()
    const lengths = this.#lengths.counted()
    if (lengths.values.length === 0) return { sketch: undefined }
    if (this.#distinct !== undefined) this.#forget(mostCategories)
    const sketch = {
      listed: byFrequency(this.#counts),
      error: this.#error,
      lengths: sketchOf(lengths),
      shapes: this.#shapes.shapes(),
    }
    return this.#distinct === undefined ? { sketch } : { sketch, distinct: this.#distinct }
  }

  #addText({ dictionary, codes }: Extract<Column, { type: 'text' }>): void {
    if (dictionary !== this.#dictionary) {
      this.#fold()
      this.#dictionary = dictionary
    }
    if (dictionary.length > this.#codes.length) {
      const grown = new Float64Array(2 * dictionary.length)
      grown.set(this.#codes)
      this.#codes = grown
    }
    const counts = this.#codes
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row]!
      if (code >= 0) counts[code]!++
    }
  }

  /** Numbers and booleans that are categories: each distinct value of the batch is written once. */
  #addOthers(column: Exclude<Column, { type: 'text' }>): void {
    const seen = new Map<number | bigint, { row: number; count: number }>()
    for (let row = 0; row < column.values.length; row++) {
      if (column.nulls[row] !== 0) continue
      const known = seen.get(column.values[row]!)
      if (known === undefined) seen.set(column.values[row]!, { row, count: 1 })
      else known.count++
    }
    for (const { row, count } of seen.values()) {
      const word = textAt(column, row)!
      this.#look(word, count)
      this.#count(word, count)
    }
  }

  #fold(): void {
    for (let from = 0; from < this.#dictionary.length; from += mostWords) {
      const to = Math.min(from + mostWords, this.#dictionary.length)
      const listsAll = this.#distinct === undefined
      // Of texts that hardly ever come back, only the few frequent ones are worth a place.
      const least = listsAll ? 0 : nthGreatest(this.#codes.subarray(from, to), mostOfSlice)
      this.#error += least
      for (let code = from; code < to; code++) {
        const word = this.#dictionary[code]!
        const count = this.#codes[code]!
        if (count > 0) this.#look(word, count)
        if (count > least) this.#count(word, count - least)
      }
      if (listsAll && this.#distinct !== undefined) {
        for (let code = from; code < to; code++) this.#distinct.addText(this.#dictionary[code]!)
      }
    }
    this.#codes = new Float64Array(0)
    this.#dictionary = []
  }

  #look(word: string, count: number): void {
    this.#distinct?.addText(word)
    this.#lengths.add(characters(word), count)
    this.#shapes.add(word, count)
  }

  #count(word: string, count: number): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + count)
    if (this.#counts.size > this.#most) this.#forget(this.#most / 2)
  }

  /** Keeps the more frequent, as `mostFrequent` does. */
  #forget(most: number): void {
    if (this.#distinct === undefined) {
      this.#distinct = new HyperLogLog()
      for (const word of this.#counts.keys()) this.#distinct.addText(word)
    }
    const least = nthGreatest(Float64Array.from(this.#counts.values()), most)
    this.#error += least
    for (const [word, count] of this.#counts) {
      if (count > least) this.#counts.set(word, count - least)
      else this.#counts.delete(word)
    }
  }
}

/** The count that `n` others are not under; 0 where there are no more than n. */
function nthGreatest(counts: Float64Array, n: number): number {
  return counts.length > n ? counts.slice().sort()[counts.length - 1 - n]! : 0
}

/** How often each length was seen. */
class LengthCounter {
  readonly #short = new Float64Array(256)
  readonly #long = new Map<number, number>()

  add(length: number, count: number): void {
    if (length < this.#short.length) this.#short[length]! += count
    else this.#long.set(length, (this.#long.get(length) ?? 0) + count)
  }

  counted(): { values: number[]; counts: number[] } {
    const seen = [...this.#short.entries(), ...this.#long].filter(([, count]) => count > 0).sort(([a], [b]) => a - b)
    return { values: seen.map(([length]) => length), counts: seen.map(([, count]) => count) }
  }
}

/** Unicode code points. */
function characters(text: string): number {
  let pairs = 0
  for (let i = 1; i < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) pairs++
  }
  return text.length - pairs
}

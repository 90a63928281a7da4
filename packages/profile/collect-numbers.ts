import type { Column } from '@mlops-actions/table'
import { HyperLogLog } from './hyper-log-log.ts'
import { mergeSketches, mostValues, type NumberSketch, sketchOf } from './number-sketch.ts'
import { countSorted } from './ranked.ts'
import { RadixSorter } from './sorting.ts'

/** So many numbers are sorted at a time. */
const runLength = 1 << 16
/** So many sketches of runs are kept before the smallest half becomes one. */
const mostParts = 32

const sorter = new RadixSorter()

/** What was collected of a column; `distinct` where the sketch does not list every value. */
export interface CollectedNumbers {
  /** undefined where no row has a value. */
  sketch: NumberSketch | undefined
  distinct?: HyperLogLog
}

/**
 * A column's numbers over the batches of a table, without nulls: up to 1000 distinct values are counted, more are sketched
 * run by run, in memory that does not grow with the rows. 64-bit integers become the nearest double.
 */
export class NumberCollector {
  #counter: ValueCounter | undefined = new ValueCounter(mostValues)
  #run = new Float64Array(0)
  #filled = 0
  #parts: NumberSketch[] = []
  #distinct: HyperLogLog | undefined

  add(column: Column): void {
    const values = numbersOf(column)
    let row = 0
    if (this.#counter !== undefined) {
      row = this.#counter.add(values, column.nulls)
      if (row < values.length) this.#stopCounting()
    }
    for (; row < values.length; row++) {
      if (column.nulls[row] !== 0) continue
      if (this.#filled === this.#run.length) this.#makeRoom()
      this.#run[this.#filled++] = values[row]!
    }
  }

  result(): CollectedNumbers {
    if (this.#counter !== undefined) {
      const counted = this.#counter.counted()
      return { sketch: counted.values.length === 0 ? undefined : sketchOf(counted) }
    }
    if (this.#filled > 0) this.#endRun()
    return { sketch: mergeSketches(this.#parts), distinct: this.#distinct! }
  }

  #stopCounting(): void {
    this.#distinct = new HyperLogLog()
    this.#take(this.#counter!.counted())
    this.#counter = undefined
  }

  /** A run begins small: a table may have ten thousand columns. */
  #makeRoom(): void {
    if (this.#run.length === runLength) {
      this.#endRun()
      return
    }
    const grown = new Float64Array(Math.max(4096, 2 * this.#run.length))
    grown.set(this.#run)
    this.#run = grown
  }

  #endRun(): void {
    const run = this.#run.subarray(0, this.#filled)
    sorter.sort(run)
    this.#take(countSorted(run))
    this.#filled = 0
  }

  #take(counted: { values: Float64Array; counts: Float64Array }): void {
    for (const value of counted.values) this.#distinct!.addNumber(value)
    this.#parts.push(sketchOf(counted))
    if (this.#parts.length <= mostParts) return
    // The smallest together: so a row is collapsed as often as the number of parts has digits, not at every run.
    this.#parts.sort((a, b) => a.moments.rows - b.moments.rows)
    this.#parts.push(mergeSketches(this.#parts.splice(0, mostParts / 2)))
  }
}

/** So many numbers at most stand in one piece of what a column keeps; the first pieces are smaller. */
const fewestKept = 1 << 10
const mostKept = 1 << 16

/** All of a column's numbers, for tests that need the very values. Minus zero is kept as zero. */
export class NumberKeeper {
  /** Full ones: that none is ever copied into a larger one keeps the memory at eight bytes a number. */
  #pieces: Float64Array[] = []
  #piece: Float64Array = new Float64Array(0)
  #filled = 0
  #count = 0

  add(column: Column): void {
    const values = numbersOf(column)
    const { nulls } = column
    let piece: Float64Array = this.#piece
    let filled = this.#filled
    for (let row = 0; row < values.length; row++) {
      if (nulls[row] !== 0) continue
      if (filled === piece.length) {
        piece = this.#nextPiece()
        filled = 0
      }
      piece[filled++] = values[row]! + 0
    }
    this.#filled = filled
  }

  /** The numbers, ascending; none are kept any longer. */
  sorted(): Float64Array {
    const values = new Float64Array(this.#count + this.#filled)
    let at = 0
    for (const piece of this.#pieces) {
      values.set(piece, at)
      at += piece.length
    }
    values.set(this.#piece.subarray(0, this.#filled), at)
    this.#pieces = []
    this.#piece = new Float64Array(0)
    this.#filled = 0
    this.#count = 0
    sorter.sort(values)
    return values
  }

  #nextPiece(): Float64Array {
    this.#pieces.push(this.#piece)
    this.#count += this.#piece.length
    this.#piece = new Float64Array(Math.min(mostKept, Math.max(fewestKept, this.#count)))
    return this.#piece
  }
}

function numbersOf(column: Column): Float64Array {
  if (column.type === 'text') throw new TypeError(`${column.name} is text`)
  return column.type === 'integer64' ? Float64Array.from(column.values, Number) : column.values
}

/** Counts equal numbers, of few distinct ones, by open addressing. */
class ValueCounter {
  readonly #most: number
  #keys = new Float64Array(64)
  /** 0 where the slot is free; at most a quarter are taken. */
  #counts = new Float64Array(64)
  #distinct = 0
  readonly #double = new Float64Array(1)
  readonly #halves = new Int32Array(this.#double.buffer)

  constructor(most: number) {
    this.#most = most
  }

  /** Counts rows up to the first with a value too many; gives that row, or their number where all were counted. */
  add(values: Float64Array, nulls: Uint8Array): number {
    for (let row = 0; row < values.length; row++) {
      if (nulls[row] !== 0) continue
      const value = values[row]!
      const slot = this.#slotOf(value)
      if (this.#counts[slot]!++ > 0) continue
      if (this.#distinct === this.#most) {
        this.#counts[slot] = 0
        return row
      }
      this.#keys[slot] = value
      this.#distinct++
      if (4 * this.#distinct > this.#keys.length) this.#grow()
    }
    return values.length
  }

  counted(): { values: Float64Array; counts: Float64Array } {
    const slots = Array.from(this.#counts.keys()).filter((slot) => this.#counts[slot]! > 0)
    slots.sort((a, b) => this.#keys[a]! - this.#keys[b]!)
    return {
      values: Float64Array.from(slots, (slot) => this.#keys[slot]!),
      counts: Float64Array.from(slots, (slot) => this.#counts[slot]!),
    }
  }

  /** Where a value is counted, or would be. */
  #slotOf(value: number): number {
    this.#double[0] = value
    const bits = Math.imul(this.#halves[0]! ^ Math.imul(this.#halves[1]!, 0x85ebca6b), 0x9e3779b1)
    const mask = this.#keys.length - 1
    let slot = (bits ^ (bits >>> 15)) & mask
    while (this.#counts[slot] !== 0 && this.#keys[slot] !== value) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const [keys, counts] = [this.#keys, this.#counts]
    this.#keys = new Float64Array(4 * keys.length)
    this.#counts = new Float64Array(4 * keys.length)
    for (let i = 0; i < keys.length; i++) {
      if (counts[i] === 0) continue
      const slot = this.#slotOf(keys[i]!)
      this.#keys[slot] = keys[i]!
      this.#counts[slot] = counts[i]!
    }
  }
}

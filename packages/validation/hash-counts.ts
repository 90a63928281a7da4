import type { Hash } from '@mlops-actions/profile'

/** So many different hashes are kept, of 16 bytes each in a table at most half full. */
const mostKept = 1 << 22

/**
 * How often each hash was seen on two sides, in bounded memory. Beyond 4,194,304 different ones, those in half of the range
 * are kept, then in a quarter, and so on: a sample by content, so that what is equal is in it on both sides or on neither.
 * Two different values have the same 64 bits once in 2^64 pairs.
 */
export class HashCounts {
  #halvings = 0
  #size = 0
  #high = new Int32Array(1024)
  #low = new Int32Array(1024)
  #counts: [Uint32Array, Uint32Array] = [new Uint32Array(1024), new Uint32Array(1024)]
  readonly #most: number

  constructor(most = mostKept) {
    this.#most = most
  }

  /** The share of all hashes that is kept. */
  get share(): number {
    return 2 ** -this.#halvings
  }

  keeps({ low }: Hash): boolean {
    return (low & (2 ** this.#halvings - 1)) === 0
  }

  add(hash: Hash, side: 0 | 1): void {
    if (this.keeps(hash)) this.#put(hash.high, hash.low, side, 1)
    if (this.#size > this.#most) this.#halve()
    else if (2 * this.#size > this.#high.length) this.#rebuild(2 * this.#high.length)
  }

  count({ high, low }: Hash, side: 0 | 1): number {
    return this.#counts[side][this.#slot(high, low)]!
  }

  /** The counts of both sides of every hash that is kept. */
  *all(): Generator<[number, number]> {
    const [a, b] = this.#counts
    for (let slot = 0; slot < a.length; slot++) if (a[slot]! + b[slot]! > 0) yield [a[slot]!, b[slot]!]
  }

  /** Where a hash stands, or the free place where it would. */
  #slot(high: number, low: number): number {
    const [a, b] = this.#counts
    const mask = a.length - 1
    let slot = high & mask
    while (a[slot]! + b[slot]! > 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = (slot + 1) & mask
    return slot
  }

  #put(high: number, low: number, side: 0 | 1, times: number): void {
    const slot = this.#slot(high, low)
    if (this.#counts[0][slot]! + this.#counts[1][slot]! === 0) this.#size++
    this.#high[slot] = high
    this.#low[slot] = low
    this.#counts[side][slot]! += times
  }

  #halve(): void {
    this.#halvings++
    this.#rebuild(this.#high.length)
  }

  #rebuild(slots: number): void {
    const [high, low, [a, b]] = [this.#high, this.#low, this.#counts]
    this.#size = 0
    this.#high = new Int32Array(slots)
    this.#low = new Int32Array(slots)
    this.#counts = [new Uint32Array(slots), new Uint32Array(slots)]
    const kept = 2 ** this.#halvings - 1
    for (let slot = 0; slot < high.length; slot++) {
      if (a[slot]! + b[slot]! === 0 || (low[slot]! & kept) !== 0) continue
      if (a[slot]! > 0) this.#put(high[slot]!, low[slot]!, 0, a[slot]!)
      if (b[slot]! > 0) this.#put(high[slot]!, low[slot]!, 1, b[slot]!)
    }
  }
}

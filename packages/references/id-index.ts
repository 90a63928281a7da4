import { Hash } from '@mlops-actions/profile'

/**
 * Rows by their ids, in 16 to 32 bytes an id: of an id its 64-bit hash is kept. Two of a million different ids have the same
 * hash once in 37 million tables.
 */
export class IdIndex {
  /** Different ids. */
  size = 0
  readonly #hash = new Hash()
  #high = new Int32Array(1024)
  #low = new Int32Array(1024)
  /** One more than the row; 0 where the place is free. */
  #rows = new Uint32Array(1024)

  /** Sets the row of an id; gives the one it had before. */
  set(id: string, row: number): number | undefined {
    if (4 * this.size > 3 * this.#rows.length) this.#grow()
    this.#hash.text(id)
    const before = this.#put(this.#hash.high, this.#hash.low, row + 1)
    if (before === 0) this.size++
    return before === 0 ? undefined : before - 1
  }

  get(id: string): number | undefined {
    this.#hash.text(id)
    const row = this.#rows[this.#place(this.#hash.high, this.#hash.low)]!
    return row === 0 ? undefined : row - 1
  }

  #put(high: number, low: number, row: number): number {
    const place = this.#place(high, low)
    const before = this.#rows[place]!
    this.#high[place] = high
    this.#low[place] = low
    this.#rows[place] = row
    return before
  }

  /** Where a hash stands, or the free place where it would. */
  #place(high: number, low: number): number {
    const mask = this.#rows.length - 1
    let place = high & mask
    while (this.#rows[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low)) {
      place = (place + 1) & mask
    }
    return place
  }

  #grow(): void {
    const [high, low, rows] = [this.#high, this.#low, this.#rows]
    this.#high = new Int32Array(2 * rows.length)
    this.#low = new Int32Array(2 * rows.length)
    this.#rows = new Uint32Array(2 * rows.length)
    for (let i = 0; i < rows.length; i++) if (rows[i] !== 0) this.#put(high[i]!, low[i]!, rows[i]!)
  }
}

const bits = 11
const buckets = 1 << bits
const passes = 6

/**
 * Sorts runs of doubles, ascending, by their bits (least significant first, 11 at a time): two to four times as fast as
 * Float64Array.sort, and faster still where numbers have few digits, whose low bits are all alike.
 */
export class RadixSorter {
  readonly #from: Uint32Array
  readonly #to: Uint32Array
  readonly #counts = new Uint32Array(passes * buckets)

  /** @param most how many numbers a run has at most */
  constructor(most: number) {
    this.#from = new Uint32Array(2 * most)
    this.#to = new Uint32Array(2 * most)
  }

  sort(values: Float64Array): void {
    const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
    this.#read(words)
    let from = this.#from
    let to = this.#to
    for (let pass = 0; pass < passes; pass++) {
      const word = pass < passes / 2 ? 0 : 1
      const shift = (pass % (passes / 2)) * bits
      const starts = this.#counts.subarray(pass * buckets, (pass + 1) * buckets)
      if (starts[(from[word]! >>> shift) & (buckets - 1)] === values.length) continue
      let sum = 0
      for (let bucket = 0; bucket < buckets; bucket++) {
        const count = starts[bucket]!
        starts[bucket] = sum
        sum += count
      }
      for (let i = 0; i < words.length; i += 2) {
        const bucket = (from[i + word]! >>> shift) & (buckets - 1)
        const at = 2 * starts[bucket]!++
        to[at] = from[i]!
        to[at + 1] = from[i + 1]!
      }
      const done = from
      from = to
      to = done
    }
    for (let i = 0; i < words.length; i += 2) {
      // Back from the order of bits to the double: see #read.
      const flip = (from[i + 1]! >>> 31) - 1
      words[i] = from[i]! ^ flip
      words[i + 1] = from[i + 1]! ^ (flip | 0x80000000)
    }
  }

  /** Bits in the order of the numbers: those of a negative number are turned round, a positive one gets the sign bit. */
  #read(words: Uint32Array): void {
    const counts = this.#counts.fill(0)
    const from = this.#from
    for (let i = 0; i < words.length; i += 2) {
      const flip = -(words[i + 1]! >>> 31)
      const low = (words[i]! ^ flip) >>> 0
      const high = (words[i + 1]! ^ (flip | 0x80000000)) >>> 0
      from[i] = low
      from[i + 1] = high
      counts[low & 2047]!++
      counts[2048 + ((low >>> 11) & 2047)]!++
      counts[4096 + (low >>> 22)]!++
      counts[6144 + (high & 2047)]!++
      counts[8192 + ((high >>> 11) & 2047)]!++
      counts[10240 + (high >>> 22)]!++
    }
  }
}

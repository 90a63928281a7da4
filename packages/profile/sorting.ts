const bits = 11
const buckets = 1 << bits
/** Three digits in each of a double's two words, the last of them a bit shorter. */
const digits = 6
const lastDigits = buckets >>> 1
/** Fewer numbers are sorted faster by comparing. */
const fewest = 1 << 9

/**
 * Sorts doubles that are numbers, ascending, by their bits (least significant first, 11 at a time): three to six times as fast
 * as Float64Array.sort, and faster still where all low bits are alike, as those of whole numbers are. It keeps room for the
 * longest run that it has sorted.
 */
export class RadixSorter {
  #spare = new Float64Array(0)
  readonly #counts = new Uint32Array(digits * buckets)

  sort(values: Float64Array): void {
    if (values.length < fewest) values.sort()
    else this.#sort(values)
  }

  #sort(values: Float64Array): void {
    if (this.#spare.length < values.length) this.#spare = new Float64Array(values.length)
    let from: Float64Array = values
    let to: Float64Array = this.#spare.subarray(0, values.length)
    let words = wordsOf(from)
    let others = wordsOf(to)
    this.#count(words)
    for (let digit = 0; digit < digits - 1; digit++) {
      const word = digit < digits / 2 ? 0 : 1
      const shift = (digit % (digits / 2)) * bits
      const starts = this.#counts.subarray(digit * buckets, (digit + 1) * buckets)
      if (starts[(words[word]! >>> shift) & (buckets - 1)] === values.length) continue
      startsOf(starts, 0, buckets, 0)
      for (let i = 0; i < from.length; i++) {
        const bucket = (words[2 * i + word]! >>> shift) & (buckets - 1)
        to[starts[bucket]!++] = from[i]!
      }
      ;[from, to, words, others] = [to, from, others, words]
    }
    this.#bySign(from, words, to)
    if (to !== values) values.set(to)
  }

  /**
   * The last digit holds the sign. By its bits a negative number is the greater the lower it is, so these are put down from
   * behind: their buckets in falling order, and in a bucket what comes first goes last.
   */
  #bySign(from: Float64Array, words: Uint32Array, to: Float64Array): void {
    const places = this.#counts.subarray((digits - 1) * buckets, (digits - 1) * buckets + lastDigits)
    const negative = lastDigits / 2
    let end = 0
    for (let bucket = lastDigits - 1; bucket >= negative; bucket--) {
      end += places[bucket]!
      places[bucket] = end
    }
    startsOf(places, 0, negative, end)
    for (let i = 0; i < from.length; i++) {
      const bucket = words[2 * i + 1]! >>> (2 * bits)
      const place = bucket < negative ? places[bucket]!++ : --places[bucket]!
      to[place] = from[i]!
    }
  }

  /** How often each digit has each value. */
  #count(words: Uint32Array): void {
    const counts = this.#counts.fill(0)
    for (let i = 0; i < words.length; i += 2) {
      const low = words[i]!
      const high = words[i + 1]!
      counts[low & 2047]!++
      counts[2048 + ((low >>> 11) & 2047)]!++
      counts[4096 + (low >>> 22)]!++
      counts[6144 + (high & 2047)]!++
      counts[8192 + ((high >>> 11) & 2047)]!++
      counts[10240 + (high >>> 22)]!++
    }
  }
}

/** The low word of each double, then its high one. */
function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
}

/** Counts in a range become the places where their buckets begin. */
function startsOf(counts: Uint32Array, from: number, to: number, first: number): void {
  let start = first
  for (let bucket = from; bucket < to; bucket++) {
    const count = counts[bucket]!
    counts[bucket] = start
    start += count
  }
}

import { Hash } from './hash.ts'

const precision = 14
const size = 1 << precision
/** The highest rank of a first bit among the 50 bits that do not choose a register. */
const highest = 64 - precision + 1
const digits = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')

/** Standard error of an estimate, relative: 1.04 / sqrt(2^14). */
export const distinctError = 1.04 / Math.sqrt(size)

/**
 * How many distinct values were added, of any number of them, in 16 KB: HyperLogLog (Flajolet and others, 2007) with 2^14
 * registers over a hash of 64 bits, estimated without bias at every size as Ertl does (New cardinality estimation algorithms,
 * 2017). The same values give the same registers in every order and chunking.
 */
export class HyperLogLog {
  readonly #registers = new Uint8Array(size)
  readonly #hash = new Hash()

  addNumber(value: number): void {
    this.#hash.number(value)
    this.#add(this.#hash.high, this.#hash.low)
  }

  addText(text: string): void {
    this.#hash.text(text)
    this.#add(this.#hash.high, this.#hash.low)
  }

  #add(a: number, b: number): void {
    const register = a & (size - 1)
    const rank = b !== 0 ? Math.clz32(b) + 1 : Math.min(highest, 32 + Math.clz32(a >>> precision) - precision + 1)
    if (rank > this.#registers[register]!) this.#registers[register] = rank
  }

  /** Takes in what another one has seen. */
  merge(other: HyperLogLog): void {
    for (let i = 0; i < size; i++) {
      if (other.#registers[i]! > this.#registers[i]!) this.#registers[i] = other.#registers[i]!
    }
  }

  estimate(): number {
    const held = new Float64Array(highest + 1)
    for (const rank of this.#registers) held[rank]!++
    let z = size * tau(1 - held[highest]! / size)
    for (let rank = highest - 1; rank >= 1; rank--) z = (z + held[rank]!) / 2
    z += size * sigma(held[0]! / size)
    return (size * size) / (2 * Math.LN2 * z)
  }

  /** A base64 digit a register. */
  toString(): string {
    return Buffer.from(this.#registers.map((rank) => digits[rank]!)).toString('latin1')
  }

  /** The one that `text` spells; undefined where it spells none. */
  static parse(text: string): HyperLogLog | undefined {
    if (text.length !== size) return undefined
    const read = new HyperLogLog()
    for (let i = 0; i < size; i++) {
      const rank = digits.indexOf(text[i]!, 0, 'latin1')
      if (rank < 0 || rank > highest) return undefined
      read.#registers[i] = rank
    }
    return read
  }
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY
  let [x, y, z, before] = [share, 1, share, Number.NaN]
  while (z !== before) {
    x *= x
    before = z
    z += x * y
    y += y
  }
  return z
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, z, before] = [share, 1, 1 - share, Number.NaN]
  while (z !== before) {
    x = Math.sqrt(x)
    before = z
    y /= 2
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}

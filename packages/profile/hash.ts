/** A hash of 64 bits of a value, as two numbers of 32: the same in every run and on every machine. */
export class Hash {
  /** Of the value taken last. */
  high = 0
  low = 0
  readonly #double = new Float64Array(1)
  readonly #halves = new Uint32Array(this.#double.buffer)

  number(value: number): void {
    this.#double[0] = value
    let a = this.#halves[0]! ^ 0x9e3779b9
    let b = this.#halves[1]!
    a = mix(a) ^ b
    b = mix(b ^ 0x85ebca6b) + a
    this.high = mix(a)
    this.low = mix(b)
  }

  text(text: string): void {
    let a = 0x9e3779b9 ^ text.length
    let b = 0x85ebca6b
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      a = Math.imul(a ^ unit, 0xcc9e2d51)
      a = (a << 15) | (a >>> 17)
      b = Math.imul(b ^ unit, 0x1b873593)
      b = (b << 13) | (b >>> 19)
    }
    a = mix(a) ^ b
    b = mix(b) + a
    this.high = mix(a)
    this.low = mix(b)
  }

  /** Begins the hash of a list of values. */
  list(): void {
    this.high = 0x9e3779b9 | 0
    this.low = 0x85ebca6b | 0
  }

  /** Takes the hash of the list's next value in. */
  next({ high, low }: Hash): void {
    this.high = mix(this.high ^ high)
    this.low = (mix(this.low ^ low) + this.high) | 0
  }
}

/** Every bit of the result depends on every bit given (the last step of MurmurHash3, in the public domain). */
export function mix(bits: number): number {
  let h = bits
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

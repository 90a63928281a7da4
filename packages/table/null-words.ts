/** The words that are null besides the empty cell. */
export class NullWords {
  /** Whether a word is written as a number, a boolean or a date, such as -999. */
  readonly haveValues: boolean
  readonly #words: Set<string>
  /** Bytes of the longest. */
  readonly longest: number
  /** By byte: 1 where a word begins with it. */
  readonly firsts = new Uint8Array(256)

  constructor(words: Iterable<string>) {
    this.#words = new Set(words)
    this.haveValues = [...this.#words].some((word) => /^(-?\d+(\.\d*)?|\d{4}-.*|true|false)$/i.test(word))
    this.longest = Math.max(-1, ...[...this.#words].map((word) => Buffer.byteLength(word)))
    for (const word of this.#words) if (word !== '') this.firsts[Buffer.from(word)[0]!] = 1
  }

  /** Whether a cell that is not both empty and without quotes is null. */
  has(bytes: Buffer, start: number, end: number): boolean {
    if (end - start > this.longest) return false
    if (end === start) return this.#words.has('')
    return this.firsts[bytes[start]!] === 1 && this.#words.has(bytes.toString('utf8', start, end))
  }
}

const mostWords = 1 << 16
const mostBytes = 1 << 23

/** Distinct texts by their bytes, numbered in the order in which they were first seen; each is decoded once. */
export class Dictionary {
  readonly words: string[] = []
  /** Open addressing: number + 1 of the word, 0 where free. Its length is a power of two, at most half full. */
  #slots = new Int32Array(256)
  #hashes = new Int32Array(128)
  /** Where each word's bytes begin in the store; the next word's beginning is its end. */
  #begins = new Float64Array(129)
  #store = Buffer.allocUnsafeSlow(4096)

  /** Whether a reader should begin another one: so a column in which every text differs stays within bounds. */
  get isLarge(): boolean {
    return this.words.length > mostWords || this.#begins[this.words.length]! > mostBytes
  }

  /** The number of a text. */
  codeOf(text: string): number {
    const bytes = Buffer.from(text)
    return this.code(bytes, 0, bytes.length)
  }

  /** The number of the word that these bytes are. */
  code(bytes: Uint8Array, start: number, end: number): number {
    let hash = -2128831035
    for (let p = start; p < end; p++) hash = Math.imul(hash ^ bytes[p]!, 16777619)
    hash ^= hash >>> 15
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#hashes[found - 1] === hash && this.#equals(found - 1, bytes, start, end)) return found - 1
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.words.length + 1
    return this.#add(hash, bytes, start, end)
  }

  #equals(word: number, bytes: Uint8Array, start: number, end: number): boolean {
    const begin = this.#begins[word]!
    const length = end - start
    if (this.#begins[word + 1]! - begin !== length) return false
    for (let i = 0; i < length; i++) if (this.#store[begin + i] !== bytes[start + i]) return false
    return true
  }

  #add(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const word = this.words.length
    const begin = this.#begins[word]!
    if (begin + end - start > this.#store.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (begin + end - start))
      this.#store.copy(larger, 0, 0, begin)
      this.#store = larger
    }
    const store = this.#store
    let all = 0
    for (let p = start, at = begin; p < end; p++, at++) {
      store[at] = bytes[p]!
      all |= bytes[p]!
    }
    this.#begins[word + 1] = begin + end - start
    this.#hashes[word] = hash
    this.words.push(store.toString(all < 128 ? 'latin1' : 'utf8', begin, begin + end - start))
    if (2 * this.words.length > this.#slots.length - 2) this.#grow()
    return word
  }

  #grow(): void {
    const words = this.words.length
    const size = 2 * this.#slots.length
    const hashes = new Int32Array(size / 2)
    hashes.set(this.#hashes.subarray(0, words))
    const begins = new Float64Array(size / 2 + 1)
    begins.set(this.#begins.subarray(0, words + 1))
    const slots = new Int32Array(size)
    for (let word = 0; word < words; word++) {
      let slot = hashes[word]! & (size - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
      slots[slot] = word + 1
    }
    this.#hashes = hashes
    this.#begins = begins
    this.#slots = slots
  }
}

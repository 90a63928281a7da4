const mostWords = 1 << 16
const mostBytes = 1 << 23
/** Up to so many searches a word, a text is rather new than known. */
const mostSearches = 4 / 3

/**
 * Texts by their bytes, numbered in the order in which they were first seen; each is decoded once. They are distinct, unless
 * the dictionary before showed that nearly every text of the column is: then looking for them is not worth its time.
 */
export class Dictionary {
  size = 0
  /** How often a text was looked for; undefined where that is not done. */
  #searches: number | undefined = 0
  readonly #words: string[] = []
  /** Open addressing: number + 1 of the word, 0 where free. Its length is a power of two, at most half full. */
  #slots = new Int32Array(256)
  #hashes = new Int32Array(128)
  /** Where each word's bytes begin in the store; the next word's beginning is its end. */
  #begins = new Int32Array(129)
  #store = Buffer.allocUnsafeSlow(4096)
  /** Bits of all bytes that are not decoded yet. */
  #bits = 0

  /** @param before the one that this one follows in the same column */
  constructor(before?: Dictionary) {
    if (before !== undefined && !((before.#searches ?? 0) > mostSearches * before.size)) this.#searches = undefined
  }

  /** The words by number; always the same array. */
  get words(): string[] {
    this.#decode()
    return this.#words
  }

  /** Whether a reader should begin another one: so a column in which every text differs stays within bounds. */
  get isLarge(): boolean {
    return this.size > mostWords || this.#begins[this.size]! > mostBytes
  }

  /** The number of a text. */
  codeOf(text: string): number {
    const bytes = Buffer.from(text)
    return this.code(bytes, 0, bytes.length)
  }

  /** The number of the word that these bytes are. */
  code(bytes: Uint8Array, start: number, end: number): number {
    if (this.#searches === undefined) return this.#add(0, bytes, start, end)
    this.#searches++
    const hash = hashOf(bytes, start, end)
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#hashes[found - 1] === hash && this.#equals(found - 1, bytes, start, end)) return found - 1
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.size + 1
    const word = this.#add(hash, bytes, start, end)
    if (2 * this.size > this.#slots.length) this.#spread()
    return word
  }

  #equals(word: number, bytes: Uint8Array, start: number, end: number): boolean {
    const begin = this.#begins[word]!
    const length = end - start
    if (this.#begins[word + 1]! - begin !== length) return false
    const store = this.#store
    for (let i = 0; i < length; i++) if (store[begin + i] !== bytes[start + i]) return false
    return true
  }

  #add(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const word = this.size++
    if (word === this.#hashes.length) this.#makeRoom()
    const begin = this.#begins[word]!
    if (begin + end - start > this.#store.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (begin + end - start))
      this.#store.copy(larger, 0, 0, begin)
      this.#store = larger
    }
    const store = this.#store
    let bits = this.#bits
    for (let p = start, at = begin; p < end; p++, at++) {
      store[at] = bytes[p]!
      bits |= bytes[p]!
    }
    this.#bits = bits
    this.#begins[word + 1] = begin + end - start
    this.#hashes[word] = hash
    return word
  }

  /** Decodes the new words at once, and cuts that: much faster than one by one, where a character is a byte. */
  #decode(): void {
    const from = this.#words.length
    if (from === this.size) return
    const begins = this.#begins
    const first = begins[from]!
    const text = this.#bits < 128 ? this.#store.toString('latin1', first, begins[this.size]) : undefined
    for (let word = from; word < this.size; word++) {
      const begin = begins[word]!
      const end = begins[word + 1]!
      this.#words.push(text?.slice(begin - first, end - first) ?? this.#store.toString('utf8', begin, end))
    }
    this.#bits = 0
  }

  /** Twice the places to look a word up in. */
  #spread(): void {
    const slots = new Int32Array(2 * this.#slots.length)
    const mask = slots.length - 1
    for (let word = 0; word < this.size; word++) {
      let slot = this.#hashes[word]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = word + 1
    }
    this.#slots = slots
  }

  #makeRoom(): void {
    const hashes = new Int32Array(2 * this.#hashes.length)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const begins = new Int32Array(hashes.length + 1)
    begins.set(this.#begins)
    this.#begins = begins
  }
}

/** Four bytes at a time, mixed as MurmurHash3 does. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  let p = start
  for (; p + 3 < end; p += 4) {
    const four = bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24)
    hash = mixed(hash, four)
  }
  let rest = 0
  for (; p < end; p++) rest = (rest << 8) | bytes[p]!
  hash = mixed(hash, rest)
  hash = Math.imul(hash ^ (hash >>> 16), -2048144789)
  return hash ^ (hash >>> 13)
}

function mixed(hash: number, four: number): number {
  const scrambled = Math.imul(four, -862048943)
  const both = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 461845907)
  return (Math.imul((both << 13) | (both >>> 19), 5) - 430675100) | 0
}

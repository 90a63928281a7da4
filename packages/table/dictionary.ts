import type { Memory } from './memory.ts'

const mostWords = 1 << 16
const mostBytes = 1 << 22
/** Up to so many searches a word, a text is rather new than known. */
const mostSearches = 4 / 3
/** Bytes that are read eight at a time, some of them behind the last one. */
const slackBytes = 8

/** Where the fields of the dictionary of assembly/dictionary.ts stand, in steps of four bytes. */
const field = {
  slots: 0,
  mask: 1,
  hashes: 2,
  begins: 3,
  capacity: 4,
  store: 5,
  storeBytes: 6,
  size: 7,
  searches: 8,
  searching: 9,
  bits: 10,
  fields: 12,
}

/**
 * Texts by their bytes, numbered in the order in which they were first seen; each is decoded once. They are distinct, unless
 * those before a restart showed that nearly every text of the column is: then looking for them is not worth its time.
 */
export class Dictionary {
  readonly #memory: Memory
  /** Its address in memory. */
  readonly at: number
  #fields: Int32Array
  #words: string[] = []
  /** Room for a text that comes from elsewhere. */
  #desk = new Uint8Array(0)

  constructor(memory: Memory) {
    this.#memory = memory
    this.at = memory.take(4 * field.fields)
    const [slots, words, storeBytes] = [64, 32, 512]
    const pieces = [
      [field.slots, memory.take(4 * slots)],
      [field.hashes, memory.take(4 * words)],
      [field.begins, memory.take(4 * (words + 1))],
      [field.store, memory.take(storeBytes)],
    ] as const
    this.#fields = this.#seen()
    this.#fields.fill(0)
    for (const [of, at] of pieces) this.#fields[of] = at
    this.#fields[field.mask] = slots - 1
    this.#fields[field.capacity] = words
    this.#fields[field.storeBytes] = storeBytes
    this.#fields[field.searching] = 1
    this.#ints(field.slots, slots).fill(0)
    this.#ints(field.begins, 1).fill(0)
  }

  get size(): number {
    return this.#get(field.size)
  }

  /** The words by number; the same array until a restart. */
  get words(): string[] {
    this.#decode()
    return this.#words
  }

  /**
   * Whether a reader should restart it: so a column in which every text differs stays within bounds. Where texts are not
   * looked for, none is needed beyond its run of rows, and those that live shortly cost least.
   */
  get isFull(): boolean {
    if (this.#get(field.searching) === 0) return this.size > 0
    return this.size > mostWords || this.#begin(this.size) > mostBytes
  }

  /** Forgets all words; their array stays with those who have it. */
  restart(): void {
    if (this.#get(field.searching) === 1 && !(this.#get(field.searches) > mostSearches * this.size))
      this.#set(field.searching, 0)
    this.#words = []
    this.#set(field.size, 0)
    this.#set(field.searches, 0)
    this.#ints(field.slots, this.#get(field.mask) + 1).fill(0)
  }

  /** The number of a text. */
  codeOf(text: string): number {
    const bytes = Buffer.from(text)
    return this.code(bytes, 0, bytes.length)
  }

  /** The number of the word that these bytes are. */
  code(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    const desk = this.#deskFor(length)
    for (let i = 0; i < length; i++) desk[i] = bytes[start + i]!
    const at = desk.byteOffset
    for (;;) {
      const code = this.#memory.assembly.codeOf(this.at, at, length)
      if (code >= 0) return code
      this.makeRoom(length)
    }
  }

  /** Makes room for one more text of so many bytes, and then some. */
  makeRoom(bytes: number): void {
    const memory = this.#memory
    const words = this.#get(field.capacity)
    if (this.size === words) {
      this.#set(field.hashes, memory.enlarge(this.#get(field.hashes), 4 * words, 8 * words))
      this.#set(field.begins, memory.enlarge(this.#get(field.begins), 4 * (words + 1), 4 * (2 * words + 1)))
      this.#set(field.capacity, 2 * words)
      // Twice as many slots as words, at least.
      const slots = this.#get(field.mask) + 1
      memory.give(this.#get(field.slots), 4 * slots)
      this.#set(field.slots, memory.take(8 * slots))
      this.#set(field.mask, 2 * slots - 1)
      this.#ints(field.slots, 2 * slots).fill(0)
      if (this.#get(field.searching) === 1) memory.assembly.spread(this.at)
    }
    const stored = this.#get(field.storeBytes)
    const needed = this.#begin(this.size) + bytes + slackBytes
    if (needed > stored) {
      const larger = Math.max(2 * stored, needed)
      this.#set(field.store, memory.enlarge(this.#get(field.store), stored, larger))
      this.#set(field.storeBytes, larger)
    }
  }

  /** Decodes the new words at once, and cuts that: much faster than one by one, where a character is a byte. */
  #decode(): void {
    const from = this.#words.length
    const { size } = this
    if (from === size) return
    const begins = this.#ints(field.begins, size + 1)
    const store = Buffer.from(this.#memory.buffer, this.#get(field.store), begins[size]!)
    const first = begins[from]!
    const isAscii = this.#get(field.bits) === 0 && this.#get(field.bits + 1) === 0
    const text = isAscii ? store.toString('latin1', first) : undefined
    for (let word = from; word < size; word++) {
      const begin = begins[word]!
      const end = begins[word + 1]!
      this.#words.push(text?.slice(begin - first, end - first) ?? store.toString('utf8', begin, end))
    }
    this.#set(field.bits, 0)
    this.#set(field.bits + 1, 0)
  }

  /** A view of memory that has grown since is empty. */
  #deskFor(length: number): Uint8Array {
    if (this.#desk.length < length + slackBytes) {
      const bytes = 2 * (length + slackBytes)
      if (this.#desk.length > 0) this.#memory.give(this.#desk.byteOffset, this.#desk.length)
      const at = this.#memory.take(bytes)
      this.#desk = new Uint8Array(this.#memory.buffer, at, bytes)
    }
    return this.#desk
  }

  #begin(word: number): number {
    return this.#ints(field.begins, word + 1)[word]!
  }

  #get(of: number): number {
    if (this.#fields.buffer !== this.#memory.buffer) this.#fields = this.#seen()
    return this.#fields[of]!
  }

  #set(of: number, value: number): void {
    if (this.#fields.buffer !== this.#memory.buffer) this.#fields = this.#seen()
    this.#fields[of] = value
  }

  #seen(): Int32Array {
    return new Int32Array(this.#memory.buffer, this.at, field.fields)
  }

  #ints(of: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, this.#get(of), length)
  }
}

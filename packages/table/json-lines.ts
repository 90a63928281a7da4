import { UserError } from '@mlops-actions/verdict'
import { type Block, textOf } from './block.ts'
import type { Source } from './column.ts'
import { mostColumns, tooWide } from './columns.ts'
import type { Memory } from './memory.ts'
import { rowsAtATime, scan } from './scan.ts'
import { Scanner } from './scanner.ts'
import { escapedString, string } from './writing.ts'

const lineFeed = 10
const quote = 34
const comma = 44
const colon = 58
const backslash = 92
const openBrace = 123
const closeBrace = 125

/**
 * JSON Lines: an object a line, whose keys are the columns. A key that a line lacks, `null` and Python's `NaN` are null;
 * blank lines are no rows. `names` grows where a key is seen for the first time. UserError: what is not a JSON object,
 * a value that is an object or a list, `Infinity`, a key twice, and what `scan` refuses.
 */
export async function* jsonLines(source: Source, timestamps: boolean, memory: Memory): AsyncGenerator<Block> {
  const rows = new JsonRows(source.name, timestamps, memory)
  try {
    yield* scan(source.open(), source, rows)
  } finally {
    rows.close()
  }
}

/** A key that was not seen before, and how the file writes it. */
interface Key {
  name: string
  written: Buffer
}

/** A place in which nothing is kept. */
const nowhere = -1

class JsonRows extends Scanner {
  readonly #file: string
  readonly #timestamps: boolean
  #names: string[] = []
  #capacity = 0
  /** Columns that there is room for. */
  #widest = 0
  /** The keys as the file writes them, to find the next key without decoding it. */
  #keys: Buffer[] = []
  readonly #places = new Map<string, number>()
  /** For each column the line on which its key was last seen. */
  #seen: number[] = []
  /** While rows are cut, no memory is taken but for columns. */
  #now = this.views
  /** Whether the string last scanned holds a backslash. */
  #hasEscape = false

  constructor(file: string, timestamps: boolean, memory: Memory) {
    super(memory)
    this.#file = file
    this.#timestamps = timestamps
  }

  cut(last: boolean): Block | undefined {
    if (this.#capacity === 0) this.#resize()
    this.#now = this.views
    let rows = 0
    while (rows < this.#capacity && this.from < this.to) {
      let end = this.#now.bytes.indexOf(lineFeed, this.from)
      if (end < 0 || end >= this.to) {
        if (!last) break
        end = this.to
      }
      if (this.#skip(this.from, end) < end) {
        const more = this.#row(rows, end)
        if (more.length > 0) {
          // The rows before it have fewer columns: they are a run of their own.
          this.#seen.fill(0)
          if (rows > 0) break
          this.#add(more)
          continue
        }
        this.lines[rows++] = this.line
      }
      this.from = Math.min(end + 1, this.to)
      this.line++
    }
    return rows === 0
      ? undefined
      : { names: this.#names, rows, cells: this, nullWords: undefined, timestamps: this.#timestamps }
  }

  #add(keys: Key[]): void {
    if (this.#names.length + keys.length > mostColumns) {
      throw tooWide(this.#file, this.line, `more than ${mostColumns.toLocaleString('en')}`)
    }
    for (const [i, { name, written }] of keys.entries()) {
      this.#places.set(name, this.#names.length + i)
      this.#keys.push(written)
      this.#seen.push(0)
    }
    this.#names = [...this.#names, ...keys.map(({ name }) => name)]
    if (this.#names.length > this.#widest) this.#resize()
    else this.expect(this.#names.length, this.#capacity, this.#widest)
    this.#now = this.views
  }

  #resize(): void {
    this.#widest = Math.max(16, 2 * this.#names.length)
    this.#capacity = rowsAtATime(this.#widest, this.to - this.from)
    this.expect(this.#names.length, this.#capacity, this.#widest)
  }

  /** Reads one line into the cells of a row; gives the keys that no row before it had, with which it is to be read again. */
  #row(row: number, end: number): Key[] {
    const { bytes } = this.#now
    const first = row * this.#names.length
    const more = new Map<string, Key>()
    this.clear(row)

    let p = this.#skip(this.from, end)
    if (bytes[p] !== openBrace) throw this.#fault(p, 'is no JSON object')
    p = this.#skip(p + 1, end)
    for (let next = 0; bytes[p] !== closeBrace || next > 0; next++) {
      if (p >= end || bytes[p] !== quote) throw this.#fault(p, 'has no key where one should begin')
      const keyEnd = this.#stringEnd(p + 1, end)
      const found = this.#place(p + 1, keyEnd, next)
      const key = typeof found === 'number' ? this.#names[found]! : found.name
      if (typeof found !== 'number') more.set(key, found)
      else if (this.#seen[found] === this.line) throw this.#fault(p, 'has the key twice', key)
      else this.#seen[found] = this.line
      p = this.#skip(keyEnd + 1, end)
      if (p >= end || bytes[p] !== colon) throw this.#fault(p, 'has no colon after the key', key)
      p = this.#value(this.#skip(p + 1, end), end, typeof found === 'number' ? first + found : nowhere, key)
      p = this.#skip(p, end)
      if (p < end && bytes[p] === closeBrace) break
      if (p >= end || bytes[p] !== comma) throw this.#fault(p, 'has no comma or closing brace after the value', key)
      p = this.#skip(p + 1, end)
    }
    p = this.#skip(p + 1, end)
    if (p < end) throw this.#fault(p, 'goes on after its object')
    return [...more.values()]
  }

  /** Reads a value into a cell, which may be nowhere, and gives where it ends. */
  #value(start: number, end: number, cell: number, key: string): number {
    const { bytes, starts, ends, writing } = this.#now
    if (start < end && bytes[start] === quote) {
      const stop = this.#stringEnd(start + 1, end, key)
      starts[cell] = start + 1
      ends[cell] = stop
      writing[cell] = this.#hasEscape ? escapedString : string
      if (this.#hasEscape && cell !== nowhere) this.#checkEscapes(cell, key)
      return stop + 1
    }
    let stop = start
    while (stop < end && isWord(bytes[stop]!)) stop++
    if (isNumber(bytes, start, stop)) {
      starts[cell] = start
      ends[cell] = stop
      return stop
    }
    const word = bytes.toString('latin1', start, Math.min(stop, start + 20))
    if (word === 'true' || word === 'false') {
      starts[cell] = start
      ends[cell] = stop
      return stop
    }
    if (word === 'null' || word === 'NaN') return stop
    if (bytes[start] === openBrace || bytes[start] === 91) {
      const what = bytes[start] === openBrace ? 'an object' : 'a list'
      throw this.#fault(start, `holds ${what}`, key, 'Write one value a key: spread an object over keys of their own.')
    }
    if (/^-?Infinity/.test(word)) {
      throw this.#fault(start, 'holds an infinite number', key, 'Write null, or a number that is finite.')
    }
    throw this.#fault(start, 'holds no JSON value', key)
  }

  /** The column of a key, or the key where it is new. `next`: the column that it is most likely to be. */
  #place(start: number, end: number, next: number): number | Key {
    const { bytes } = this.#now
    const likely = this.#keys[next]
    if (likely !== undefined && isAt(likely, bytes, start, end)) return next
    const written = bytes.subarray(start, end)
    const name = this.#hasEscape ? this.#parsed(written.toString(), start) : written.toString()
    return this.#places.get(name) ?? { name, written: Buffer.from(written) }
  }

  /** Where the string that begins here ends: at its closing quote. */
  #stringEnd(start: number, end: number, key?: string): number {
    const { bytes } = this.#now
    this.#hasEscape = false
    for (let p = start; p < end; p++) {
      const byte = bytes[p]!
      if (byte === quote) return p
      if (byte === backslash) {
        this.#hasEscape = true
        p++
      } else if (byte < 32) throw this.#fault(p, 'has a control character in a string', key)
    }
    throw this.#fault(start - 1, 'has a string that is never closed', key)
  }

  #checkEscapes(cell: number, key: string): void {
    try {
      if (textOf(this, cell).isWellFormed()) return
    } catch {}
    throw this.#fault(this.starts[cell]!, 'has a backslash that stands for no character', key)
  }

  #parsed(text: string, at: number): string {
    try {
      return JSON.parse(`"${text}"`) as string
    } catch {
      throw this.#fault(at, 'has a backslash that stands for no character')
    }
  }

  #skip(from: number, end: number): number {
    let p = from
    const { bytes } = this.#now
    while (p < end && (bytes[p] === 32 || bytes[p] === 9 || bytes[p] === 13)) p++
    return p
  }

  #fault(at: number, what: string, key?: string, help?: string): UserError {
    const { line } = this
    const file = this.#file
    const isList = line === 1 && key === undefined && this.#now.bytes[at] === 91
    return new UserError({
      code: 'TABLE_JSON',
      message: `Line ${line} of ${file} ${what}${key === undefined ? '' : `, in the key ${key}`}.`,
      where: { file, line, column: at - this.from + 1, ...(key === undefined ? {} : { key }) },
      help:
        help ??
        (isList
          ? 'Write JSON Lines, an object a line: pandas does with to_json(path, orient="records", lines=True).'
          : 'Write one JSON object a line, with texts, numbers, true, false and null as its values.'),
    })
  }
}

function isAt(word: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (word.length !== end - start) return false
  for (let i = 0; i < word.length; i++) if (word[i] !== bytes[start + i]) return false
  return true
}

/** A byte of a number or a word; so a value ends where it is none. */
function isWord(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) ||
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    byte === 45 ||
    byte === 46 ||
    byte === 43
  )
}

/** A number as JSON's grammar has it: no leading zeros, digits on both sides of the point. */
function isNumber(bytes: Buffer, start: number, end: number): boolean {
  let p = bytes[start] === 45 ? start + 1 : start
  const digits = () => {
    const from = p
    while (p < end && bytes[p]! >= 48 && bytes[p]! <= 57) p++
    return p > from
  }
  if (bytes[p] === 48) p++
  else if (!digits()) return false
  if (p < end && bytes[p] === 46) {
    p++
    if (!digits()) return false
  }
  if (p < end && (bytes[p]! | 32) === 101) {
    p++
    if (bytes[p] === 45 || bytes[p] === 43) p++
    if (!digits()) return false
  }
  return p === end
}

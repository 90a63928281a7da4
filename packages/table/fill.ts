import { type Block, textOf } from './block.ts'
import { classOf, parseInteger, parseInteger64, parseNumber, parseTimestamp } from './cell.ts'
import type { Column, ColumnSchema } from './column.ts'
import { Dictionary } from './dictionary.ts'
import type { Memory } from './memory.ts'
import type { NullWords } from './null-words.ts'
import type { Scanner } from './scanner.ts'
import { holds, type Taken } from './types.ts'
import { escaped, escapedString, quoted, string } from './writing.ts'

const quote = 34

/** Makes the values of one column, run by run. */
export class ColumnReader {
  readonly schema: ColumnSchema
  readonly #memory: Memory
  readonly #nullsOnly: boolean
  #words: Dictionary | undefined
  #unescaped = Buffer.alloc(0)

  /** @param nullsOnly whether the texts of a column need not be told apart */
  constructor(schema: ColumnSchema, memory: Memory, nullsOnly: boolean) {
    this.schema = schema
    this.#memory = memory
    this.#nullsOnly = nullsOnly
  }

  /** The words of a text column. They begin anew where they became many. */
  get dictionary(): Dictionary {
    this.#words ??= new Dictionary(this.#memory)
    if (this.#words.isFull) this.#words.restart()
    return this.#words
  }

  /**
   * The column's part in a run of rows, all null for an index of -1; undefined where a cell is not of the column's type.
   * @param taken by the loop over the column that was the last one
   */
  read(block: Block, index: number, taken?: Taken): Column | undefined {
    const { rows, cells } = block
    if (index < 0) return this.none(rows)
    const { name, type } = this.schema
    if (type === 'text') return this.#texts(block, index, taken)
    if (type === 'integer64') {
      const values = new BigInt64Array(rows)
      const nulls = integers64(block, index, values)
      return nulls === undefined ? undefined : { name, nulls, type, values }
    }
    const loop = block.nullWords?.haveValues ? 'present' : loopOf[type]
    const left = taken?.loop === loop ? taken.left : cells[loop](index, rows)
    if ((cells.classes & ~holds[type]) !== 0) return undefined
    const values = cells.values.slice(0, rows)
    const nulls = cells.nulls.slice(0, rows)
    return readRest(block, index, left, nulls, values, parse[type]) ? { name, nulls, type, values } : undefined
  }

  /** Rows in which the column is null. */
  none(rows: number): Column {
    const { name, type } = this.schema
    const nulls = new Uint8Array(rows).fill(1)
    if (type === 'text') {
      return { name, nulls, type, codes: new Int32Array(rows).fill(-1), dictionary: this.dictionary.words }
    }
    if (type === 'integer64') return { name, nulls, type, values: new BigInt64Array(rows) }
    return { name, nulls, type, values: new Float64Array(rows) }
  }

  #texts({ names, rows, cells, nullWords }: Block, index: number, taken: Taken | undefined): Column {
    const { name } = this.schema
    const { dictionary } = this
    const left = taken?.loop === 'blanks' ? taken.left : cells.blanks(index, rows, nullWords)
    const nulls = cells.nulls.slice(0, rows)
    if (nullWords !== undefined) {
      const { bytes, starts, ends } = cells.views
      for (const row of left) {
        const k = row * names.length + index
        if (nullWords.has(bytes, starts[k]!, ends[k]!)) nulls[row] = 1
      }
      cells.nulls.set(nulls)
    }
    if (this.#nullsOnly) return { name, nulls, type: 'text', codes: codesOfNulls(nulls), dictionary: [''] }
    const codes = cells.texts(index, rows, dictionary, (k) =>
      cells.writing[k] === escapedString
        ? dictionary.codeOf(textOf(cells, k))
        : this.#codeOfEscaped(dictionary, cells.bytes, cells.starts[k]!, cells.ends[k]!),
    )
    return { name, nulls, type: 'text', codes, dictionary: dictionary.words }
  }

  /** A cell with doubled quotes, each of which stands for one. */
  #codeOfEscaped(dictionary: Dictionary, bytes: Buffer, start: number, end: number): number {
    if (this.#unescaped.length < end - start) this.#unescaped = Buffer.allocUnsafeSlow(2 * (end - start))
    let length = 0
    for (let p = start; p < end; p++) {
      this.#unescaped[length++] = bytes[p]!
      if (bytes[p] === quote) p++
    }
    return dictionary.code(this.#unescaped, 0, length)
  }
}

function codesOfNulls(nulls: Uint8Array): Int32Array {
  const codes = new Int32Array(nulls.length)
  for (let row = 0; row < nulls.length; row++) codes[row] = -nulls[row]!
  return codes
}

/** Of a cell in a column that is no text: there, an empty cell in quotes is null as well. */
function isNothing(
  { bytes, starts, ends, writing }: Scanner['views'],
  k: number,
  words: NullWords | undefined,
): boolean {
  const start = starts[k]!
  const end = ends[k]!
  return (start === end && writing[k]! < string) || words?.has(bytes, start, end) === true
}

const loopOf = { integer: 'numbers', number: 'numbers', timestamp: 'timestamps', boolean: 'booleans' } as const

/** The value of a cell that is written in a rarer way, NaN where it is none of the type. */
type Parse = (bytes: Buffer, start: number, end: number, writing: number) => number

const parse: Record<keyof typeof loopOf, Parse> = {
  integer: (bytes, start, end, writing) => (writing > quoted ? Number.NaN : parseInteger(bytes, start, end)),
  number: (bytes, start, end, writing) => (writing > quoted ? Number.NaN : parseNumber(bytes, start, end)),
  timestamp: (bytes, start, end, writing) =>
    writing === escaped || writing === escapedString ? Number.NaN : parseTimestamp(bytes, start, end),
  boolean(bytes, start, end, writing) {
    const isBoolean = writing <= quoted && (classOf(bytes, start, end) & holds.boolean) !== 0
    return isBoolean ? Number(end - start === 4) : Number.NaN
  },
}

/** Reads the rows of a column that a loop over plain cells left; says whether all are of the type. */
function readRest(
  { names, cells, nullWords }: Block,
  index: number,
  left: Int32Array,
  nulls: Uint8Array,
  values: Float64Array,
  parse: Parse,
): boolean {
  const { views } = cells
  const { bytes, starts, ends, writing } = views
  for (const row of left) {
    const k = row * names.length + index
    if (isNothing(views, k, nullWords)) {
      nulls[row] = 1
      values[row] = 0
      continue
    }
    const value = parse(bytes, starts[k]!, ends[k]!, writing[k]!)
    if (Number.isNaN(value)) return false
    values[row] = value
  }
  return true
}

/** The nulls of a column of whole numbers of 64 bits; undefined where a cell is none. */
function integers64(
  { names, rows, cells, nullWords }: Block,
  index: number,
  values: BigInt64Array,
): Uint8Array | undefined {
  const left = cells.present(index, rows)
  const { views } = cells
  const { bytes, starts, ends, writing } = views
  const nulls = cells.nulls.slice(0, rows)
  for (const row of left) {
    const k = row * names.length + index
    if (isNothing(views, k, nullWords)) {
      nulls[row] = 1
      continue
    }
    const value = parseInteger64(bytes, starts[k]!, ends[k]!)
    if (value === undefined || writing[k]! > quoted) return undefined
    values[row] = value
  }
  return nulls
}

import { parseInteger64, parseNumber, parseTimestamp } from './cell.ts'
import type { Column, ColumnSchema } from './column.ts'
import { Dictionary } from './dictionary.ts'
import { escaped, plain } from './lexer.ts'
import type { Block } from './scan.ts'
import type { NullWords } from './types.ts'

/** Makes the values of one column, run by run. */
export class ColumnReader {
  readonly #schema: ColumnSchema
  readonly #index: number
  readonly #nullWords: NullWords | undefined
  readonly #dictionary = new Dictionary()
  #scratch = Buffer.alloc(0)

  constructor(schema: ColumnSchema, index: number, nullWords: NullWords | undefined) {
    this.#schema = schema
    this.#index = index
    this.#nullWords = nullWords
  }

  /** The column's part in a run of rows; undefined where a cell is not of the column's type. */
  read(block: Block): Column | undefined {
    const { name, type } = this.#schema
    const nulls = this.#nulls(block)
    if (type === 'text') {
      return { name, nulls, type, codes: this.#codes(block, nulls), dictionary: this.#dictionary.words }
    }
    if (type === 'integer64') {
      const values = this.#integers64(block, nulls)
      return values && { name, nulls, type, values }
    }
    const parse = type === 'timestamp' ? parseTimestamp : type === 'boolean' ? parseBoolean : parseNumber
    const values = this.#numbers(block, nulls, parse)
    return values && { name, nulls, type, values }
  }

  #nulls({ rows, width, cells }: Block): Uint8Array {
    const { bytes, starts, ends, writing } = cells
    const nulls = new Uint8Array(rows)
    const text = this.#schema.type === 'text'
    for (let row = 0, k = this.#index; row < rows; row++, k += width) {
      const start = starts[k]!
      const end = ends[k]!
      if (start === end && (!text || writing[k] === plain)) nulls[row] = 1
      else if (this.#nullWords?.has(bytes, start, end)) nulls[row] = 1
    }
    return nulls
  }

  #numbers({ rows, width, cells }: Block, nulls: Uint8Array, parse: typeof parseNumber): Float64Array | undefined {
    const { bytes, starts, ends } = cells
    const values = new Float64Array(rows)
    for (let row = 0, k = this.#index; row < rows; row++, k += width) {
      if (nulls[row] === 1) continue
      const value = parse(bytes, starts[k]!, ends[k]!)
      if (Number.isNaN(value)) return undefined
      values[row] = value
    }
    return values
  }

  #integers64({ rows, width, cells }: Block, nulls: Uint8Array): BigInt64Array | undefined {
    const { bytes, starts, ends } = cells
    const values = new BigInt64Array(rows)
    for (let row = 0, k = this.#index; row < rows; row++, k += width) {
      if (nulls[row] === 1) continue
      if (Number.isNaN(parseNumber(bytes, starts[k]!, ends[k]!))) return undefined
      values[row] = parseInteger64(bytes, starts[k]!, ends[k]!)
    }
    return values
  }

  #codes({ rows, width, cells }: Block, nulls: Uint8Array): Int32Array {
    const { bytes, starts, ends, writing } = cells
    const codes = new Int32Array(rows)
    for (let row = 0, k = this.#index; row < rows; row++, k += width) {
      if (nulls[row] === 1) codes[row] = -1
      else if (writing[k] === escaped) codes[row] = this.#escapedCode(bytes, starts[k]!, ends[k]!)
      else codes[row] = this.#dictionary.code(bytes, starts[k]!, ends[k]!)
    }
    return codes
  }

  /** A cell with doubled quotes, each of which stands for one. */
  #escapedCode(bytes: Buffer, start: number, end: number): number {
    if (this.#scratch.length < end - start) this.#scratch = Buffer.allocUnsafeSlow(2 * (end - start))
    let length = 0
    for (let p = start; p < end; p++) {
      this.#scratch[length++] = bytes[p]!
      if (bytes[p] === 34) p++
    }
    return this.#dictionary.code(this.#scratch, 0, length)
  }
}

function parseBoolean(bytes: Buffer, start: number, end: number): number {
  const word = bytes[start]! | 32
  if (end - start === 4 && word === 116) return 1
  return end - start === 5 && word === 102 ? 0 : Number.NaN
}

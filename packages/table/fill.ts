import { type Block, escaped, escapedString, plain, textOf } from './block.ts'
import { parseInteger64, parseNumber, parseTimestamp } from './cell.ts'
import type { Column, ColumnSchema } from './column.ts'
import { Dictionary } from './dictionary.ts'

const quote = 34

/** Makes the values of one column, run by run. */
export class ColumnReader {
  readonly schema: ColumnSchema
  #words = new Dictionary()
  #scratch = Buffer.alloc(0)

  constructor(schema: ColumnSchema) {
    this.schema = schema
  }

  /** The words of a text column. A new set of words begins where the last one became large. */
  get dictionary(): Dictionary {
    if (this.#words.isLarge) this.#words = new Dictionary()
    return this.#words
  }

  /** The column's part in a run of rows, all null for an index of -1; undefined where a cell is not of the column's type. */
  read(block: Block, index: number): Column | undefined {
    const { name, type } = this.schema
    if (index < 0) return this.none(block.rows)
    const nulls = nullsOf(block, index, type === 'text')
    switch (type) {
      case 'text':
        return { name, nulls, type, ...this.#texts(block, index, nulls) }
      case 'integer64': {
        const values = integers64(block, index, nulls)
        return values && { name, nulls, type, values }
      }
      default: {
        const read = type === 'timestamp' ? timestamps : type === 'boolean' ? booleans : numbers
        const values = read(block, index, nulls)
        return values && { name, nulls, type, values }
      }
    }
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

  #texts({ names, rows, cells }: Block, index: number, nulls: Uint8Array): { codes: Int32Array; dictionary: string[] } {
    const { bytes, starts, ends, writing } = cells
    const { dictionary } = this
    const width = names.length
    const codes = new Int32Array(rows)
    for (let row = 0, k = index; row < rows; row++, k += width) {
      if (nulls[row] === 1) codes[row] = -1
      else if (writing[k] === escaped) codes[row] = this.#unescaped(dictionary, bytes, starts[k]!, ends[k]!)
      else if (writing[k] === escapedString) codes[row] = dictionary.codeOf(textOf(cells, k))
      else codes[row] = dictionary.code(bytes, starts[k]!, ends[k]!)
    }
    return { codes, dictionary: dictionary.words }
  }

  /** A cell with doubled quotes, each of which stands for one. */
  #unescaped(dictionary: Dictionary, bytes: Buffer, start: number, end: number): number {
    if (this.#scratch.length < end - start) this.#scratch = Buffer.allocUnsafeSlow(2 * (end - start))
    let length = 0
    for (let p = start; p < end; p++) {
      this.#scratch[length++] = bytes[p]!
      if (bytes[p] === quote) p++
    }
    return dictionary.code(this.#scratch, 0, length)
  }
}

function nullsOf({ names, rows, cells, nullWords }: Block, index: number, isText: boolean): Uint8Array {
  const { bytes, starts, ends, writing } = cells
  const width = names.length
  const nulls = new Uint8Array(rows)
  for (let row = 0, k = index; row < rows; row++, k += width) {
    const start = starts[k]!
    const end = ends[k]!
    if (start === end && (!isText || writing[k] === plain)) nulls[row] = 1
    else if (nullWords?.has(bytes, start, end)) nulls[row] = 1
  }
  return nulls
}

function numbers({ names, rows, cells }: Block, index: number, nulls: Uint8Array): Float64Array | undefined {
  const { bytes, starts, ends } = cells
  const width = names.length
  const values = new Float64Array(rows)
  for (let row = 0, k = index; row < rows; row++, k += width) {
    if (nulls[row] === 1) continue
    const value = parseNumber(bytes, starts[k]!, ends[k]!)
    if (Number.isNaN(value)) return undefined
    values[row] = value
  }
  return values
}

function timestamps({ names, rows, cells }: Block, index: number, nulls: Uint8Array): Float64Array | undefined {
  const { bytes, starts, ends } = cells
  const width = names.length
  const values = new Float64Array(rows)
  for (let row = 0, k = index; row < rows; row++, k += width) {
    if (nulls[row] === 1) continue
    const value = parseTimestamp(bytes, starts[k]!, ends[k]!)
    if (Number.isNaN(value)) return undefined
    values[row] = value
  }
  return values
}

function booleans({ names, rows, cells }: Block, index: number, nulls: Uint8Array): Float64Array | undefined {
  const { bytes, starts, ends } = cells
  const width = names.length
  const values = new Float64Array(rows)
  for (let row = 0, k = index; row < rows; row++, k += width) {
    if (nulls[row] === 1) continue
    const length = ends[k]! - starts[k]!
    const first = bytes[starts[k]!]! | 32
    if (length === 4 && first === 116) values[row] = 1
    else if (length !== 5 || first !== 102) return undefined
  }
  return values
}

function integers64({ names, rows, cells }: Block, index: number, nulls: Uint8Array): BigInt64Array | undefined {
  const { bytes, starts, ends } = cells
  const width = names.length
  const values = new BigInt64Array(rows)
  for (let row = 0, k = index; row < rows; row++, k += width) {
    if (nulls[row] === 1) continue
    if (Number.isNaN(parseNumber(bytes, starts[k]!, ends[k]!))) return undefined
    values[row] = parseInteger64(bytes, starts[k]!, ends[k]!)
  }
  return values
}

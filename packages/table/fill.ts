import { type Block, type Cells, escaped, escapedString, plain, quoted, string, textOf, whole } from './block.ts'
import { parseInteger, parseInteger64, parseNumber, parseTimestamp } from './cell.ts'
import type { Column, ColumnSchema } from './column.ts'
import { Dictionary } from './dictionary.ts'
import type { NullWords } from './null-words.ts'

const quote = 34

/** Makes the values of one column, run by run. */
export class ColumnReader {
  readonly schema: ColumnSchema
  #words = new Dictionary()
  #unescaped = Buffer.alloc(0)

  constructor(schema: ColumnSchema) {
    this.schema = schema
  }

  /** The words of a text column. A new set of words begins where the last one became large. */
  get dictionary(): Dictionary {
    if (this.#words.isLarge) this.#words = new Dictionary(this.#words)
    return this.#words
  }

  /** The column's part in a run of rows, all null for an index of -1; undefined where a cell is not of the column's type. */
  read(block: Block, index: number): Column | undefined {
    const { rows } = block
    if (index < 0) return this.none(rows)
    const { name, type } = this.schema
    const nulls = new Uint8Array(rows)
    if (type === 'text') {
      const codes = new Int32Array(rows)
      return { name, nulls, type, codes, dictionary: this.#texts(block, index, nulls, codes) }
    }
    if (type === 'integer64') {
      const values = new BigInt64Array(rows)
      return integers64(block, index, nulls, values) ? { name, nulls, type, values } : undefined
    }
    const values = new Float64Array(rows)
    return readers[type](block, index, nulls, values) ? { name, nulls, type, values } : undefined
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

  #texts({ names, rows, cells, nullWords }: Block, index: number, nulls: Uint8Array, codes: Int32Array): string[] {
    const { bytes, starts, ends, writing } = cells
    const { dictionary } = this
    const width = names.length
    for (let row = 0, k = index; row < rows; row++, k += width) {
      const start = starts[k]!
      const end = ends[k]!
      if ((start === end || nullWords !== undefined) && isNull(cells, k, nullWords)) {
        nulls[row] = 1
        codes[row] = -1
      } else if (writing[k] === escaped) codes[row] = this.#codeOfEscaped(dictionary, bytes, start, end)
      else if (writing[k] === escapedString) codes[row] = dictionary.codeOf(textOf(cells, k))
      else codes[row] = dictionary.code(bytes, start, end)
    }
    return dictionary.words
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

function isNull({ bytes, starts, ends, writing }: Cells, k: number, words: NullWords | undefined): boolean {
  const start = starts[k]!
  const end = ends[k]!
  return (start === end && writing[k] === plain) || words?.has(bytes, start, end) === true
}

/** Of a cell in a column that is no text: there, an empty cell in quotes is null as well. */
function isNothing(cells: Cells, k: number, words: NullWords | undefined): boolean {
  return isNull(cells, k, words) || (cells.starts[k] === cells.ends[k] && cells.writing[k]! < string)
}

/**
 * Reads the cells of one column into values; says whether all are of the type. The loops are alike and yet apart, so that the
 * engine can put each parser into its loop.
 */
type Read<Values> = (block: Block, index: number, nulls: Uint8Array, values: Values) => boolean

const readers: Record<'integer' | 'number' | 'boolean' | 'timestamp', Read<Float64Array>> = {
  integer({ names, rows, cells, nullWords }, index, nulls, values) {
    const { bytes, starts, ends, writing, kinds, numbers } = cells
    const width = names.length
    const isLiteral = nullWords?.haveNumbers !== true
    for (let row = 0, k = index; row < rows; row++, k += width) {
      if (isLiteral && kinds[k] === whole) {
        values[row] = numbers[k]!
        continue
      }
      const start = starts[k]!
      const end = ends[k]!
      if ((start === end || nullWords !== undefined) && isNothing(cells, k, nullWords)) {
        nulls[row] = 1
        continue
      }
      const value = parseInteger(bytes, start, end)
      if (Number.isNaN(value) || writing[k]! > quoted) return false
      values[row] = value
    }
    return true
  },

  number({ names, rows, cells, nullWords }, index, nulls, values) {
    const { bytes, starts, ends, writing, kinds, numbers } = cells
    const width = names.length
    const isLiteral = nullWords?.haveNumbers !== true
    for (let row = 0, k = index; row < rows; row++, k += width) {
      if (isLiteral && kinds[k] !== 0) {
        values[row] = numbers[k]!
        continue
      }
      const start = starts[k]!
      const end = ends[k]!
      if ((start === end || nullWords !== undefined) && isNothing(cells, k, nullWords)) {
        nulls[row] = 1
        continue
      }
      const value = parseNumber(bytes, start, end)
      if (Number.isNaN(value) || writing[k]! > quoted) return false
      values[row] = value
    }
    return true
  },

  timestamp({ names, rows, cells, nullWords }, index, nulls, values) {
    const { bytes, starts, ends, writing } = cells
    const width = names.length
    for (let row = 0, k = index; row < rows; row++, k += width) {
      const start = starts[k]!
      const end = ends[k]!
      if ((start === end || nullWords !== undefined) && isNothing(cells, k, nullWords)) {
        nulls[row] = 1
        continue
      }
      const value = parseTimestamp(bytes, start, end)
      if (Number.isNaN(value) || writing[k] === escaped || writing[k] === escapedString) return false
      values[row] = value
    }
    return true
  },

  boolean({ names, rows, cells, nullWords }, index, nulls, values) {
    const { bytes, starts, ends, writing } = cells
    const width = names.length
    for (let row = 0, k = index; row < rows; row++, k += width) {
      const start = starts[k]!
      const end = ends[k]!
      if ((start === end || nullWords !== undefined) && isNothing(cells, k, nullWords)) {
        nulls[row] = 1
        continue
      }
      const first = bytes[start]! | 32
      const isTrue = end - start === 4 && first === 116
      if (writing[k]! > quoted || !(isTrue || (end - start === 5 && first === 102))) return false
      values[row] = isTrue ? 1 : 0
    }
    return true
  },
}

const integers64: Read<BigInt64Array> = ({ names, rows, cells, nullWords }, index, nulls, values) => {
  const { bytes, starts, ends, writing } = cells
  const width = names.length
  for (let row = 0, k = index; row < rows; row++, k += width) {
    const start = starts[k]!
    const end = ends[k]!
    if ((start === end || nullWords !== undefined) && isNothing(cells, k, nullWords)) {
      nulls[row] = 1
      continue
    }
    const value = parseInteger64(bytes, start, end)
    if (value === undefined || writing[k]! > quoted) return false
    values[row] = value
  }
  return true
}

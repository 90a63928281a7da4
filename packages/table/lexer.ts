import { UserError } from '@mlops-actions/verdict'
import { type Cells, decimal, escaped, plain, quoted, whole } from './block.ts'
import { powersOfTen } from './cell.ts'
import { Window } from './window.ts'

const lineFeed = 10
const carriageReturn = 13
const quote = 34
const minus = 45
const point = 46
const zero = 48

/**
 * Cuts bytes into cells by RFC 4180: cells may stand in quotes, hold delimiters and line breaks there, and double a quote
 * that is meant. Lines end with LF, CRLF or CR. Blank lines are no rows. A quote inside a cell that does not begin with one
 * is a character like any other.
 *
 * It is the hot path of everything that reads data, so cells are offsets into one buffer, in the order of rows.
 */
export class Lexer extends Window implements Cells {
  line = 1
  /** Cells of the last row cut. */
  cells = 0
  starts = new Int32Array(0)
  ends = new Int32Array(0)
  writing = new Uint8Array(0)
  kinds = new Uint8Array(0)
  numbers = new Float64Array(0)
  lines = new Uint32Array(0)
  readonly #delimiter: number
  readonly #name: string
  #width = 0
  #capacity = 1

  constructor(delimiter: number, name: string) {
    super()
    this.#delimiter = delimiter
    this.#name = name
  }

  /** From now on rows must have this many cells, and at most so many rows are cut at a time. */
  expect(width: number, capacity: number): void {
    this.#width = width
    this.#capacity = capacity
    this.starts = new Int32Array(width * capacity)
    this.ends = new Int32Array(width * capacity)
    this.writing = new Uint8Array(width * capacity)
    this.kinds = new Uint8Array(width * capacity)
    this.numbers = new Float64Array(width * capacity)
    this.lines = new Uint32Array(capacity)
  }

  /** Cuts whole rows and says how many. `last`: no byte will follow. */
  cutRows(last: boolean): number {
    const { bytes, to, starts, ends, writing, kinds, numbers } = this
    const delimiter = this.#delimiter
    const width = this.#width
    const highest = Math.max(delimiter, carriageReturn)
    let p = this.from
    let line = this.line
    let rows = 0
    let k = 0

    while (rows < this.#capacity && p < to) {
      const rowLine = line
      let cell = 0
      let byte = bytes[p]!
      if (byte !== lineFeed && byte !== carriageReturn) {
        for (;;) {
          let start = p
          let end: number
          let written = plain
          let kind = 0
          let number = 0
          if (p < to && bytes[p] === quote) {
            const opened = line
            start = ++p
            written = quoted
            for (;;) {
              for (; p < to; p++) {
                byte = bytes[p]!
                if (byte === quote) break
                if (byte === lineFeed || (byte === carriageReturn && bytes[p + 1] !== lineFeed)) line++
              }
              if (p >= to) {
                if (last) throw this.#openQuote(opened)
                return rows
              }
              if (p + 1 >= to && !last) return rows
              if (p + 1 >= to || bytes[p + 1] !== quote) break
              written = escaped
              p += 2
            }
            end = p++
          } else {
            // Most cells are short numbers: they are made while they are cut, which spares two more looks at their bytes.
            byte = p < to ? bytes[p]! : lineFeed
            const negative = byte === minus
            if (negative) byte = ++p < to ? bytes[p]! : lineFeed
            const first = byte - zero
            if (first >= 0 && first <= 9) {
              const from = p++
              let integer = first
              for (; p < to; p++) {
                const digit = bytes[p]! - zero
                if (digit < 0 || digit > 9) break
                integer = (Math.imul(integer, 10) + digit) | 0
              }
              let digits = p - from
              if (first !== 0 || digits === 1) {
                let places = 0
                kind = whole
                if (p < to && bytes[p] === point) {
                  const after = ++p
                  for (; p < to; p++) {
                    const digit = bytes[p]! - zero
                    if (digit < 0 || digit > 9) break
                    integer = (Math.imul(integer, 10) + digit) | 0
                  }
                  places = p - after
                  digits += places
                  kind = decimal
                }
                if (digits > 9) kind = 0
                else {
                  number = negative ? -integer : integer
                  if (places > 0) number /= powersOfTen[places]!
                  number += 0
                }
              }
            }
            for (; p < to; p++) {
              byte = bytes[p]!
              if (byte <= highest && (byte === delimiter || byte === lineFeed || byte === carriageReturn)) break
              kind = 0
            }
            end = p
          }
          if (cell < width) {
            starts[k] = start
            ends[k] = end
            writing[k] = written
            kinds[k] = kind
            numbers[k] = number
            k++
          }
          cell++
          if (p >= to) {
            if (!last) return rows
            break
          }
          byte = bytes[p]!
          if (byte === delimiter) p++
          else if (byte === lineFeed || byte === carriageReturn) break
          else throw this.#afterQuote(line)
        }
      }
      if (p < to) {
        if (byte === carriageReturn && p + 1 >= to && !last) return rows
        p += byte === carriageReturn && p + 1 < to && bytes[p + 1] === lineFeed ? 2 : 1
        line++
      }
      if (cell > 0) {
        if (cell !== width && width > 0) throw this.#ragged(rowLine, cell)
        this.lines[rows] = rowLine
        this.cells = cell
        rows++
      }
      if (width > 0 || cell === 0) {
        this.from = p
        this.line = line
      }
    }
    return rows
  }

  #ragged(line: number, cells: number): UserError {
    const count = `${cells} ${cells === 1 ? 'cell' : 'cells'}`
    return new UserError({
      code: 'TABLE_RAGGED',
      message: `Line ${line} of ${this.#name} has ${count}, the header has ${this.#width}.`,
      where: { file: this.#name, line },
      help: 'Write every row with as many cells as the header, and put cells that hold the delimiter into quotes.',
    })
  }

  #openQuote(line: number): UserError {
    return new UserError({
      code: 'TABLE_QUOTE_OPEN',
      message: `A quote that opens on line ${line} of ${this.#name} is never closed.`,
      where: { file: this.#name, line },
      help: 'Close the quote; a quote that belongs to the text is doubled, and the whole cell put into quotes.',
    })
  }

  #afterQuote(line: number): UserError {
    return new UserError({
      code: 'TABLE_QUOTE',
      message: `On line ${line} of ${this.#name}, a cell goes on after its closing quote.`,
      where: { file: this.#name, line },
      help: 'End the cell at its closing quote; a quote that belongs to the text is doubled.',
    })
  }
}

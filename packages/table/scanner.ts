import type { Dictionary } from './dictionary.ts'
import type { Memory } from './memory.ts'
import type { NullWords } from './null-words.ts'
import { escaped, escapedString, plain } from './writing.ts'

/** What a cut gives in place of a count of rows. */
export const fault = { openQuote: -1, afterQuote: -2, ragged: -3 }

/** The cut looks at sixteen bytes at a time, some of them behind the last one. */
const slackBytes = 16

const noFirsts = new Uint8Array(256)
const allFirsts = new Uint8Array(256).fill(1)

const noViews = {
  bytes: Buffer.alloc(0),
  starts: new Int32Array(0),
  ends: new Int32Array(0),
  writing: new Uint8Array(0),
  lines: new Uint32Array(0),
  values: new Float64Array(0),
  nulls: new Uint8Array(0),
  codes: new Int32Array(0),
  rest: new Int32Array(0),
  report: new Int32Array(0),
}
const noRows = new Int32Array(0)

/** Where assembly/place.ts says what. */
const said = { classes: 0, empty: 1, from: 2, line: 3, cells: 4, faultLine: 5 }

/**
 * The bytes of a file that are still to be cut, the cells of the rows that were cut last, and the loops over the cells of a
 * column, in one memory of WebAssembly. Cells are offsets into `bytes`, in the order of rows.
 *
 * A loop reads the rows of one column into `values` and `nulls`, and gives the rows that it leaves to the caller, since their
 * cells are written in a rarer way. All of them are good until the next loop, and views of them until memory is taken.
 */
export class Scanner {
  line = 1
  /** Bytes from here on are not cut yet. */
  from = 0
  to = 0
  readonly #memory: Memory
  #width = 0
  #capacity = 0
  /** Of starts, ends, writing, lines, values, nulls, codes and rest. */
  #pieces: { at: number; bytes: number }[] = []
  #window = { at: 0, bytes: 0 }
  readonly #atFirsts: number
  /** What stands there. */
  #firsts: Uint8Array | undefined
  #views = noViews

  /** @param memory which its owner releases */
  constructor(memory: Memory) {
    this.#memory = memory
    this.#atFirsts = memory.take(allFirsts.length)
    this.#window = { at: memory.take(slackBytes), bytes: slackBytes }
    this.expect(0, 0)
  }

  get bytes(): Buffer {
    return this.views.bytes
  }

  get starts(): Int32Array {
    return this.views.starts
  }

  get ends(): Int32Array {
    return this.views.ends
  }

  /** `plain`, `quoted`, `escaped`, `string` or `escapedString`. */
  get writing(): Uint8Array {
    return this.views.writing
  }

  /** Line of each row, from 1. */
  get lines(): Uint32Array {
    return this.views.lines
  }

  get values(): Float64Array {
    return this.views.values
  }

  /** 1 where a cell is empty. */
  get nulls(): Uint8Array {
    return this.views.nulls
  }

  /**
   * From now on rows have so many cells, and there is room for so many rows.
   * @param widest how wide rows may become before this is called again with another room
   */
  expect(width: number, capacity: number, widest = width): void {
    const cells = widest * capacity
    const lengths = [4 * cells, 4 * cells, cells, 4 * capacity, 8 * capacity, capacity, 4 * capacity, 4 * capacity]
    this.#width = width
    this.#capacity = capacity
    if (lengths.some((bytes, i) => bytes !== this.#pieces[i]?.bytes)) {
      for (const { at, bytes } of this.#pieces) this.#memory.give(at, bytes)
      this.#pieces = lengths.map((bytes) => ({ at: this.#memory.take(bytes), bytes }))
    }
    this.#look()
  }

  append(piece: Uint8Array): void {
    if (this.to + piece.length > this.bytes.length) {
      const waiting = this.to - this.from
      const room = waiting + piece.length
      if (room > this.bytes.length / 2) this.#widen(2 * room)
      this.bytes.copyWithin(0, this.from, this.to)
      this.from = 0
      this.to = waiting
    }
    this.bytes.set(piece, this.to)
    this.to += piece.length
  }

  /** Cuts whole rows by RFC 4180 and says how many; less than 0 is a fault. `last`: no byte will follow. */
  protected cutDelimited(delimiter: number, last: boolean): number {
    const { assembly } = this.#memory
    const rows = assembly.cut(this.from, this.to, this.line, Math.max(1, this.#capacity), delimiter, last ? 1 : 0)
    if (rows >= 0) {
      const { report } = this.views
      this.from = report[said.from]!
      this.line = report[said.line]!
    }
    return rows
  }

  /** Cells of the row that was cut last. */
  get cells(): number {
    return this.views.report[said.cells]!
  }

  /** The line of the fault that ended a cut. */
  protected get faultLine(): number {
    return this.views.report[said.faultLine]!
  }

  /** The classes of the cells that the last loop took, see `cellClass`. */
  get classes(): number {
    return this.views.report[said.classes]!
  }

  /** How many cells the last loop found empty. */
  get empty(): number {
    return this.views.report[said.empty]!
  }

  /** Takes numbers of at most 15 digits, in quotes or not. */
  numbers(column: number, rows: number): Int32Array {
    return this.#rest(this.#memory.assembly.numbers(column, rows))
  }

  /** Takes dates, alone or with a time to the second and perhaps Z. */
  timestamps(column: number, rows: number): Int32Array {
    return this.#rest(this.#memory.assembly.timestamps(column, rows))
  }

  /** Takes true and false in one of their three cases. */
  booleans(column: number, rows: number): Int32Array {
    return this.#rest(this.#memory.assembly.booleans(column, rows))
  }

  /** Looks for what is empty alone; leaves what may be a word for null, and what is empty in quotes. */
  blanks(column: number, rows: number, words: NullWords | undefined): Int32Array {
    return this.#blanks(column, rows, words?.longest ?? 0, words?.firsts ?? noFirsts)
  }

  /** Leaves all that is not empty. */
  present(column: number, rows: number): Int32Array {
    return this.#blanks(column, rows, 2 ** 31 - 1, allFirsts)
  }

  /** The numbers of a column's texts in a dictionary, -1 where `nulls` says so. `codeOfEscaped`: of a cell that is not its text. */
  texts(column: number, rows: number, dictionary: Dictionary, codeOfEscaped: (cell: number) => number): Int32Array {
    for (let row = 0; ; ) {
      row = this.#memory.assembly.texts(dictionary.at, column, row, rows)
      if (row === rows) return this.views.codes.slice(0, rows)
      const cell = row * this.#width + column
      const { writing, starts, ends } = this.views
      if (writing[cell] === escaped || writing[cell] === escapedString) {
        const code = codeOfEscaped(cell)
        this.views.codes[row++] = code
      } else dictionary.makeRoom(ends[cell]! - starts[cell]!)
    }
  }

  /** Gives its memory back; nothing of it may be looked at from then on. */
  close(): void {
    this.#memory.give(this.#atFirsts, allFirsts.length)
    for (const { at, bytes } of [...this.#pieces, this.#window]) this.#memory.give(at, bytes)
  }

  #blanks(column: number, rows: number, longest: number, firsts: Uint8Array): Int32Array {
    if (this.#firsts !== firsts) new Uint8Array(this.#memory.buffer).set(firsts, this.#atFirsts)
    this.#firsts = firsts
    return this.#rest(this.#memory.assembly.blanks(column, rows, longest, this.#atFirsts))
  }

  /** Empties the cells of a row. */
  protected clear(row: number): void {
    const { starts, ends, writing } = this.views
    const first = row * this.#width
    starts.fill(0, first, first + this.#width)
    ends.fill(0, first, first + this.#width)
    writing.fill(plain, first, first + this.#width)
  }

  #rest(count: number): Int32Array {
    return count === 0 ? noRows : this.views.rest.subarray(0, count)
  }

  #widen(bytes: number): void {
    const { at, bytes: before } = this.#window
    const larger = bytes + slackBytes
    this.#window = { at: this.#memory.enlarge(at, before, larger), bytes: larger }
    this.#look()
  }

  /** Memory that has grown, which the dictionaries make it do as well, leaves the views of before without what they showed. Those that are needed together are asked for once. */
  get views(): typeof noViews {
    if (this.#views.bytes.buffer !== this.#memory.buffer) this.#look()
    return this.#views
  }

  #look(): void {
    const { buffer, assembly } = this.#memory
    const [starts, ends, writing, lines, values, nulls, codes, rest] = this.#pieces.map(({ at }) => at) as number[]
    assembly.place(this.#width, ...this.#pieces.map(({ at }) => at), this.#window.at)
    const cells = this.#pieces[2]!.bytes
    this.#views = {
      bytes: Buffer.from(buffer, this.#window.at, this.#window.bytes - slackBytes),
      starts: new Int32Array(buffer, starts, cells),
      ends: new Int32Array(buffer, ends, cells),
      writing: new Uint8Array(buffer, writing, cells),
      lines: new Uint32Array(buffer, lines, this.#capacity),
      values: new Float64Array(buffer, values, this.#capacity),
      nulls: new Uint8Array(buffer, nulls, this.#capacity),
      codes: new Int32Array(buffer, codes, this.#capacity),
      rest: new Int32Array(buffer, rest, this.#capacity),
      report: new Int32Array(buffer, assembly.report(), Object.keys(said).length),
    }
  }
}

import { plain } from './block.ts'
import { scannerWasm } from './scanner-wasm.ts'

/** What assembly/scanner.ts exports. */
interface Assembly {
  memory: WebAssembly.Memory
  from: WebAssembly.Global
  line: WebAssembly.Global
  cells: WebAssembly.Global
  faultLine: WebAssembly.Global
  classes: WebAssembly.Global
  empty: WebAssembly.Global
  free(): number
  place(columns: number, ...addresses: number[]): void
  cut(start: number, end: number, line: number, capacity: number, delimiter: number, last: number): number
  numbers(column: number, rows: number): number
  timestamps(column: number, rows: number): number
  booleans(column: number, rows: number): number
  blanks(column: number, rows: number, longest: number): number
}

/** What a cut gives in place of a count of rows. */
export const fault = { openQuote: -1, afterQuote: -2, ragged: -3 }

const pageBytes = 1 << 16
/** The cut looks at sixteen bytes at a time, some of them behind the last one. */
const slackBytes = 16
const mostIdle = 8

let compiled: WebAssembly.Module | undefined
/** Memories that no file is read into at the moment: a new one takes longer than a small file. */
const idle: Assembly[] = []

function instantiate(): Assembly {
  compiled ??= new WebAssembly.Module(Buffer.from(scannerWasm, 'base64'))
  return new WebAssembly.Instance(compiled).exports as unknown as Assembly
}

/**
 * The bytes of a file that are still to be cut, the cells of the rows that were cut last, and the loops over the cells of a
 * column, in one memory of WebAssembly. Cells are offsets into `bytes`, in the order of rows.
 *
 * A loop reads the rows of one column into `values` and `nulls`, and gives the rows that it leaves to the caller, since their
 * cells are written in a rarer way. All of them are good until the next loop.
 */
export class Scanner {
  line = 1
  /** Bytes from here on are not cut yet. */
  from = 0
  to = 0
  bytes = Buffer.alloc(0)
  starts = new Int32Array(0)
  ends = new Int32Array(0)
  /** `plain`, `quoted`, `escaped`, `string` or `escapedString`. */
  writing = new Uint8Array(0)
  /** Line of each row, from 1. */
  lines = new Uint32Array(0)
  values = new Float64Array(0)
  /** 1 where the cell is empty. */
  nulls = new Uint8Array(0)
  #rest = new Int32Array(0)
  readonly #assembly = idle.pop() ?? instantiate()
  #width = 0
  #capacity = 0
  /** In cells. */
  #room = 0
  /** Where the bytes begin in memory. */
  #base = 0

  constructor() {
    this.expect(0, 0)
  }

  /**
   * From now on rows have so many cells, and there is room for so many rows. Bytes that are there keep their offsets.
   * @param widest how wide rows may become before this is called again with another room
   */
  expect(width: number, capacity: number, widest = width): void {
    const before = this.#base
    this.#width = width
    this.#capacity = capacity
    this.#room = widest * capacity
    this.#base = this.#addresses().base
    this.#reserve(this.to)
    const memory = new Uint8Array(this.#assembly.memory.buffer)
    if (this.#base !== before) memory.copyWithin(this.#base, before, before + this.to)
    this.#see()
  }

  append(piece: Uint8Array): void {
    if (this.to + piece.length > this.bytes.length) {
      const waiting = this.to - this.from
      const room = waiting + piece.length
      if (room > this.bytes.length / 2) {
        this.#reserve(2 * room)
        this.#see()
      }
      this.bytes.copyWithin(0, this.from, this.to)
      this.from = 0
      this.to = waiting
    }
    this.bytes.set(piece, this.to)
    this.to += piece.length
  }

  /** Cuts whole rows by RFC 4180 and says how many; less than 0 is a fault. `last`: no byte will follow. */
  protected cutDelimited(delimiter: number, last: boolean): number {
    const rows = this.#assembly.cut(this.from, this.to, this.line, Math.max(1, this.#capacity), delimiter, last ? 1 : 0)
    if (rows >= 0) {
      this.from = this.#assembly.from.value
      this.line = this.#assembly.line.value
    }
    return rows
  }

  /** Cells of the row that was cut last. */
  get cells(): number {
    return this.#assembly.cells.value
  }

  /** The line of the fault that ended a cut. */
  protected get faultLine(): number {
    return this.#assembly.faultLine.value
  }

  /** The classes of the cells that the last loop took, see `cellClass`. */
  get classes(): number {
    return this.#assembly.classes.value
  }

  /** How many cells the last loop found empty. */
  get empty(): number {
    return this.#assembly.empty.value
  }

  /** Takes numbers of at most 15 digits, in quotes or not. */
  numbers(column: number, rows: number): Int32Array {
    return this.#left(this.#assembly.numbers(column, rows))
  }

  /** Takes dates, alone or with a time to the second and perhaps Z. */
  timestamps(column: number, rows: number): Int32Array {
    return this.#left(this.#assembly.timestamps(column, rows))
  }

  /** Takes true and false in one of their three cases. */
  booleans(column: number, rows: number): Int32Array {
    return this.#left(this.#assembly.booleans(column, rows))
  }

  /** Looks for what is empty alone; leaves cells of at most so many bytes, which may be words for null. */
  blanks(column: number, rows: number, longest: number): Int32Array {
    return this.#left(this.#assembly.blanks(column, rows, Math.min(longest, 0x7fffffff)))
  }

  /** Gives the memory back; nothing of it may be looked at from then on. */
  release(): void {
    if (idle.length < mostIdle) idle.push(this.#assembly)
  }

  /** Empties the cells of a row. */
  protected clear(row: number): void {
    const first = row * this.#width
    this.starts.fill(0, first, first + this.#width)
    this.ends.fill(0, first, first + this.#width)
    this.writing.fill(plain, first, first + this.#width)
  }

  #left(count: number): Int32Array {
    return this.#rest.subarray(0, count)
  }

  #addresses() {
    const cells = this.#room
    let next = this.#assembly.free()
    const take = (bytes: number) => {
      const address = Math.ceil(next / 16) * 16
      next = address + bytes
      return address
    }
    const starts = take(4 * cells)
    const ends = take(4 * cells)
    const writing = take(cells)
    const lines = take(4 * this.#capacity)
    const values = take(8 * this.#capacity)
    const nulls = take(this.#capacity)
    const rest = take(4 * this.#capacity)
    return { starts, ends, writing, lines, values, nulls, rest, base: take(0) }
  }

  #reserve(bytes: number): void {
    const { memory } = this.#assembly
    const missing = this.#base + bytes + slackBytes - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
  }

  /** The views of what stands where; memory that grew has none of before. */
  #see(): void {
    const { buffer } = this.#assembly.memory
    const { starts, ends, writing, lines, values, nulls, rest, base } = this.#addresses()
    const cells = this.#room
    this.#assembly.place(this.#width, starts, ends, writing, lines, values, nulls, rest, base)
    this.starts = new Int32Array(buffer, starts, cells)
    this.ends = new Int32Array(buffer, ends, cells)
    this.writing = new Uint8Array(buffer, writing, cells)
    this.lines = new Uint32Array(buffer, lines, this.#capacity)
    this.values = new Float64Array(buffer, values, this.#capacity)
    this.nulls = new Uint8Array(buffer, nulls, this.#capacity)
    this.#rest = new Int32Array(buffer, rest, this.#capacity)
    this.bytes = Buffer.from(buffer, base, buffer.byteLength - base - slackBytes)
  }
}

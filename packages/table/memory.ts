import { UserError } from '@mlops-actions/verdict'
import { scannerWasm } from './scanner-wasm.ts'

/** What assembly/index.ts exports. Numbers that begin with `at` are addresses. */
export interface Assembly {
  memory: WebAssembly.Memory
  freeFrom(): number
  report(): number
  sow(low: number, high: number): void
  place(columns: number, ...at: number[]): void
  cut(start: number, end: number, line: number, capacity: number, delimiter: number, last: number): number
  numbers(column: number, rows: number): number
  timestamps(column: number, rows: number): number
  booleans(column: number, rows: number): number
  blanks(column: number, rows: number, longest: number, atFirsts: number): number
  texts(atDictionary: number, column: number, firstRow: number, rows: number): number
  codeOf(atDictionary: number, atText: number, length: number): number
  spread(atDictionary: number): void
}

const pageBytes = 1 << 16
const leastBytes = 16
const mostIdle = 8
const mostIdleBytes = 1 << 24

let compiled: WebAssembly.Module | undefined
/** Instances that nothing is read with at the moment: a new one takes longer than a small file. */
const idle: Assembly[] = []

function instantiate(): Assembly {
  compiled ??= new WebAssembly.Module(Buffer.from(scannerWasm, 'base64'))
  const assembly = instanceOf(compiled).exports as unknown as Assembly
  assembly.sow(Math.random() * 2 ** 32, Math.random() * 2 ** 32)
  return assembly
}

function instanceOf(module: WebAssembly.Module): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UserError({
      code: 'ADDRESS_SPACE_LIMITED',
      message: 'There are no addresses for the memory that data are read in.',
      help: 'WebAssembly reserves some 10 GB of address space, though hardly any memory. Raise the limit of this machine (ulimit -v unlimited).',
      cause,
    })
  }
}

/**
 * The memory of the scanner, in pieces whose lengths are powers of two. It may grow whenever a piece is taken: then `buffer` is
 * another, and views of before hold nothing.
 */
export class Memory {
  readonly assembly = idle.pop() ?? instantiate()
  readonly #returned = new Map<number, number[]>()
  #next = Math.ceil(this.assembly.freeFrom() / leastBytes) * leastBytes

  #buffer = this.assembly.memory.buffer

  get buffer(): ArrayBuffer {
    return this.#buffer
  }

  /** The address of a piece of at least so many bytes, all of them 0 or what was there before. */
  take(bytes: number): number {
    const length = pieceOf(bytes)
    const returned = this.#returned.get(length)?.pop()
    if (returned !== undefined) return returned
    const address = this.#next
    this.#next += length
    const missing = this.#next - this.buffer.byteLength
    if (missing > 0) {
      this.assembly.memory.grow(Math.ceil(missing / pageBytes))
      this.#buffer = this.assembly.memory.buffer
    }
    return address
  }

  /** Takes a piece back. */
  give(address: number, bytes: number): void {
    const length = pieceOf(bytes)
    const returned = this.#returned.get(length) ?? []
    returned.push(address)
    this.#returned.set(length, returned)
  }

  /** A larger piece in place of another, with what that one holds. */
  enlarge(address: number, bytes: number, larger: number): number {
    const to = this.take(larger)
    new Uint8Array(this.buffer).copyWithin(to, address, address + bytes)
    this.give(address, bytes)
    return to
  }

  /** Ends all use of it. */
  release(): void {
    if (idle.length < mostIdle && this.buffer.byteLength <= mostIdleBytes) idle.push(this.assembly)
  }
}

function pieceOf(bytes: number): number {
  return Math.max(leastBytes, 2 ** Math.ceil(Math.log2(bytes)))
}

import type { NullWords } from './null-words.ts'

/** How a cell was written. */
export const plain = 0
export const quoted = 1
/** In quotes, with doubled quotes inside that stand for one. */
export const escaped = 2
/** A JSON string, which is never a number. */
export const string = 3
/** A JSON string with backslashes inside. */
export const escapedString = 4

/** A cell that was seen to be a plain number while it was cut; anything else is 0. */
export const whole = 1
export const decimal = 2

/** Where cells stand: offsets into `bytes`, in the order of rows. A cell that is not there is plain and empty. */
export interface Cells {
  bytes: Buffer
  starts: Int32Array
  ends: Int32Array
  /** `plain`, `quoted`, `escaped`, `string` or `escapedString`. */
  writing: Uint8Array
  /** `whole`, `decimal`, or 0 where nothing was seen. */
  kinds: Uint8Array
  /** The number, where a kind says so. */
  numbers: Float64Array
  /** Line of each row, from 1. */
  lines: Uint32Array
}

/** A run of whole rows of one file, valid until the next run is asked for. */
export interface Block {
  /** The columns, in the order of a row's cells; the same array as long as they stay the same. */
  names: string[]
  rows: number
  cells: Cells
  /** What is null besides the cell that is not there. */
  nullWords: NullWords | undefined
  /** Whether what is written as a timestamp is one. */
  timestamps: boolean
}

/** The text of a cell. */
export function textOf({ bytes, starts, ends, writing }: Cells, cell: number): string {
  const text = bytes.toString('utf8', starts[cell], ends[cell])
  if (writing[cell] === escaped) return text.replaceAll('""', '"')
  return writing[cell] === escapedString ? (JSON.parse(`"${text}"`) as string) : text
}

import type { NullWords } from './null-words.ts'
import type { Scanner } from './scanner.ts'
import { escaped, escapedString } from './writing.ts'

/** A run of whole rows of one file, valid until the next run is asked for. */
export interface Block {
  /** The columns, in the order of a row's cells; the same array as long as they stay the same. */
  names: string[]
  rows: number
  cells: Scanner
  /** What is null besides the cell that is not there. */
  nullWords: NullWords | undefined
  /** Whether what is written as a timestamp is one. */
  timestamps: boolean
}

/** The text of a cell. */
export function textOf({ bytes, starts, ends, writing }: Scanner, cell: number): string {
  const text = bytes.toString('utf8', starts[cell], ends[cell])
  if (writing[cell] === escaped) return text.replaceAll('""', '"')
  return writing[cell] === escapedString ? (JSON.parse(`"${text}"`) as string) : text
}

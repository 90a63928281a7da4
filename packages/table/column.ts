/**
 * What a column holds, decided by all its rows:
 * - `integer`: whole numbers within ±(2^53 - 1), optional sign, no leading zeros (`007` is text)
 * - `integer64`: whole numbers of which some are beyond that and all within 64 bits; longer ones make the column text
 * - `number`: also decimals and exponents (`nan` and `inf` are text); a column of empty cells alone is this, too
 * - `boolean`: true and false, throughout in one of the cases `true`, `True`, `TRUE`
 * - `timestamp`: `2013-01-31`, or with a time `T05:00`, `05:00:59.123456` and a zone `Z`, `+01:00`; at most microseconds
 * - `text`: anything else
 *
 * Quotes do not make a cell text. Spaces around a number do not count; anywhere else they do.
 *
 * JSON Lines and Parquet have types of their own: there, a string is text, also where it looks like a number; a JSON string
 * may still be a timestamp. `NaN` is null in both, an infinite number is refused.
 */
export type ColumnType = 'integer' | 'integer64' | 'number' | 'boolean' | 'timestamp' | 'text'

export interface ColumnSchema {
  name: string
  type: ColumnType
  /** Empty cells, or keys that are not there. An empty cell in quotes is an empty text in a text column, and null in any other. */
  nulls: number
}

/** A run of consecutive rows of one column. `nulls[i]` is 1 where row i is null; its value is then 0 (or code -1). */
export type Column = { name: string; nulls: Uint8Array } & (
  | { type: 'number' | 'integer' | 'boolean'; values: Float64Array }
  /** Milliseconds since 1970-01-01T00:00Z; a time without zone is read as UTC. */
  | { type: 'timestamp'; values: Float64Array }
  | { type: 'integer64'; values: BigInt64Array }
  /**
   * `dictionary[codes[i]]`. The dictionary grows over the batches of a table and codes keep their meaning, until a batch
   * comes with another array: there they begin anew.
   */
  | { type: 'text'; codes: Int32Array; dictionary: string[] }
)

export interface Batch {
  /** Index of the batch's first row in the table, from 0. */
  start: number
  rows: number
  columns: Column[]
  /** Line of the file on which each row begins, from 1 (the header is line 1). In Parquet, the row's number from 1. */
  lines: Uint32Array
  /** Index of the source that the rows come from. */
  source: number
}

/** One file of a table. */
export interface Source {
  /** As people name it, for messages; its ending tells the format. */
  name: string
  /** In bytes, where parts of it can be read: Parquet needs that. */
  size?: number
  /** The bytes from `start` (default: the first) to the one before `end` (default: the last); a piece is good until the next. */
  open(start?: number, end?: number): AsyncIterable<Uint8Array>
}

/** `csv` and `tsv` by RFC 4180; `jsonl` is an object a line; `parquet` without nested columns. */
export type Format = 'csv' | 'tsv' | 'jsonl' | 'parquet'

export type Encoding = 'utf-8' | 'latin-1'

export interface ReadOptions {
  /** Default: by the name's ending and the first bytes. */
  format?: Format | undefined
  /** Between the cells of CSV: one ASCII character. Default: a comma. */
  delimiter?: string | undefined
  /** Of CSV and TSV. Default: `utf-8`, checked. */
  encoding?: Encoding | undefined
  /**
   * Types the caller decides instead of the rows, by column name; a cell that does not fit is a UserError. Names that the
   * table does not have count for nothing.
   */
  types?: Record<string, ColumnType>
  /** Words that are null in CSV and TSV besides the empty cell, in quotes or not. Default: none. */
  nullWords?: Iterable<string>
  /** Whether texts of CSV, TSV and JSON Lines that are written as timestamps are such. Default: true. */
  timestamps?: boolean | undefined
}

export interface Table {
  schema: ColumnSchema[]
  rows: number
  /**
   * Rows in order. With `columns`, only those, in that order; an unknown name is a UserError naming the nearest. Of a column in
   * `nullsOnly` only the nulls are right: its texts are all empty.
   */
  batches(columns?: string[], nullsOnly?: string[]): AsyncIterable<Batch>
}

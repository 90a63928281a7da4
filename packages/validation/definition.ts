import type { Batch, Column, ColumnSchema, Table } from '@mlops-actions/table'
import { type JsonObject, nearest, type Severity } from '@mlops-actions/verdict'
import type { z } from 'zod'

/** How the cells are taken: as they stand in the file, or as pandas would have read them. */
export type Compat = 'great-expectations' | 'none'

/** What there is besides the table that is judged. An expectation that needs what is not there is errored. */
export interface Beside {
  /** When the data are judged, in milliseconds since 1970. */
  now?: number | undefined
  /** How many rows the reference has. */
  referenceRows?: number | undefined
  /** The other files that the suite names, by the names it gives them. */
  files?: ReadonlyMap<string, Table> | undefined
}

/** What an expectation may know before it sees rows. */
export interface Context {
  table: Pick<Table, 'schema' | 'rows'>
  compat: Compat
  /** Whether only some of the rows are judged: then the table's count of rows says nothing. */
  filtered: boolean
  beside: Beside
  /** Room for different values, shared by all expectations of a suite. */
  kept: { open(): () => void }
}

/** What an expectation found. */
export interface Finding {
  /** Great Expectations' own verdict. */
  success: boolean
  observed: string
  evidence: JsonObject
  /** Of each of the `unexpected_rows`, the index of its file. */
  sources?: number[]
  detail?: string
  /** `warned` where this break means no more than that, whatever the suite says. */
  severity?: Severity
}

/** One expectation at work on one table: sees every batch once, in order, then says what it found. */
export interface Judge {
  /** Another table, of which it is shown these columns before its own, from beginning to end. */
  first?: { table: Table; columns: string[]; see(columns: Map<string, Column>, batch: Batch): void }
  /** The columns it reads; where there are none, and no condition on rows, it is shown no batch. */
  columns: string[]
  /** Whether it looks at nothing but their nulls. */
  nullsOnly?: boolean
  see(columns: Map<string, Column>, batch: Batch): void
  conclude(): Finding
}

/** One kind of expectation. */
export interface Definition {
  schema: z.ZodType
  /** The names of its kwargs. */
  kwargs: string[]
  /** Whether it needs values in its column: an all-null column then gives it nothing to judge. */
  needsValues: boolean
  /** What is expected, after the subject, e.g. `is between 0 and 100`. */
  says(kwargs: JsonObject): string
  open(kwargs: JsonObject, context: Context): Judge
}

/** Thrown by `open` and `see`: the expectation cannot be judged on this table. It becomes an errored check. */
export class NotJudgeable extends Error {
  /** What the reason ends with where values may show. */
  readonly figures: string

  constructor(reason: string, figures = '') {
    super(reason)
    this.figures = figures
  }
}

/** A definition whose functions get the kwargs as its schema reads them. */
export function define<T>(of: {
  schema: z.ZodType<T> & { shape: object }
  needsValues?: boolean
  says(kwargs: T): string
  open(kwargs: T, context: Context): Judge
}): Definition {
  return {
    schema: of.schema,
    kwargs: Object.keys(of.schema.shape),
    needsValues: of.needsValues ?? true,
    says: (kwargs) => of.says(of.schema.parse(kwargs)),
    open: (kwargs, context) => of.open(of.schema.parse(kwargs), context),
  }
}

/** The column's schema; NotJudgeable with the nearest name where there is none. */
export function columnOf(name: string, { table }: { table: Pick<Table, 'schema'> }, where = 'The data'): ColumnSchema {
  const found = table.schema.find((column) => column.name === name)
  if (found !== undefined) return found
  const meant = nearest(
    name,
    table.schema.map((column) => column.name),
  )
  throw new NotJudgeable(`${where} has no column "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`)
}

/** Another file that the suite names; NotJudgeable where it was not opened. */
export function fileOf(name: string, { beside }: Context): Table {
  const table = beside.files?.get(name)
  if (table === undefined) throw new NotJudgeable(`The file ${name} is not at hand`)
  return table
}

/** A judge that needs no rows but how many there are, which is known once all have been read. */
export function atTheEnd(finding: () => Finding): Judge {
  return { columns: [], see: () => {}, conclude: finding }
}

/** A judge that needs no rows. */
export function atOnce(finding: Finding): Judge {
  return { columns: [], see: () => {}, conclude: () => finding }
}

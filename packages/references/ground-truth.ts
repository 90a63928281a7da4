import { createHash } from 'node:crypto'
import { dataset } from '@mlops-actions/files'
import { type ColumnNames, listed, type Predictions, readPredictions, type TaskGiven } from '@mlops-actions/metrics'
import { type Profile, typesToCompare } from '@mlops-actions/profile'
import {
  type Batch,
  type Column,
  type ColumnSchema,
  collect,
  readTable,
  type Table,
  textAt,
} from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { IdIndex } from './id-index.ts'
import type { NamedTable, SampleWorld } from './sample.ts'

/** How labels that arrived later met the rows that they belong to. */
export interface JoinCounts {
  /** Current rows, and those of them that have a label by now. */
  rows: number
  labelled: number
  /** Ids of the ground truth that no current row has. */
  unmatched: number
  /** Rows of the ground truth that a later one of the same id replaced. */
  replaced: number
}

export interface Joined {
  /** The current rows with the label as their last column, null where it has not arrived. */
  table: Table
  counts: JoinCounts
}

/** Names of columns: the current rows' and the ground truth's ids, the truth's label, and what it is called when joined. */
export interface JoinColumns {
  id: string
  truthId: string
  truthLabel: string
  label: string
}

/**
 * Current rows with the labels that have arrived for them, matched by the text of their ids. Of several labels of one id the
 * last counts; a row of the truth without a label counts for nothing, and current rows that share an id share its label.
 * Memory: about 40 bytes a row of the truth and 4 a current row.
 * @throws UserError GROUND_TRUTH_ID where a row of the truth has no id, GROUND_TRUTH_COLUMN where the current rows already
 *   have a column of the label's name; COLUMN_UNKNOWN
 */
export async function joinGroundTruth(current: Table, truth: Table, names: JoinColumns): Promise<Joined> {
  const { id, truthId, truthLabel, label } = names
  if (current.schema.some(({ name }) => name === label)) throw labelTwice(label)
  const index = new IdIndex()
  let replaced = 0
  for await (const { start, rows, columns, lines } of truth.batches([truthId, truthLabel])) {
    const [ids, labels] = columns as [Column, Column]
    for (let row = 0; row < rows; row++) {
      const text = textAt(ids, row)
      if (text === null) throw withoutId(truthId, lines[row]!)
      if (labels.nulls[row] === 0 && index.set(text, start + row) !== undefined) replaced++
    }
  }
  const values = (await collect(truth, [truthLabel]))[truthLabel]!
  const matched = new Uint8Array(truth.rows)
  /** The row of the truth that belongs to a current row; -1 where there is none. */
  const found = new Int32Array(current.rows)
  let labelled = 0
  for await (const { start, rows, columns } of current.batches([id])) {
    for (let row = 0; row < rows; row++) {
      const text = textAt(columns[0]!, row)
      const place = (text === null ? undefined : index.get(text)) ?? -1
      found[start + row] = place
      if (place < 0) continue
      labelled++
      matched[place] = 1
    }
  }
  const unmatched = index.size - matched.reduce((sum, one) => sum + one, 0)
  const column = { name: label, type: values.type, nulls: current.rows - labelled }
  return {
    table: withColumn(current, column, (start, rows) => pick(values, found.subarray(start, start + rows), label)),
    counts: { rows: current.rows, labelled, unmatched, replaced },
  }
}

/** Current data with the labels that arrived later. */
export interface NamedJoin extends NamedTable {
  counts: JoinCounts
}

/**
 * Reads the files of the ground truth and joins them onto current data: by `id` (of data that are no prediction log also
 * `task.id` of the project), with the project's label column, `label`, or the only other one.
 * @param beside the profile that the current data are compared with: the label is read with its type
 */
export async function openGroundTruth(
  current: NamedTable,
  patterns: string[],
  project: { id?: string | undefined; label?: string | undefined },
  world: Pick<SampleWorld, 'roots' | 'reading'>,
  beside?: Profile,
): Promise<NamedJoin> {
  const { sources, fingerprint } = await dataset(patterns, world.roots)
  const label = project.label ?? 'label'
  const typed = beside === undefined ? undefined : typesToCompare(beside)[label]
  const ids = Object.fromEntries([project.id ?? 'id', 'id'].map((name) => [name, 'text' as const]))
  const types = { ...(typed === undefined ? {} : { [label]: typed, label: typed }), ...ids }
  const truth = await readTable(sources, { ...world.reading, types })
  const names = truthColumns(
    truth.schema.map(({ name }) => name),
    project,
  )
  const id = current.log?.id ?? idOf(current.table, project.id)
  const { table, counts } = await joinGroundTruth(current.table, truth, { ...names, id, label })
  const digest = createHash('sha256').update(`${current.digest}\n${fingerprint}\n`).digest('hex')
  return { ...current, table, counts, digest: `sha256:${digest}` }
}

function idOf(current: Table, own: string | undefined): string {
  const id = [own, 'id'].find((name) => current.schema.some((column) => column.name === name))
  if (id !== undefined) return id
  throw new UserError({
    code: 'GROUND_TRUTH_ID',
    message: `The current data have no column "${own ?? 'id'}" that the ground truth could be joined by.`,
    where: { key: 'ground-truth' },
    help: 'Name the column that names a row as task.id in mlops.yaml; prediction logs have "id".',
  })
}

/** What the predictions of joined rows are read by. */
export interface LabelledColumns {
  label: string
  /** The column that rows are ordered by; in their own order where absent. */
  time?: string | undefined
  /** Columns of the model's answers: `prediction`, `score`, `score_<class>`. */
  answers: string[]
  /** Columns to keep beside them. */
  slices?: string[]
  /** Names of columns, ours -> theirs. */
  names?: ColumnNames | undefined
}

/** Rows whose truth is known. */
export interface LabelledRows {
  predictions: Predictions
  /** Milliseconds since 1970, one a row, NaN where unknown; absent where no column of times was named. */
  times?: Float64Array
}

/**
 * The rows that have a label as predictions, in the order of time: rows of one moment as they stand, rows without a time last.
 * @param origin how people name the rows, for messages
 * @throws UserError TIME_NOT_TIMESTAMP, and what `readPredictions` throws
 */
export async function labelledPredictions(
  table: Table,
  given: TaskGiven,
  { label, time, answers, slices = [], names }: LabelledColumns,
  origin?: string,
): Promise<LabelledRows> {
  const kept = [...new Set([label, ...answers, ...slices])]
  const rows = await rowsWith(table, label, time === undefined ? kept : [...new Set([...kept, time])])
  const order = Uint32Array.from(rows.lines.keys())
  const at = time === undefined ? undefined : timesOf(rows.columns[time]!, time)
  if (at !== undefined) order.sort((a, b) => later(at[a]!, at[b]!) || a - b)
  const columns = kept.map((name) => pick(rows.columns[name]!, order, name))
  const lines = Uint32Array.from(order, (row) => rows.lines[row]!)
  const read = await readPredictions(inMemory(columns, lines), { ...given, label }, { ...names, label }, origin)
  return { predictions: read, ...(at === undefined ? {} : { times: Float64Array.from(order, (row) => at[row]!) }) }
}

function timesOf(column: Column, time: string): Float64Array {
  // Without a single value a column has the type of numbers.
  if (column.type !== 'timestamp' && column.nulls.includes(0)) throw notTimestamps(time, column.type)
  if (column.type !== 'timestamp') return new Float64Array(column.nulls.length).fill(Number.NaN)
  return column.values.map((value, row) => (column.nulls[row] === 0 ? value : Number.NaN))
}

function later(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a - b
}

/** The rows in which a column is not null, in memory. */
async function rowsWith(table: Table, name: string, wanted: string[]) {
  const lines: number[] = []
  const keep = (batch: Batch): Batch => {
    const { nulls } = batch.columns[0]!
    const rows = Int32Array.from(nulls.keys()).filter((row) => nulls[row] === 0)
    const start = lines.length
    for (const row of rows) lines.push(batch.lines[row]!)
    const columns = batch.columns.slice(1).map((column) => pick(column, rows, column.name))
    return { ...batch, start, rows: rows.length, columns, lines: batch.lines }
  }
  const { nulls } = table.schema.find((column) => column.name === name) ?? { nulls: 0 }
  const present: Table = {
    schema: table.schema,
    rows: table.rows - nulls,
    async *batches(columns = wanted) {
      for await (const batch of table.batches([name, ...columns])) yield keep(batch)
    },
  }
  return { columns: await collect(present, wanted), lines }
}

/** Columns as a table of one batch. */
function inMemory(columns: Column[], lines: Uint32Array): Table {
  const rows = lines.length
  const nullsOf = ({ nulls }: Column) => nulls.reduce((sum, one) => sum + one, 0)
  const byName = new Map(columns.map((column) => [column.name, column]))
  return {
    schema: columns.map((column) => ({ name: column.name, type: column.type, nulls: nullsOf(column) })),
    rows,
    async *batches(names = [...byName.keys()]) {
      if (rows > 0) yield { start: 0, rows, columns: names.map((name) => byName.get(name)!), lines, source: 0 }
    },
  }
}

/** The table with one more column. */
function withColumn(table: Table, added: ColumnSchema, cells: (start: number, rows: number) => Column): Table {
  return {
    schema: [...table.schema, added],
    rows: table.rows,
    async *batches(columns, nullsOnly) {
      const wanted = columns ?? [...table.schema.map(({ name }) => name), added.name]
      const own = wanted.filter((name) => name !== added.name)
      // Some column must be read, for the batches tell how many rows there are.
      const read = own.length > 0 ? own : table.schema.slice(0, 1).map(({ name }) => name)
      for await (const batch of table.batches(read, nullsOnly)) {
        const byName = new Map(batch.columns.map((column) => [column.name, column]))
        byName.set(added.name, cells(batch.start, batch.rows))
        yield { ...batch, columns: wanted.map((name) => byName.get(name)!) }
      }
    },
  }
}

/** These rows of a column, in this order; null for a row of -1. */
function pick(column: Column, rows: ArrayLike<number>, name: string): Column {
  const nulls = Uint8Array.from(rows, (row) => (row < 0 ? 1 : column.nulls[row]!))
  if (column.type === 'text') {
    const codes = Int32Array.from(rows, (row) => (row < 0 ? -1 : column.codes[row]!))
    return { name, nulls, type: column.type, codes, dictionary: column.dictionary }
  }
  if (column.type === 'integer64') {
    const values = BigInt64Array.from(Array.from(rows), (row) => (row < 0 ? 0n : column.values[row]!))
    return { name, nulls, type: column.type, values }
  }
  const values = Float64Array.from(rows, (row) => (row < 0 ? 0 : column.values[row]!))
  return { name, nulls, type: column.type, values }
}

/**
 * Which columns of the ground truth hold id and label: `id` or the project's own, and the project's label, `label`, or the
 * only other one.
 * @throws UserError GROUND_TRUTH_COLUMN
 */
function truthColumns(
  columns: readonly string[],
  project: { id?: string | undefined; label?: string | undefined },
): { truthId: string; truthLabel: string } {
  const has = (name: string | undefined) => name !== undefined && columns.includes(name)
  const truthId = ['id', project.id].find(has)
  if (truthId === undefined) throw noColumn(`"id"${project.id === undefined ? '' : ` or "${project.id}"`}`, columns)
  const others = columns.filter((name) => name !== truthId)
  const truthLabel = [project.label, 'label'].find(has) ?? (others.length === 1 ? others[0] : undefined)
  if (truthLabel === undefined) throw noColumn(`"${project.label ?? 'label'}"`, columns)
  return { truthId, truthLabel }
}

function noColumn(name: string, columns: readonly string[]): UserError {
  return new UserError({
    code: 'GROUND_TRUTH_COLUMN',
    message: `The ground truth has no column ${name}.`,
    where: { key: 'ground-truth' },
    help: `It needs the id of a row and its label; its columns are ${listed(columns)}.`,
  })
}

function labelTwice(label: string): UserError {
  return new UserError({
    code: 'GROUND_TRUTH_COLUMN',
    message: `The current data already have the column "${label}".`,
    where: { key: 'ground-truth' },
    help: 'Leave ground-truth out, or the label out of the current data.',
  })
}

function withoutId(column: string, line: number): UserError {
  return new UserError({
    code: 'GROUND_TRUTH_ID',
    message: `A row of the ground truth has no "${column}".`,
    where: { key: 'ground-truth', line },
    help: 'Give every row the id that the prediction was logged with.',
  })
}

function notTimestamps(time: string, type: string): UserError {
  return new UserError({
    code: 'TIME_NOT_TIMESTAMP',
    message: `The column "${time}" is to order the rows by time, but its type is ${type}.`,
    where: { key: time },
    help: 'Write times as ISO 8601, such as 2026-01-31T05:00:00Z, in every row.',
  })
}

import { duration, milliseconds } from '@mlops-actions/document'
import { type Batch, type Column, type ColumnSchema, someRows, type Table, timestampText } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import * as z from 'zod'

/** Which of the current rows are looked at: those of the last while, or the newest so many. */
export const windowRules = z.union([
  z.strictObject({
    last: duration.describe('The rows of the last while: 24h, 7d.'),
    column: z.string().optional().describe('The column of times; that of a prediction log is known.'),
  }),
  z.strictObject({
    rows: z.int().min(1).describe('The newest so many rows.'),
    column: z.string().optional().describe('The column of times. Default: the order of the rows.'),
  }),
])

export type WindowRules = z.output<typeof windowRules>

/** The rows of a table that lie in a window, and what became of the others. */
export interface Windowed {
  /**
   * Its number of rows is right at once; the nulls in its schema once batches of all its columns were read, as with `readOnce`.
   */
  table: Table
  /** Rows of the whole table. */
  of: number
  /** Of the rows in the window, in milliseconds since 1970; absent where there are none or no times. */
  first?: number
  last?: number
  /** Rows that are in no window: those without a time, and those after `now`. */
  withoutTime: number
  later: number
  /** All this as a sentence for people. */
  text: string
}

/**
 * The rows of a table in a window, whatever the order of the rows. A window of time is open at its older end and closed at its
 * newer one, which is `now` or, without it, the newest time in the table. Of equal times those further down count as newer.
 * The table is read once more, its times alone; memory: 17 bytes a row.
 *
 * @param now in milliseconds since 1970; rows of a later time are left out
 * @throws UserError WINDOW_COLUMN where times are needed and no column holds them; COLUMN_UNKNOWN
 */
export async function newestRows(table: Table, window: WindowRules, now?: number): Promise<Windowed> {
  const { column } = window
  if (column === undefined) {
    if ('last' in window) throw withoutColumn()
    return windowed(table, lastRows(table.rows, window.rows), {})
  }
  const { times, later } = await timesOf(table, column, now)
  const isIn =
    'last' in window
      ? after(times, (now ?? largest(times)) - milliseconds(window.last))
      : lastOf(
          times,
          window.rows,
          times.reduce((rows, time) => rows + Number(!Number.isNaN(time)), 0),
        )
  return windowed(table, isIn, { times, later })
}

/** The time of each row; NaN where it has none, or one after `now`. */
async function timesOf(table: Table, name: string, now: number | undefined) {
  const type = table.schema.find((column) => column.name === name)?.type
  const times = new Float64Array(table.rows).fill(Number.NaN)
  let later = 0
  for await (const { start, columns } of table.batches([name])) {
    const column = columns[0]!
    // Without a single value a column has the type of numbers.
    if (column.type !== 'timestamp' && column.nulls.includes(0)) throw noTimes(name, type!)
    if (column.type !== 'timestamp') continue
    for (let row = 0; row < column.values.length; row++) {
      if (column.nulls[row] !== 0) continue
      const time = column.values[row]!
      if (now !== undefined && time > now) later++
      else times[start + row] = time
    }
  }
  return { times, later }
}

const largest = (times: Float64Array) => times.reduce((a, b) => (b > a ? b : a), Number.NEGATIVE_INFINITY)

function after(times: Float64Array, start: number): Uint8Array {
  return Uint8Array.from(times, (time) => Number(time > start))
}

function lastRows(rows: number, most: number): Uint8Array {
  return new Uint8Array(rows).fill(1, Math.max(0, rows - most))
}

/** The newest so many of the rows that have a time. */
function lastOf(times: Float64Array, most: number, timed: number): Uint8Array {
  if (timed === 0) return new Uint8Array(times.length)
  // NaN is sorted to the end.
  const oldest = times.slice().sort()[Math.max(0, timed - most)]!
  const isIn = after(times, oldest)
  let missing = Math.min(most, timed) - isIn.reduce((a, b) => a + b, 0)
  for (let row = times.length - 1; missing > 0; row--) {
    if (times[row] !== oldest) continue
    isIn[row] = 1
    missing--
  }
  return isIn
}

function windowed(table: Table, isIn: Uint8Array, { times, later = 0 }: { times?: Float64Array; later?: number }) {
  const rows = isIn.reduce((a, b) => a + b, 0)
  const found: Omit<Windowed, 'text'> = { table: filtered(table, isIn, rows), of: table.rows, withoutTime: 0, later }
  if (times !== undefined) {
    let [first, last, untimed] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
    for (let row = 0; row < times.length; row++) {
      const time = times[row]!
      if (Number.isNaN(time)) untimed++
      if (isIn[row] === 0) continue
      first = Math.min(first, time)
      last = Math.max(last, time)
    }
    found.withoutTime = untimed - later
    if (rows > 0) Object.assign(found, { first, last })
  }
  return { ...found, text: sentence(found, rows) }
}

function sentence({ of, first, last, withoutTime, later }: Omit<Windowed, 'text'>, rows: number): string {
  const span = first === undefined ? '' : `, from ${timestampText(first)} to ${timestampText(last!)}`
  const parts = [`${rows} of ${of} rows are in the window${span}`]
  if (withoutTime > 0) parts.push(`${withoutTime} without a time are left out`)
  if (later > 0) parts.push(`${later} of a later time are left out`)
  return `${parts.join('; ')}.`
}

/** The table's rows that are in. */
function filtered(table: Table, isIn: Uint8Array, rows: number): Table {
  const schema: ColumnSchema[] = table.schema.map((column) => ({ ...column, nulls: 0 }))
  return {
    schema,
    rows,
    async *batches(names, nullsOnly) {
      const nulls = new Map<string, number>()
      let start = 0
      for await (const batch of table.batches(names, nullsOnly)) {
        const some = only(batch, isIn)
        for (const column of some.columns) nulls.set(column.name, (nulls.get(column.name) ?? 0) + nullsIn(column))
        if (some.rows > 0) yield { ...some, start }
        start += some.rows
      }
      for (const column of schema) column.nulls = nulls.get(column.name) ?? column.nulls
    },
  }
}

function only(batch: Batch, isIn: Uint8Array): Batch {
  const places: number[] = []
  for (let row = 0; row < batch.rows; row++) if (isIn[batch.start + row] === 1) places.push(row)
  return places.length === batch.rows ? batch : someRows(batch, places)
}

function nullsIn({ nulls }: Column): number {
  return nulls.reduce((a, b) => a + b, 0)
}

function withoutColumn(): UserError {
  return new UserError({
    code: 'WINDOW_COLUMN',
    message: 'Which rows are of the last while cannot be told: no column of times is named.',
    where: { key: 'window' },
    help: 'Name it as window.column.',
  })
}

function noTimes(name: string, type: string): UserError {
  return new UserError({
    code: 'WINDOW_COLUMN',
    message: `The column "${name}" holds no times: its type is ${type}.`,
    where: { key: name },
    help: 'Name a column of dates or times such as 2026-01-31 or 2026-01-31T05:00:00Z as window.column.',
  })
}

import { type ColumnSchema, timestampText } from '@mlops-actions/table'
import * as z from 'zod'
import { type Cell, parseDate, shown } from './cell.ts'
import {
  type Context,
  columnOf,
  type Definition,
  define,
  type Finding,
  type Judge,
  NotJudgeable,
} from './definition.ts'
import { duration, durationText, parseDuration } from './duration.ts'
import { eachCell } from './each-cell.ts'
import { placeOf } from './place.ts'
import { eachRecord } from './record.ts'
import { type Counts, listed, mostlyText, rowWiseFinding, rowWiseKwargs } from './row-wise.ts'

const { column, mostly } = rowWiseKwargs
const day = 86_400_000

/** The cells of a column as times: milliseconds since 1970, without a zone in UTC, a date as its midnight. */
function timeOf({ name, type }: ColumnSchema): (cell: Cell) => number {
  if (type === 'timestamp') return Number
  if (type !== 'text') throw new NotJudgeable(`"${name}" holds no dates but ${type === 'boolean' ? type : 'number'}s`)
  return (cell) => {
    const time = parseDate(String(cell))
    if (time === undefined) throw new NotJudgeable(`"${name}" holds texts that are no dates (YYYY-MM-DD, ISO 8601)`)
    return time
  }
}

/** How old the newest value is. One that lies ahead of the clock by more than a day, which no zone explains, tells nothing. */
function fresh(of: { column: string; max_age: string }, context: Context): Judge {
  const { now } = context.beside
  if (now === undefined) throw new NotJudgeable('There is no clock to tell an age by')
  const schema = columnOf(of.column, context)
  const time = timeOf(schema)
  let newest = Number.NEGATIVE_INFINITY
  return eachCell(
    schema,
    (cell) => {
      newest = Math.max(newest, time(cell))
    },
    (): Finding => {
      if (newest === Number.NEGATIVE_INFINITY)
        return { success: false, observed: 'no values', evidence: { observed_value: null } }
      const age = now - newest
      const ahead = age < -day
      return {
        success: !ahead && age <= parseDuration(of.max_age),
        observed:
          age < 0 ? `newest value ${durationText(-age)} ahead of the clock` : `newest value ${durationText(age)} old`,
        evidence: { observed_value: timestampText(newest), age_days: age / day, judged_at: timestampText(now) },
        ...(ahead
          ? { detail: 'A value of the future hides how old the others are: mend it, or leave its rows out.' }
          : {}),
      }
    },
  )
}

interface Known {
  /** Columns of times. */
  features: string[]
  event: string
  ttl?: string | undefined
  mostly?: number | undefined
}

/**
 * Whether what a row holds was known at its event: each time of a feature at or before the event's, and no longer before it
 * than `ttl`, both ends included, as Feast joins features (docs.feast.dev, "Point-in-time joins"). A feature without a time
 * has no value to judge; a row with one but without an event's time cannot be right.
 */
function known({ features, event, ttl, mostly: share }: Known, context: Context): Judge {
  const columns = [...features, event].map((name) => columnOf(name, context))
  const times = columns.map(timeOf)
  const longest = ttl === undefined ? Number.POSITIVE_INFINITY : parseDuration(ttl)
  const counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], places: [] }
  const later = features.map(() => 0)
  let [stale, without, sameDay] = [0, 0, 0]
  let onlyDays = true
  return {
    columns: [...new Set(columns.map(({ name }) => name))],
    see(found, batch) {
      counts.elements += batch.rows
      eachRecord(found, batch, columns, 'never', {
        missing: () => {},
        row(cells, row) {
          const values = cells.map((cell, i) => (cell === undefined ? undefined : times[i]!(cell)))
          const at = values.pop()
          if (at !== undefined && at % day !== 0) onlyDays = false
          if (values.every((value) => value === undefined)) {
            counts.missing++
            return
          }
          const [isLater, isStale] = [
            values.map((value) => value !== undefined && value > at!),
            values.some((value) => value !== undefined && value < at! - longest),
          ]
          isLater.forEach((of, i) => {
            if (of) later[i]!++
          })
          if (at === undefined) without++
          if (isStale) stale++
          if (at !== undefined && !isStale && !isLater.includes(true)) return
          if (values.some((value) => value !== undefined && value > at! && value < at! + day)) sameDay++
          counts.unexpected++
          if (counts.values.length === listed) return
          counts.values.push(
            Object.fromEntries(
              columns.map(({ name, type }, i) => [name, cells[i] === undefined ? null : shown(cells[i], type)]),
            ),
          )
          counts.places.push(placeOf(batch, row))
        },
      })
    },
    conclude() {
      const said = [
        ...features.flatMap((name, i) =>
          later[i]! > 0 ? [`${name} is later than ${event} in ${later[i]} rows.`] : [],
        ),
        ...(stale > 0 ? [`${stale} rows are older than ${ttl}.`] : []),
        ...(without > 0 ? [`${without} rows lack ${event}.`] : []),
        ...(onlyDays && sameDay > 0
          ? [`${event} holds days, which stand for their midnight in UTC; ${sameDay} rows are later on the same day.`]
          : []),
      ]
      const finding = rowWiseFinding(counts, share)
      return said.length === 0 ? finding : { ...finding, detail: said.join(' ') }
    },
  }
}

const name = z.string('expected the name of a column')
/** Columns that no model is given: another label, the mark of a split. */
export const except = z.array(name, 'expected a list of columns').optional()
export const exceptText = (names: string[] | undefined) =>
  names === undefined || names.length === 0 ? '' : ` (leaving out ${names.join(', ')})`

/** Our own expectations over times. */
export const timeDefinitions: Record<string, Definition> = {
  expect_column_to_be_fresh: define({
    schema: z.strictObject({ column, max_age: duration }),
    says: ({ max_age }) => `has a newest value of at most ${max_age} ago`,
    open: fresh,
  }),
  expect_features_to_be_known_at_event: define({
    schema: z.strictObject({ feature: name, event: name, ttl: duration.optional(), mostly }),
    says: ({ feature, event, ttl, mostly: share }) =>
      `has ${feature} no later than ${event}${ttl === undefined ? '' : `, and at most ${ttl} before it`}${mostlyText(share)}`,
    open: ({ feature, ...of }, context) => known({ features: [feature], ...of }, context),
  }),
  expect_columns_to_not_be_later_than: define({
    schema: z.strictObject({ time: name, except, mostly }),
    says: ({ time, except: left, mostly: share }) =>
      `has no date later than ${time}${exceptText(left)}${mostlyText(share)}`,
    open({ time, except: left = [], mostly: share }, context) {
      for (const of of left) columnOf(of, context)
      timeOf(columnOf(time, context))
      const features = context.table.schema
        .filter(({ name: of, type }) => type === 'timestamp' && of !== time && !left.includes(of))
        .map((of) => of.name)
      if (features.length === 0)
        throw new NotJudgeable(
          context.compat === 'great-expectations'
            ? 'Under "compat: great-expectations" dates are texts, so that which columns hold dates is not known'
            : `No column besides "${time}" holds dates (ISO 8601): there is nothing to compare`,
        )
      return known({ features, event: time, mostly: share }, context)
    },
  }),
}

import type { Json, JsonObject } from '@mlops-actions/verdict'
import * as z from 'zod'
import { number, range } from './bounds.ts'
import { duration } from './duration.ts'
import { kindOf } from './types.ts'

/** What each key of a column says: the expectation it stands for and its kwargs. */
export interface ShortExpectation {
  /** The key, so that mistakes point at it. */
  key: string
  type: string
  kwargs: JsonObject
  /** Whether the column's `mostly` applies. */
  rowWise: boolean
}

const value = z.union([z.string(), number, z.boolean()])
const numbers = range(number)
const comparable = range(z.union([number, z.string()]))

/** A column of the short form. */
export const shortColumn = z.strictObject({
  type: z
    .string()
    .refine((name) => kindOf(name) !== undefined, 'expected integer, number, boolean, timestamp or text')
    .optional(),
  not_null: z.boolean().optional(),
  empty: z.boolean().optional(),
  unique: z.boolean().optional(),
  between: comparable.optional(),
  in_set: z.array(value, 'expected a list of values').optional(),
  not_in_set: z.array(value, 'expected a list of values').optional(),
  matches: z.string('expected a regular expression').optional(),
  not_matches: z.string('expected a regular expression').optional(),
  length: z.union([z.int(), range(z.int())], 'expected a whole number or [least, most]').optional(),
  min: comparable.optional(),
  max: comparable.optional(),
  mean: numbers.optional(),
  median: numbers.optional(),
  stdev: numbers.optional(),
  sum: numbers.optional(),
  distinct: numbers.optional(),
  fresh: duration.optional(),
  in_file: z.strictObject({ file: z.string(), column: z.string() }, 'expected { file: …, column: … }').optional(),
  mostly: number.refine((share) => share >= 0 && share <= 1, 'expected a number from 0 to 1').optional(),
  severity: z.string().optional(),
  allow_empty: z.boolean().optional(),
})
export type ShortColumn = z.infer<typeof shortColumn>

const shortRows = z.strictObject({
  between: range(z.int()).optional(),
  equal: z.int().optional(),
  of_reference: numbers.optional(),
})

const name = z.string('expected the name of a column')
const shortLeaks = z
  .strictObject({
    label: name.optional(),
    time: name.optional(),
    holdout: z.string('expected the path of a file').optional(),
    except: z.array(name, 'expected a list of columns').optional(),
  })
  .refine((of) => (of.label ?? of.time ?? of.holdout) !== undefined, 'expected label, time or holdout')

const shortPointInTime = z.strictObject({ feature: name, event: name, ttl: duration.optional() })

type Range = readonly [number | string | null, number | string | null]
const bounds = ([low, high]: Range): JsonObject => ({
  ...(low === null ? {} : { min_value: low }),
  ...(high === null ? {} : { max_value: high }),
})

type Meaning = Pick<ShortExpectation, 'type' | 'kwargs'>
const rowWise: { [K in keyof ShortColumn]?: (of: NonNullable<ShortColumn[K]>) => Meaning | undefined } = {
  type: (type_) => ({ type: 'expect_column_values_to_be_of_type', kwargs: { type_ } }),
  not_null: (on) => (on ? { type: 'expect_column_values_to_not_be_null', kwargs: {} } : undefined),
  empty: (on) => (on ? { type: 'expect_column_values_to_be_null', kwargs: {} } : undefined),
  unique: (on) => (on ? { type: 'expect_column_values_to_be_unique', kwargs: {} } : undefined),
  between: (of) => ({ type: 'expect_column_values_to_be_between', kwargs: bounds(of) }),
  in_set: (value_set) => ({ type: 'expect_column_values_to_be_in_set', kwargs: { value_set } }),
  not_in_set: (value_set) => ({ type: 'expect_column_values_to_not_be_in_set', kwargs: { value_set } }),
  matches: (regex) => ({ type: 'expect_column_values_to_match_regex', kwargs: { regex } }),
  not_matches: (regex) => ({ type: 'expect_column_values_to_not_match_regex', kwargs: { regex } }),
  in_file: ({ file, column: file_column }) => ({
    type: 'expect_column_values_to_be_in_file',
    kwargs: { file, file_column },
  }),
  length: (of) =>
    typeof of === 'number'
      ? { type: 'expect_column_value_lengths_to_equal', kwargs: { value: of } }
      : { type: 'expect_column_value_lengths_to_be_between', kwargs: bounds(of) },
}
const aggregates: Record<string, string> = {
  min: 'expect_column_min_to_be_between',
  max: 'expect_column_max_to_be_between',
  mean: 'expect_column_mean_to_be_between',
  median: 'expect_column_median_to_be_between',
  stdev: 'expect_column_stdev_to_be_between',
  sum: 'expect_column_sum_to_be_between',
  distinct: 'expect_column_unique_value_count_to_be_between',
}

/** The expectations of one column, in the order of `keys`. A column of which nothing is said must exist. */
export function columnExpectations(column: string, of: ShortColumn, keys: string[]): ShortExpectation[] {
  const expected = (keys as (keyof ShortColumn)[]).flatMap((key): ShortExpectation[] => {
    const aggregate = aggregates[key]
    if (aggregate !== undefined) {
      return [{ key, type: aggregate, kwargs: { column, ...bounds(of[key] as Range) }, rowWise: false }]
    }
    if (key === 'fresh') {
      return [{ key, type: 'expect_column_to_be_fresh', kwargs: { column, max_age: of.fresh! }, rowWise: false }]
    }
    const meaning = (rowWise[key] as ((value: unknown) => Meaning | undefined) | undefined)?.(of[key])
    return meaning === undefined
      ? []
      : [{ key, type: meaning.type, kwargs: { column, ...meaning.kwargs }, rowWise: true }]
  })
  return expected.length > 0
    ? expected
    : [{ key: '', type: 'expect_column_to_exist', kwargs: { column }, rowWise: false }]
}

/** A part of the short form that is about the whole table. */
interface Section<T> {
  schema: z.ZodType<T> & { shape: object }
  expectations(of: T): ShortExpectation[]
}
const section = <T>(of: Section<T>) => of as Section<unknown>

const said = (key: string, type: string, kwargs: Record<string, Json | undefined>): ShortExpectation => {
  const given = Object.entries(kwargs).filter((of): of is [string, Json] => of[1] !== undefined)
  return { key, type, kwargs: Object.fromEntries(given), rowWise: false }
}

/** The parts of the short form besides `columns`, by their keys. */
export const sections: Record<string, Section<unknown>> = {
  rows: section({
    schema: shortRows,
    expectations: ({ between, equal, of_reference: times }) => [
      ...(between ? [said('between', 'expect_table_row_count_to_be_between', bounds(between))] : []),
      ...(equal === undefined ? [] : [said('equal', 'expect_table_row_count_to_equal', { value: equal })]),
      ...(times ? [said('of_reference', 'expect_table_row_count_of_reference_to_be_between', bounds(times))] : []),
    ],
  }),
  leaks: section({
    schema: shortLeaks,
    expectations: ({ label, time, holdout: file, except }) => [
      ...(label === undefined ? [] : [said('label', 'expect_columns_to_not_tell_label', { label, except })]),
      ...(time === undefined ? [] : [said('time', 'expect_columns_to_not_be_later_than', { time, except })]),
      ...(file === undefined ? [] : [said('holdout', 'expect_rows_to_not_be_in_file', { file, except })]),
    ],
  }),
  point_in_time: section({
    schema: shortPointInTime,
    expectations: (of) => [said('feature', 'expect_features_to_be_known_at_event', of)],
  }),
}

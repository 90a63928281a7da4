import type { ColumnSchema } from '@mlops-actions/table'
import * as z from 'zod'
import { type Cell, compareCells, compareText, parseDate } from './cell.ts'
import { type Compat, NotJudgeable } from './definition.ts'

// z.number() refuses infinities, which Python writes into suites for "no bound".
export const number = z.custom<number>((v) => typeof v === 'number' && !Number.isNaN(v), 'expected a number')
const bound = z.union([number, z.string()], 'expected a number or a text').nullish()

export interface Bounds {
  min_value?: number | string | null | undefined
  max_value?: number | string | null | undefined
  strict_min?: boolean | undefined
  strict_max?: boolean | undefined
  parse_strings_as_datetimes?: boolean | null | undefined
}

const strict = { strict_min: z.boolean().optional(), strict_max: z.boolean().optional() }

/** Of Great Expectations 0.x: texts are compared as the dates that they spell. */
export const asDates = { parse_strings_as_datetimes: z.boolean().nullish() }
/** Bounds that may be numbers, texts or dates. */
export const boundKwargs = { min_value: bound, max_value: bound, ...strict, ...asDates }
/** Bounds that can only be numbers. */
export const numericBoundKwargs = { min_value: number.nullish(), max_value: number.nullish(), ...strict }

export const hasBound = (of: Bounds) => (of.min_value ?? null) !== null || (of.max_value ?? null) !== null
export const needsBound = 'min_value and max_value cannot both be missing'

/** `between 0 and 100`, `at least 0`, `below 5`, `anything`. */
export function boundsText({ min_value, max_value, strict_min, strict_max }: Bounds): string {
  const low = (min_value ?? null) === null ? undefined : `${strict_min === true ? 'above' : 'at least'} ${min_value}`
  const high = (max_value ?? null) === null ? undefined : `${strict_max === true ? 'below' : 'at most'} ${max_value}`
  if (low !== undefined && high !== undefined && strict_min !== true && strict_max !== true) {
    return min_value === max_value ? `${min_value}` : `between ${min_value} and ${max_value}`
  }
  return [low, high].filter((text) => text !== undefined).join(' and ') || 'anything'
}

/** Whether a number lies within numeric bounds. */
export function within(value: number | bigint, of: Bounds): boolean {
  const low = (of.min_value ?? Number.NEGATIVE_INFINITY) as number
  const high = (of.max_value ?? Number.POSITIVE_INFINITY) as number
  return (
    (of.strict_min === true ? value > low : value >= low) && (of.strict_max === true ? value < high : value <= high)
  )
}

/** Whether a cell of this column lies within the bounds; NotJudgeable where the two cannot be compared. */
export function withinOf(column: ColumnSchema, of: Bounds, compat: Compat): (cell: Cell) => boolean {
  const given = [of.min_value ?? null, of.max_value ?? null].filter((b) => b !== null)
  const [low, high] = [of.min_value ?? null, of.max_value ?? null]
  if (low !== null && high !== null && compareCells(low, high) > 0) {
    throw new NotJudgeable(`min_value ${low} is greater than max_value ${high}`)
  }
  const isText = given.map((b) => typeof b === 'string')
  if (isText.includes(true) && isText.includes(false))
    throw new NotJudgeable('One bound is a number and the other a text')
  if (column.type === 'timestamp') return withinDates(column, of, isText.includes(false))
  if (of.parse_strings_as_datetimes === true) {
    const held = withinDates(column, of, isText.includes(false))
    const spelled = datesOf(column, of)
    return (cell) => held(spelled(cell))
  }
  if (column.type !== 'text') {
    if (isText.includes(true)) throw new NotJudgeable(`"${column.name}" holds numbers but the bounds are texts`)
    return (cell) => within(cell as number | bigint, of)
  }
  if (isText.includes(false)) {
    if (compat === 'great-expectations')
      throw new NotJudgeable(`"${column.name}" holds texts but the bounds are numbers`)
    return (cell) => {
      const value = parseNumber(cell as string)
      return value !== undefined && within(value, of)
    }
  }
  const atLeast = (cell: string, min: string) => compareText(cell, min) >= (of.strict_min === true ? 1 : 0)
  const atMost = (cell: string, max: string) => compareText(cell, max) <= (of.strict_max === true ? -1 : 0)
  return (cell) =>
    (low === null || atLeast(cell as string, low as string)) &&
    (high === null || atMost(cell as string, high as string))
}

function withinDates(column: ColumnSchema, of: Bounds, numeric: boolean): (cell: Cell) => boolean {
  if (numeric) throw new NotJudgeable(`"${column.name}" holds dates but the bounds are numbers`)
  const milliseconds = (text: string | number | null | undefined) => {
    const value = typeof text === 'string' ? parseDate(text) : null
    if (value === undefined)
      throw new NotJudgeable(`"${column.name}" holds dates but "${text}" is not one (YYYY-MM-DD)`)
    return value
  }
  const bounds = { ...of, min_value: milliseconds(of.min_value), max_value: milliseconds(of.max_value) }
  return (cell) => within(cell as number, bounds)
}

/**
 * Reads the cells of a column of texts as dates; NotJudgeable where one spells none, or only some name a zone, the bounds
 * included: Python compares no such dates.
 */
export function datesOf({ name, type }: ColumnSchema, { min_value, max_value }: Bounds = {}): (cell: Cell) => number {
  if (type !== 'text') throw new NotJudgeable(`"${name}" holds no texts that could be read as dates`)
  let zoned: boolean | undefined
  const compareZone = (text: string) => {
    const hasZone = /[T ].*[Z+-]/.test(text)
    if (zoned !== undefined && zoned !== hasZone)
      throw new NotJudgeable(`Only some of the dates and bounds of "${name}" name a zone`)
    zoned = hasZone
  }
  for (const bound of [min_value, max_value]) if (typeof bound === 'string') compareZone(bound)
  return (cell) => {
    const date = parseDate(cell as string)
    if (date === undefined) throw new NotJudgeable(`"${name}" holds texts that are no dates of the form YYYY-MM-DD`)
    compareZone(cell as string)
    return date
  }
}

/** The number a text spells, as a CSV reader would take it; undefined where it spells none. */
export function parseNumber(text: string): number | undefined {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : undefined
}

/** `[low, high]` of the short form; null leaves a side open. */
export function range<T>(of: z.ZodType<T>) {
  return z.tuple([of.nullable(), of.nullable()], 'expected [lowest, highest], with null for an open side')
}

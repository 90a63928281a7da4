import { timestampText } from '@mlops-actions/table'
import * as z from 'zod'
import { columnOf, type Definition, define, NotJudgeable } from './definition.ts'
import { mostlyText, rowWise, rowWiseKwargs } from './row-wise.ts'

const names = {
  a: 'mon|tue|wed|thu|fri|sat|sun',
  A: 'monday|tuesday|wednesday|thursday|friday|saturday|sunday',
  b: 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec',
  B: 'january|february|march|april|may|june|july|august|september|october|november|december',
}
// As Python's _strptime.py has them, for the locale C.
const directives: Record<string, string> = {
  d: '3[0-1]|[1-2]\\p{Nd}|0[1-9]|[1-9]| [1-9]',
  f: '[0-9]{1,6}',
  H: '2[0-3]|[0-1]\\p{Nd}|\\p{Nd}',
  I: '1[0-2]|0[1-9]|[1-9]| [1-9]',
  j: '36[0-6]|3[0-5]\\p{Nd}|[1-2]\\p{Nd}\\p{Nd}|0[1-9]\\p{Nd}|00[1-9]|[1-9]\\p{Nd}|0[1-9]|[1-9]',
  m: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\p{Nd}|\\p{Nd}',
  S: '6[0-1]|[0-5]\\p{Nd}|\\p{Nd}',
  y: '\\p{Nd}\\p{Nd}',
  Y: '\\p{Nd}\\p{Nd}\\p{Nd}\\p{Nd}',
  z: '[+\\-]\\p{Nd}\\p{Nd}:?[0-5]\\p{Nd}(?::?[0-5]\\p{Nd}(?:\\.\\p{Nd}{1,6})?)?|(?-i:Z)',
  Z: 'utc|gmt',
  p: 'am|pm',
  ...Object.fromEntries(
    Object.entries(names).map(([key, list]) => [
      key,
      list
        .split('|')
        .sort((x, y) => y.length - x.length)
        .join('|'),
    ]),
  ),
}
const composed: Record<string, string> = {
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

/** A format without the directives that stand for others. */
const expanded = (format: string) => format.replaceAll(/%([cxX])/g, (_, key: string) => composed[key]!)

/** What is wrong with a format; undefined where Python's strptime takes it and it can be judged here. */
function faultOf(format: string): string | undefined {
  const seen = new Set<string>()
  for (const [, key = ''] of expanded(format).matchAll(/%(.?)/gs)) {
    if (key === '%') continue
    if (!(key in directives)) return key === '' ? 'it ends with a single %' : `%${key} is not supported`
    if (seen.has(key)) return `%${key} stands twice in it`
    seen.add(key)
  }
  return undefined
}

/** Whether a text is a date of this format, as Python's datetime.strptime takes it: the whole text, in any case of letters. */
export function strptime(format: string): (text: string) => boolean {
  const pattern = expanded(format)
    .replaceAll(/[\\.^$*+?(){}[\]|]/g, '\\$&')
    .replaceAll(/\s+/g, '\\s+')
    .replaceAll(/%(.)/gs, (_, key: string) => (key === '%' ? '%' : `(?<${key}>${directives[key]!})`))
  const expression = new RegExp(`^(?:${pattern})$`, 'iu')
  return (text) => {
    const found = expression.exec(text)
    return found !== null && isDate(found.groups ?? {})
  }
}

/** The month has such a day, and the second is one that a clock shows. */
function isDate(of: Record<string, string | undefined>): boolean {
  if (of.S !== undefined && numberOf(of.S) > 59) return false
  const short = of.y === undefined ? undefined : numberOf(of.y)
  const year =
    of.Y !== undefined ? numberOf(of.Y) : short === undefined ? 1900 : short < 69 ? 2000 + short : 1900 + short
  if (year < 1) return false
  const named = (of.b ?? of.B)?.slice(0, 3).toLowerCase()
  const month = of.m !== undefined ? numberOf(of.m) : named === undefined ? 1 : 1 + names.b.split('|').indexOf(named)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  // Without a year it is 1900, which had no 29 February.
  const february = leap ? 29 : 28
  const days = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
  return of.d === undefined || numberOf(of.d) <= days
}

/** The number that digits of any script write. */
function numberOf(text: string): number {
  let value = 0
  for (const digit of text.trim()) {
    let zero = digit.codePointAt(0)!
    // Scripts have their ten digits in a row, zero first; some rows stand side by side.
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
    value = 10 * value + ((digit.codePointAt(0)! - zero) % 10)
  }
  return value
}

export const strftimeDefinitions: Record<string, Definition> = {
  expect_column_values_to_match_strftime_format: define({
    schema: z.strictObject({
      ...rowWiseKwargs,
      strftime_format: z.string('expected a format such as %Y-%m-%d').superRefine((format, problem) => {
        const fault = faultOf(format)
        if (fault !== undefined) problem.addIssue(`the format "${format}" cannot be used: ${fault}`)
      }),
    }),
    says: ({ strftime_format, mostly }) => `is a date of the format ${strftime_format}${mostlyText(mostly)}`,
    open({ column: name, strftime_format, mostly }, context) {
      const column = columnOf(name, context)
      const fits = strptime(strftime_format)
      if (column.type === 'timestamp') return rowWise(column, mostly, (cell) => fits(timestampText(Number(cell))))
      if (column.type !== 'text') throw new NotJudgeable(`"${name}" holds ${column.type}s, not texts`)
      return rowWise(column, mostly, (cell) => fits(cell as string))
    },
  }),
}

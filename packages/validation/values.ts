import * as z from 'zod'
import { boundKwargs, boundsText, hasBound, needsBound, within, withinOf } from './bounds.ts'
import { type Cell, cellAt, keyOf, parseDate, shown, textOf } from './cell.ts'
import { type Context, columnOf, type Definition, define, type Judge } from './definition.ts'
import { fromPython } from './pattern.ts'
import { placeOf } from './place.ts'
import { type Counts, listed, mostlyText, rowWise, rowWiseFinding, rowWiseKwargs } from './row-wise.ts'
import { canBacktrack, withinTime } from './time-limit.ts'

type RowWise = { column: string; mostly?: number | undefined }

/** A row for every null, or for every value. */
function nulls(expected: 'null' | 'not null'): Definition {
  return define<RowWise>({
    schema: z.strictObject(rowWiseKwargs),
    needsValues: expected === 'not null',
    says: ({ mostly }) => `${expected === 'null' ? 'is empty' : 'is not empty'}${mostlyText(mostly)}`,
    open({ column: name, mostly }, context) {
      const column = columnOf(name, context)
      const counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], places: [] }
      return {
        columns: [column.name],
        nullsOnly: expected === 'not null',
        see(columns, batch) {
          const of = columns.get(column.name)!
          counts.elements += batch.rows
          if (!of.nulls.includes(expected === 'null' ? 0 : 1)) return
          for (let i = 0; i < batch.rows; i++) {
            if ((of.nulls[i] === 1) === (expected === 'null')) continue
            counts.unexpected++
            if (counts.values.length === listed) continue
            const cell = cellAt(of, i)
            counts.values.push(cell === undefined ? null : shown(cell, of.type))
            counts.places.push(placeOf(batch, i))
          }
        },
        conclude: () => rowWiseFinding(counts, mostly, false),
      }
    },
  })
}

/** A list of values to be among. Null is a member of none. */
export const valueSet = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]), 'expected a list of values')
type ValueSet = z.output<typeof valueSet>

const setKwargs = z.strictObject({
  ...rowWiseKwargs,
  value_set: valueSet,
})

function inSet(wanted: boolean): Definition {
  return define({
    schema: setKwargs,
    says: ({ value_set, mostly }) => `is ${wanted ? '' : 'not '}one of ${listText(value_set)}${mostlyText(mostly)}`,
    open({ column: name, mostly, value_set }, context) {
      const column = columnOf(name, context)
      const members = keysOf(value_set, column.type === 'timestamp')
      return rowWise(column, mostly, (cell) => members.has(keyOf(cell)) === wanted)
    },
  })
}

/** Values of a set by the key of the cells that equal them; in a column of dates, texts that are dates stand for them. */
export function keysOf(values: ValueSet, dates: boolean): Map<Cell, string | number | boolean> {
  const present = values.filter((value) => value !== null)
  return new Map(present.map((v) => [keyOf(dates && typeof v === 'string' ? (parseDate(v) ?? v) : v), v]))
}

export function listText(values: unknown[]): string {
  const shownValues = values.slice(0, 8).map((value) => JSON.stringify(value))
  return `[${shownValues.join(', ')}${values.length > 8 ? `, … ${values.length - 8} more` : ''}]`
}

function matching(wanted: boolean): Definition {
  return define({
    schema: z.strictObject({ ...rowWiseKwargs, regex: z.string('expected a regular expression') }),
    says: ({ regex, mostly }) => `${wanted ? 'matches' : 'does not match'} ${regex}${mostlyText(mostly)}`,
    open: ({ regex, ...of }, context) => searching(of, [regex], (found) => found === (wanted ? 1 : 0), context),
  })
}

const regexList = { ...rowWiseKwargs, regex_list: z.array(z.string()).min(1) }

/** Searches the text of each cell for patterns; `held` judges by how many were found. */
function searching(of: RowWise, patterns: string[], held: (found: number) => boolean, context: Context): Judge {
  const column = columnOf(of.column, context)
  const text = textOf(column, context.compat)
  const expressions = patterns.map(fromPython)
  const judge = rowWise(
    column,
    of.mostly,
    (cell) => held(expressions.filter((expression) => expression.test(text(cell))).length),
    patterns.some(canBacktrack) ? (work) => withinTime(work, patterns.join(' , ')) : undefined,
  )
  if (column.type !== 'timestamp') return judge
  const detail = 'Dates were matched as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, whatever the file wrote.'
  return { ...judge, conclude: () => ({ ...judge.conclude(), detail }) }
}

/** Lengths are counted in code points of the text of a cell. */
function lengths(of: RowWise, held: (length: number) => boolean, context: Context): Judge {
  const column = columnOf(of.column, context)
  const text = textOf(column, context.compat)
  return rowWise(column, of.mostly, (cell) => {
    const value = text(cell)
    return held(/[\ud800-\udfff]/.test(value) ? [...value].length : value.length)
  })
}

const length = z.int('expected a whole number').nullish()

/** The expectations over the values of one column, row by row. */
export const valueDefinitions: Record<string, Definition> = {
  expect_column_values_to_be_null: nulls('null'),
  expect_column_values_to_not_be_null: nulls('not null'),
  expect_column_values_to_be_in_set: inSet(true),
  expect_column_values_to_not_be_in_set: inSet(false),
  expect_column_values_to_be_between: define({
    schema: z.strictObject({ ...rowWiseKwargs, ...boundKwargs }).refine(hasBound, needsBound),
    says: (kwargs) => `is ${boundsText(kwargs)}${mostlyText(kwargs.mostly)}`,
    open(kwargs, context) {
      const column = columnOf(kwargs.column, context)
      return rowWise(column, kwargs.mostly, withinOf(column, kwargs, context.compat))
    },
  }),
  expect_column_values_to_match_regex: matching(true),
  expect_column_values_to_not_match_regex: matching(false),
  expect_column_values_to_match_regex_list: define({
    schema: z.strictObject({ ...regexList, match_on: z.enum(['any', 'all']).optional() }),
    says: ({ regex_list, match_on, mostly }) =>
      `matches ${match_on === 'all' ? 'all' : 'one'} of ${listText(regex_list)}${mostlyText(mostly)}`,
    open({ regex_list, match_on, ...of }, context) {
      const needed = match_on === 'all' ? regex_list.length : 1
      return searching(of, regex_list, (found) => found >= needed, context)
    },
  }),
  expect_column_values_to_not_match_regex_list: define({
    schema: z.strictObject(regexList),
    says: ({ regex_list, mostly }) => `matches none of ${listText(regex_list)}${mostlyText(mostly)}`,
    open: ({ regex_list, ...of }, context) => searching(of, regex_list, (found) => found === 0, context),
  }),
  expect_column_value_lengths_to_be_between: define({
    schema: z
      .strictObject({
        ...rowWiseKwargs,
        min_value: length,
        max_value: length,
        strict_min: z.boolean().optional(),
        strict_max: z.boolean().optional(),
      })
      .refine(hasBound, needsBound),
    says: (kwargs) => `has a length of ${boundsText(kwargs)}${mostlyText(kwargs.mostly)}`,
    open: (kwargs, context) => lengths(kwargs, (value) => within(value, kwargs), context),
  }),
  expect_column_value_lengths_to_equal: define({
    schema: z.strictObject({ ...rowWiseKwargs, value: z.int('expected a whole number') }),
    says: ({ value, mostly }) => `has a length of ${value}${mostlyText(mostly)}`,
    open: (kwargs, context) => lengths(kwargs, (value) => value === kwargs.value, context),
  }),
}

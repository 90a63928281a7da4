import { type ColumnProfile, type Profile, Ranked } from '@mlops-actions/profile'
import type { Check, JsonObject } from '@mlops-actions/verdict'
import { type Bounds, within, withinOf } from './bounds.ts'
import type { Cell } from './cell.ts'
import { atOnce, type Context, columnOf, type Finding, type Judge, NotJudgeable } from './definition.ts'
import { definitions } from './definitions.ts'
import { guards } from './guards.ts'
import { KeptKeys } from './kept-keys.ts'
import { batchOf, listed } from './profile-cells.ts'
import { type Counts, listed as mostListed, rowWiseFinding } from './row-wise.ts'
import type { Expectation, Suite } from './suite.ts'
import { conclude, type Running, type ValidateOptions } from './validate.ts'

/** What a rule is given: the column's profile, the expectation's kwargs, and what opens its judge for rows. */
interface Asked {
  column: ColumnProfile
  kwargs: JsonObject
  context: Context
  open(): Judge
}
type Rule = (of: Asked) => Finding

/**
 * Judges what a profile can tell, as `validate` judges the rows: one check an expectation, then the guards. An expectation
 * that needs rows, or whose answer lies within the bounds that the profile carries, is errored and says so: never passed.
 */
export function validateProfile(
  profile: Profile,
  suite: Suite,
  { beside = {}, showing = {} }: ValidateOptions = {},
): Check[] {
  const table = { schema: profile.columns.map(({ name, type, nulls }) => ({ name, type, nulls })), rows: profile.rows }
  const context = { table, compat: suite.compat, filtered: false, kept: new KeptKeys(), beside }
  const running = suite.expectations.map((expectation) => start(expectation, profile, context))
  const ids = new Map<string, number>()
  const checks = running.map((of) => conclude(of, ids, showing))
  const judged = running.filter(({ reason, definition }) => reason === undefined && definition?.needsValues === true)
  return [
    ...checks,
    ...guards(
      table,
      suite,
      judged.map(({ expectation }) => String(expectation.kwargs.column)),
      [],
    ),
  ]
}

function start(expectation: Expectation, profile: Profile, context: Context): Running {
  const { type, kwargs, unsupported } = expectation
  const definition = definitions.get(type)
  if (unsupported !== undefined || definition === undefined) {
    return { expectation, reason: new NotJudgeable(unsupported ?? 'not supported') }
  }
  try {
    if (expectation.condition !== undefined) throw new NotJudgeable('A profile cannot tell which rows meet a condition')
    if (kwargs.file !== undefined) throw needsRows
    const open = () => definition.open(kwargs, context)
    if (kwargs.parse_strings_as_datetimes === true) throw needsRows
    if (kwargs.column === undefined || type === 'expect_column_to_exist') {
      const judge = open()
      if (judge.columns.length > 0) throw needsRows
      return { expectation, definition, judge }
    }
    const { name } = columnOf(String(kwargs.column), context)
    const rule = rules[type]
    if (rule === undefined) throw needsRows
    if (context.compat === 'great-expectations') throw readOtherwise
    const column = profile.columns.find((of) => of.name === name)!
    return { expectation, definition, judge: atOnce(rule({ column, kwargs, context, open })) }
  } catch (error) {
    if (!(error instanceof NotJudgeable)) throw error
    return { expectation, definition, reason: error }
  }
}

const needsRows = new NotJudgeable('A profile cannot tell: this needs the rows. Expect it of every shard instead')
const readOtherwise = new NotJudgeable(
  'The profile was not read as pandas reads CSV. Write "compat: none" into the suite if its own reading will do',
)
const hidden = new NotJudgeable('A profile cannot tell: it hides the values of a sensitive column, or lists only some')
const unclear = (what: string, figures = '') => new NotJudgeable(`A profile cannot tell: ${what}`, figures)

/** What a judge for rows says of these cells. */
function shownTo(judge: Judge, column: ColumnProfile, cells: Cell[]): Finding {
  const { columns, batch } = batchOf(column, cells)
  judge.see(columns, batch)
  return judge.conclude()
}

/** The finding where between `least` and `most` values are unexpected, if that says enough. */
function unexpectedWithin(
  { column, kwargs }: Pick<Asked, 'column' | 'kwargs'>,
  [least, most]: [number, number],
  values: Counts['values'] = [],
): Finding {
  const mostly = kwargs.mostly as number | undefined
  const finding = (unexpected: number) =>
    rowWiseFinding(
      { elements: column.count + column.nulls, missing: column.nulls, unexpected, values, places: [] },
      mostly,
    )
  const [best, worst] = [finding(least), finding(most)]
  if (best.success !== worst.success) throw unclear(`between ${least} and ${most} of ${column.count} values break this`)
  if (least === most) return best
  const evidence = {
    ...best.evidence,
    unexpected_count: null,
    unexpected_percent: null,
    unexpected_bounds: [least, most],
  }
  return { ...best, observed: `not so in ${least} to ${most} of ${column.count} values`, evidence }
}

/** A rule that looks at one value at a time: every listed value is shown to the judge for rows. */
const eachValue: Rule = (of) => {
  const { column, open } = of
  open()
  const known = listed(column)
  if (known === undefined) throw hidden
  const { broken, values } = brokenBy(of, known.cells)
  const told = known.cells.reduce((sum, { count }) => sum + count, 0)
  return unexpectedWithin(of, [broken, broken + column.count - told], values)
}

/** How many rows hold values that break a rule, and some of the values. */
function brokenBy({ column, open }: Asked, cells: { cell: Cell; count: number }[]) {
  let broken = 0
  const values: Counts['values'] = []
  // So many at a time as a judge names the rows of.
  for (let from = 0; from < cells.length; from += mostListed) {
    const some = cells.slice(from, from + mostListed)
    const { evidence } = shownTo(
      open(),
      column,
      some.map(({ cell }) => cell),
    )
    for (const line of evidence.unexpected_rows as number[]) broken += some[line - 1]!.count
    values.push(...(evidence.partial_unexpected_list as Counts['values']))
  }
  return { broken, values: values.slice(0, mostListed) }
}

/** Of a column of texts; what a number looked like in the file is not kept. */
const eachText: Rule = (of) => {
  if (of.column.type !== 'text') throw unclear('how the file writes the values of this column is not kept')
  return eachValue(of)
}

const inSet: Rule = (of) => {
  const { value_set } = of.kwargs
  const texts = Array.isArray(value_set) && value_set.some((value) => typeof value === 'string')
  return texts ? eachText(of) : eachValue(of)
}

const lengths: Rule = (of) => {
  const { column } = of
  const kept = column.sketch?.words?.lengths
  if (column.type !== 'text' || kept === undefined || kept.error > 0) return eachText(of)
  if (kept.max > 100_000) throw needsRows
  const cells = Array.from(kept.values, (length, i) => ({ cell: 'x'.repeat(length), count: kept.counts[i]! }))
  return unexpectedWithin(of, repeatTwice(brokenBy(of, cells).broken))
}

const between: Rule = (of) => {
  const { column, kwargs, context } = of
  const sketch = column.sketch?.numbers
  if (sketch === undefined || listed(column) !== undefined) return eachValue(of)
  // As doubles, neighbouring 64-bit integers may lie on another side of a bound.
  if (column.type === 'integer64') throw hidden
  const held = withinOf(columnOf(column.name, context), kwargs as Bounds, context.compat)
  const ends = [sketch.min, sketch.max].filter((end) => !held(end)).length
  // The ends of a sensitive column are none.
  if (ends === 0 && !column.sensitive) return unexpectedWithin(of, [0, 0])
  let outside = 0
  for (let i = 0; i < sketch.values.length; i++) if (!held(sketch.values[i]!)) outside += sketch.counts[i]!
  const error = 2 * sketch.error
  return unexpectedWithin(of, [Math.max(ends, outside - error), Math.min(column.count, outside + error)])
}

const ofType: Rule = (of) => {
  const { column, open } = of
  if (listed(column) !== undefined) return eachValue(of)
  const { values } = column.sketch?.numbers ?? { values: [] }
  // Whether a number is whole differs from value to value; all else is true of a column or not.
  const sample = column.type === 'number' ? [0.5] : [values[0] ?? 0]
  const { success } = shownTo(open(), column, sample)
  if (success) return unexpectedWithin(of, [0, 0])
  if (column.type !== 'number') return unexpectedWithin(of, repeatTwice(column.count))
  const { broken } = brokenBy(
    of,
    Array.from(values, (cell) => ({ cell, count: 1 })),
  )
  return unexpectedWithin(of, [broken, column.count])
}

const repeatTwice = (count: number): [number, number] => [count, count]

function nulls(expected: 'null' | 'not null'): Rule {
  return ({ column, kwargs }) => {
    const unexpected = expected === 'null' ? column.count : column.nulls
    const elements = column.count + column.nulls
    const mostly = kwargs.mostly as number | undefined
    return rowWiseFinding({ elements, missing: 0, unexpected, values: [], places: [] }, mostly, false)
  }
}

const unique: Rule = (of) => {
  const { column } = of
  const known = listed(column)
  if (known === undefined) throw hidden
  const repeated = known.cells.filter(({ count }) => count > 1).reduce((sum, { count }) => sum + count, 0)
  return unexpectedWithin(of, [repeated, known.whole ? repeated : column.count])
}

/** A figure of a column, of which cells are made that have the same one. */
function figure(cells: (column: ColumnProfile) => Cell[]): Rule {
  return ({ column, open }) => {
    const judge = open()
    if (column.count === 0) return shownTo(judge, column, [])
    return shownTo(judge, column, cells(column))
  }
}

const numbersOf = (column: ColumnProfile) => {
  const numbers = column.sketch?.numbers
  if (numbers === undefined) throw unclear('this column was described by its categories, not by its numbers')
  return numbers
}

const extreme = (end: 'min' | 'max'): Rule =>
  figure((column) => {
    const known = listed(column)
    if (known?.whole) return known.cells.map(({ cell }) => cell)
    if (column.sensitive || column.type === 'integer64' || column.sketch?.numbers === undefined) throw hidden
    return [column.sketch.numbers[end]]
  })

const mean = figure((column) => {
  numbersOf(column)
  return [column.numbers!.mean]
})
const sum = figure((column) => {
  const [hi, lo] = numbersOf(column).moments.sum
  return [hi + lo]
})
const deviation = figure((column) => {
  const { rows, m2 } = numbersOf(column).moments
  // Two numbers so far apart have this deviation.
  return rows === 1 ? [0] : [0, Math.sqrt((2 * m2) / (rows - 1))]
})

const median: Rule = ({ column, kwargs, open }) => {
  const judge = open()
  if (column.count === 0) return shownTo(judge, column, [])
  const [low, high] = quantileBounds(column, 0.5)
  if (numbersOf(column).error === 0) return shownTo(judge, column, [low, high])
  return boundedFinding([low, high], kwargs as Bounds)
}

/** Between which two values a quantile lies, by whatever rule it is interpolated. */
export function quantileBounds(column: ColumnProfile, probability: number): [number, number] {
  const sketch = numbersOf(column)
  const ranked = new Ranked(sketch)
  const place = (column.count - 1) * probability
  const [low, high] = [Math.floor(place) - sketch.error, Math.ceil(place) + sketch.error]
  return [low < 0 ? sketch.min : ranked.at(low), high >= column.count ? sketch.max : ranked.at(high)]
}

/** The finding where a figure lies between two values, if that says enough. */
function boundedFinding([low, high]: [number, number], bounds: Bounds): Finding {
  const success = heldBetween([low, high], bounds)
  const observed = low === high ? String(low) : `between ${low} and ${high}`
  if (success === undefined) throw unclear('the figure may lie on either side of a bound', ` (it is ${observed})`)
  return { success, observed, evidence: { observed_value: low === high ? low : null, observed_bounds: [low, high] } }
}

/** Whether all that lies between two values is within the bounds, none of it (false), or some (undefined). */
export function heldBetween([low, high]: [number, number], bounds: Bounds): boolean | undefined {
  if (within(low, bounds) && within(high, bounds)) return true
  const { min_value, max_value, strict_min, strict_max } = bounds
  const below = !within(high, { min_value, strict_min })
  return below || !within(low, { max_value, strict_max }) ? false : undefined
}

const quantiles: Rule = ({ column, kwargs, open }) => {
  open()
  const of = kwargs.quantile_ranges as { quantiles: number[]; value_ranges: [number | null, number | null][] }
  if (column.count === 0) return { success: false, observed: 'not defined', evidence: { observed_value: null } }
  const known = of.quantiles.map((probability) => quantileBounds(column, probability))
  const held = known.map((bounds, i) => {
    const [min_value, max_value] = of.value_ranges[i]!
    return heldBetween(bounds, { min_value, max_value })
  })
  const observed = known.map(([low, high]) => (low === high ? String(low) : `${low} to ${high}`)).join(', ')
  if (!held.includes(false) && held.includes(undefined))
    throw unclear('the quantiles may lie on either side of a bound', ` (they are ${observed})`)
  const evidence = { observed_value: null, observed_bounds: known, success_details: held.map((one) => one ?? null) }
  return { success: !held.includes(false), observed, evidence }
}

/** An estimate of distinct values is taken for off by no more than four standard errors: once in 16,000 it is. */
const sure = 4

function distinctCount(share: boolean): Rule {
  return ({ column, kwargs, open }) => {
    open()
    const { count, exact, error } = column.distinct
    if (!exact && error === undefined) throw hidden
    const off = (error ?? 0) * sure * count
    const [low, high] = exact
      ? [count, count]
      : [Math.max(1, Math.floor(count - off)), Math.min(column.count, Math.ceil(count + off))]
    const of = share ? Math.max(1, column.count) : 1
    return boundedFinding([low / of, high / of], kwargs as Bounds)
  }
}

/** Sets of distinct values: what is listed settles some of it even where it is not all. */
function distinctSet(settledBy: 'success' | 'failure' | 'neither'): Rule {
  return ({ column, kwargs, open }) => {
    const judge = open()
    const texts = (kwargs.value_set as unknown[]).some((value) => typeof value === 'string')
    if (texts && column.type !== 'text' && column.count > 0)
      throw unclear('how the file writes the values of this column is not kept')
    const known = listed(column)
    if (known === undefined) throw hidden
    const finding = shownTo(
      judge,
      column,
      known.cells.map(({ cell }) => cell),
    )
    if (!known.whole && settledBy !== (finding.success ? 'success' : 'failure')) throw hidden
    return finding
  }
}

const mostCommon: Rule = ({ column, kwargs, open }) => {
  const judge = open()
  const texts = (kwargs.value_set as unknown[]).some((value) => typeof value === 'string')
  const known = listed(column)
  if (!known?.whole || (texts && column.type !== 'text')) throw hidden
  const most = Math.max(...known.cells.map(({ count }) => count))
  return shownTo(
    judge,
    column,
    known.cells.filter(({ count }) => count === most).map(({ cell }) => cell),
  )
}

const filled: Rule = ({ column, kwargs }) => {
  const share = column.count / Math.max(1, column.count + column.nulls)
  return boundedFinding([share, share], kwargs as Bounds)
}

/** The expectations of one column that a profile can judge; those of the table's shape need no rule. */
const rules: Record<string, Rule> = {
  expect_column_values_to_be_null: nulls('null'),
  expect_column_values_to_not_be_null: nulls('not null'),
  expect_column_values_to_be_unique: unique,
  expect_column_values_to_be_in_set: inSet,
  expect_column_values_to_not_be_in_set: inSet,
  expect_column_values_to_be_between: between,
  expect_column_values_to_be_of_type: ofType,
  expect_column_values_to_be_in_type_list: ofType,
  expect_column_type_to_be: ofType,
  expect_column_values_to_match_regex: eachText,
  expect_column_values_to_not_match_regex: eachText,
  expect_column_values_to_match_regex_list: eachText,
  expect_column_values_to_not_match_regex_list: eachText,
  expect_column_values_to_match_strftime_format: eachText,
  expect_column_values_to_be_json_parseable: eachText,
  expect_column_values_to_match_json_schema: eachText,
  expect_column_value_lengths_to_be_between: lengths,
  expect_column_value_lengths_to_equal: lengths,
  expect_column_min_to_be_between: extreme('min'),
  expect_column_max_to_be_between: extreme('max'),
  expect_column_to_be_fresh: extreme('max'),
  expect_column_mean_to_be_between: mean,
  expect_column_sum_to_be_between: sum,
  expect_column_stdev_to_be_between: deviation,
  expect_column_median_to_be_between: median,
  expect_column_quantile_values_to_be_between: quantiles,
  expect_column_proportion_of_non_null_values_to_be_between: filled,
  expect_column_unique_value_count_to_be_between: distinctCount(false),
  expect_column_proportion_of_unique_values_to_be_between: distinctCount(true),
  expect_column_distinct_values_to_be_in_set: distinctSet('failure'),
  expect_column_distinct_values_to_contain_set: distinctSet('success'),
  expect_column_distinct_values_to_equal_set: distinctSet('neither'),
  expect_column_most_common_value_to_be_in_set: mostCommon,
}

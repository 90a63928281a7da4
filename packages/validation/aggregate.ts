import type { Json } from '@mlops-actions/verdict'
import * as z from 'zod'
import { type Bounds, boundKwargs, boundsText, datesOf, numericBoundKwargs, within, withinOf } from './bounds.ts'
import { type Cell, compareCells, shown } from './cell.ts'
import { columnOf, type Definition, define, type Finding, type Judge, NotJudgeable } from './definition.ts'
import { eachCell } from './each-cell.ts'
import { KeptNumbers } from './kept-numbers.ts'
import { rowWiseKwargs } from './row-wise.ts'
import { select } from './select.ts'

const { column } = rowWiseKwargs
const schema = z.strictObject({ column, ...numericBoundKwargs })
const anyBounds = z.strictObject({ column, ...boundKwargs })

/** A figure that is fed number by number. */
interface Figure {
  add(value: number): void
  /** undefined where it is not defined on what was added. */
  value(): number | undefined
}

function aggregate(name: string, figure: () => Figure): Definition {
  return define({
    schema,
    says: (kwargs) => `has a ${name} of ${boundsText(kwargs)}`,
    open(kwargs, context): Judge {
      const of = columnOf(kwargs.column, context)
      if (of.type === 'text' || of.type === 'timestamp') {
        throw new NotJudgeable(`"${of.name}" holds ${of.type === 'text' ? 'texts' : 'dates'}: it has no ${name}`)
      }
      const fed = figure()
      return eachCell(
        of,
        (cell) => fed.add(Number(cell)),
        () => figureFinding(fed.value(), kwargs),
      )
    },
  })
}

function figureFinding(value: number | undefined, bounds: Bounds): Finding {
  if (value === undefined) return { success: false, observed: 'not defined', evidence: { observed_value: null } }
  const success = within(value, bounds)
  const rounded = Number(Math.abs(value) < 1e5 ? value.toPrecision(6) : value.toFixed(1))
  // Six digits are enough to read, unless they would tell the other side of a bound.
  const readable = Number.isFinite(value) && within(rounded, bounds) === success ? rounded : value
  return { success, observed: String(shown(readable, 'number')), evidence: { observed_value: shown(value, 'number') } }
}

/** Neumaier's compensated sum: exact to the last digit or nearly, whatever the order. */
function sum() {
  let total = 0
  let lost = 0
  let count = 0
  return {
    add(value: number) {
      const next = total + value
      lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
      total = next
      count++
    },
    // Where the total is infinite the compensation is NaN.
    total: () => (Number.isFinite(total) ? total + lost : total),
    count: () => count,
  }
}

const defined = (value: number) => (Number.isNaN(value) ? undefined : value)

function mean(): Figure {
  const of = sum()
  return { add: of.add, value: () => (of.count() === 0 ? undefined : defined(of.total() / of.count())) }
}

/** Sample standard deviation (n - 1) by Welford's recurrence. */
function deviation(): Figure {
  let n = 0
  let average = 0
  let squares = 0
  return {
    add(value) {
      n++
      const delta = value - average
      average += delta / n
      squares += delta * (value - average)
    },
    value: () => (n < 2 ? undefined : defined(Math.sqrt(squares / (n - 1)))),
  }
}

function median(): Figure {
  const kept = new KeptNumbers()
  return {
    add: (value) => kept.add(value),
    value() {
      const values = kept.all()
      if (values.length === 0) return undefined
      const half = values.length >> 1
      const upper = select(values, half)
      // What stands before the upper half is at most as large as it.
      return values.length % 2 === 1 ? upper : defined((greatest(values.subarray(0, half)) + upper) / 2)
    },
  }
}

const greatest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)

/** Least or greatest: of numbers, dates, or texts by code point. */
function extreme(name: 'minimum' | 'maximum'): Definition {
  const sign = name === 'minimum' ? -1 : 1
  return define({
    schema: anyBounds,
    says: (kwargs) => `has a ${name} of ${boundsText(kwargs)}`,
    open(kwargs, context): Judge {
      const of = columnOf(kwargs.column, context)
      // A text has no place between numbers, and reading it as one would hide that the column is not numeric.
      const held = withinOf(of, kwargs, 'great-expectations')
      const spelled = kwargs.parse_strings_as_datetimes === true && of.type === 'text' ? datesOf(of) : undefined
      let best: Cell | undefined
      return eachCell(
        of,
        (cell) => {
          const comes = spelled === undefined ? compareCells(cell, best ?? cell) : spelled(cell) - spelled(best ?? cell)
          if (best === undefined || sign * comes > 0) best = cell
        },
        () => {
          if (best === undefined) return { success: false, observed: 'not defined', evidence: { observed_value: null } }
          const value: Json = shown(best, of.type)
          const success = held(best)
          const observed = of.type === 'text' ? `a text ${success ? 'within' : 'outside'} the bounds` : String(value)
          return { success, observed, evidence: { observed_value: value } }
        },
      )
    },
  })
}

/** The expectations over one figure of a column; nulls are left out. */
export const aggregateDefinitions: Record<string, Definition> = {
  expect_column_min_to_be_between: extreme('minimum'),
  expect_column_max_to_be_between: extreme('maximum'),
  expect_column_mean_to_be_between: aggregate('mean', mean),
  expect_column_median_to_be_between: aggregate('median', median),
  expect_column_stdev_to_be_between: aggregate('standard deviation', deviation),
  expect_column_sum_to_be_between: aggregate('sum', () => {
    const of = sum()
    return { add: of.add, value: () => defined(of.total()) }
  }),
  expect_column_proportion_of_non_null_values_to_be_between: define({
    schema,
    needsValues: false,
    says: (kwargs) => `has a share of values that are not empty of ${boundsText(kwargs)}`,
    open(kwargs, context): Judge {
      const { name } = columnOf(kwargs.column, context)
      let rows = 0
      let nulls = 0
      return {
        columns: [name],
        nullsOnly: true,
        see(columns, batch) {
          rows += batch.rows
          for (const isNull of columns.get(name)!.nulls) nulls += isNull
        },
        conclude: () => figureFinding(rows === 0 ? 0 : (rows - nulls) / rows, kwargs),
      }
    },
  }),
}

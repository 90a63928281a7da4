import type { Json } from '@mlops-actions/verdict'
import * as z from 'zod'
import { boundsText, numericBoundKwargs, within } from './bounds.ts'
import { type Cell, compareCells, keyOf, shown } from './cell.ts'
import { type Context, columnOf, type Definition, define, type Finding, type Judge } from './definition.ts'
import { eachCell } from './each-cell.ts'
import { listed, rowWiseKwargs } from './row-wise.ts'
import { keysOf, listText, valueSet } from './values.ts'

const { column } = rowWiseKwargs
const bounded = z.strictObject({ column, ...numericBoundKwargs })
const setOf = z.strictObject({ column, value_set: valueSet })

interface Distinct {
  /** How often each value was seen, by key. */
  counts: Map<Cell, number>
  values: number
  show(key: Cell): Json
}

/** Counts the distinct values of a column, which stay in memory. */
function distinct(name: string, context: Context, conclude: (of: Distinct) => Finding): Judge {
  const of = columnOf(name, context)
  const counts = new Map<Cell, number>()
  const keep = context.kept.open()
  let values = 0
  const count = (cell: Cell) => {
    values++
    const key = keyOf(cell)
    const times = counts.get(key)
    if (times === undefined) keep()
    counts.set(key, (times ?? 0) + 1)
  }
  return eachCell(of, count, () => conclude({ counts, values, show: (key) => shown(key, of.type) }))
}

/** Distinct values against a set: `extra` says whether more than the set may occur, `all` whether all of it must. */
function againstSet(says: string, extra: boolean, all: boolean): Definition {
  return define({
    schema: setOf,
    says: ({ value_set }) => `${says} ${listText(value_set)}`,
    open({ column: name, value_set }, context) {
      const isDate = columnOf(name, context).type === 'timestamp'
      const wanted = keysOf(value_set, isDate)
      return distinct(name, context, ({ counts, show }) => {
        const beyond = extra ? [] : [...counts.keys()].filter((key) => !wanted.has(key)).sort(compareCells)
        const missing = all ? [...wanted].filter(([key]) => !counts.has(key)).map(([, v]) => v) : []
        const said = [
          // Texts of the data stand in the evidence alone, where they can be taken out of what becomes public.
          ...(beyond.length === 0 ? [] : [`${beyond.length} distinct values are not in the set`]),
          ...(missing.length === 0 ? [] : [`missing: ${listText(missing)}`]),
        ]
        return {
          success: beyond.length === 0 && missing.length === 0,
          observed: said.join('; ') || `${counts.size} distinct values`,
          evidence: {
            observed_value: null,
            unexpected_count: beyond.length,
            ...(all ? { missing_count: missing.length } : {}),
            partial_unexpected_list: beyond.slice(0, listed).map(show),
            ...(all ? { partial_missing_list: missing.slice(0, listed) } : {}),
          },
        }
      })
    },
  })
}

function counted(says: string, figure: (of: Distinct) => number | undefined): Definition {
  return define({
    schema: bounded,
    says: (kwargs) => `${says} ${boundsText(kwargs)}`,
    open: (kwargs, context) =>
      distinct(kwargs.column, context, (of) => {
        const found = figure(of)
        if (found === undefined) return { success: false, observed: 'not defined', evidence: { observed_value: null } }
        return { success: within(found, kwargs), observed: String(found), evidence: { observed_value: found } }
      }),
  })
}

/** The expectations over the distinct values of a column; null is none. */
export const distinctDefinitions: Record<string, Definition> = {
  expect_column_distinct_values_to_be_in_set: againstSet('has only values in', false, false),
  expect_column_distinct_values_to_contain_set: againstSet('has every value in', true, true),
  expect_column_distinct_values_to_equal_set: againstSet('has exactly the values in', false, true),
  expect_column_unique_value_count_to_be_between: counted('has a number of distinct values of', (of) => of.counts.size),
  expect_column_proportion_of_unique_values_to_be_between: counted(
    'has a share of distinct values of',
    ({ counts, values }) => (values === 0 ? 0 : counts.size / values),
  ),
  expect_column_most_common_value_to_be_in_set: define({
    schema: setOf.extend({ ties_okay: z.boolean().nullish() }),
    says: ({ value_set }) => `has its most common value in ${listText(value_set)}`,
    open({ column: name, value_set, ties_okay }, context) {
      const isDate = columnOf(name, context).type === 'timestamp'
      const wanted = keysOf(value_set, isDate)
      return distinct(name, context, ({ counts, show }) => {
        const most = [...counts.values()].reduce((a, b) => Math.max(a, b), 0)
        const modes = [...counts].filter(([, count]) => count === most).map(([key]) => key)
        const found = modes.filter((key) => wanted.has(key)).length
        const shownModes = modes.sort(compareCells).slice(0, listed).map(show)
        return {
          success: ties_okay === true ? found > 0 : modes.length === 1 && found === 1,
          observed: `${modes.length} most common ${modes.length === 1 ? 'value' : 'values'}, ${found} of the set`,
          evidence: { observed_value: shownModes },
        }
      })
    },
  }),
}

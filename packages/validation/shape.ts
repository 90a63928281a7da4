import type { Batch } from '@mlops-actions/table'
import type { Json } from '@mlops-actions/verdict'
import * as z from 'zod'
import { boundsText, hasBound, needsBound, numericBoundKwargs, within } from './bounds.ts'
import { atOnce, atTheEnd, type Context, type Definition, define, NotJudgeable } from './definition.ts'
import { listText } from './values.ts'

const count = z.int('expected a whole number').nullish()
const between = z.strictObject({
  min_value: count,
  max_value: count,
  strict_min: z.boolean().optional(),
  strict_max: z.boolean().optional(),
})
const orderedBetween = between.refine(
  (of) => typeof of.min_value !== 'number' || typeof of.max_value !== 'number' || of.min_value <= of.max_value,
  'min_value must be less than or equal to max_value',
)
const equal = z.strictObject({ value: z.int('expected a whole number') })

type Counted = (context: Context) => number
const rows: Counted = ({ table }) => table.rows
const columns: Counted = ({ table }) => table.schema.length

function counts(what: string, counted: Counted, schema = between) {
  const judge = (held: (n: number) => boolean, context: Context) => {
    const finding = (n: number) => ({ success: held(n), observed: String(n), evidence: { observed_value: n } })
    if (!context.filtered || counted !== rows) return atTheEnd(() => finding(counted(context)))
    let n = 0
    return { columns: [], see: (_: unknown, batch: Batch) => (n += batch.rows), conclude: () => finding(n) }
  }
  return {
    between: define({
      schema,
      needsValues: false,
      says: (kwargs) => `has ${hasBound(kwargs) ? boundsText(kwargs) : 'any number of'} ${what}`,
      open: (kwargs, context) => judge((n) => within(n, kwargs), context),
    }),
    equal: define({
      schema: equal,
      needsValues: false,
      says: ({ value }) => `has ${value} ${what}`,
      open: ({ value }, context) => judge((n) => n === value, context),
    }),
  }
}

const names = ({ table }: Context) => table.schema.map((column) => column.name)
const rowCounts = counts('rows', rows, orderedBetween)
const columnCounts = counts('columns', columns)

/** The expectations over the table's shape: its columns and how many rows it has. */
export const shapeDefinitions: Record<string, Definition> = {
  expect_table_row_count_to_be_between: rowCounts.between,
  expect_table_row_count_to_equal: rowCounts.equal,
  expect_table_row_count_of_reference_to_be_between: define({
    schema: z.strictObject(numericBoundKwargs).refine(hasBound, needsBound),
    needsValues: false,
    says: (kwargs) => `has ${boundsText(kwargs)} times the rows of the reference`,
    open(kwargs, { table, filtered, beside: { referenceRows: reference } }) {
      if (filtered) throw new NotJudgeable('Rows that meet a condition have no counterpart in a reference')
      if (reference === undefined)
        throw new NotJudgeable('There is no reference to compare with; give the input "reference"')
      if (reference === 0) throw new NotJudgeable('The reference has no rows')
      const times = table.rows / reference
      return atOnce({
        success: within(times, kwargs),
        observed: `${+times.toPrecision(3)} times: ${table.rows} rows, and ${reference} in the reference`,
        evidence: { observed_value: times, element_count: table.rows, reference_count: reference },
      })
    },
  }),
  expect_table_column_count_to_be_between: columnCounts.between,
  expect_table_column_count_to_equal: columnCounts.equal,
  expect_column_to_exist: define({
    schema: z.strictObject({ column: z.string(), column_index: z.int('expected a whole number').nullish() }),
    needsValues: false,
    says: ({ column_index }) =>
      `exists${typeof column_index === 'number' ? ` as column ${column_index} (from 0)` : ''}`,
    open({ column, column_index }, context) {
      const index = names(context).indexOf(column)
      const success = index >= 0 && (typeof column_index !== 'number' || index === column_index)
      const observed = index < 0 ? 'no such column' : `column ${index}`
      return atOnce({ success, observed, evidence: { observed_value: index < 0 ? null : index } })
    },
  }),
  expect_table_columns_to_match_set: define({
    schema: z.strictObject({ column_set: z.array(z.string()).nullable(), exact_match: z.boolean().nullish() }),
    needsValues: false,
    says: ({ column_set, exact_match }) =>
      `has ${exact_match === false ? 'at least' : 'exactly'} the columns ${listText(column_set ?? [])}`,
    open({ column_set, exact_match }, context) {
      const [wanted, found] = [column_set ?? [], names(context)]
      const missing = wanted.filter((name) => !found.includes(name))
      const unexpected = found.filter((name) => !wanted.includes(name))
      return atOnce({
        success: missing.length === 0 && (exact_match === false || unexpected.length === 0),
        observed:
          [
            missing.length === 0 ? '' : `missing ${listText(missing)}`,
            unexpected.length === 0 ? '' : `also ${listText(unexpected)}`,
          ]
            .filter((text) => text !== '')
            .join(', ') || `these ${found.length} columns`,
        evidence: { observed_value: found, missing, unexpected },
      })
    },
  }),
  expect_table_columns_to_match_ordered_list: define({
    schema: z.strictObject({ column_list: z.array(z.string()).nullable() }),
    needsValues: false,
    says: ({ column_list }) => `has the columns ${listText(column_list ?? [])} in this order`,
    open({ column_list }, context) {
      const found = names(context)
      const wanted = column_list ?? found
      const mismatched: Json[] = Array.from({ length: Math.max(found.length, wanted.length) }, (_, i) => i)
        .filter((i) => found[i] !== wanted[i])
        .map((i) => ({ position: i, expected: wanted[i] ?? null, found: found[i] ?? null }))
      return atOnce({
        success: mismatched.length === 0,
        observed: listText(found),
        evidence: { observed_value: found, mismatched },
      })
    },
  }),
}

import type { ColumnSchema } from '@mlops-actions/table'
import * as z from 'zod'
import { type Cell, compareCells, keyOf, keyOfCells, parseDate } from './cell.ts'
import { type Context, columnOf, type Definition, define, NotJudgeable } from './definition.ts'
import { type Missing, recordJudge } from './record.ts'
import { mostlyText, rowWiseKwargs } from './row-wise.ts'

const { mostly } = rowWiseKwargs
const name = z.string('expected the name of a column')
const pairKwargs = {
  column_A: name,
  column_B: name,
  mostly,
  ignore_row_if: z.enum(['both_values_are_missing', 'either_value_is_missing', 'neither']).optional(),
}
type Pair = z.output<z.ZodObject<typeof pairKwargs>>

const missingOf: Record<string, Missing> = {
  both_values_are_missing: 'all',
  either_value_is_missing: 'any',
  neither: 'never',
}

/** Judges each row by two cells. A row of which only one is null is judged too, unless `ignore_row_if` says otherwise. */
function pair(
  of: Pair,
  context: Context,
  test: (columns: [ColumnSchema, ColumnSchema]) => (a: Cell | undefined, b: Cell | undefined) => boolean,
) {
  const columns: [ColumnSchema, ColumnSchema] = [columnOf(of.column_A, context), columnOf(of.column_B, context)]
  const held = test(columns)
  return recordJudge({
    columns,
    mostly: of.mostly,
    missing: missingOf[of.ignore_row_if ?? 'both_values_are_missing']!,
    test: ([a, b]) => held(a, b),
    show: (cells) => cells,
  })
}

const member = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** The expectations over two columns, row by row; a null is equal to nothing and greater than nothing. */
export const pairDefinitions: Record<string, Definition> = {
  expect_column_pair_values_to_be_equal: define({
    schema: z.strictObject(pairKwargs),
    says: (of) => `are equal${mostlyText(of.mostly)}`,
    open: (of, context) =>
      pair(of, context, () => (a, b) => a !== undefined && b !== undefined && keyOf(a) === keyOf(b)),
  }),
  expect_column_pair_values_a_to_be_greater_than_b: define({
    schema: z.strictObject({ ...pairKwargs, or_equal: z.boolean().nullish() }),
    says: (of) =>
      `: the first is ${of.or_equal === true ? 'at least' : 'greater than'} the second${mostlyText(of.mostly)}`,
    open: (of, context) =>
      pair(of, context, ([first, second]) => {
        if ((first.type === 'text') !== (second.type === 'text'))
          throw new NotJudgeable(
            `"${first.name}" and "${second.name}" cannot be compared: only one of them holds texts`,
          )
        const least = of.or_equal === true ? 0 : 1
        return (a, b) => a !== undefined && b !== undefined && compareCells(a, b) >= least
      }),
  }),
  expect_column_pair_values_to_be_in_set: define({
    schema: z.strictObject({ ...pairKwargs, value_pairs_set: z.array(z.tuple([member, member])).nullish() }),
    says: (of) => `are one of the pairs ${JSON.stringify(of.value_pairs_set ?? [])}${mostlyText(of.mostly)}`,
    open: (of, context) =>
      pair(of, context, (columns) => {
        const { value_pairs_set: set } = of
        if (set === undefined || set === null) return () => true
        const keys = new Set(set.map((values) => keyOfCells(values.map((value, i) => asCell(value, columns[i]!)))))
        return (a, b) => keys.has(keyOfCells([a, b]))
      }),
  }),
}

function asCell(value: string | number | boolean | null, column: ColumnSchema): Cell | undefined {
  if (value === null) return undefined
  if (typeof value === 'boolean') return Number(value)
  return column.type === 'timestamp' && typeof value === 'string' ? (parseDate(value) ?? value) : value
}

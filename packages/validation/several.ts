import type { ColumnSchema } from '@mlops-actions/table'
import type { Json } from '@mlops-actions/verdict'
import * as z from 'zod'
import { number } from './bounds.ts'
import { keyOfCells } from './cell.ts'
import { type Context, columnOf, type Definition, define, type Judge, NotJudgeable } from './definition.ts'
import { placeOf } from './place.ts'
import { eachRecord, type Missing, recordJudge, shownCells } from './record.ts'
import { Repeats } from './repeats.ts'
import { mostlyText, rowWiseFinding, rowWiseKwargs } from './row-wise.ts'

const severalKwargs = {
  column_list: z.array(z.string('expected the name of a column')).min(1),
  mostly: rowWiseKwargs.mostly,
  ignore_row_if: z.enum(['all_values_are_missing', 'any_value_is_missing', 'never']).optional(),
}
type Several = z.output<z.ZodObject<typeof severalKwargs>>

const missingOf: Record<string, Missing> = {
  all_values_are_missing: 'all',
  any_value_is_missing: 'any',
  never: 'never',
}
const missing = (of: Several) => missingOf[of.ignore_row_if ?? 'all_values_are_missing']!
const columnsOf = (of: Several, context: Context) => of.column_list.map((name) => columnOf(name, context))
const named = (columns: ColumnSchema[]) => (cells: Json[]) =>
  Object.fromEntries(columns.map(({ name }, i) => [name, cells[i]!]))

function record(
  of: Several,
  context: Context,
  test: (columns: ColumnSchema[]) => Parameters<typeof recordJudge>[0]['test'],
) {
  const columns = columnsOf(of, context)
  return recordJudge({ columns, mostly: of.mostly, missing: missing(of), test: test(columns), show: named(columns) })
}

/** Every row of a group of equal rows is unexpected, the first too. The distinct rows stay in memory. */
function compoundUnique(of: Several, context: Context): Judge {
  const columns = columnsOf(of, context)
  const show = named(columns)
  const repeats = new Repeats<string>(context)
  return {
    columns: [...new Set(of.column_list)],
    see(found, batch) {
      repeats.counts.elements += batch.rows
      eachRecord(found, batch, columns, missing(of), {
        missing: () => repeats.counts.missing++,
        row: (cells, row) =>
          repeats.add(keyOfCells(cells), placeOf(batch, row), () => show(shownCells(cells, columns))),
      })
    },
    conclude: () => rowWiseFinding(repeats.found(), of.mostly),
  }
}

const uniqueWithinRecord = define({
  schema: z.strictObject(severalKwargs),
  says: (of) => `are all different within a row${mostlyText(of.mostly)}`,
  open: (of, context) =>
    record(of, context, () => (cells) => new Set(cells.map((cell) => keyOfCells([cell]))).size === cells.length),
})

/** The expectations over several columns, row by row. */
export const severalDefinitions: Record<string, Definition> = {
  expect_compound_columns_to_be_unique: define({
    schema: z.strictObject(severalKwargs),
    says: (of) => `together are unique${mostlyText(of.mostly)}`,
    open: compoundUnique,
  }),
  expect_select_column_values_to_be_unique_within_record: uniqueWithinRecord,
  expect_multicolumn_values_to_be_unique: uniqueWithinRecord,
  expect_multicolumn_values_to_be_equal: define({
    schema: z.strictObject(severalKwargs),
    says: (of) => `are equal within a row${mostlyText(of.mostly)}`,
    open: (of, context) =>
      record(
        of,
        context,
        () =>
          ([first, ...others]) =>
            others.every((cell) => keyOfCells([cell]) === keyOfCells([first])),
      ),
  }),
  expect_multicolumn_sum_to_equal: define({
    schema: z.strictObject({ ...severalKwargs, sum_total: number }),
    says: (of) => `add up to ${of.sum_total}${mostlyText(of.mostly)}`,
    open: (of, context) =>
      record(of, context, (columns) => {
        const text = columns.find(({ type }) => type === 'text' || type === 'timestamp')
        if (text !== undefined) throw new NotJudgeable(`"${text.name}" holds no numbers: it has no sum`)
        return (cells) =>
          cells.every((cell) => cell !== undefined) &&
          cells.reduce<number>((sum, cell) => sum + Number(cell), 0) === of.sum_total
      }),
  }),
}

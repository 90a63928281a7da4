import type { ColumnSchema } from '@mlops-actions/table'
import * as z from 'zod'
import { asDates, datesOf } from './bounds.ts'
import type { Cell } from './cell.ts'
import { columnOf, type Definition, define, NotJudgeable } from './definition.ts'
import { recordJudge } from './record.ts'
import { mostlyText, rowWiseKwargs } from './row-wise.ts'

/** Each value against the one before it that is not null; the first is as expected. */
function ordered(direction: 'increasing' | 'decreasing'): Definition {
  return define({
    schema: z.strictObject({ ...rowWiseKwargs, strictly: z.boolean().nullish(), ...asDates }),
    says: ({ strictly, mostly }) => `is ${strictly === true ? 'strictly ' : ''}${direction}${mostlyText(mostly)}`,
    open({ column: name, strictly, mostly, parse_strings_as_datetimes }, context) {
      const column = columnOf(name, context)
      const spelled = parse_strings_as_datetimes === true && column.type === 'text' ? datesOf(column) : undefined
      if (spelled === undefined) requireOrder(column)
      let before: Cell | undefined
      return recordJudge({
        columns: [column],
        mostly,
        missing: 'any',
        test([written]) {
          const cell = written === undefined ? undefined : (spelled?.(written) ?? written)
          const earlier = before
          before = cell
          if (earlier === undefined || cell === undefined) return true
          if (cell === earlier) return strictly !== true
          return direction === 'increasing' ? cell > earlier : cell < earlier
        },
        show: ([cell]) => cell!,
      })
    },
  })
}

function requireOrder({ name, type }: ColumnSchema): void {
  if (type === 'text' || type === 'boolean')
    throw new NotJudgeable(`"${name}" holds ${type === 'text' ? 'texts' : 'true and false'}: they do not increase`)
}

export const orderDefinitions: Record<string, Definition> = {
  expect_column_values_to_be_increasing: ordered('increasing'),
  expect_column_values_to_be_decreasing: ordered('decreasing'),
}

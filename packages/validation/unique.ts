import * as z from 'zod'
import { type Cell, cellAt, keyOf, shown } from './cell.ts'
import { columnOf, type Definition, define } from './definition.ts'
import { placeOf } from './place.ts'
import { Repeats } from './repeats.ts'
import { mostlyText, rowWiseFinding, rowWiseKwargs } from './row-wise.ts'

/** Every member of a group of equal values is unexpected, the first one too. Keeps the distinct values in memory. */
const unique = define({
  schema: z.strictObject(rowWiseKwargs),
  says: ({ mostly }) => `is unique${mostlyText(mostly)}`,
  open({ column: name, mostly }, context) {
    const column = columnOf(name, context)
    const repeats = new Repeats<Cell>(context)
    const show = (key: Cell) => shown(column.type === 'integer64' ? BigInt(key) : key, column.type)
    return {
      columns: [column.name],
      see(columns, batch) {
        const of = columns.get(column.name)!
        repeats.counts.elements += batch.rows
        for (let i = 0; i < batch.rows; i++) {
          const cell = cellAt(of, i)
          if (cell === undefined) repeats.counts.missing++
          else repeats.add(keyOf(cell), placeOf(batch, i), show)
        }
      },
      conclude: () => rowWiseFinding(repeats.found(), mostly),
    }
  },
})

export const uniqueDefinitions: Record<string, Definition> = { expect_column_values_to_be_unique: unique }

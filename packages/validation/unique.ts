import { z } from 'zod'
import { type Cell, cellAt, keyOf, shown } from './cell.ts'
import { columnOf, type Definition, define } from './definition.ts'
import { type Counts, listed, mostlyText, rowWiseFinding, rowWiseKwargs } from './row-wise.ts'

/** Rows in order: the source's index and the line in one number. */
const place = (source: number, line: number) => source * 2 ** 32 + line
const lineOf = (of: number) => of % 2 ** 32

/** Every member of a group of equal values is unexpected, the first one too. Keeps the distinct values in memory. */
const unique = define({
  schema: z.strictObject(rowWiseKwargs),
  says: ({ mostly }) => `is unique${mostlyText(mostly)}`,
  open({ column: name, mostly }, context) {
    const column = columnOf(name, context)
    const counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], lines: [] }
    const first = new Map<Cell, number>()
    const repeated = new Set<Cell>()
    let offenders: { at: number; cell: Cell }[] = []
    const offend = (at: number, cell: Cell) => {
      counts.unexpected++
      if (offenders.length === listed && at > offenders.at(-1)!.at) return
      offenders = [...offenders, { at, cell }].sort((a, b) => a.at - b.at).slice(0, listed)
    }
    return {
      columns: [column.name],
      see(columns, batch) {
        const of = columns.get(column.name)!
        counts.elements += batch.rows
        for (let i = 0; i < batch.rows; i++) {
          const cell = cellAt(of, i)
          if (cell === undefined) {
            counts.missing++
            continue
          }
          const at = place(batch.source, batch.lines[i]!)
          const key = keyOf(cell)
          const earlier = first.get(key)
          if (earlier === undefined) {
            first.set(key, at)
            continue
          }
          if (!repeated.has(key)) {
            repeated.add(key)
            offend(earlier, cell)
          }
          offend(at, cell)
        }
      },
      conclude() {
        counts.values = offenders.map(({ cell }) => shown(cell, column.type))
        counts.lines = offenders.map(({ at }) => lineOf(at))
        return rowWiseFinding(counts, mostly)
      },
    }
  },
})

export const uniqueDefinitions: Record<string, Definition> = { expect_column_values_to_be_unique: unique }

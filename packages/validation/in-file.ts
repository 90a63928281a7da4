import { Hash, ShapeCounter, shapeText } from '@mlops-actions/profile'
import { type Column, type ColumnSchema, textAt } from '@mlops-actions/table'
import * as z from 'zod'
import { cellAt, shown } from './cell.ts'
import { columnOf, type Definition, define, fileOf } from './definition.ts'
import { HashCounts } from './hash-counts.ts'
import { placeOf } from './place.ts'
import { type Counts, listed, mostlyText, rowWiseFinding, rowWiseKwargs } from './row-wise.ts'
import { comparable, hashKey } from './same-value.ts'

/** What the values of a column look like, without any of them: `text like AA-9999`. */
class Look {
  readonly #shapes = new ShapeCounter()
  #seen = 0

  see(column: Column, row: number): void {
    if (this.#seen++ < 1000) this.#shapes.add(textAt(column, row)!, 1)
  }

  text({ type }: ColumnSchema): string {
    const [first] = this.#shapes.shapes() ?? []
    return this.#seen === 0
      ? 'no values'
      : first === undefined
        ? `${type} of many forms`
        : `${type} like ${shapeText(first)}`
  }
}

/** A foreign key. Nulls are neither in the file nor not. */
const inFile = define({
  schema: z.strictObject({
    ...rowWiseKwargs,
    file: z.string('expected the path of a file'),
    file_column: z.string('expected the name of a column'),
  }),
  says: ({ file, file_column, mostly }) => `is one of ${file_column} in ${file}${mostlyText(mostly)}`,
  open({ column: name, file, file_column, mostly }, context) {
    const table = fileOf(file, context)
    const own = columnOf(name, context)
    const other = columnOf(file_column, { table }, file)
    const [ownKey, otherKey] = [comparable(own, other), comparable(other, own)]
    const [ownLook, otherLook] = [new Look(), new Look()]
    const hashes = new HashCounts()
    const hash = new Hash()
    const counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], places: [] }
    return {
      columns: [own.name],
      first: {
        table,
        columns: [other.name],
        see(columns, { rows }) {
          const of = columns.get(other.name)!
          for (let row = 0; row < rows; row++) {
            const cell = cellAt(of, row)
            if (cell === undefined) continue
            hashKey(hash, otherKey(cell))
            hashes.add(hash, 0)
            otherLook.see(of, row)
          }
        },
      },
      see(columns, batch) {
        const of = columns.get(own.name)!
        for (let row = 0; row < batch.rows; row++) {
          const cell = cellAt(of, row)
          if (cell === undefined) {
            counts.elements++
            counts.missing++
            continue
          }
          hashKey(hash, ownKey(cell))
          ownLook.see(of, row)
          if (!hashes.keeps(hash)) continue
          counts.elements++
          if (hashes.count(hash, 0) > 0) continue
          counts.unexpected++
          if (counts.values.length === listed) continue
          counts.values.push(shown(cell, own.type))
          counts.places.push(placeOf(batch, row))
        }
      },
      conclude() {
        const finding = rowWiseFinding(counts, mostly)
        const judged = counts.elements - counts.missing
        const { share } = hashes
        const said = [
          ...(judged > 0 && counts.unexpected === judged
            ? [`None is there: ${name} holds ${ownLook.text(own)}, ${file_column} of ${file} ${otherLook.text(other)}.`]
            : []),
          ...(share < 1 ? [`Looked at one of ${1 / share} different values, chosen by their hash.`] : []),
        ]
        return {
          ...finding,
          // A key of which nothing is found is no key of that file, whatever share is asked for.
          success: finding.success && (judged === 0 || counts.unexpected < judged),
          evidence: { ...finding.evidence, ...(share < 1 ? { sampled_share: share } : {}) },
          ...(said.length === 0 ? {} : { detail: said.join(' ') }),
        }
      },
    }
  },
})

/** Our own expectations over a column and another file. */
export const inFileDefinitions: Record<string, Definition> = { expect_column_values_to_be_in_file: inFile }

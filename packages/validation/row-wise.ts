import type { Batch, Column, ColumnSchema } from '@mlops-actions/table'
import type { Json, JsonObject } from '@mlops-actions/verdict'
import { z } from 'zod'
import { type Cell, cellAt, shown } from './cell.ts'
import type { Finding, Judge } from './definition.ts'
import { lineOf, placeOf, sourceOf } from './place.ts'

/** At most this many offending values and rows are listed. */
export const listed = 20

/** The kwargs of every expectation that judges the rows of a column one by one. */
export const rowWiseKwargs = {
  column: z.string('expected the name of a column'),
  mostly: z.number('expected a number from 0 to 1').min(0).max(1).optional(),
}

/** `in at least 99 % of the values`, empty where all must hold. */
export function mostlyText(mostly: number | undefined): string {
  return mostly === undefined || mostly === 1 ? '' : ` in at least ${+(mostly * 100).toPrecision(12)} % of the values`
}

export interface Counts {
  elements: number
  missing: number
  unexpected: number
  values: Json[]
  /** Where they stand. */
  places: number[]
}

/** Great Expectations' result of a row-wise expectation: nulls are neither expected nor unexpected. */
export function rowWiseFinding(counts: Counts, mostly = 1, missingMatters = true): Finding {
  const { elements, missing, unexpected, values, places } = counts
  const judged = elements - missing
  const percent = judged === 0 ? null : (unexpected / judged) * 100
  const evidence: JsonObject = {
    element_count: elements,
    ...(missingMatters ? { missing_count: missing } : {}),
    unexpected_count: unexpected,
    unexpected_percent: percent,
    partial_unexpected_list: values,
    unexpected_rows: places.map(lineOf),
  }
  const observed =
    judged === 0
      ? 'no values'
      : unexpected === 0
        ? `all of ${judged} values`
        : `not so in ${unexpected} of ${judged} values (${percent!.toPrecision(3)} %)`
  const success = judged === 0 || (judged - unexpected) / judged >= mostly
  return { success, observed, evidence, sources: places.map(sourceOf) }
}

/**
 * Judges the cells of one column that are not null. Of a text column each distinct value is tested once.
 * `around` runs the work on one batch.
 */
export function rowWise(
  column: ColumnSchema,
  mostly: number | undefined,
  test: (cell: Cell) => boolean,
  around: (work: () => void) => void = (work) => work(),
): Judge {
  const counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], places: [] }
  let ofCode: boolean[] = []
  let dictionary: string[] | undefined
  const ofText = (of: Extract<Column, { type: 'text' }>, code: number) => {
    if (of.dictionary !== dictionary) ofCode = []
    dictionary = of.dictionary
    ofCode[code] ??= test(of.dictionary[code]!)
    return ofCode[code]
  }
  const look = (of: Column, batch: Batch) => {
    counts.elements += batch.rows
    for (let i = 0; i < batch.rows; i++) {
      if (of.nulls[i] === 1) {
        counts.missing++
        continue
      }
      if (of.type === 'text' ? ofText(of, of.codes[i]!) : test(of.values[i]!)) continue
      counts.unexpected++
      if (counts.values.length < listed) {
        counts.values.push(shown(cellAt(of, i)!, of.type))
        counts.places.push(placeOf(batch, i))
      }
    }
  }
  return {
    columns: [column.name],
    see: (columns, batch) => around(() => look(columns.get(column.name)!, batch)),
    conclude: () => rowWiseFinding(counts, mostly),
  }
}

import type { Batch, Column, ColumnSchema } from '@mlops-actions/table'
import type { Json, JsonObject } from '@mlops-actions/verdict'
import * as z from 'zod'
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

const unknown = 0
const good = 1
const bad = 2

/**
 * Judges the cells of one column that are not null. Of a text column each distinct value is tested once.
 * `around` runs the tests of one batch.
 */
export function rowWise(
  column: ColumnSchema,
  mostly: number | undefined,
  test: (cell: Cell) => boolean,
  around: (work: () => void) => void = (work) => work(),
): Judge {
  const counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], places: [] }
  const texts = new TestedTexts(test, around)
  const offend = (of: Column, i: number, batch: Batch) => {
    counts.unexpected++
    if (counts.values.length === listed) return
    counts.values.push(shown(cellAt(of, i)!, of.type))
    counts.places.push(placeOf(batch, i))
  }
  const lookAtTexts = (of: TextColumn, batch: Batch) => {
    if (of.nulls.includes(1)) counts.missing += of.nulls.reduce((sum, isNull) => sum + isNull, 0)
    texts.eachBad(of, (i) => offend(of, i, batch))
  }
  const lookAtValues = (of: Exclude<Column, TextColumn>, batch: Batch) => {
    const { nulls, values } = of
    for (let i = 0; i < batch.rows; i++) {
      if (nulls[i] === 1) counts.missing++
      else if (!test(values[i]!)) offend(of, i, batch)
    }
  }
  return {
    columns: [column.name],
    see(columns, batch) {
      const of = columns.get(column.name)!
      counts.elements += batch.rows
      if (of.type === 'text') lookAtTexts(of, batch)
      else around(() => lookAtValues(of, batch))
    },
    conclude: () => rowWiseFinding(counts, mostly),
  }
}

type TextColumn = Extract<Column, { type: 'text' }>

/** The verdicts on the texts of a column's dictionary. */
class TestedTexts {
  readonly #test: (cell: Cell) => boolean
  readonly #around: (work: () => void) => void
  #dictionary: string[] | undefined
  #verdicts = new Uint8Array(0)

  constructor(test: (cell: Cell) => boolean, around: (work: () => void) => void) {
    this.#test = test
    this.#around = around
  }

  /** Takes each row whose text fails the test. */
  eachBad({ codes, dictionary }: TextColumn, take: (row: number) => void): void {
    if (dictionary !== this.#dictionary) this.#verdicts.fill(unknown)
    this.#dictionary = dictionary
    if (this.#verdicts.length < dictionary.length) {
      const larger = new Uint8Array(2 * dictionary.length)
      larger.set(this.#verdicts)
      this.#verdicts = larger
    }
    const verdicts = this.#verdicts
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row]!
      if (code < 0 || verdicts[code] === good) continue
      if (verdicts[code] === unknown) this.#tryFrom(row, codes, dictionary)
      if (verdicts[code] === bad) take(row)
    }
  }

  #tryFrom(first: number, codes: Int32Array, dictionary: string[]): void {
    this.#around(() => {
      for (let i = first; i < codes.length; i++) {
        const code = codes[i]!
        if (code >= 0 && this.#verdicts[code] === unknown)
          this.#verdicts[code] = this.#test(dictionary[code]!) ? good : bad
      }
    })
  }
}

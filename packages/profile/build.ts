import type { Column, ColumnSchema, Table } from '@mlops-actions/table'
import { NumberCollector, NumberKeeper } from './collect-numbers.ts'
import { WordCollector } from './collect-words.ts'
import { type Beside, describe, withDistribution } from './describe.ts'
import { kindOf } from './kind.ts'
import type { ColumnProfile, Profile } from './profile.ts'
import { protect } from './protect.ts'
import type { ColumnSketch } from './sketch.ts'
import { SortedNumbers } from './sorted-numbers.ts'

export interface ProfileOptions {
  /** Columns whose values must not show: categories are hashed. */
  sensitive?: string[]
  /** Columns whose numbers are categories. */
  categorical?: string[]
}

export interface SampleOptions extends ProfileOptions {
  /** The profile to compare with: columns of the same name are counted in its bins and judged in its kinds. */
  bins?: Profile
}

/** A profile and, where it was built from rows just now, the exact values behind its numbers. */
export interface Sample {
  profile: Profile
  /** Ascending values of numeric columns, lengths of free text, by column name; in memory only, never stored. */
  values?: Record<string, Float64Array>
}

/**
 * What a table looks like, from all its rows in one pass, in memory that does not grow with them. It carries its sketches,
 * so that it can be merged with others. Nothing is folded: that is done when the profile is stored (`serialiseProfile`).
 */
export async function profileTable(
  table: Table,
  { sensitive = [], categorical = [] }: ProfileOptions = {},
): Promise<Profile> {
  const collectors = table.schema.map(({ name, type }) => {
    const kind = kindOf({ type, count: 1, distinct: 1 }, { categorical: categorical.includes(name) })
    return isByValue(type, kind) ? new NumberCollector() : new WordCollector()
  })
  await collect(table, collectors)
  const columns = table.schema.map((schema, i) => {
    const sketch = sketchFrom(collectors[i]!)
    const beside = { categorical: categorical.includes(schema.name) }
    const column = withDistribution(describe(schema, table.rows - schema.nulls, sketch, beside), sketch)
    if (sketch !== undefined) column.sketch = sketch
    return sensitive.includes(schema.name) ? protect(column) : column
  })
  return { schema: 'mlops-actions/profile@1', rows: table.rows, columns }
}

/**
 * A table with the exact values of its columns, eight bytes each, for tests that need them: its figures are all exact.
 * To compare with a reference, read the table with the types of `typesToCompare`.
 */
export async function sampleTable(
  table: Table,
  options: SampleOptions = {},
): Promise<Sample & { values: Record<string, Float64Array> }> {
  const sampler = new Sampler(table.schema, options)
  await collect(table, sampler.collectors)
  return sampler.sample(table.schema, table.rows)
}

/** Collects the rows of a sample, batch by batch. */
export class Sampler {
  /** One for each column, in the order of the schema. */
  readonly collectors: (NumberKeeper | WordCollector)[]
  readonly #besides: Beside[]
  readonly #sensitive: string[]

  /** @param schema whose nulls need not be known yet */
  constructor(schema: ColumnSchema[], { bins, sensitive = [], categorical = [] }: SampleOptions = {}) {
    const references = new Map(bins?.columns.map((column) => [column.name, column]))
    this.#sensitive = sensitive
    this.#besides = schema.map(({ name }) => ({
      reference: references.get(name),
      categorical: categorical.includes(name),
    }))
    this.collectors = schema.map(({ type }, i) =>
      isByValue(type, kindOf({ type, count: 1, distinct: 1 }, this.#besides[i]))
        ? new NumberKeeper()
        : new WordCollector(Number.POSITIVE_INFINITY),
    )
  }

  /** The sample of all rows that were collected; it is asked for once. */
  sample(schema: ColumnSchema[], rows: number): Sample & { values: Record<string, Float64Array> } {
    // Without a prototype, so that a column may have any name.
    const values: Record<string, Float64Array> = Object.create(null)
    const columns = schema.map((of, i) => {
      const { column, sorted } = this.#describe(of, rows - of.nulls, i)
      if (column.kind === 'numeric' || column.kind === 'text') values[of.name] = sorted()
      const hidden = this.#sensitive.includes(of.name) || this.#besides[i]!.reference?.sensitive
      return hidden ? protect(column) : column
    })
    return { profile: { schema: 'mlops-actions/profile@1', rows, columns }, values }
  }

  #describe(of: ColumnSchema, count: number, i: number): { column: ColumnProfile; sorted(): Float64Array } {
    const collector = this.collectors[i]!
    const beside = this.#besides[i]!
    if (collector instanceof NumberKeeper) {
      const sorted = collector.sorted()
      const numbers = count === 0 ? undefined : new SortedNumbers(sorted)
      return { column: describe(of, count, numbers, beside), sorted: () => sorted }
    }
    const sketch = sketchFrom(collector)
    return { column: describe(of, count, sketch, beside), sorted: () => lengthsOf(sketch, count) }
  }
}

/** Whether a column is described by its numbers; else by its texts. */
function isByValue(type: ColumnSchema['type'], kind: ColumnProfile['kind']): boolean {
  return type !== 'text' && (kind === 'numeric' || kind === 'timestamp')
}

async function collect(table: Table, collectors: { add(column: Column): void }[]): Promise<void> {
  for await (const batch of table.batches()) {
    batch.columns.forEach((column, i) => {
      collectors[i]!.add(column)
    })
  }
}

function sketchFrom(collector: NumberCollector | WordCollector): ColumnSketch | undefined {
  if (collector instanceof NumberCollector) {
    const { sketch, distinct } = collector.result()
    return sketch && { numbers: sketch, ...(distinct === undefined ? {} : { distinct }) }
  }
  const { sketch, distinct } = collector.result()
  return sketch && { words: sketch, ...(distinct === undefined ? {} : { distinct }) }
}

/** The length of the text of every row, ascending. */
function lengthsOf(sketch: ColumnSketch | undefined, count: number): Float64Array {
  const lengths = new Float64Array(count)
  const of = sketch?.words?.lengths
  let at = 0
  for (let i = 0; of !== undefined && i < of.values.length; i++) {
    lengths.fill(of.values[i]!, at, at + of.counts[i]!)
    at += of.counts[i]!
  }
  return lengths
}

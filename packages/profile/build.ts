import type { Column, ColumnSchema, Table } from '@mlops-actions/table'
import { categories } from './categories.ts'
import { Numbers, Words } from './collect.ts'
import { kindOf } from './kind.ts'
import { numberProfile } from './number-profile.ts'
import type { ColumnProfile, Profile } from './profile.ts'
import { protect } from './protect.ts'

/** A profile and, where it was built from rows just now, the exact values behind its numbers. */
export interface Sample {
  profile: Profile
  /** Ascending values of numeric columns, lengths of free text, by column name; in memory only, never stored. */
  values?: Record<string, Float64Array>
}

export interface ProfileOptions {
  /** The profile to compare with: columns of the same name are counted in its bins and judged in its kinds. */
  bins?: Profile
  /** Columns whose values must not show: categories are hashed. */
  sensitive?: string[]
  /** Columns whose numbers are categories. */
  categorical?: string[]
}

/**
 * What a table looks like, from all its rows. Nothing is folded: that is done when the profile is stored (`serialiseProfile`).
 * To compare with a reference, read the table with the types of `typesToCompare`.
 */
export async function profileTable(
  table: Table,
  { bins, sensitive = [], categorical = [] }: ProfileOptions = {},
): Promise<Sample & { values: Record<string, Float64Array> }> {
  const references = new Map(bins?.columns.map((column) => [column.name, column]))
  const builders = table.schema.map(
    (schema) => new ColumnBuilder(schema, table.rows, references.get(schema.name), categorical.includes(schema.name)),
  )
  for await (const batch of table.batches()) {
    batch.columns.forEach((column, i) => {
      builders[i]!.add(column)
    })
  }
  // Without a prototype, so that a column may have any name.
  const values: Record<string, Float64Array> = Object.create(null)
  const columns = builders.map((builder) => {
    const { column, sorted } = builder.build()
    if (sorted !== undefined && column.kind !== 'timestamp') values[column.name] = sorted
    return sensitive.includes(column.name) || references.get(column.name)?.sensitive ? protect(column) : column
  })
  return { profile: { schema: 'mlops-actions/profile@1', rows: table.rows, columns }, values }
}

class ColumnBuilder {
  readonly #schema: ColumnSchema
  readonly #count: number
  readonly #reference: ColumnProfile | undefined
  readonly #categorical: boolean
  readonly #collector: Numbers | Words

  constructor(schema: ColumnSchema, rows: number, reference: ColumnProfile | undefined, categorical: boolean) {
    this.#schema = schema
    this.#count = rows - schema.nulls
    this.#reference = reference
    this.#categorical = categorical
    const kind = this.#kind(0)
    const byValue = schema.type !== 'text' && (kind === 'numeric' || kind === 'timestamp')
    this.#collector = byValue ? new Numbers(this.#count) : new Words()
  }

  add(column: Column): void {
    this.#collector.add(column)
  }

  build(): { column: ColumnProfile; sorted?: Float64Array } {
    return this.#collector instanceof Numbers ? this.#ofNumbers(this.#collector) : this.#ofWords(this.#collector)
  }

  #ofNumbers(collector: Numbers): { column: ColumnProfile; sorted: Float64Array } {
    const sorted = collector.sorted()
    let distinct = 0
    for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++
    // As doubles, neighbouring 64-bit integers may be one.
    return { column: this.#withNumbers(distinct, this.#schema.type !== 'integer64', sorted), sorted }
  }

  #ofWords(collector: Words): { column: ColumnProfile; sorted?: Float64Array } {
    const counts = collector.counts()
    const column = this.#column(counts.length, true)
    if (column.kind === 'categorical') return { column: { ...column, categories: categories(counts) } }
    const lengths = new Float64Array(this.#count)
    let at = 0
    for (const [word, count] of counts) {
      lengths.fill(characters(word), at, at + count)
      at += count
    }
    lengths.sort()
    return { column: this.#withNumbers(counts.length, true, lengths), sorted: lengths }
  }

  #withNumbers(distinct: number, exact: boolean, sorted: Float64Array): ColumnProfile {
    const column = this.#column(distinct, exact)
    const reference = this.#reference?.kind === column.kind ? this.#reference : undefined
    const numbers = numberProfile(sorted, reference?.numbers?.bins)
    return numbers === undefined ? column : { ...column, numbers }
  }

  #column(distinct: number, exact: boolean): ColumnProfile {
    const { name, nulls } = this.#schema
    const kind = this.#kind(distinct)
    return { name, type: this.#type(), kind, count: this.#count, nulls, distinct: { count: distinct, exact } }
  }

  #kind(distinct: number): ColumnProfile['kind'] {
    const facts = { type: this.#schema.type, count: this.#count, distinct }
    return kindOf(facts, { reference: this.#reference, categorical: this.#categorical })
  }

  /** A type is decided on both sides together: no values fit any type, and everything fits text. */
  #type(): ColumnSchema['type'] {
    const reference = this.#reference
    if (reference !== undefined && reference.count > 0 && (this.#count === 0 || reference.type === 'text')) {
      return reference.type
    }
    return this.#schema.type
  }
}

/** Unicode code points. */
function characters(text: string): number {
  let pairs = 0
  for (let i = 1; i < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) pairs++
  }
  return text.length - pairs
}

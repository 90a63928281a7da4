import { type Column, type ColumnSchema, someRows, type Table, textAt } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { type ProfileOptions, type Sample, type SampleOptions, Sampler } from './build.ts'
import { categoryHash } from './category-hash.ts'

/** So many groups of a column are compared at most: those that have the most rows on the side where they have fewer. */
export const mostSlices = 20
/** A group is compared that has so many rows on both sides. */
export const fewestSliceRows = 30
/** A column of more distinct values names rows rather than groups. */
const mostDistinct = 1000
const mostNamed = 5

/** The rows of one group on both sides. */
export interface SlicedSample {
  /** `region=EU`; of a sensitive column with the hash of the value. */
  name: string
  reference: Sample
  /** Counted in the bins of the group's reference. */
  current: Sample
}

/** Groups of a column that are not compared. */
export interface LeftOut {
  column: string
  groups: number
  /** Rows of theirs on each side. */
  reference: number
  current: number
  /** The largest of them, at most five, that have enough rows on one side; a sensitive column's by hash. */
  named: string[]
}

export interface SampleSlices {
  slices: SlicedSample[]
  /** One a column at most. */
  leftOut: LeftOut[]
}

/**
 * The samples of the groups that the columns' values make of the rows, on both sides: for each value that has at least 30 rows
 * on both, at most 20 a column. The column itself is not in its groups' samples; a row without a value is in no group. Each
 * table is read twice, whatever the number of groups: to count them, and to collect them all.
 *
 * @param current read with the types of the reference's profile (`typesToCompare`)
 * @throws UserError SLICES_TOO_MANY for a column of more than a thousand values; COLUMN_UNKNOWN
 */
export async function sampleSlices(
  reference: Table,
  current: Table,
  columns: readonly string[],
  options: ProfileOptions = {},
): Promise<SampleSlices> {
  const names = [...new Set(columns)]
  if (names.length === 0) return { slices: [], leftOut: [] }
  const before = await countGroups(reference, names)
  // A column that is missing there is for the comparison of schemas to tell; it makes no groups.
  const there = new Set(current.schema.map(({ name }) => name))
  const counted = await countGroups(
    current,
    names.filter((name) => there.has(name)),
  )
  const after = names.map((name) => counted.get(name) ?? new Map<string, number>())
  const chosen = names.map((column, i) => choose(column, before.get(column)!, after[i]!, options))
  const groups = chosen.flatMap((of) => of.groups)
  const references = await collectGroups(reference, groups, () => options)
  const currents = await collectGroups(current, groups, (i) => ({ ...options, bins: references[i]!.profile }))
  const slices = groups.map(({ name }, i) => ({ name, reference: references[i]!, current: currents[i]! }))
  return { slices, leftOut: chosen.flatMap((of) => of.leftOut ?? []) }
}

/** A value of a slice column. */
interface Group {
  name: string
  column: string
  value: string
}

/** How many rows each value has, for each of the columns. */
async function countGroups(table: Table, names: string[]): Promise<Map<string, Map<string, number>>> {
  const counts = new Map(names.map((name) => [name, new Map<string, number>()]))
  for await (const { rows, columns } of table.batches(names)) {
    for (const column of columns) {
      const of = counts.get(column.name)!
      for (let row = 0; row < rows; row++) {
        const value = textAt(column, row)
        if (value !== null) of.set(value, (of.get(value) ?? 0) + 1)
      }
      if (of.size > mostDistinct) throw tooMany(column.name)
    }
  }
  return counts
}

function choose(
  column: string,
  before: Map<string, number>,
  after: Map<string, number>,
  { sensitive = [] }: ProfileOptions,
): { groups: Group[]; leftOut?: LeftOut } {
  const groups = [...new Set([...before.keys(), ...after.keys()])].map((value) => {
    const reference = before.get(value) ?? 0
    const current = after.get(value) ?? 0
    const shown = sensitive.includes(column) ? categoryHash(column, value) : value
    return { name: `${column}=${shown}`, column, value, reference, current, fewer: Math.min(reference, current) }
  })
  groups.sort((a, b) => b.fewer - a.fewer || (a.value < b.value ? -1 : 1))
  const kept = groups.filter(({ fewer }, i) => i < mostSlices && fewer >= fewestSliceRows)
  const others = groups.slice(kept.length)
  if (others.length === 0) return { groups: kept }
  const rows = (side: 'reference' | 'current') => others.reduce((sum, group) => sum + group[side], 0)
  const named = others
    .filter((group) => Math.max(group.reference, group.current) >= fewestSliceRows)
    .sort((a, b) => Math.max(b.reference, b.current) - Math.max(a.reference, a.current))
    .slice(0, mostNamed)
    .map(({ name }) => name)
  return {
    groups: kept,
    leftOut: { column, groups: others.length, reference: rows('reference'), current: rows('current'), named },
  }
}

/** The sample of each group, from one reading of the table. */
async function collectGroups(
  table: Table,
  groups: Group[],
  optionsOf: (group: number) => SampleOptions,
): Promise<Sample[]> {
  const schemas = groups.map(({ column }) => table.schema.filter(({ name }) => name !== column))
  const collected = groups.map((_, i) => new Collected(schemas[i]!, optionsOf(i)))
  const byColumn = placesOf(groups)
  for await (const batch of table.batches()) {
    const byName = new Map(batch.columns.map((column) => [column.name, column]))
    for (const [name, places] of byColumn) {
      const rows = new Map<number, number[]>()
      const column = byName.get(name)!
      for (let row = 0; row < batch.rows; row++) {
        const value = textAt(column, row)
        const group = value === null ? undefined : places.get(value)
        if (group === undefined) continue
        const known = rows.get(group)
        if (known === undefined) rows.set(group, [row])
        else known.push(row)
      }
      const others = batch.columns.filter((other) => other !== column)
      for (const [group, at] of rows) collected[group]!.add(someRows(batch, at, others).columns, at.length)
    }
  }
  return collected.map((group) => group.sample())
}

/** Where each group stands, by column and value. */
function placesOf(groups: Group[]): Map<string, Map<string, number>> {
  const places = new Map<string, Map<string, number>>()
  for (const [i, { column, value }] of groups.entries()) {
    const known = places.get(column)
    if (known === undefined) places.set(column, new Map([[value, i]]))
    else known.set(value, i)
  }
  return places
}

/** Which groups are not compared, and why, as a sentence for people. */
export function leftOutText({ column, groups, reference, current, named }: LeftOut): string {
  const which = named.length === 0 ? '' : ` (${named.join(', ')}${groups > named.length ? ', …' : ''})`
  return (
    `${groups} ${groups === 1 ? 'group' : 'groups'} of ${column}${which} with ${reference} reference rows and ${current} current ` +
    `rows are not compared on their own: a group needs ${fewestSliceRows} rows on both sides, and at most ${mostSlices} are compared.`
  )
}

/** The rows of one group. */
class Collected {
  readonly #schema: ColumnSchema[]
  readonly #sampler: Sampler
  #rows = 0

  constructor(schema: ColumnSchema[], options: SampleOptions) {
    this.#schema = schema.map((column) => ({ ...column, nulls: 0 }))
    this.#sampler = new Sampler(schema, options)
  }

  add(columns: Column[], rows: number): void {
    this.#rows += rows
    columns.forEach((column, i) => {
      this.#schema[i]!.nulls += column.nulls.reduce((a, b) => a + b, 0)
      this.#sampler.collectors[i]!.add(column)
    })
  }

  sample(): Sample {
    return this.#sampler.sample(this.#schema, this.#rows)
  }
}

function tooMany(column: string): UserError {
  return new UserError({
    code: 'SLICES_TOO_MANY',
    message: `The column "${column}" has more than ${mostDistinct} values, so it names rows rather than groups.`,
    where: { key: 'slices' },
    help: 'Slice by a column with few values, or put its values into groups first.',
  })
}

import { UserError } from '@mlops-actions/verdict'
import { countIn } from './bins.ts'
import { describe, withDistribution } from './describe.ts'
import { sameFamily } from './kind.ts'
import { sketchOf } from './number-sketch.ts'
import type { Bins, ColumnProfile, Profile } from './profile.ts'
import { type Distribution, Ranked } from './ranked.ts'
import { type ColumnSketch, listsAll } from './sketch.ts'
import { byFrequency } from './word-sketch.ts'

/**
 * A profile of other rows as it can be compared with a reference: counted in its bins and judged in its kinds, as if it had
 * been built beside it. The counts are told from the profile's sketches or distributions: exactly where every value is listed;
 * else each cut between two bins is off by at most `numbers.error` rows, about a thousandth of them.
 *
 * @param name how people name the profile, for messages
 * @throws UserError PROFILE_BINS_DIFFER for a column that has neither the reference's bins nor what they could be told from
 */
export function recount(profile: Profile, reference: Profile, name: string): Profile {
  const references = new Map(reference.columns.map((column) => [column.name, column]))
  const columns = profile.columns.map((column) => {
    const beside = references.get(column.name)
    if (beside === undefined || !areCompared(column, beside)) return column
    const counted = inBins(column, beside)
    if (counted === undefined) throw binsDiffer(column.name, name)
    return counted
  })
  return { ...profile, columns }
}

function areCompared(column: ColumnProfile, beside: ColumnProfile): boolean {
  return column.count > 0 && beside.count > 0 && column.kind !== 'timestamp' && sameFamily(column.type, beside.type)
}

/** The column in the reference's kind and bins; undefined where it does not tell enough. */
function inBins(column: ColumnProfile, beside: ColumnProfile): ColumnProfile | undefined {
  if (column.kind !== beside.kind) return inKind(column, beside)
  const { numbers } = column
  const bins = beside.numbers?.bins
  if (numbers === undefined || bins === undefined) return column
  const known = column.sensitive ? column : withDistribution(column, column.sketch)
  if (sameBins(numbers.bins, bins)) return known
  const of = distributionOf(column)
  if (of === undefined) return undefined
  const { error: _, ...figures } = known.numbers!
  const error = of.error > 0 ? { error: of.error } : {}
  return { ...column, numbers: { ...figures, bins, counts: countIn(bins, new Ranked(of)), ...error } }
}

/** Whether two profiles count in the same bins. */
export function sameBins(a: Bins, b: Bins): boolean {
  const same = (x: number[], y: number[]) => x.length === y.length && x.every((v, i) => Object.is(v, y[i]))
  return same(a.points, b.points) && same(a.edges, b.edges)
}

/** Of the numbers, or of the texts' lengths. */
function distributionOf({ sketch, numbers }: ColumnProfile): Distribution | undefined {
  return sketch?.numbers ?? sketch?.words?.lengths ?? numbers?.distribution
}

function inKind(column: ColumnProfile, beside: ColumnProfile): ColumnProfile | undefined {
  const of = beside.type === 'text' ? column.sketch : otherwise(column)
  if (of === undefined) return undefined
  const { name, type, nulls, sensitive, sketch } = column
  const described = describe({ name, type, nulls }, column.count, of, { reference: beside })
  const kept = sketch === undefined ? {} : { sketch }
  return sensitive ? { ...described, sensitive, ...kept } : { ...withDistribution(described, of), ...kept }
}

/** Numbers that are categories on one side only: the same values, as long as every one is listed. */
function otherwise(column: ColumnProfile): ColumnSketch | undefined {
  const { sketch, kind, sensitive } = column
  if (sensitive) return undefined
  if (kind === 'numeric') {
    const known = distributionOf(column)
    if (known === undefined || known.error > 0) return undefined
    const listed = byFrequency(Array.from(known.values, (value, i) => [String(value), known.counts[i]!] as const))
    return { words: { listed, error: 0, lengths: sketchOf(known), shapes: undefined } }
  }
  if (sketch?.words === undefined || !listsAll(sketch)) return undefined
  const listed = sketch.words.listed.map(({ value, count }) => ({ value: Number(value), count }))
  if (listed.some(({ value }) => !Number.isFinite(value))) return undefined
  listed.sort((a, b) => a.value - b.value)
  return { numbers: sketchOf({ values: listed.map((word) => word.value), counts: listed.map((word) => word.count) }) }
}

function binsDiffer(column: string, name: string): UserError {
  return new UserError({
    code: 'PROFILE_BINS_DIFFER',
    message: `The column "${column}" of ${name} is not counted in the reference's bins, and does not tell how it would be.`,
    where: { file: name, key: column },
    help: 'Give the data themselves, a profile that data-validate made with the input "shard", or the /profile of a server.',
  })
}

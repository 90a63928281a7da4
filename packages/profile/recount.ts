import { UserError } from '@mlops-actions/verdict'
import { describe } from './describe.ts'
import { sameFamily } from './kind.ts'
import { sketchOf } from './number-sketch.ts'
import type { Bins, ColumnProfile, Profile } from './profile.ts'
import { type ColumnSketch, listsAll } from './sketch.ts'
import { byFrequency } from './word-sketch.ts'

/**
 * A profile of other rows as it can be compared with a reference: counted in its bins and judged in its kinds, as if it had
 * been built beside it. The counts are told from the profile's sketches: exactly where a sketch lists every value; else each
 * cut between two bins is off by at most `numbers.error` rows, about a thousandth of them.
 *
 * @param name how people name the profile, for messages
 * @throws UserError PROFILE_BINS_DIFFER for a column that has neither the reference's bins nor what they could be told from
 */
export function recount(profile: Profile, reference: Profile, name: string): Profile {
  const references = new Map(reference.columns.map((column) => [column.name, column]))
  const columns = profile.columns.map((column) => {
    const beside = references.get(column.name)
    if (beside === undefined || isComparable(column, beside)) return column
    const sketch = sketchFor(column, beside)
    if (sketch === undefined) throw binsDiffer(column.name, name)
    const { name: of, type, nulls, sensitive } = column
    const described = describe({ name: of, type, nulls }, column.count, sketch, { reference: beside })
    return { ...described, ...(sensitive ? { sensitive } : {}), sketch: column.sketch! }
  })
  return { ...profile, columns }
}

/** Whether nothing needs to be counted anew; columns of other types are not compared at all. */
function isComparable(column: ColumnProfile, beside: ColumnProfile): boolean {
  if (column.count === 0 || beside.count === 0 || !sameFamily(column.type, beside.type)) return true
  if (column.kind !== beside.kind) return false
  if (column.numbers === undefined || beside.numbers === undefined || column.kind === 'timestamp') return true
  return sameBins(column.numbers.bins, beside.numbers.bins)
}

/** Whether two profiles count in the same bins. */
export function sameBins(a: Bins, b: Bins): boolean {
  const same = (x: number[], y: number[]) => x.length === y.length && x.every((v, i) => Object.is(v, y[i]))
  return same(a.points, b.points) && same(a.edges, b.edges)
}

/** The column's sketch, of numbers or of texts as the reference's kind needs it; undefined where it cannot be told. */
function sketchFor({ sketch, sensitive }: ColumnProfile, beside: ColumnProfile): ColumnSketch | undefined {
  const ofWords = beside.type === 'text' || beside.kind === 'categorical'
  if (sketch === undefined || ofWords === (sketch.words !== undefined)) return sketch
  // Numbers that are categories on one side only: the same values, as long as every one is listed.
  if (sensitive || !listsAll(sketch)) return undefined
  if (sketch.numbers !== undefined) {
    const { values, counts } = sketch.numbers
    const listed = byFrequency(Array.from(values, (value, i) => [String(value), counts[i]!] as const))
    return { words: { listed, error: 0, lengths: sketch.numbers, shapes: undefined } }
  }
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

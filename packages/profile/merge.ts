import { UserError } from '@mlops-actions/verdict'
import { type Categories, categories } from './categories.ts'
import { sameFamily } from './kind.ts'
import { profileQuantiles, saturate } from './number-profile.ts'
import type { ColumnProfile, NumberProfile, Profile } from './profile.ts'

/**
 * The profile of two tables' rows together: counts, extremes and moments are those of the whole; quantiles are interpolated.
 * Both need the same columns in the same bins (build one in the other's): else a UserError.
 */
export function merge(a: Profile, b: Profile): Profile {
  const names = (profile: Profile) => profile.columns.map((column) => column.name)
  const others = new Map(b.columns.map((column) => [column.name, column]))
  const alone = [
    ...names(a).filter((name) => !others.has(name)),
    ...names(b).filter((name) => !names(a).includes(name)),
  ]
  if (alone.length > 0) throw cannot(`only one of them has the column ${alone[0]}`, alone[0]!)
  return {
    schema: a.schema,
    rows: a.rows + b.rows,
    columns: a.columns.map((column) => mergeColumn(column, others.get(column.name)!)),
  }
}

function mergeColumn(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  const nulls = a.nulls + b.nulls
  if (a.count === 0 || b.count === 0) return { ...(a.count === 0 ? b : a), nulls }
  if (a.kind !== b.kind || !sameFamily(a.type, b.type)) throw cannot(`${a.name} is of another type in each`, a.name)
  if (a.sensitive !== b.sensitive) throw cannot(`the values of ${a.name} are hidden in one alone`, a.name)
  const merged: ColumnProfile = {
    ...a,
    type: a.type === b.type ? a.type : 'number',
    count: a.count + b.count,
    nulls,
    distinct: { count: Math.max(a.distinct.count, b.distinct.count), exact: false },
  }
  if (a.numbers && b.numbers) {
    merged.numbers = mergeNumbers(a.numbers, a.count, b.numbers, b.count, a.name)
  }
  if (a.categories && b.categories) {
    merged.categories = mergeCategories(a.categories, b.categories)
    const { values, folded } = merged.categories
    const exact = folded.categories === 0 && a.distinct.exact && b.distinct.exact
    merged.distinct = { count: exact ? values.length : Math.max(merged.distinct.count, values.length), exact }
  }
  return merged
}

function mergeCategories(a: Categories, b: Categories): Categories {
  const counts = new Map(a.values.map(({ value, count }) => [value, count]))
  for (const { value, count } of b.values) counts.set(value, (counts.get(value) ?? 0) + count)
  const folded = {
    categories: a.folded.categories + b.folded.categories,
    count: a.folded.count + b.folded.count,
  }
  return { ...categories(counts), folded }
}

/** Moments as Chan, Golub and LeVeque add them (Updating formulae and a pairwise algorithm, 1979). */
function mergeNumbers(a: NumberProfile, na: number, b: NumberProfile, nb: number, name: string): NumberProfile {
  if (JSON.stringify(a.bins) !== JSON.stringify(b.bins)) throw cannot(`${name} was counted in other bins in each`, name)
  const n = na + nb
  const delta = b.mean - a.mean
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    mean: a.mean * (na / n) + b.mean * (nb / n),
    m2: saturate(a.m2 + b.m2 + delta * delta * (na / n) * nb),
    bins: a.bins,
    counts: a.counts.map((count, i) => count + b.counts[i]!),
    quantiles: mergeQuantiles(a, na / n, b, nb / n),
    approximate: true,
  }
}

/** Inverts the mixture of both distribution functions, each a straight line between the quantiles known of it. */
function mergeQuantiles(a: NumberProfile, shareOfA: number, b: NumberProfile, shareOfB: number): number[] {
  const places = [...new Set([...knots(a), ...knots(b)].map(([x]) => x))].sort((x, y) => x - y)
  const reached = places.map((x) => shareOfA * cumulative(a, x) + shareOfB * cumulative(b, x))
  return profileQuantiles.map((probability) => {
    const right = reached.findIndex((share) => share >= probability)
    if (right <= 0) return right === 0 ? places[0]! : places.at(-1)!
    const [x0, x1, p0, p1] = [places[right - 1]!, places[right]!, reached[right - 1]!, reached[right]!]
    const t = (probability - p0) / (p1 - p0)
    return x0 * (1 - t) + x1 * t
  })
}

function knots(of: NumberProfile): [x: number, probability: number][] {
  const inner = of.quantiles.map((x, i): [number, number] => [x, profileQuantiles[i]!])
  return [[of.min, 0], ...inner, [of.max, 1]]
}

function cumulative(of: NumberProfile, x: number): number {
  const known = knots(of)
  const right = known.findIndex(([place]) => place > x)
  if (right === 0) return 0
  if (right < 0) return 1
  const [[x0, p0], [x1, p1]] = [known[right - 1]!, known[right]!]
  return p0 + (p1 - p0) * ((x - x0) / (x1 - x0))
}

function cannot(why: string, key: string): UserError {
  return new UserError({
    code: 'PROFILES_DIFFER',
    message: `The two profiles cannot be merged: ${why}.`,
    where: { key },
    help: 'Build both from tables with the same columns, the second in the bins of the first.',
  })
}

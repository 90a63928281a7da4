import { rareCategoryHash } from './category-hash.ts'
import type { Categories, ColumnProfile, Profile } from './profile.ts'
import { protect } from './protect.ts'
import type { Distribution } from './ranked.ts'
import { frequent, storable } from './sketch.ts'
import { sketchJson } from './sketch-json.ts'
import { mostCategories } from './word-sketch.ts'

export interface SerialiseOptions {
  /**
   * Categories seen fewer times are not named, so that no person can be told from a rare value: they are known by a hash, or
   * in sensitive columns folded into one. Default 10.
   */
  minCategoryCount?: number
  /** Columns whose categories are hashed, besides those where it was done before. */
  sensitive?: string[]
}

/** The profile as JSON to keep: the same profile gives the same text. One line a column. It cannot be merged. */
export function serialiseProfile(
  profile: Profile,
  { minCategoryCount = 10, sensitive = [] }: SerialiseOptions = {},
): string {
  return jsonOf(profile, sensitive, (column) => ordered(fold(column, minCategoryCount)))
}

/**
 * The profile of a part as JSON, to be merged with those of the others: with its sketches, which hold values; of texts only
 * those that were seen at least `minCategoryCount` times.
 */
export function serialiseShard(profile: Profile, sensitive: string[] = [], minCategoryCount = 1): string {
  return jsonOf(profile, sensitive, (column) => ({
    // The distribution is told again from the sketch.
    ...ordered(fold(column, minCategoryCount), false),
    sketch: column.sketch && sketchJson(storable(frequent(column.sketch, minCategoryCount))),
  }))
}

function jsonOf(profile: Profile, sensitive: string[], stored: (column: ColumnProfile) => object): string {
  const columns = profile.columns
    .map((column) => (sensitive.includes(column.name) ? protect(column) : column))
    .map((column) => JSON.stringify(stored(column)))
  const head = `"schema":${JSON.stringify(profile.schema)},"rows":${profile.rows}`
  return `{${head},"columns":[${columns.map((line) => `\n${line}`).join(',')}\n]}\n`
}

function fold(column: ColumnProfile, fewest: number): ColumnProfile {
  if (!column.categories) return column
  const { values, folded, error } = column.categories
  const kept = values.filter(({ count }) => count >= fewest).slice(0, mostCategories)
  const total = (of: Categories['values']) => of.reduce((sum, { count }) => sum + count, 0)
  const count = folded.count + total(values) - total(kept)
  const rare = column.sensitive ? [] : rareOf(column, values.slice(kept.length, mostCategories))
  return {
    ...column,
    categories: {
      values: kept,
      folded: { categories: folded.categories + values.length - kept.length, count },
      ...(rare.length === 0 ? {} : { rare }),
      ...(error === undefined ? {} : { error }),
    },
  }
}

/** In the order of the hashes: another one would tell something of the names. */
function rareOf(column: ColumnProfile, values: Categories['values']): NonNullable<Categories['rare']> {
  const counts = new Map(column.categories!.rare?.map(({ hash, count }) => [hash, count]))
  for (const { value, count } of values) {
    const hash = rareCategoryHash(column.name, value)
    counts.set(hash, (counts.get(hash) ?? 0) + count)
  }
  return Array.from(counts, ([hash, count]) => ({ hash, count })).sort((a, b) => (a.hash < b.hash ? -1 : 1))
}

/** The same keys in one order, however the object came about. */
function ordered(column: ColumnProfile, withDistribution = true): object {
  const { name, type, kind, count, nulls, sensitive, distinct, numbers, categories } = column
  return {
    ...{ name, type, kind, count, nulls, sensitive },
    distinct: { count: distinct.count, exact: distinct.exact, error: distinct.error },
    numbers: numbers && {
      min: numbers.min,
      max: numbers.max,
      mean: numbers.mean,
      m2: numbers.m2,
      bins: { points: numbers.bins.points, edges: numbers.bins.edges },
      counts: numbers.counts,
      quantiles: numbers.quantiles,
      error: numbers.error,
      distribution: withDistribution ? numbers.distribution && distributionJson(numbers.distribution) : undefined,
    },
    categories: categories && {
      values: categories.values.map(({ value, count }) => ({ value, count })),
      folded: { categories: categories.folded.categories, count: categories.folded.count },
      rare: categories.rare?.map(({ hash, count }) => ({ hash, count })),
      error: categories.error,
    },
  }
}

function distributionJson({ values, counts, error }: Distribution): object {
  return { values: Array.from(values), counts: Array.from(counts), error }
}

import { UserError } from '@mlops-actions/verdict'
import { areCounts, isAscending, isCount, isNumber, isObject } from './json.ts'
import { profileQuantiles } from './number-profile.ts'
import type { ColumnProfile, Profile } from './profile.ts'
import { parseSketch } from './sketch-json.ts'

const types = ['integer', 'integer64', 'number', 'boolean', 'timestamp', 'text']
const kinds = ['numeric', 'categorical', 'text', 'timestamp']

/** A stored profile as a value. UserError, naming `origin` and the column, unless its figures agree with each other. */
export function parseProfile(text: string, origin: string): Profile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid(origin, 'is not JSON')
  }
  if (!isObject(value) || value.schema !== 'mlops-actions/profile@1' || !Array.isArray(value.columns)) {
    throw invalid(origin, 'is not a profile of this pack (schema mlops-actions/profile@1)')
  }
  const { rows } = value
  if (!isCount(rows)) throw invalid(origin, 'does not say how many rows it describes')
  const seen = new Set<string>()
  const columns = value.columns.map((column: unknown, i): ColumnProfile => {
    const name = isObject(column) && typeof column.name === 'string' && column.name !== '' ? column.name : undefined
    if (name === undefined) throw invalid(origin, `has no name for column ${i + 1}`)
    if (seen.has(name)) throw invalid(origin, `has the column ${name} twice`, name)
    seen.add(name)
    if (!isColumn(column as Record<string, unknown>, rows)) {
      throw invalid(origin, `has figures of the column ${name} that do not agree with each other`, name)
    }
    const { sketch, ...read } = column as unknown as ColumnProfile
    if (sketch === undefined) return read
    const merged = parseSketch(sketch, read.count)
    if (merged === undefined)
      throw invalid(origin, `has a sketch of the column ${name} that does not agree with its figures`, name)
    return { ...read, sketch: merged }
  })
  return { schema: value.schema, rows, columns }
}

function isColumn(column: Record<string, unknown>, rows: number): boolean {
  const { type, kind, count, nulls, sensitive, distinct, numbers, categories } = column
  if (!types.includes(String(type)) || !kinds.includes(String(kind))) return false
  if (!isCount(count) || !isCount(nulls) || count + nulls !== rows) return false
  if (sensitive !== undefined && sensitive !== true) return false
  if (!isObject(distinct) || !isCount(distinct.count) || typeof distinct.exact !== 'boolean') return false
  if (distinct.error !== undefined && !(isNumber(distinct.error) && distinct.error > 0)) return false
  if (kind === 'categorical') return numbers === undefined && isCategories(categories, count)
  return categories === undefined && (count === 0 ? numbers === undefined : isNumbers(numbers, count))
}

function isNumbers(value: unknown, count: number): boolean {
  if (!isObject(value) || !isObject(value.bins)) return false
  const { min, max, mean, m2, bins, counts, quantiles, error, distribution } = value
  return (
    [min, max, mean, m2].every(isNumber) &&
    (min as number) <= (max as number) &&
    (m2 as number) >= 0 &&
    isAscending(bins.points, true) &&
    isAscending(bins.edges, true) &&
    Array.isArray(counts) &&
    counts.every(isCount) &&
    counts.length === bins.points.length + bins.edges.length + 1 &&
    counts.reduce((sum, inBin) => sum + inBin, 0) === count &&
    isAscending(quantiles, false) &&
    quantiles.length === profileQuantiles.length &&
    (error === undefined || isCount(error)) &&
    (distribution === undefined || isDistribution(distribution, count, min as number, max as number))
  )
}

function isDistribution(value: unknown, rows: number, min: number, max: number): boolean {
  if (!isObject(value)) return false
  const { values, counts, error } = value
  return (
    isAscending(values, true) &&
    areCounts(counts, rows) &&
    counts.length === values.length &&
    isCount(error) &&
    min <= values[0]! &&
    max >= values.at(-1)!
  )
}

function isCategories(value: unknown, count: number): boolean {
  if (!isObject(value) || !Array.isArray(value.values) || !isObject(value.folded)) return false
  const { values, folded, rare, error } = value
  if (error !== undefined && !isCount(error)) return false
  if (!isCount(folded.categories) || !isCount(folded.count) || folded.count < folded.categories) return false
  if (rare !== undefined && !isRare(rare, folded.count, folded.categories)) return false
  let total = folded.count
  const seen = new Set<string>()
  for (const category of values as unknown[]) {
    if (!isObject(category) || typeof category.value !== 'string' || !isCount(category.count)) return false
    if (category.count === 0 || seen.has(category.value)) return false
    seen.add(category.value)
    total += category.count
  }
  return total === count
}

function isRare(value: unknown, rows: number, categories: number): boolean {
  if (!Array.isArray(value) || value.length > categories) return false
  let last = ''
  let total = 0
  for (const category of value as unknown[]) {
    if (!isObject(category) || typeof category.hash !== 'string' || !isCount(category.count)) return false
    if (category.count === 0 || category.hash <= last) return false
    last = category.hash
    total += category.count
  }
  return total <= rows
}

function invalid(origin: string, why: string, key?: string): UserError {
  return new UserError({
    code: 'PROFILE_INVALID',
    message: `${origin} ${why}.`,
    where: { file: origin, ...(key === undefined ? {} : { key }) },
    help: 'Make the profile anew from its data: data-validate writes one (its output "profile").',
  })
}

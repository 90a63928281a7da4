import type { ColumnProfile } from '@mlops-actions/profile'
import { UserError } from '@mlops-actions/verdict'
import { sum } from '../counts.ts'

/** How Evidently reads a column: as numbers or as categories. */
export type EvidentlyType = 'num' | 'cat'

/** Finite numbers of both sides, ascending. */
export interface Numbers {
  reference: Float64Array
  current: Float64Array
  /** Whether pandas holds a side as integers: whole numbers without nulls. */
  integers: { reference: boolean; current: boolean }
}

/** How often each category was seen, in the categories' ascending order. */
export interface CategoryCounts {
  reference: number[]
  current: number[]
  /** Whether the order is that of the categories themselves, not of their hashes. */
  ordered: boolean
}

export type EvidentlyColumn = { type: 'num'; numbers: Numbers } | { type: 'cat'; counts: CategoryCounts }

/** One side of a column: its profile, and where it has numbers, their values. */
export interface Side {
  side: 'reference' | 'current'
  profile: ColumnProfile
  values: Float64Array | undefined
}

/** Whole numbers of so many distinct values, without nulls, are categories: Evidently's INTEGER_CARDINALITY_LIMIT. */
const mostIntegerCategories = 10

/**
 * The type that Evidently infers from the current data as pandas reads them: whole numbers without nulls and with at most ten
 * values, booleans, and texts that repeat are categories; other numbers are numbers; texts of which more than half differ are text;
 * undefined for times, which it does not judge. Booleans with nulls, which it leaves out as unknown, are categories here.
 */
export function inferType({ kind, type, count, nulls, distinct }: ColumnProfile): EvidentlyType | 'text' | undefined {
  if (kind === 'timestamp') return undefined
  if (kind === 'text') return 'text'
  if (kind === 'categorical') return type === 'text' && distinct.count > count * 0.5 ? 'text' : 'cat'
  const whole = type === 'integer' || type === 'integer64'
  return whole && nulls === 0 && distinct.count <= mostIntegerCategories ? 'cat' : 'num'
}

/** A column as numbers. UserError where a side keeps no values. */
export function numericColumn(reference: Side, current: Side): EvidentlyColumn {
  const numbers = {
    reference: finite(numbersOf(reference)),
    current: finite(numbersOf(current)),
    integers: { reference: asIntegers(reference.profile), current: asIntegers(current.profile) },
  }
  return { type: 'num', numbers }
}

/** A column as categories: texts, booleans, or numbers by value. UserError where a side does not tell each one's count. */
export function categoricalColumn(reference: Side, current: Side): EvidentlyColumn {
  if (reference.profile.kind === 'numeric') {
    return { type: 'cat', counts: countValues(finite(numbersOf(reference)), finite(numbersOf(current))) }
  }
  const before = categoriesOf(reference)
  const after = categoriesOf(current)
  const ascending = reference.profile.type === 'text' ? byText : byNumber
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort(ascending)
  const counts = {
    reference: keys.map((key) => before.get(key) ?? 0),
    current: keys.map((key) => after.get(key) ?? 0),
    ordered: !reference.profile.sensitive,
  }
  return { type: 'cat', counts }
}

/** How often each value was seen, whatever the column's type. */
export function countsOf(column: EvidentlyColumn): CategoryCounts {
  return column.type === 'cat' ? column.counts : countValues(column.numbers.reference, column.numbers.current)
}

/** Rows with a value that is compared. */
export function rowsOf(column: EvidentlyColumn): { reference: number; current: number } {
  if (column.type === 'num')
    return { reference: column.numbers.reference.length, current: column.numbers.current.length }
  const { reference, current } = column.counts
  return { reference: sum(reference), current: sum(current) }
}

function countValues(reference: Float64Array, current: Float64Array): CategoryCounts {
  const counts: CategoryCounts = { reference: [], current: [], ordered: true }
  let i = 0
  let j = 0
  while (i < reference.length || j < current.length) {
    const value = Math.min(reference[i] ?? Number.POSITIVE_INFINITY, current[j] ?? Number.POSITIVE_INFINITY)
    const [fromI, fromJ] = [i, j]
    while (reference[i] === value) i++
    while (current[j] === value) j++
    counts.reference.push(i - fromI)
    counts.current.push(j - fromJ)
  }
  return counts
}

/** How many values differ in ascending ones. */
export function distinctIn(sorted: Float64Array): number {
  let distinct = 0
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++
  return distinct
}

/** Whether both sides together have so many distinct numbers. */
export function haveDistinct(least: number, { reference, current }: Numbers): boolean {
  const seen = new Set<number>()
  for (const side of [reference, current]) {
    for (const value of side) if (seen.add(value).size >= least) return true
  }
  return false
}

function asIntegers({ type, nulls }: ColumnProfile): boolean {
  return (type === 'integer' || type === 'integer64') && nulls === 0
}

/** Without infinities, which Evidently drops as it drops nulls. */
function finite(sorted: Float64Array): Float64Array {
  let from = 0
  let to = sorted.length
  while (sorted[from] === Number.NEGATIVE_INFINITY) from++
  while (to > from && sorted[to - 1] === Number.POSITIVE_INFINITY) to--
  return sorted.subarray(from, to)
}

function numbersOf({ side, profile, values }: Side): Float64Array {
  if (profile.kind !== 'numeric') {
    throw new UserError({
      code: 'RULES_INVALID',
      message: `${profile.name} is to be compared as numbers, but holds other values.`,
      where: { key: 'evidently.numerical_columns' },
      help: 'Name columns of numbers only.',
    })
  }
  if (values === undefined) throw valuesNeeded(profile.name, side, 'a profile does not keep every number')
  return values
}

function categoriesOf({ side, profile }: Side): Map<string, number> {
  const { categories } = profile
  if (categories === undefined) {
    throw new UserError({
      code: 'RULES_INVALID',
      message: `${profile.name} is to be compared as categories, but is read as ${profile.kind === 'text' ? 'free text' : 'numbers'}.`,
      where: { key: 'evidently.categorical_columns' },
      help: 'Name it under `categorical` in mlops.yaml, too.',
    })
  }
  if (categories.folded.count > 0 || (categories.error ?? 0) > 0) {
    throw valuesNeeded(profile.name, side, 'its profile does not list every category')
  }
  return new Map(categories.values.map(({ value, count }) => [value, count]))
}

function valuesNeeded(name: string, side: Side['side'], because: string): UserError {
  return new UserError({
    code: 'VALUES_NEEDED',
    message: `The preset evidently needs the ${side} data of ${name} themselves: ${because}.`,
    where: { key: side },
    help: `Give data files as the ${side}, or judge by the preset default, which compares profiles.`,
  })
}

/** As Python orders texts: by code points. */
function byText(a: string, b: string): number {
  const [x, y] = [Array.from(a, codePoint), Array.from(b, codePoint)]
  const at = x.findIndex((code, i) => code !== y[i])
  return at < 0 ? x.length - y.length : x[at]! - (y[at] ?? -1)
}

function codePoint(character: string): number {
  return character.codePointAt(0)!
}

/** Numbers that are categories by their value; false before true. */
function byNumber(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  return Number.isNaN(x) || Number.isNaN(y) ? byText(a.toLowerCase(), b.toLowerCase()) : x - y
}

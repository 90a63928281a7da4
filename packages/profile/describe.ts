import type { ColumnSchema } from '@mlops-actions/table'
import { distinctError } from './hyper-log-log.ts'
import { kindOf } from './kind.ts'
import { numberProfile } from './number-profile.ts'
import type { Categories, ColumnProfile } from './profile.ts'
import { type ColumnSketch, listsAll } from './sketch.ts'
import { SortedNumbers } from './sorted-numbers.ts'
import type { WordSketch } from './word-sketch.ts'

/** Beside a reference, a column is counted in its bins and judged in its kind. */
export interface Beside {
  reference?: ColumnProfile | undefined
  categorical?: boolean
}

/** What a column looks like by its sketch, or by all its numbers; `undefined` where no row has a value. */
export function describe(
  { name, type, nulls }: ColumnSchema,
  count: number,
  of: ColumnSketch | SortedNumbers | undefined,
  beside: Beside = {},
): ColumnProfile {
  const { reference } = beside
  const distinct = distinctOf(of, count, type)
  const kind = kindOf({ type, count, distinct: distinct.count }, beside)
  const column: ColumnProfile = { name, type: jointType(type, count, reference), kind, count, nulls, distinct }
  if (of === undefined) return kind === 'categorical' ? { ...column, categories: nothing } : column
  const bins = reference?.kind === kind ? reference.numbers?.bins : undefined
  if (of instanceof SortedNumbers) return { ...column, numbers: numberProfile(of, bins) }
  if (of.words && kind === 'categorical') return { ...column, categories: categories(of.words, column) }
  return { ...column, numbers: numberProfile(of.numbers ?? of.words!.lengths, bins) }
}

/** The column with its distribution, by which it can be compared once its rows are gone. */
export function withDistribution(column: ColumnProfile, sketch: ColumnSketch | undefined): ColumnProfile {
  if (column.numbers === undefined || column.kind === 'timestamp' || sketch === undefined) return column
  const { values, counts, error } = sketch.numbers ?? sketch.words.lengths
  return { ...column, numbers: { ...column.numbers, distribution: { values, counts, error } } }
}

const nothing: Categories = { values: [], folded: { categories: 0, count: 0 } }

function distinctOf(
  of: ColumnSketch | SortedNumbers | undefined,
  count: number,
  type: ColumnSchema['type'],
): ColumnProfile['distinct'] {
  if (of === undefined) return { count: 0, exact: true }
  if (of instanceof SortedNumbers) return { count: of.distinct, exact: type !== 'integer64' }
  // As doubles, neighbouring 64-bit integers may be one.
  const exact = type !== 'integer64' || of.words !== undefined
  const listed = of.numbers?.values.length ?? of.words!.listed.length
  if (listsAll(of)) return { count: listed, exact }
  const estimate = Math.min(count, Math.max(listed, Math.round(of.distinct!.estimate())))
  return { count: estimate, exact: false, ...(exact ? { error: distinctError } : {}) }
}

function categories({ listed, error }: WordSketch, { count, distinct }: ColumnProfile): Categories {
  const rows = listed.reduce((sum, category) => sum + category.count, 0)
  const folded = {
    categories: Math.min(count - rows, Math.max(0, distinct.count - listed.length)),
    count: count - rows,
  }
  return { values: listed, folded, ...(error > 0 ? { error } : {}) }
}

/** A type is decided on both sides together: no values fit any type, and everything fits text. */
function jointType(
  type: ColumnSchema['type'],
  count: number,
  reference: ColumnProfile | undefined,
): ColumnSchema['type'] {
  const has = reference !== undefined && reference.count > 0
  return has && (count === 0 || reference.type === 'text') ? reference.type : type
}

import type { ColumnType } from '@mlops-actions/table'
import type { ColumnKind, ColumnProfile, Profile } from './profile.ts'

/** What decides how a column is judged. */
export interface ColumnFacts {
  type: ColumnType
  /** Rows with a value. */
  count: number
  /** Distinct values; matters for text alone. */
  distinct: number
}

/**
 * How a column is judged. Numbers are numeric, booleans categorical; text is categorical, or free text where it has more
 * than 100 distinct values and more than half of its values are distinct.
 *
 * `categorical`: the project says that the column's values are categories. `reference`: the column that this one is to be
 * compared with; both are then judged in one way, the reference's, unless the values cannot be (text where the reference has
 * numbers): then the column keeps its own kind and `sameFamily` tells. A side without values has no say.
 */
export function kindOf(
  column: ColumnFacts,
  { reference, categorical = false }: { reference?: ColumnProfile | undefined; categorical?: boolean } = {},
): ColumnKind {
  const own = categorical ? 'categorical' : ownKind(column)
  if (reference === undefined || reference.count === 0) return own
  if (column.count === 0) return reference.kind
  return reference.type === 'text' || sameFamily(reference.type, column.type) ? reference.kind : own
}

function ownKind({ type, count, distinct }: ColumnFacts): ColumnKind {
  if (type === 'boolean') return 'categorical'
  if (type === 'timestamp') return 'timestamp'
  if (type !== 'text') return 'numeric'
  return distinct > 100 && 2 * distinct > count ? 'text' : 'categorical'
}

/** Whether values of the two types can be compared: all numbers are one family, each other type is its own. */
export function sameFamily(a: ColumnType, b: ColumnType): boolean {
  return family(a) === family(b)
}

function family(type: ColumnType): string {
  return type === 'integer' || type === 'integer64' ? 'number' : type
}

/**
 * The types to read a table with that is to be compared with this profile: a text column of the reference is text in the
 * other table, too, even where all its cells there look like numbers.
 */
export function typesToCompare(reference: Profile): Record<string, ColumnType> {
  const types: Record<string, ColumnType> = Object.create(null)
  for (const { name, type, count } of reference.columns) if (type === 'text' && count > 0) types[name] = 'text'
  return types
}

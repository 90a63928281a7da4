import type { ColumnType } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { describe } from './describe.ts'
import { sameFamily } from './kind.ts'
import type { ColumnProfile, Profile } from './profile.ts'
import { mergeColumnSketches } from './sketch.ts'

/**
 * The profile of the rows of several tables together, in any order and however they were cut: counts, extremes, moments and
 * what is listed whole are those of the whole; quantiles, rare categories and distinct counts within the bounds that they
 * carry. Merge many at once rather than one by one: the bounds stay narrower.
 * UserError: a profile that was stored to be kept (it has no sketches), columns that not all have, numbers in one and texts
 * in another.
 */
export function merge(...[first, ...others]: [Profile, ...Profile[]]): Profile {
  const columns = first.columns.map(({ name }) => {
    const parts = [first, ...others].map((profile) => profile.columns.find((column) => column.name === name))
    const missing = parts.indexOf(undefined)
    if (missing >= 0) throw cannot(`profile ${missing + 1} has no column "${name}"`, name)
    return mergeColumns(parts as ColumnProfile[])
  })
  for (const [i, other] of others.entries()) {
    const more = other.columns.find(({ name }) => !columns.some((column) => column.name === name))
    if (more !== undefined)
      throw cannot(`profile ${i + 2} has a column "${more.name}", which the first has not`, more.name)
  }
  const rows = [first, ...others].reduce((sum, profile) => sum + profile.rows, 0)
  return { schema: first.schema, rows, columns }
}

function mergeColumns(parts: ColumnProfile[]): ColumnProfile {
  const { name } = parts[0]!
  const filled = parts.filter((part) => part.count > 0)
  const nulls = parts.reduce((sum, part) => sum + part.nulls, 0)
  const [first] = filled
  if (first === undefined) return { ...parts[0]!, nulls }
  if (filled.some(({ sketch }) => sketch === undefined)) throw cannot(`"${name}" has no sketch in one of them`, name)
  if (parts.some(({ sensitive }) => sensitive !== parts[0]!.sensitive))
    throw cannot(`the values of "${name}" are hidden in some alone`, name)
  const type = filled.map((part) => part.type).reduce((a, b) => jointType(a, b, name))
  const count = filled.reduce((sum, part) => sum + part.count, 0)
  const sketch = mergeColumnSketches(filled.map((part) => part.sketch!))
  if (sketch === undefined) throw cannot(`"${name}" holds numbers in one and texts in another`, name)
  const categorical = type !== 'text' && sketch.words !== undefined
  const column = describe({ name, type, nulls }, count, sketch, { categorical })
  return { ...column, ...(first.sensitive ? { sensitive: true } : {}), sketch }
}

/** The type that holds the values of both. */
function jointType(a: ColumnType, b: ColumnType, name: string): ColumnType {
  if (a === b) return a
  if (a === 'text' || b === 'text') return 'text'
  if (!sameFamily(a, b)) throw cannot(`"${name}" is of type ${a} in one and ${b} in another`, name)
  return a === 'number' || b === 'number' ? 'number' : 'integer64'
}

function cannot(why: string, key: string): UserError {
  return new UserError({
    code: 'PROFILES_DIFFER',
    message: `The profiles cannot be merged: ${why}.`,
    where: { key },
    help: 'Make each with the input "shard" of data-validate, from files with the same columns. A code that only some files write as a number: name the column under data.categorical in mlops.yaml.',
  })
}

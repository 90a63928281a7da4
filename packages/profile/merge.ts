import type { ColumnType } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { describe, withDistribution } from './describe.ts'
import { sameFamily } from './kind.ts'
import type { ColumnProfile, Profile } from './profile.ts'
import { type ColumnSketch, mergeColumnSketches } from './sketch.ts'

/**
 * The profile of the rows of several tables together, in any order and however they were cut: counts, extremes, moments and
 * what is listed whole are those of the whole; quantiles, rare categories and distinct counts within the bounds that they
 * carry. Merge many at once rather than one by one: the bounds stay narrower.
 * UserError: a profile that was stored to be kept (it has no sketches), columns that not all have, numbers in one and texts
 * in another.
 * @param names how people name each, for messages
 */
export function merge(profiles: Profile[], names = profiles.map((_, i) => `profile ${i + 1}`)): Profile {
  const [first] = profiles
  if (first === undefined) throw new RangeError('There is no profile to merge')
  const columns = first.columns.map(({ name }) => {
    const parts = profiles.map((profile, i) => {
      const part = profile.columns.find((column) => column.name === name)
      if (part === undefined) throw cannot(`${names[i]} has no column "${name}", which ${names[0]} has`, name)
      return part
    })
    return mergeColumns(parts, names)
  })
  for (const [i, { columns: others }] of profiles.entries()) {
    const more = others.find(({ name }) => !columns.some((column) => column.name === name))
    if (more !== undefined) {
      throw cannot(`${names[i]} has a column "${more.name}", which ${names[0]} has not`, more.name)
    }
  }
  return { schema: first.schema, rows: profiles.reduce((sum, profile) => sum + profile.rows, 0), columns }
}

function mergeColumns(parts: ColumnProfile[], names: string[]): ColumnProfile {
  const { name, sensitive } = parts[0]!
  const nulls = parts.reduce((sum, part) => sum + part.nulls, 0)
  const first = parts.findIndex((part) => part.count > 0)
  if (first < 0) return { ...parts[0]!, nulls }
  let type = parts[first]!.type
  const sketches: ColumnSketch[] = []
  for (const [i, part] of parts.entries()) {
    if (part.sensitive !== sensitive) throw cannot(`${names[i]} and ${names[0]} do not both hide "${name}"`, name)
    if (part.count === 0) continue
    if (part.sketch === undefined) throw cannot(`${names[i]} was stored to be kept, without its sketches`, name)
    const joined = jointType(type, part.type)
    if (joined === undefined || (part.sketch.words === undefined) !== (parts[first]!.sketch?.words === undefined))
      throw cannot(`"${name}" is ${parts[first]!.type} in ${names[first]} and ${part.type} in ${names[i]}`, name)
    type = joined
    sketches.push(part.sketch)
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const sketch = mergeColumnSketches(sketches)
  const categorical = type !== 'text' && sketch.words !== undefined
  const column = describe({ name, type, nulls }, count, sketch, { categorical })
  return sensitive ? { ...column, sensitive, sketch } : { ...withDistribution(column, sketch), sketch }
}

/** The type that holds the values of both, if one does. */
function jointType(a: ColumnType, b: ColumnType): ColumnType | undefined {
  if (a === b) return a
  if (a === 'text' || b === 'text') return 'text'
  if (!sameFamily(a, b)) return undefined
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

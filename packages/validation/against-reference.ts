import { type ColumnProfile, compareSchemas, type Profile, type Roles } from '@mlops-actions/profile'
import { type Check, check } from '@mlops-actions/verdict'

/** Categories of the reference that were seen fewer times may be folded there, so a rare one proves nothing. */
const fewest = 10
const mostListed = 20

/**
 * Data against what a model was trained on: columns that are missing (perhaps renamed), retyped or new, columns in another
 * order, and categories that the reference does not have. Whether values moved is for a check of drift.
 */
export function againstReference(reference: Profile, current: Profile, roles: Roles = {}): Check[] {
  const { checks, shared } = compareSchemas(reference, current, roles)
  const held: Check[] =
    checks.length > 0
      ? []
      : [
          check(true, {
            id: 'schema',
            title: 'the columns are those of the reference',
            subject: 'table',
            observed: `all ${shared.length} columns, of the same types`,
            expected: 'the columns of the reference',
          }),
        ]
  return [...held, ...checks, ...order(shared, current), ...shared.flatMap(newCategories)]
}

function order(shared: { reference: ColumnProfile }[], current: Profile): Check[] {
  const before = shared.map(({ reference }) => reference.name)
  const now = current.columns.map(({ name }) => name).filter((name) => before.includes(name))
  const moved = before.filter((name, i) => now[i] !== name)
  if (moved.length === 0) return []
  return [
    check(false, {
      id: 'schema.order',
      title: 'the columns stand in the order of the reference',
      subject: 'table',
      observed: `${moved.length} columns stand elsewhere, the first is ${moved[0]}`,
      expected: 'the order of the reference',
      severity: 'warned',
      detail:
        'Nothing here goes by the order. What reads columns by their place, as a model of one matrix does, would mix them up.',
      evidence: { change: 'reordered', moved },
    }),
  ]
}

function newCategories({ reference, current }: { reference: ColumnProfile; current: ColumnProfile }): Check[] {
  if (reference.categories === undefined || current.categories === undefined || reference.count === 0) return []
  const known = new Set(reference.categories.values.map(({ value }) => value))
  const folded = reference.categories.folded.categories > 0
  const others = current.categories.values.filter(
    ({ value, count }) => !known.has(value) && (!folded || count >= fewest),
  )
  if (others.length === 0) return []
  const rows = others.reduce((sum, { count }) => sum + count, 0)
  return [
    check(false, {
      id: `reference.categories.${current.name}`,
      title: `${current.name} has the categories of the reference`,
      subject: current.name,
      observed: `${others.length} others, in ${rows} of ${current.count} rows`,
      expected: `the ${known.size} categories of the reference`,
      severity: 'warned',
      detail: `A model has learnt nothing of them.${folded ? ` The reference does not list its rarest: others are told of from ${fewest} rows on.` : ''}`,
      evidence: {
        element_count: current.count,
        unexpected_count: rows,
        partial_unexpected_list: current.sensitive ? [] : others.slice(0, mostListed).map(({ value }) => value),
      },
    }),
  ]
}

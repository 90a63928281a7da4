import type { ColumnProfile } from './profile.ts'

export type Categories = NonNullable<ColumnProfile['categories']>

/** Categories in the order of a profile: most frequent first, ties by name. */
export function categories(counts: Iterable<[value: string, count: number]>): Categories {
  const values = [...counts].map(([value, count]) => ({ value, count }))
  values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
  return { values, folded: { categories: 0, count: 0 } }
}

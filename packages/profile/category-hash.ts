import { createHash } from 'node:crypto'

/** A category's name in its place: equal categories of a column have equal hashes, in every profile. */
export function categoryHash(column: string, category: string): string {
  return `sha256:${digest(column, category).slice(0, 16)}`
}

/**
 * The same for a category that only few rows hold, by 24 bits: enough to find it again among the thousand of a profile, and
 * of all the words there are, one in 17 million has the same.
 */
export function rareCategoryHash(column: string, category: string): string {
  return digest(column, category).slice(0, 6)
}

function digest(column: string, category: string): string {
  return createHash('sha256').update(`${column}\0${category}`).digest('hex')
}

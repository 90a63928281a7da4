import { createHash } from 'node:crypto'
import { categories } from './categories.ts'
import type { ColumnProfile } from './profile.ts'

/** The column without values of single rows: categories become hashes, min and max the outer quantiles. */
export function protect(column: ColumnProfile): ColumnProfile {
  if (column.sensitive) return column
  const { categories: listed, numbers, ...rest } = column
  const hidden: ColumnProfile = { ...rest, sensitive: true }
  if (numbers) hidden.numbers = { ...numbers, min: numbers.quantiles[0]!, max: numbers.quantiles.at(-1)! }
  if (listed) {
    const hashed = listed.values.map(({ value, count }): [string, number] => [hash(column.name, value), count])
    hidden.categories = { ...categories(hashed), folded: listed.folded }
  }
  return hidden
}

/** Equal values of a column have equal hashes, in every profile. */
function hash(column: string, value: string): string {
  return `sha256:${createHash('sha256').update(`${column}\0${value}`).digest('hex').slice(0, 16)}`
}

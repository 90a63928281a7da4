import type { Hash } from '@mlops-actions/profile'
import type { ColumnSchema, ColumnType } from '@mlops-actions/table'
import { type Cell, keyOf, parseDate } from './cell.ts'

/**
 * The cells of a column as keys that are equal where those of another column, perhaps of another type, hold the same: 7 is
 * 7.0 is a text `7`, and true is a text `True`. A text is read as a number only where a number is written so: `007` is not 7.
 * Of two columns of texts, texts that are equal are the same and no others.
 */
export function comparable(column: ColumnSchema, other: ColumnSchema): (cell: Cell) => Cell {
  if (column.type !== 'text' || other.type === 'text') return keyOf
  return (cell) => spelled(String(cell), other.type) ?? cell
}

/** Whether columns of these types can hold the same at all. */
export function canAgree(a: ColumnSchema, b: ColumnSchema): boolean {
  return a.type === 'text' || b.type === 'text' || (a.type === 'timestamp') === (b.type === 'timestamp')
}

const number = /^ *[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? *$/

function spelled(text: string, type: ColumnType): Cell | undefined {
  if (type === 'timestamp') return parseDate(text)
  if (type === 'boolean') return /^(?:true|false)$/i.test(text) ? Number(text.toLowerCase() === 'true') : undefined
  if (!number.test(text)) return undefined
  const [digits] = /^-?\d+$/.exec(text.trim()) ?? []
  return digits === undefined ? Number(text) : keyOf(BigInt(digits))
}

/** Takes the hash of a key, undefined for a null: equal keys have the same. */
export function hashKey(hash: Hash, key: Cell | undefined): void {
  if (key === undefined) hash.list()
  // 0 and -0 are equal.
  else if (typeof key === 'number') hash.number(key + 0)
  else hash.text(String(key))
}

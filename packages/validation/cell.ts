import { type Column, type ColumnSchema, type ColumnType, timestampText } from '@mlops-actions/table'
import type { Json } from '@mlops-actions/verdict'
import type { Compat } from './definition.ts'

/** A value that is not null: a boolean is 0 or 1, a timestamp its milliseconds. */
export type Cell = number | bigint | string

/** The cell of row `i`, undefined where it is null. */
export function cellAt(column: Column, i: number): Cell | undefined {
  if (column.nulls[i] === 1) return undefined
  return column.type === 'text' ? column.dictionary[column.codes[i]!]! : column.values[i]!
}

/** A report is to be read, and a cell may hold 16 MiB. */
const longestShown = 1000

/** A cell as evidence shows it: the beginning of a long text. */
export function shown(cell: Cell, type: ColumnType): Json {
  if (type === 'boolean') return cell === 1
  if (type === 'timestamp') return timestampText(Number(cell))
  if (typeof cell === 'bigint') return cell.toString()
  if (typeof cell === 'string' && cell.length > longestShown)
    return `${cell.slice(0, longestShown).toWellFormed()}… (${cell.length} characters)`
  return jsonSafe(cell)
}

/** A value as JSON can hold it: what is not finite becomes text. */
export function jsonSafe(value: Json): Json {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return value.map(jsonSafe)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, jsonSafe(of)]))
  }
  return value
}

/** Cells that are equal have the same key: 1 is 1.0 is true, and no text is a number. */
export function keyOf(cell: Cell | boolean): Cell {
  if (typeof cell === 'boolean') return Number(cell)
  return typeof cell === 'bigint' && Number.isSafeInteger(Number(cell)) ? Number(cell) : cell
}

/** Equal for rows whose cells are equal, one by one: a text is no number, and null is itself. */
export function keyOfCells(cells: (Cell | undefined)[]): string {
  return JSON.stringify(
    cells.map((cell) => {
      const key = cell === undefined ? null : keyOf(cell)
      return typeof key === 'bigint' || (typeof key === 'number' && !Number.isFinite(key)) ? [String(key)] : key
    }),
  )
}

/**
 * How a cell of this column is written as text, the way Python's `str` does: 10.0, 1e-06, True. Under pandas' reading an
 * integer column with nulls holds floats, so 7 is written 7.0.
 */
export function textOf(column: ColumnSchema, compat: Compat): (cell: Cell) => string {
  const { type, nulls } = column
  if (type === 'boolean') return (cell) => (cell === 1 ? 'True' : 'False')
  if (type === 'timestamp') return (cell) => timestampText(Number(cell))
  const isFloat = type === 'number' || (compat === 'great-expectations' && type === 'integer' && nulls > 0)
  return isFloat ? (cell) => floatText(Number(cell)) : String
}

/** Python's `repr` of a float. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  const [mantissa, exponentText] = value.toExponential().split('e') as [string, string]
  const exponent = Number(exponentText)
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${mantissa.replace('-', '')}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  const digits = mantissa.replace(/[-.]/g, '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return `${sign}${digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${digits.slice(exponent + 1) || '0'}`
}

const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** Milliseconds of an ISO 8601 date or time, UTC where it names no zone; undefined where it is none. */
export function parseDate(text: string): number | undefined {
  const match = iso.exec(text)
  if (match === null) return undefined
  const [, day, time = '00:00', fraction = '', zone = 'Z'] = match
  const midnight = Date.parse(`${day}T00:00Z`)
  // Date.parse takes 30 February for 1 March.
  if (Number.isNaN(midnight) || timestampText(midnight) !== day) return undefined
  const milliseconds = Date.parse(`${day}T${time}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(milliseconds) ? undefined : milliseconds + Number(`0${fraction}`) * 1000
}

/** Python's order of text: by code point. */
export function compareText(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return surrogatesLast(x) - surrogatesLast(y)
  }
  return a.length - b.length
}

/** UTF-16 puts surrogate pairs before U+E000 to U+FFFF; code points come the other way round. */
function surrogatesLast(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** The order of the cells of one column. */
export function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'string' || typeof b === 'string') return compareText(String(a), String(b))
  return a < b ? -1 : a > b ? 1 : 0
}

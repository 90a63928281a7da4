import { allocate, type ElementType, type InputLayout, isFloat, type Tensors, wholeRange } from '@mlops-actions/onnx'
import { badRequest } from './problem.ts'

/**
 * Rows of JSON values as the inputs of a model. Strict: a number is a finite JSON number, a text a JSON string, a boolean
 * true or false; nothing is converted, and null is taken only where the description allows it (as NaN or '').
 * @param cell the value of a field of a row; undefined where the row has no such field
 */
export function feedsFrom(
  layout: InputLayout[],
  nullable: ReadonlySet<string>,
  rows: number,
  cell: (row: number, field: string) => unknown,
): Tensors {
  const feeds: Tensors = {}
  for (const { input, columns } of layout) {
    const data = allocate(input.type, rows * columns.length) as unknown[]
    for (let row = 0, at = 0; row < rows; row++) {
      for (const field of columns) {
        const value = cell(row, field)
        if (value === undefined) throw badRequest(`row ${row + 1}: the field "${field}" is missing`)
        const said = element(value, input.type, nullable.has(field))
        if (typeof said === 'object') throw badRequest(`row ${row + 1}: the field "${field}" ${said.problem}`)
        data[at++] = said
      }
    }
    const dims = input.shape.length === 1 ? [rows] : [rows, columns.length]
    feeds[input.name] = { type: input.type, dims, data: data as never }
  }
  return feeds
}

/** A JSON value as an element of a tensor, or why it is none. */
export function element(
  value: unknown,
  type: ElementType,
  nullable: boolean,
): number | bigint | string | { problem: string } {
  if (value === null) {
    if (nullable && isFloat(type)) return Number.NaN
    return nullable && type === 'string' ? '' : { problem: 'is null' }
  }
  if (type === 'string') return typeof value === 'string' ? value : { problem: 'must be a string' }
  if (type === 'bool') return typeof value === 'boolean' ? Number(value) : { problem: 'must be true or false' }
  if (isFloat(type)) {
    if (typeof value !== 'number') return { problem: 'must be a number' }
    return Number.isFinite(type === 'float32' ? Math.fround(value) : value) ? value : { problem: `is beyond ${type}` }
  }
  return wholeElement(value, type)
}

/** Whole numbers beyond 2^53 are exact only as strings of digits. */
function wholeElement(value: unknown, type: ElementType): number | bigint | { problem: string } {
  const digits = typeof value === 'string' && /^-?\d{1,20}$/.test(value)
  if (!digits && !Number.isSafeInteger(value)) return { problem: 'must be a whole number' }
  const whole = BigInt(value as number | string)
  const [low, high] = wholeRange[type] ?? [0n, 0n]
  if (whole < low || whole > high) return { problem: `is beyond ${type}` }
  return type === 'int64' || type === 'uint64' ? whole : Number(whole)
}

import { badRequest } from './problem.ts'

/** Rows of a JSON body: an array of objects, or an object whose `rows` is one. At least one row. */
export function recordsOf(body: unknown): Record<string, unknown>[] {
  const rows = Array.isArray(body) ? body : isRecord(body) ? body.rows : undefined
  if (!Array.isArray(rows)) throw badRequest('the body must be an array of rows, or {"rows": [...]}')
  return checkedRecords(rows)
}

export function checkedRecords(rows: unknown[]): Record<string, unknown>[] {
  if (rows.length === 0) throw badRequest('there are no rows')
  rows.forEach((row, i) => {
    if (!isRecord(row)) throw badRequest(`row ${i + 1} must be an object of fields`)
  })
  return rows as Record<string, unknown>[]
}

/** A record's own field; what objects inherit is none. */
export function fieldOf(record: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(record, field) ? record[field] : undefined
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import type { Column, Table } from './column.ts'

/**
 * The value of a row as text; null for a null. Whole numbers without `.0`, booleans `true` and `false` however the file
 * writes them, timestamps as ISO 8601 in UTC, midnight as the date alone.
 */
export function textAt(column: Column, row: number): string | null {
  if (column.nulls[row] === 1) return null
  switch (column.type) {
    case 'text':
      return column.dictionary[column.codes[row]!]!
    case 'boolean':
      return column.values[row] === 1 ? 'true' : 'false'
    case 'timestamp':
      return timestampText(column.values[row]!)
    default:
      return String(column.values[row]!)
  }
}

/** The value of a row: a number in columns of type `number` and `integer`, in all others its text; null for a null. */
export function valueAt(column: Column, row: number): number | string | null {
  if (column.nulls[row] === 1) return null
  return column.type === 'number' || column.type === 'integer' ? column.values[row]! : textAt(column, row)
}

/** Milliseconds since 1970 as ISO 8601 in UTC, as short as the value allows: date, seconds, milli- or microseconds. */
export function timestampText(milliseconds: number): string {
  const microseconds = Math.round((milliseconds - Math.floor(milliseconds)) * 1000)
  const iso = new Date(Math.floor(milliseconds)).toISOString()
  if (microseconds > 0) return `${iso.slice(0, -1)}${String(microseconds).padStart(3, '0')}Z`
  if (iso.endsWith('T00:00:00.000Z')) return iso.slice(0, -14)
  return iso.replace('.000Z', 'Z')
}

/** Whole columns in memory, by name: for tables that are known to be small. Default: all columns. */
export async function collect(table: Table, names?: string[]): Promise<Record<string, Column>> {
  const wanted = names ?? table.schema.map((column) => column.name)
  const whole: Column[] = []
  for await (const batch of table.batches(wanted)) {
    batch.columns.forEach((part, i) => {
      const column = whole[i] ?? empty(part, table.rows)
      whole[i] = column
      append(column, part, batch.start)
    })
  }
  // Without a prototype, so that a column may have any name.
  const byName: Record<string, Column> = Object.create(null)
  wanted.forEach((name, i) => {
    byName[name] = whole[i] ?? nothing(table, name)
  })
  return byName
}

function nothing(table: Table, name: string): Column {
  const { type } = table.schema.find((column) => column.name === name)!
  const nulls = new Uint8Array(0)
  if (type === 'text') return { name, nulls, type, codes: new Int32Array(0), dictionary: [] }
  if (type === 'integer64') return { name, nulls, type, values: new BigInt64Array(0) }
  return { name, nulls, type, values: new Float64Array(0) }
}

function empty(part: Column, rows: number): Column {
  const { name } = part
  const nulls = new Uint8Array(rows)
  if (part.type === 'text') {
    return { name, nulls, type: part.type, codes: new Int32Array(rows), dictionary: [] }
  }
  if (part.type === 'integer64') return { name, nulls, type: part.type, values: new BigInt64Array(rows) }
  return { name, nulls, type: part.type, values: new Float64Array(rows) }
}

function append(whole: Column, part: Column, at: number): void {
  whole.nulls.set(part.nulls, at)
  if (whole.type === 'text') {
    if (part.type === 'text') whole.codes.set(recoded(whole.dictionary, part), at)
  } else if (whole.type === 'integer64') {
    if (part.type === 'integer64') whole.values.set(part.values, at)
  } else if (part.type !== 'text' && part.type !== 'integer64') {
    whole.values.set(part.values, at)
  }
}

/** The part's codes in the dictionary of the whole column, which grows by the part's new words. */
function recoded(dictionary: string[], part: Extract<Column, { type: 'text' }>): Int32Array {
  const isBeginning = dictionary.every((word, code) => word === part.dictionary[code])
  if (isBeginning) {
    for (let code = dictionary.length; code < part.dictionary.length; code++) dictionary.push(part.dictionary[code]!)
    return part.codes
  }
  const known = new Map(dictionary.map((word, code) => [word, code]))
  return part.codes.map((code) => {
    if (code < 0) return code
    const word = part.dictionary[code]!
    const found = known.get(word) ?? dictionary.push(word) - 1
    known.set(word, found)
    return found
  })
}

import { nearest, UserError } from '@mlops-actions/verdict'
import type { Batch, ColumnSchema, Table } from './column.ts'
import { ColumnReader } from './fill.ts'
import { changed } from './format.ts'
import { Memory } from './memory.ts'
import type { TableFile } from './table-file.ts'

/** A table whose types are settled. */
export function tableOf(files: TableFile[], schema: ColumnSchema[], rows: () => number): Table {
  return {
    schema,
    get rows() {
      return rows()
    },
    batches: (names, nullsOnly) => batches(files, schema, rows(), wantedOf(schema, names), nullsOnly),
  }
}

/** The columns of these names, all where none are given; an unknown one is a UserError naming the nearest. */
export function wantedOf(schema: ColumnSchema[], names = schema.map(({ name }) => name)): ColumnSchema[] {
  return names.map((name) => columnOf(schema, name))
}

async function* batches(
  files: TableFile[],
  schema: ColumnSchema[],
  rows: number,
  wanted: ColumnSchema[],
  nullsOnly: string[] = [],
): AsyncGenerator<Batch> {
  const memory = new Memory()
  try {
    const readers = wanted.map((column) => new ColumnReader(column, memory, nullsOnly.includes(column.name)))
    const names = new Set(schema.map((column) => column.name))
    let start = 0
    for (const [source, file] of files.entries()) {
      for await (const run of file.batches(readers, names, memory)) {
        if (start + run.rows > rows) throw changed(file.name)
        yield { start, source, ...run }
        start += run.rows
      }
    }
    if (start !== rows) throw changed(files.map((file) => file.name).join(', '))
  } finally {
    memory.release()
  }
}

function columnOf(schema: ColumnSchema[], name: string): ColumnSchema {
  const column = schema.find((column) => column.name === name)
  if (column !== undefined) return column
  const known = schema.map((column) => column.name)
  const meant = nearest(name, known)
  throw new UserError({
    code: 'COLUMN_UNKNOWN',
    message: `The table has no column ${JSON.stringify(name)}.`,
    where: { key: name },
    help: meant === undefined ? `It has: ${known.slice(0, 20).join(', ')}.` : `Did you mean ${meant}?`,
  })
}

import { nearest, UserError } from '@mlops-actions/verdict'
import type { Batch, ColumnSchema, ReadOptions, Source, Table } from './column.ts'
import { Columns } from './columns.ts'
import { ColumnReader } from './fill.ts'
import { changed } from './format.ts'
import { Memory } from './memory.ts'
import { openFile } from './open.ts'
import type { TableFile } from './table-file.ts'

/**
 * Files with the same columns, in any order and of any format, as one table with the columns in the first file's order.
 * Reads all bytes once to decide the types by every row and to count rows and nulls; `batches()` reads them again, so that
 * memory holds a run of rows and no more. A table may have no rows.
 * UserError: no file, no header, column names that are empty, double or differ between files, ragged rows, quotes that do
 * not close, bytes that are not UTF-8, what is no JSON object, nested columns, other formats.
 */
export async function readTable(sources: Source[], options: ReadOptions = {}): Promise<Table> {
  if (sources.length === 0) {
    throw new UserError({
      code: 'TABLE_NO_FILE',
      message: 'There is no file to read.',
      help: 'Name at least one file.',
    })
  }
  const files: TableFile[] = []
  for (const source of sources) files.push(await openFile(source, options))
  const columns = new Columns(options.types ?? {})
  const memory = new Memory()
  let rows = 0
  try {
    for (const file of files) rows += await file.survey(columns, memory)
  } finally {
    memory.release()
  }
  const schema = columns.schema(rows)
  if (schema.length === 0) throw noColumns(files)
  return {
    schema,
    rows,
    batches(names) {
      return batches(
        files,
        schema,
        rows,
        (names ?? schema.map(({ name }) => name)).map((name) => columnOf(schema, name)),
      )
    },
  }
}

async function* batches(
  files: TableFile[],
  schema: ColumnSchema[],
  rows: number,
  wanted: ColumnSchema[],
): AsyncGenerator<Batch> {
  const memory = new Memory()
  try {
    const readers = wanted.map((column) => new ColumnReader(column, memory))
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

function noColumns([first]: TableFile[]): UserError {
  const file = first!.name
  return new UserError({
    code: 'TABLE_EMPTY',
    message: `${file} is empty: it has no columns.`,
    where: { file },
    help: 'Check the step that writes it.',
  })
}

import { nearest, UserError } from '@mlops-actions/verdict'
import type { Batch, ColumnSchema, ColumnType, ReadOptions, Source, Table } from './column.ts'
import { ColumnReader } from './fill.ts'
import { delimiterOf } from './format.ts'
import { scan } from './scan.ts'
import { ColumnTyping, NullWords } from './types.ts'

/**
 * CSV or TSV files with the same header, as one table. Reads all bytes once to decide the types by every row and to count
 * rows and nulls; `batches()` reads them again, so that memory holds a run of rows and no more. A table may have no rows.
 * UserError: no file, no header, column names that are empty, double or differ between files, ragged rows, quotes that do
 * not close, bytes that are not UTF-8, other formats.
 */
export async function readTable(sources: Source[], options: ReadOptions = {}): Promise<Table> {
  const files = sources.map((source) => ({ source, delimiter: delimiterOf(source.name, options) }))
  const first = files[0]
  if (first === undefined) {
    throw new UserError({
      code: 'TABLE_NO_FILE',
      message: 'There is no file to read.',
      help: 'Name at least one file.',
    })
  }
  const nullWords = options.nullWords === undefined ? undefined : new NullWords(options.nullWords)
  let columns: ColumnTyping[] | undefined
  let rows = 0
  for (const { source, delimiter } of files) {
    const onHeader = (names: string[]) => {
      if (columns === undefined) {
        checkHeader(names, source.name, options)
        columns = names.map((name) => new ColumnTyping(name, typeGiven(options, name), nullWords))
      } else {
        checkSameHeader(names, columns, source.name, first.source.name)
      }
    }
    for await (const block of scan(source, delimiter, onHeader)) {
      columns!.forEach((column, index) => {
        column.see(block, index, source.name)
      })
      rows += block.rows
    }
  }
  const schema = columns!.map((column) => ({ name: column.name, type: column.type(), nulls: column.nulls() }))
  return {
    schema,
    rows,
    batches(names) {
      const wanted = (names ?? schema.map((column) => column.name)).map((name) => indexOf(schema, name))
      return batches(files, schema, rows, wanted, nullWords)
    },
  }
}

async function* batches(
  files: { source: Source; delimiter: number }[],
  schema: ColumnSchema[],
  rows: number,
  wanted: number[],
  nullWords: NullWords | undefined,
): AsyncGenerator<Batch> {
  const readers = wanted.map((index) => new ColumnReader(schema[index]!, index, nullWords))
  let start = 0
  for (const [source, { source: file, delimiter }] of files.entries()) {
    const onHeader = (names: string[]) => {
      if (names.length !== schema.length || names.some((name, i) => name !== schema[i]!.name)) throw changed(file.name)
    }
    for await (const block of scan(file, delimiter, onHeader)) {
      const columns = readers.map((reader) => reader.read(block))
      if (!columns.every((column) => column !== undefined) || start + block.rows > rows) throw changed(file.name)
      yield { start, rows: block.rows, columns, lines: block.cells.lines.slice(0, block.rows), source }
      start += block.rows
    }
  }
  if (start !== rows) throw changed(files.map((file) => file.source.name).join(', '))
}

function typeGiven(options: ReadOptions, name: string): ColumnType | undefined {
  return options.types !== undefined && Object.hasOwn(options.types, name) ? options.types[name] : undefined
}

function indexOf(schema: { name: string }[], name: string): number {
  const index = schema.findIndex((column) => column.name === name)
  if (index >= 0) return index
  const known = schema.map((column) => column.name)
  const meant = nearest(name, known)
  throw new UserError({
    code: 'COLUMN_UNKNOWN',
    message: `The table has no column ${JSON.stringify(name)}.`,
    where: { key: name },
    help: meant === undefined ? `It has: ${known.slice(0, 20).join(', ')}.` : `Did you mean ${meant}?`,
  })
}

function checkHeader(names: string[], file: string, options: ReadOptions): void {
  const refuse = (code: string, message: string, help: string) =>
    new UserError({ code, message, where: { file, line: 1 }, help })
  const other = /[;\t|]/.exec(names[0]!)?.[0]
  if (names.length === 1 && other !== undefined && options.delimiter === undefined) {
    const between = other === '\t' ? 'tabs' : `"${other}"`
    const help =
      other === '\t' ? 'Read it as TSV: name it .tsv, or give the format.' : 'Save it with commas (CSV) or tabs (TSV).'
    throw refuse('TABLE_DELIMITER', `${file} seems to have ${between} between its cells.`, help)
  }
  const empty = names.indexOf('')
  if (empty >= 0) {
    const help =
      'Give every column a name. (An unnamed first column is often the index of pandas: to_csv(..., index=False).)'
    throw refuse('TABLE_COLUMN_UNNAMED', `Column ${empty + 1} of ${file} has no name.`, help)
  }
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) {
      throw refuse(
        'TABLE_COLUMN_DOUBLE',
        `${file} has more than one column ${name}.`,
        'Give each column a name of its own.',
      )
    }
    seen.add(name)
  }
  for (const name of Object.keys(options.types ?? {}))
    indexOf(
      names.map((known) => ({ name: known })),
      name,
    )
}

function checkSameHeader(names: string[], columns: { name: string }[], file: string, firstFile: string): void {
  const length = Math.max(names.length, columns.length)
  const at = Array.from({ length }, (_, i) => i).find((i) => names[i] !== columns[i]?.name)
  if (at === undefined) return
  const shown = (name: string | undefined) => (name === undefined ? 'none' : JSON.stringify(name))
  throw new UserError({
    code: 'TABLE_HEADER_DIFFERS',
    message: `Column ${at + 1} is ${shown(names[at])} in ${file} but ${shown(columns[at]?.name)} in ${firstFile}.`,
    where: { file, line: 1 },
    help: 'Files that make one table have the same columns in the same order.',
  })
}

function changed(file: string): UserError {
  return new UserError({
    code: 'TABLE_CHANGED',
    message: `${file} changed while it was read.`,
    where: { file },
    help: 'Let the step that writes it end before this one starts.',
  })
}

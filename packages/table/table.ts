import { UserError } from '@mlops-actions/verdict'
import { tableOf } from './batches.ts'
import type { ReadOptions, Source, Table } from './column.ts'
import { Columns } from './columns.ts'
import { Guess } from './guess.ts'
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
  return surveyed(await openAll(sources, options), options)
}

async function surveyed(files: TableFile[], options: ReadOptions): Promise<Table> {
  const columns = new Columns(options.types ?? {})
  const memory = new Memory()
  let rows = 0
  try {
    for (const file of files) for await (const run of file.survey(columns, memory)) rows += run.rows
  } finally {
    memory.release()
  }
  const schema = columns.schema(rows)
  if (schema.length === 0) throw noColumns(files)
  return tableOf(files, schema, () => rows)
}

/**
 * What `pass` makes of the files' table when it reads its batches once. That costs one reading of the bytes where `readTable`
 * takes two: the types are guessed from the first rows, and decided by every row while the pass goes on. Where the guess was
 * wrong, the pass is run again, with what is known by then; so it must do nothing but compute.
 *
 * Until the batches were read, `rows` of the table is an error, and its schema has the nulls of the first rows alone; whether
 * a column of whole numbers or booleans has any is part of the guess. UserError: as `readTable`.
 */
export async function readOnce<T>(
  sources: Source[],
  options: ReadOptions,
  pass: (table: Table) => Promise<T>,
): Promise<T> {
  const files = await openAll(sources, options)
  const guess = new Guess(files, options.types ?? {})
  if (!(await guess.begin())) return pass(await surveyed(files, options))
  try {
    const made = await pass(guess.table())
    if (guess.isSettled) return made
  } catch (error) {
    if (guess.isSettled || guess.fault === error) throw error
  }
  return pass(guess.settled ?? (await surveyed(files, options)))
}

async function openAll(sources: Source[], options: ReadOptions): Promise<TableFile[]> {
  if (sources.length === 0) {
    throw new UserError({
      code: 'TABLE_NO_FILE',
      message: 'There is no file to read.',
      help: 'Name at least one file.',
    })
  }
  const files: TableFile[] = []
  for (const source of sources) files.push(await openFile(source, options))
  return files
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

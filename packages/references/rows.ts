import { type SampleSlices, sampleSlices } from '@mlops-actions/profile'
import { UserError } from '@mlops-actions/verdict'
import { dataOf } from './prediction-log.ts'
import { parseReference } from './reference.ts'
import { isProfileFile, type NamedTable, openTable, type SampleWorld } from './sample.ts'
import { newestRows, type Windowed, type WindowRules } from './window.ts'

/**
 * The rows behind a reference, for what a profile does not tell: groups of rows. UserError SLICES_NEED_ROWS where only a
 * profile is kept: of a version, a stage or a profile file.
 */
export async function openReferenceRows(text: string, world: SampleWorld): Promise<NamedTable> {
  const reference = parseReference(text)
  if (reference.kind !== 'path' || isProfileFile([reference.path])) throw withoutRows(text)
  return openTable([reference.path], world)
}

/** Data with the rows of a window alone, and what became of the others; a prediction log's times are known. */
export async function inWindow(
  data: NamedTable,
  window: WindowRules,
  now?: number,
): Promise<{ data: NamedTable; window: Windowed }> {
  const column = window.column ?? data.log?.time
  const found = await newestRows(data.table, { ...window, ...(column === undefined ? {} : { column }) }, now)
  return { data: { ...data, table: found.table }, window: found }
}

/** The samples of the groups that columns make of the rows of both sides, see `sampleSlices`. */
export async function slicesOf(
  reference: NamedTable,
  current: NamedTable,
  columns: readonly string[],
  { sensitive, categorical }: Pick<SampleWorld, 'sensitive' | 'categorical'>,
): Promise<SampleSlices> {
  return sampleSlices(dataOf(reference.table), dataOf(current.table), columns, { sensitive, categorical })
}

function withoutRows(text: string): UserError {
  return new UserError({
    code: 'SLICES_NEED_ROWS',
    message: `${text} keeps no rows, and a profile does not tell groups of rows apart.`,
    where: { key: 'slices' },
    help: 'Name the data themselves as the reference, or leave slices out.',
  })
}

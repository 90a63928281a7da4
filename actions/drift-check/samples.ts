import { writingOf } from '@mlops-actions/action'
import type { SampleSlice } from '@mlops-actions/drift'
import { leftOutText, type Profile } from '@mlops-actions/profile'
import {
  inWindow,
  isProfileFile,
  type NamedSample,
  type NamedTable,
  namesServers,
  openGroundTruth,
  openReferenceRows,
  openSample,
  openTable,
  type SampleWorld,
  sampleFiles,
  sampleOf,
  servedProfiles,
  slicesOf,
} from '@mlops-actions/references'
import { UserError } from '@mlops-actions/verdict'
import type { DriftContext } from './inputs.ts'

/** The current data: what they look like and, unless a profile or one reading told that, their rows. */
export interface CurrentSample extends NamedSample {
  rows?: NamedTable
  /** What became of rows and labels, for the report. */
  notes: string[]
}

/** The reference: the profile that a version carries, a profile file, or data. */
export const openReference = (a: DriftContext): Promise<NamedSample> => openSample(a.inputs.reference, worldOf(a))

/** The current data, counted in the reference's bins: the rows of the window, with the labels that arrived later. */
export async function openCurrent(a: DriftContext, reference: Profile): Promise<CurrentSample> {
  const { current, 'ground-truth': truth, window, slices } = a.inputs
  const world = worldOf(a)
  const needRows =
    truth.length > 0 ? 'ground-truth' : window !== undefined ? 'window' : slices.length > 0 ? 'slices' : undefined
  if (needRows !== undefined && !hasRows(current)) throw noRows(needRows)
  if (namesServers(current)) {
    return { ...(await servedProfiles(current, a.inputs['current-token'], reference)), notes: [] }
  }
  if (needRows === undefined) return { ...(await sampleFiles(current, world, reference)), notes: [] }
  const notes: string[] = []
  let rows = await openTable(current, world, reference)
  if (window !== undefined) {
    const found = await inWindow(rows, window, a.now.getTime())
    rows = found.data
    notes.push(found.window.text)
  }
  if (truth.length > 0) {
    const { task } = a.settings.values
    const project = { id: task?.id, label: a.inputs.label ?? task?.label }
    const joined = await openGroundTruth(rows, truth, project, world, reference)
    const { counts } = joined
    rows = joined
    notes.push(
      `${counts.labelled} of ${counts.rows} rows have a label; ${counts.unmatched} labels belong to no row, ${counts.replaced} were replaced by a later one.`,
    )
  }
  for (const note of notes) a.log.info(note)
  return { ...(await sampleOf(rows, world, reference)), rows, notes }
}

/** Whether these are data, and no profile of some. */
function hasRows(current: string[]): boolean {
  return !namesServers(current) && !isProfileFile(current)
}

/** The groups of rows that `slices` asks for, on both sides. */
export async function openSlices(
  a: DriftContext,
  current: CurrentSample,
): Promise<{ slices: SampleSlice[]; notes: string[] }> {
  if (a.inputs.slices.length === 0) return { slices: [], notes: [] }
  const world = worldOf(a)
  const reference = await openReferenceRows(a.inputs.reference, world)
  const { slices, leftOut } = await slicesOf(reference, current.rows!, a.inputs.slices, world)
  return { slices, notes: leftOut.map(leftOutText) }
}

/** The rows of a side; undefined where only a profile of them is kept. */
export async function rowsOf(a: DriftContext, side: 'reference' | 'current'): Promise<NamedTable | undefined> {
  const world = worldOf(a)
  if (side === 'current') return hasRows(a.inputs.current) ? openTable(a.inputs.current, world) : undefined
  try {
    return await openReferenceRows(a.inputs.reference, world)
  } catch (error) {
    if (error instanceof UserError && error.code === 'SLICES_NEED_ROWS') return undefined
    throw error
  }
}

/** How the project's data are read; labels and answers of a classification are classes, however they are written. */
function worldOf(a: DriftContext): SampleWorld {
  const { data = {}, task = {}, predictions = {} } = a.settings.values
  const { sensitive = [], categorical = [] } = data
  const isClassification = task.type === 'binary' || task.type === 'multiclass'
  const classes = isClassification
    ? [a.inputs.label ?? task.label ?? 'label', predictions.prediction ?? 'prediction']
    : []
  return {
    roots: a.roots,
    folder: a.folder,
    github: a.github,
    reading: writingOf(a),
    sensitive,
    categorical: [...categorical, ...classes],
  }
}

function noRows(key: 'ground-truth' | 'window' | 'slices'): UserError {
  return new UserError({
    code: 'ROWS_NEEDED',
    message: `With ${key} the current data must be rows: a profile has none.`,
    where: { key },
    help: 'Give the data or the prediction log as current.',
  })
}

import { writingOf } from '@mlops-actions/action'
import type { Profile } from '@mlops-actions/profile'
import {
  isProfile,
  type JoinCounts,
  type LogRoles,
  type NamedSample,
  openGroundTruth,
  openSample,
  openTable,
  type SampleWorld,
  sampleFiles,
  sampleOf,
} from '@mlops-actions/references'
import type { Table } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import type { DriftContext } from './inputs.ts'

/** The current data: what they look like and, where they are no profile, their rows. */
export interface CurrentSample extends NamedSample {
  /** With the label, where ground truth was joined. */
  rows?: Table
  /** There where the data are prediction logs. */
  log?: LogRoles | undefined
  groundTruth?: JoinCounts
}

/** The reference: the profile that a version carries, a profile file, or data. */
export const openReference = (a: DriftContext): Promise<NamedSample> => openSample(a.inputs.reference, worldOf(a))

/** The current data, counted in the reference's bins, with the labels that arrived later. */
export async function openCurrent(a: DriftContext, reference: Profile): Promise<CurrentSample> {
  const { current, 'ground-truth': truth } = a.inputs
  const world = worldOf(a)
  if (isProfile(current)) {
    if (truth.length > 0) throw noRows()
    return sampleFiles(current, world, reference)
  }
  const table = await openTable(current, world, reference)
  if (truth.length === 0) return { ...(await sampleOf(table, world, reference)), rows: table.table, log: table.log }
  const { task } = a.settings.values
  const project = { id: task?.id, label: a.inputs.label ?? task?.label }
  const joined = await openGroundTruth(table, truth, project, world, reference)
  const { counts } = joined
  a.log.info(
    `${counts.labelled} of ${counts.rows} rows have a label; ${counts.unmatched} labels belong to no row, ${counts.replaced} were replaced by a later one.`,
  )
  const sample = await sampleOf(joined, world, reference)
  return { ...sample, rows: joined.table, log: joined.log, groundTruth: counts }
}

function worldOf(a: DriftContext): SampleWorld {
  const { sensitive = [], categorical = [] } = a.settings.values.data ?? {}
  return { roots: a.roots, folder: a.folder, github: a.github, reading: writingOf(a), sensitive, categorical }
}

function noRows(): UserError {
  return new UserError({
    code: 'GROUND_TRUTH_ROWS',
    message: 'Labels cannot be joined onto a profile: it has no rows.',
    where: { key: 'ground-truth' },
    help: 'Give the prediction log as current.',
  })
}

import { writingOf } from '@mlops-actions/action'
import type { Profile } from '@mlops-actions/profile'
import {
  isProfileFile,
  type NamedJoin,
  type NamedSample,
  namesServers,
  openGroundTruth,
  openSample,
  openTable,
  type SampleWorld,
  sampleFiles,
  sampleOf,
  servedProfiles,
} from '@mlops-actions/references'
import { UserError } from '@mlops-actions/verdict'
import type { DriftContext } from './inputs.ts'

/** The current data: what they look like and, where labels were joined that arrived later, their rows with these. */
export interface CurrentSample extends NamedSample {
  joined?: NamedJoin
}

/** The reference: the profile that a version carries, a profile file, or data. */
export const openReference = (a: DriftContext): Promise<NamedSample> => openSample(a.inputs.reference, worldOf(a))

/** The current data, counted in the reference's bins, with the labels that arrived later. */
export async function openCurrent(a: DriftContext, reference: Profile): Promise<CurrentSample> {
  const { current, 'ground-truth': truth } = a.inputs
  const world = worldOf(a)
  const isServed = namesServers(current)
  if (truth.length > 0 && (isServed || isProfileFile(current))) throw noRows()
  if (isServed) return servedProfiles(current, a.inputs['current-token'], reference)
  if (truth.length === 0) return sampleFiles(current, world, reference)
  const { task } = a.settings.values
  const project = { id: task?.id, label: a.inputs.label ?? task?.label }
  const joined = await openGroundTruth(await openTable(current, world, reference), truth, project, world, reference)
  const { rows, labelled, unmatched, replaced } = joined.counts
  a.log.info(
    `${labelled} of ${rows} rows have a label; ${unmatched} labels belong to no row, ${replaced} were replaced by a later one.`,
  )
  return { ...(await sampleOf(joined, world, reference)), joined }
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

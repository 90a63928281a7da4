import { writingOf } from '@mlops-actions/action'
import type { Profile } from '@mlops-actions/profile'
import { type NamedSample, openSample, type SampleWorld, sampleFiles } from '@mlops-actions/references'
import type { DriftContext } from './inputs.ts'

/** The reference: the profile that a version carries, a profile file, or data. */
export const openReference = (a: DriftContext): Promise<NamedSample> => openSample(a.inputs.reference, worldOf(a))

/** The current data, counted in the reference's bins. */
export const openCurrent = (a: DriftContext, reference: Profile): Promise<NamedSample> =>
  sampleFiles(a.inputs.current, worldOf(a), reference)

function worldOf(a: DriftContext): SampleWorld {
  const { sensitive = [], categorical = [] } = a.settings.values.data ?? {}
  return { roots: a.roots, folder: a.folder, github: a.github, reading: writingOf(a), sensitive, categorical }
}

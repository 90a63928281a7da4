import { parseReference } from '@mlops-actions/references'
import type { DriftContext } from './inputs.ts'

/** Whose data are watched: the model of mlops.yaml, else the one that the reference is a version of, else `data`. */
export function watchedModel(a: DriftContext): string {
  const reference = parseReference(a.inputs.reference)
  return a.settings.values.model ?? ('model' in reference ? reference.model : 'data')
}

import { isModelOutput, type Roles } from '@mlops-actions/profile'

/**
 * What a change is a change of: the columns the model reads, its answers and scores, the truth, the relation between
 * them (its performance), or which columns there are.
 */
export type DriftKind = 'data' | 'prediction' | 'label' | 'concept' | 'schema'

/** The kind of drift that a column's change is. */
export function driftKindOf(name: string, roles: Roles): DriftKind {
  if (name === roles.label) return 'label'
  return isModelOutput(name, roles) ? 'prediction' : 'data'
}

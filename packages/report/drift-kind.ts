import type { Check } from '@mlops-actions/verdict'
import { textAt } from './evidence.ts'

/** What drifts, nearest to the model's answers first. */
const titles = {
  prediction: 'Predictions',
  label: 'Labels',
  concept: 'Performance',
  data: 'Data',
  schema: 'Schema',
}

export type DriftKind = keyof typeof titles

const kinds = Object.keys(titles) as DriftKind[]

/** Which of the five kinds a check speaks of: `drift_kind` of its evidence, else the data. */
export function driftKindOf({ evidence }: Check): DriftKind {
  const named = textAt(evidence, 'drift_kind')
  return kinds.find((kind) => kind === named) ?? 'data'
}

export interface DriftGroup {
  kind: DriftKind
  title: string
  checks: Check[]
}

/** The checks by kind, without kinds that have none; those of one kind keep their order. */
export function byDriftKind(checks: Check[]): DriftGroup[] {
  const groups = Map.groupBy(checks, driftKindOf)
  return kinds.flatMap((kind) => {
    const of = groups.get(kind)
    return of === undefined ? [] : [{ kind, title: titles[kind], checks: of }]
  })
}

import type { Check } from '@mlops-actions/verdict'
import type { DriftLevel } from './outcome.ts'

export type Decision = 'keep' | 'investigate' | 'retrain'

const decisions: Record<DriftLevel, Decision> = { none: 'keep', moderate: 'investigate', significant: 'retrain' }

/** What to do. What failed without drift (a missing column, say) is for a person to look at, not for retraining. */
export function decide(level: DriftLevel, checks: readonly Check[]): Decision {
  return level === 'none' && checks.some((c) => c.status === 'failed') ? 'investigate' : decisions[level]
}

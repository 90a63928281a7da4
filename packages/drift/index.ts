export { type DriftResult, drift } from './drift.ts'
export {
  type EvidentlyDrift,
  type EvidentlyResult,
  type EvidentlyRules,
  evidentlyDrift,
  evidentlyRules,
} from './evidently/index.ts'
export type { DriftLevel } from './outcome.ts'
export { type DriftRules, driftRules } from './rules.ts'

export { type DriftResult, drift } from './drift.ts'
export type { DriftLevel } from './outcome.ts'
export { type DriftRules, driftRules } from './rules.ts'

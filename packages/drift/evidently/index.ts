export { type EvidentlyDrift, type EvidentlyResult, evidentlyDrift } from './evidently.ts'
export { type EvidentlyRules, evidentlyRules } from './rules.ts'

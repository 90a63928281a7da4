export { calibrationDrift } from './calibration.ts'
export { type ConceptOptions, type ConceptResult, conceptDrift, type Labelled } from './concept.ts'
export { type ConceptRules, conceptRules, detectorNames } from './concept-rules.ts'
export { type DriftOptions, type DriftResult, drift, type SampleSlice } from './drift.ts'
export {
  type EvidentlyDrift,
  type EvidentlyResult,
  type EvidentlyRules,
  evidentlyDrift,
  evidentlyRules,
} from './evidently/index.ts'
export { type MonitorPoint, monitorPoint, parseMonitorPoint, serialiseMonitorPoint } from './history.ts'
export { type ClassCounts, labelRate } from './label-rate.ts'
export type { Finding } from './loss-check.ts'
export type { DriftLevel } from './outcome.ts'
export {
  cooldownWindow,
  mayRetrain,
  type RetrainPolicy,
  type RetrainRun,
  retrainingsCountFrom,
  retrainPolicy,
  workflowFile,
} from './retrain.ts'
export { type DriftRules, driftRules, presetNames } from './rules.ts'

export type { ConceptOptions, Labelled } from './concept.ts'
export { type DriftOptions, type DriftResult, drift, type SampleSlice } from './drift.ts'
export {
  type EvidentlyDrift,
  type EvidentlyResult,
  type EvidentlyRules,
  evidentlyDrift,
  evidentlyRules,
} from './evidently/index.ts'
export { type MonitorPoint, monitorPoint, parseMonitorPoint, serialiseMonitorPoint } from './history.ts'
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
export type { Past } from './settled.ts'
export {
  asksForTruth,
  conceptOf,
  judgeTruth,
  type ReferenceTruth,
  type TruthResult,
  truthMissing,
  withTruth,
} from './truth.ts'

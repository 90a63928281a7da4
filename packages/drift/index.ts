export { type DriftOptions, type DriftResult, drift, type SampleSlice } from './drift.ts'
export { type MonitorPoint, parseMonitorPoint, serialiseMonitorPoint } from './history.ts'
export type { DriftLevel } from './outcome.ts'
export { type DriftRules, driftRules, presetNames } from './rules.ts'

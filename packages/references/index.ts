export {
  type JoinColumns,
  type JoinCounts,
  type Joined,
  joinGroundTruth,
  type LabelledColumns,
  type LabelledRows,
  labelledPredictions,
  type NamedJoin,
  openGroundTruth,
} from './ground-truth.ts'
export * from './held-version.ts'
export { type LogRoles, logRoles } from './prediction-log.ts'
export * from './predictions.ts'
export * from './reference.ts'
export * from './rows.ts'
export * from './sample.ts'
export * from './served-profiles.ts'
export * from './window.ts'

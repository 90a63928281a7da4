export type { Pins } from './download.ts'
export { type Engine, loadEngine } from './engine.ts'
export { feedsOf } from './feeds.ts'
export {
  checkGolden,
  compareGolden,
  type Golden,
  type GoldenOptions,
  type GoldenTensor,
  golden,
  jsonValue,
  labelCheck,
  parseGolden,
  tensorsFromJson,
} from './golden.ts'
export { columnTypes, type InputLayout, inputLayout } from './layout.ts'
export { copyModel, type LocalModel, type ModelCopy } from './model-files.ts'
export { type Classified, type Coding, codingOf, readClassifier, readRegression } from './outputs.ts'
export { type PredictOptions, predict, type ScoreOptions, type Scores, score } from './predict.ts'
export {
  bindingFolder,
  installedRuntime,
  loadRuntime,
  type Runtime,
  type RuntimeOptions,
} from './runtime.ts'
export { openSession, runsRowByRow, type Session, type SessionOptions } from './session.ts'
export * from './signature.ts'
export { allocate, isFloat, rowsOf, stack, type Tensor, type TensorData, type Tensors, wholeRange } from './tensor.ts'

export * from './held-version.ts'
export * from './predictions.ts'
export * from './reference.ts'
export * from './sample.ts'

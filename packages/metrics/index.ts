export * from './metric.ts'
export * from './predictions.ts'

export * from './error.ts'
export * from './verdict.ts'

export * from './error.ts'
export * from './parse.ts'
export * from './verdict.ts'

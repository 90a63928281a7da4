export * from './id.ts'
export * from './job.ts'
export * from './record.ts'
export * from './store.ts'

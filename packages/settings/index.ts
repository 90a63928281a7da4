export * from './base.ts'
export * from './schema.ts'
export * from './settings.ts'

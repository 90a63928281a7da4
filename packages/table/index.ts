export * from './column.ts'

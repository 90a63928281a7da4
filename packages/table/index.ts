export * from './column.ts'
export * from './table.ts'
export * from './value.ts'

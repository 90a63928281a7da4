export * from './column.ts'
export * from './some-rows.ts'
export * from './table.ts'
export * from './value.ts'

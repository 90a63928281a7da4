export { readForSuite } from './reading.ts'
export type { Expectation, Suite } from './suite.ts'
export { parseSuite } from './suite.ts'
export { validate } from './validate.ts'

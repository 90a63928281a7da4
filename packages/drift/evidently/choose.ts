import { countsOf, type EvidentlyColumn, type Numbers, rowsOf } from './column.ts'
import type { MethodName } from './methods.ts'

/** References of more rows than these are compared by distance. */
const mostRowsToTest = 1000
/** Numbers of at most so many distinct values are compared as categories. */
const mostValues = 5

/**
 * The test that Evidently takes by default, by the rows of the reference alone and the distinct values of both sides
 * (`_get_default_stattest`): up to 1000 rows p-values, above them distances.
 */
export function defaultMethod(column: EvidentlyColumn): MethodName {
  const many = column.type === 'num' && differ(column.numbers)
  if (rowsOf(column).reference > mostRowsToTest) return many ? 'wasserstein' : 'jensenshannon'
  if (many) return 'ks'
  return countsOf(column).reference.length > 2 ? 'chisquare' : 'z'
}

/** Whether both sides together have more distinct values than categories may. */
function differ({ reference, current }: Numbers): boolean {
  const seen = new Set<number>()
  for (const side of [reference, current]) {
    for (const value of side) if (seen.add(value).size > mostValues) return true
  }
  return false
}

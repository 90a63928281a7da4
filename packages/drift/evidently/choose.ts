import { countsOf, type EvidentlyColumn, haveDistinct, rowsOf } from './column.ts'
import type { MethodName } from './method-names.ts'

/** References of more rows than these are compared by distance. */
const mostRowsToTest = 1000
/** Numbers of at most so many distinct values are compared as categories. */
const mostValues = 5

/**
 * The test that Evidently takes by default, by the rows of the reference alone and the distinct values of both sides
 * (`_get_default_stattest`): up to 1000 rows p-values, above them distances.
 */
export function defaultMethod(column: EvidentlyColumn): MethodName {
  const many = column.type === 'num' && haveDistinct(mostValues + 1, column.numbers)
  if (rowsOf(column).reference > mostRowsToTest) return many ? 'wasserstein' : 'jensenshannon'
  if (many) return 'ks'
  return countsOf(column).reference.length > 2 ? 'chisquare' : 'z'
}

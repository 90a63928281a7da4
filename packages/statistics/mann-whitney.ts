import { normalSf } from './normal.ts'
import { forEachTieGroup } from './tie-groups.ts'

/** Up to this many values on the smaller side, without ties, the p-value is exact: scipy's `method='auto'`. */
const EXACT_UP_TO = 8

export interface MannWhitneyTest {
  /** U of the first sample: the pairs in which its value is the larger, a tie counting one half. */
  statistic: number
  p: number
  method: 'exact' | 'asymptotic'
}

/**
 * The Mann-Whitney U test (Annals of Mathematical Statistics 18, 1947) of two sorted samples, as scipy's
 * `mannwhitneyu(a, b, method='auto')`: exact for a small sample without ties, else normal with the correction for ties
 * and for continuity. `greater` asks whether a's values are the larger. Where all values are equal there is nothing to
 * tell apart: p 1. RangeError where a sample is empty or holds NaN.
 */
export function mannWhitneyTest(
  a: Float64Array,
  b: Float64Array,
  { alternative = 'two-sided' }: { alternative?: 'two-sided' | 'less' | 'greater' } = {},
): MannWhitneyTest {
  const n = a.length
  const m = b.length
  const total = n + m
  let statistic = 0
  let squares = 0
  let hasTies = false
  forEachTieGroup([a, b], (here, below) => {
    const tied = here[0]! + here[1]!
    if (tied > 1) hasTies = true
    statistic += here[0]! * (below[1]! + here[1]! / 2)
    // The midrank less the mean rank: the sum of its squares is the tie-corrected variance without cancellation.
    squares += tied * (below[0]! + below[1]! + tied / 2 - total / 2) ** 2
  })
  const upper = alternative === 'greater' ? statistic : n * m - statistic
  const u = alternative === 'two-sided' ? Math.max(statistic, n * m - statistic) : upper
  const sides = alternative === 'two-sided' ? 2 : 1
  if (Math.min(n, m) <= EXACT_UP_TO && !hasTies) {
    return { statistic, p: Math.min(1, sides * exactSf(u, n, m)), method: 'exact' }
  }
  if (squares === 0) return { statistic, p: 1, method: 'asymptotic' }
  const deviation = Math.sqrt(((n * m) / (total * (total - 1))) * squares)
  return { statistic, p: Math.min(1, sides * normalSf((u - (n * m) / 2 - 0.5) / deviation)), method: 'asymptotic' }
}

/** P(U >= u) without ties. */
function exactSf(u: number, n: number, m: number): number {
  return u > (n * m) / 2 ? exactCdf(n * m - u, n, m) : 1 - exactCdf(u - 1, n, m)
}

/**
 * P(U <= u): the arrangements with that U are the coefficients of the Gaussian binomial, the product of
 * (1 - q^(large + i)) / (1 - q^i) over i = 1 ... small, built up factor by factor.
 */
function exactCdf(u: number, n: number, m: number): number {
  if (u < 0) return 0
  const [small, large] = n < m ? [n, m] : [m, n]
  const ways = new Float64Array(u + 1)
  ways[0] = 1
  let all = 1
  for (let i = 1; i <= small; i++) {
    for (let at = u; at >= large + i; at--) ways[at] = ways[at]! - ways[at - large - i]!
    for (let at = i; at <= u; at++) ways[at] = ways[at]! + ways[at - i]!
    all = (all * (large + i)) / i
  }
  return ways.reduce((sum, count) => sum + count, 0) / all
}

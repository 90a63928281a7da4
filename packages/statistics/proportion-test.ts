import { normalSf } from './normal.ts'

export interface ProportionTest {
  /** The difference of the shares in standard errors. */
  statistic: number
  p: number
}

/**
 * The two-sided z-test of two shares, x of n and y of m, with their pooled variance: statsmodels'
 * `proportions_ztest([x, y], [n, m])`. Where all or none of both are counted there is nothing to tell apart: statistic 0,
 * p 1. RangeError unless 0 <= x <= n, 0 <= y <= m, and both n and m are positive.
 */
export function proportionTest(x: number, n: number, y: number, m: number): ProportionTest {
  for (const [count, of] of [
    [x, n],
    [y, m],
  ] as const) {
    if (!(of > 0 && of < Number.POSITIVE_INFINITY && count >= 0 && count <= of)) {
      throw new RangeError(`A share is a count of a positive number, not ${count} of ${of}`)
    }
  }
  const counted = x + y
  const rest = n - x + (m - y)
  if (counted === 0 || rest === 0) return { statistic: 0, p: 1 }
  // The cross product is exact where the difference of the shares would cancel.
  const statistic = ((x * m - y * n) / Math.sqrt(n * m)) * Math.sqrt((n + m) / counted / rest)
  return { statistic, p: 2 * normalSf(Math.abs(statistic)) }
}

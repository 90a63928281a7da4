import { type ChiSquareTest, chiSquareSf } from './chi-square.ts'
import { deviance } from './gamma.ts'

/**
 * Tests counts against expected ones of the same sum: Pearson's chi-square, scipy's `chisquare`, or the G-test of log
 * likelihood, scipy's `power_divergence(lambda_='log-likelihood')`; df = categories - 1. Categories of which none was
 * expected or seen do not count; what was seen but cannot be expected makes the statistic infinite and p 0; with fewer
 * than two categories there is nothing to tell apart: p 1. RangeError where the lengths differ, a count is negative or
 * not finite, nothing was seen, or the sums differ by more than 1.5e-8 of them (scipy's tolerance).
 */
export function goodnessOfFit(
  observed: ArrayLike<number>,
  expected: ArrayLike<number>,
  statistic: 'pearson' | 'log-likelihood',
): ChiSquareTest {
  if (observed.length !== expected.length)
    throw new RangeError('Observed and expected counts are of the same categories')
  let sumObserved = 0
  let sumExpected = 0
  let categories = 0
  let divergence = 0
  for (let i = 0; i < observed.length; i++) {
    const seen = observed[i]!
    const wanted = expected[i]!
    for (const count of [seen, wanted]) {
      if (!(count >= 0 && count < Number.POSITIVE_INFINITY)) throw new RangeError(`A count is at least 0, not ${count}`)
    }
    sumObserved += seen
    sumExpected += wanted
    if (seen === 0 && wanted === 0) continue
    categories++
    if (wanted === 0) divergence = Number.POSITIVE_INFINITY
    else if (statistic === 'pearson') divergence += (seen - wanted) ** 2 / wanted
    // 2 x log(x / e): the deviance keeps the digits that x log(x / e) loses where x is near e.
    else divergence += 2 * ((seen === 0 ? wanted : deviance(seen, wanted)) + (seen - wanted))
  }
  if (!(sumObserved > 0)) throw new RangeError('A test of goodness of fit needs counts')
  if (Math.abs(sumObserved - sumExpected) > Math.sqrt(Number.EPSILON) * Math.min(sumObserved, sumExpected)) {
    throw new RangeError(`Observed counts sum to ${sumObserved}, expected ones to ${sumExpected}`)
  }
  const df = categories - 1
  if (df === 0) return { statistic: 0, df, p: 1 }
  const bounded = Math.max(0, divergence)
  return { statistic: bounded, df, p: chiSquareSf(bounded, df) }
}

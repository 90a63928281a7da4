import { chiSquareSf, normalCdf } from '@mlops-actions/statistics'
import type { CategoryCounts } from './column.ts'
import { noScore, type Score } from './score.ts'

const ONE_CATEGORY = 'all rows hold one category, which leaves nothing to tell apart'

/**
 * Chi-square of the current counts against the reference's, scaled to as many rows: a test of fit, which takes the reference's
 * shares as known (scipy's `chisquare`). A category that the reference lacks makes p 0.
 */
export function fitToReference({ reference, current }: CategoryCounts): Score {
  if (reference.length < 2) return noScore(ONE_CATEGORY)
  const scale = total(current) / total(reference)
  const statistic = current.reduce((sum, observed, i) => {
    const expected = reference[i]! * scale
    return sum + (observed - expected) ** 2 / expected
  }, 0)
  return statistic === Number.POSITIVE_INFINITY ? 0 : chiSquareSf(statistic, reference.length - 1)
}

/**
 * Two-sided z-test of the share of the first category, pooled variance. As there, p is 2 (1 - cdf), so it is 0 beyond about
 * eight standard errors; one and the same category on both sides gives 1.
 */
export function firstShareTest({ reference, current, ordered }: CategoryCounts): Score {
  if (reference.length === 1) return 1
  if (reference.length > 2 && !ordered) return noScore('which category is the first is hidden in a sensitive column')
  const n = total(reference)
  const m = total(current)
  const p = 1 - reference[0]! / n
  const q = 1 - current[0]! / m
  const pooled = (p * n + q * m) / (n + m)
  const z = (p - q) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
  return 2 * (1 - normalCdf(Math.abs(z)))
}

function total(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

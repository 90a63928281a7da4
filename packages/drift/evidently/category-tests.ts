import { fisherExact, goodnessOfFit, permutationTest, proportionTest, totalVariation } from '@mlops-actions/statistics'
import type { CategoryCounts } from './column.ts'
import { noScore, type Score } from './score.ts'

const ONE_CATEGORY = 'all rows hold one category, which leaves nothing to tell apart'
const UNEQUAL = 'it takes as many rows on both sides'

/**
 * Chi-square of the current counts against the reference's, scaled to as many rows: a test of fit, which takes the reference's
 * shares as known (scipy's `chisquare`). A category that the reference lacks makes p 0.
 */
export function fitToReference({ reference, current }: CategoryCounts): Score {
  if (reference.length < 2) return noScore(ONE_CATEGORY)
  const scale = total(current) / total(reference)
  const expected = reference.map((count) => count * scale)
  return goodnessOfFit(current, expected, 'pearson').p
}

/** G-test of the current counts against the reference's, which Evidently does not scale: so it takes as many rows on both sides. */
export function likelihoodFit({ reference, current }: CategoryCounts): Score {
  if (total(reference) !== total(current)) return noScore(UNEQUAL)
  return reference.length < 2 ? noScore(ONE_CATEGORY) : goodnessOfFit(current, reference, 'log-likelihood').p
}

/**
 * Two-sided z-test of the share of the first category, pooled variance; exact in the far tail, where Evidently's 1 - cdf ends at
 * 1e-16. One and the same category on both sides gives 1.
 */
export function firstShareTest({ reference, current, ordered }: CategoryCounts): Score {
  if (reference.length > 2 && !ordered) return noScore('which category is the first is hidden in a sensitive column')
  return proportionTest(reference[0]!, total(reference), current[0]!, total(current)).p
}

/** Fisher's exact test, two-sided, of two categories. */
export function fisher({ reference, current }: CategoryCounts): Score {
  if (reference.length > 2) return noScore('it takes two categories')
  if (total(reference) !== total(current)) return noScore(UNEQUAL)
  const [before, after] = [reference, current].map(([first = 0, second = 0]): [number, number] => [first, second])
  return fisherExact([after!, before!]).p
}

/** Permutations drawn by Evidently. */
const TIMES = 1000

/**
 * Permutation test of the total variation distance. Evidently draws by numpy's random stream from the rows in the order of the
 * file; ours are drawn anew by a seed of our own, so that p is another estimate of the same.
 */
export function totalVariationTest({ reference, current }: CategoryCounts): Score {
  const codes = (counts: number[]) => Float64Array.from(counts.flatMap((count, i) => new Array<number>(count).fill(i)))
  const before = new Float64Array(reference.length)
  const after = new Float64Array(reference.length)
  const distance = (a: Float64Array, b: Float64Array) => {
    before.fill(0)
    after.fill(0)
    for (const code of a) before[code]!++
    for (const code of b) after[code]!++
    return totalVariation(before, after)
  }
  return permutationTest(codes(reference), codes(current), distance, { times: TIMES }).p
}

function total(counts: number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

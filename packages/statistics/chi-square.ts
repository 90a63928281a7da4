import { gammaQ, logGammaQ } from './gamma.ts'

/** P(X >= x) for a chi-square variable of df degrees of freedom; with df = 0 all its mass is at 0. */
export function chiSquareSf(x: number, df: number): number {
  if (df === 0) return x > 0 ? 0 : 1
  return gammaQ(df / 2, Math.max(0, x) / 2)
}

/** log P(X >= x), finite far beyond where the probability underflows; with df = 0 all the mass is at 0. */
export function chiSquareLogSf(x: number, df: number): number {
  if (df === 0) return x > 0 ? Number.NEGATIVE_INFINITY : 0
  return logGammaQ(df / 2, Math.max(0, x) / 2)
}

/** The x with P(X >= x) = p, for 0 < p < 1 and df > 0, to about 1e-14. */
export function chiSquareIsf(p: number, df: number): number {
  if (!(p > 0 && p < 1 && df > 0)) throw new RangeError(`chiSquareIsf needs 0 < p < 1 and df > 0, not ${p} and ${df}`)
  let low = 0
  let high = df
  while (chiSquareSf(high, df) > p) high *= 2
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (chiSquareSf(middle, df) > p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

export interface ChiSquareTest {
  statistic: number
  df: number
  p: number
}

/**
 * Chi-square test of homogeneity of two samples' counts over the same categories, without Yates' correction: scipy's
 * `chi2_contingency([a, b], correction=False)`. Categories empty on both sides do not count; with fewer than two left
 * there is nothing to tell apart: statistic 0, df 0, p 1. RangeError where a sample is empty.
 */
export function homogeneityTest(a: ArrayLike<number>, b: ArrayLike<number>): ChiSquareTest {
  const n = total(a)
  const m = total(b)
  if (a.length !== b.length) throw new RangeError('Both samples are counted over the same categories')
  if (!(n > 0 && m > 0)) throw new RangeError('A test of homogeneity needs counts on both sides')
  let statistic = 0
  let categories = 0
  for (let i = 0; i < a.length; i++) {
    const both = a[i]! + b[i]!
    if (both === 0) continue
    categories++
    const expectedA = (both * n) / (n + m)
    const expectedB = (both * m) / (n + m)
    // a - expectedA and b - expectedB are opposite; the cross product is exact where their difference would cancel.
    const deviation = (a[i]! * m - b[i]! * n) / (n + m)
    statistic += deviation ** 2 / expectedA + deviation ** 2 / expectedB
  }
  const df = Math.max(0, categories - 1)
  if (df === 0) return { statistic: 0, df, p: 1 }
  return { statistic, df, p: chiSquareSf(statistic, df) }
}

function total(counts: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < counts.length; i++) sum += counts[i]!
  return sum
}

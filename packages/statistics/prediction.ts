import { lgamma } from './gamma.ts'

/**
 * How many of `m` later rows of the same source have a trait that `seen` of `n` rows had: at most so many, but in a share
 * 1 - confidence of all cases, whatever the trait's true share. Exact, by the hypergeometric law (Thatcher, Relationships
 * between Bayesian and confidence limits for predictions, 1964): the counterpart of Clopper and Pearson's bound for a share.
 * RangeError unless 0 <= seen <= n and m >= 1.
 */
export function predictionBound(seen: number, n: number, m: number, confidence: number): number {
  if (!(seen >= 0 && seen <= n && m >= 1))
    throw new RangeError('A prediction needs rows, and no more seen than there are')
  let low = 0
  let high = m
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (atMost(seen, n, n + m, seen + middle + 1) <= 1 - confidence) high = middle
    else low = middle + 1
  }
  return low
}

/** The chance that a sample of n rows has at most `seen` of the `marked` ones among `all`. */
function atMost(seen: number, n: number, all: number, marked: number): number {
  const least = Math.max(0, n - (all - marked))
  const most = Math.min(n, marked)
  if (seen < least) return 0
  if (seen >= most) return 1
  const chance = (x: number) => Math.exp(logChoose(marked, x) + logChoose(all - marked, n - x) - logChoose(all, n))
  // From the middle outward the terms fall: the tail that holds no middle is summed.
  const lower = seen < (n * marked) / all
  let x = lower ? seen : seen + 1
  let term = chance(x)
  let sum = term
  while (term > sum * 1e-17 && (lower ? x > least : x < most)) {
    term *= lower
      ? (x * (all - marked - n + x)) / ((marked - x + 1) * (n - x + 1))
      : ((marked - x) * (n - x)) / ((x + 1) * (all - marked - n + x + 1))
    x += lower ? -1 : 1
    sum += term
  }
  return Math.min(1, lower ? sum : 1 - sum)
}

function logChoose(n: number, k: number): number {
  return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
}

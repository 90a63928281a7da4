import { betaShare } from './beta.ts'
import { deviance, stirlingError } from './gamma.ts'

/** P(X = k) for k of n draws of chance p: scipy's `binom.pmf`. RangeError unless k and n are whole, n >= 0 and 0 <= p <= 1. */
export function binomialPmf(k: number, n: number, p: number): number {
  return Math.exp(binomialLogPmf(k, n, p))
}

/**
 * log P(X = k), finite where the probability underflows, in the saddle-point form of C. Loader ("Fast and accurate
 * computation of binomial probabilities", 2000); -Infinity where k cannot be. RangeError as binomialPmf. Who has 1 - p
 * with more digits gives it as q.
 */
export function binomialLogPmf(k: number, n: number, p: number, q = 1 - p): number {
  checkBinomial(k, n, p)
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY
  if (p === 0 || q === 0) return k === (p === 0 ? 0 : n) ? 0 : Number.NEGATIVE_INFINITY
  if (n === 0) return 0
  if (k === 0) return allOf(n, q, p)
  if (k === n) return allOf(n, p, q)
  const rest = n - k
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(rest) - deviance(k, n * p) - deviance(rest, n * q)
  return exponent + 0.5 * Math.log(n / (2 * Math.PI * k * rest))
}

/** n log p: from whichever of p and 1 - p is known the finer. */
function allOf(n: number, p: number, rest: number): number {
  return n * (rest < 0.5 ? Math.log1p(-rest) : Math.log(p))
}

/** P(X <= k): scipy's `binom.cdf`, as I_(1-p)(n - k, k + 1) (Abramowitz and Stegun 26.5.24). RangeError as binomialPmf. */
export function binomialCdf(k: number, n: number, p: number): number {
  checkBinomial(k, n, p)
  if (k < 0) return 0
  return k >= n ? 1 : betaShare(n - k, k + 1, 1 - p, p)
}

/** P(X > k), without the loss of digits in the upper tail: scipy's `binom.sf`. RangeError as binomialPmf. */
export function binomialSf(k: number, n: number, p: number): number {
  checkBinomial(k, n, p)
  if (k < 0) return 1
  return k >= n ? 0 : betaShare(k + 1, n - k, p, 1 - p)
}

function checkBinomial(k: number, n: number, p: number): void {
  if (!(Number.isInteger(n) && n >= 0)) throw new RangeError(`The number of draws is whole and at least 0, not ${n}`)
  if (!Number.isInteger(k)) throw new RangeError(`A count is a whole number, not ${k}`)
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability lies in [0, 1], not ${p}`)
}

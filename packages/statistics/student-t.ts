import { betaShare } from './beta.ts'
import { lgamma } from './gamma.ts'
import { normalSf } from './normal.ts'

/** P(T <= t) for Student's t of df degrees of freedom: scipy's `t.cdf`. RangeError unless df > 0 and t is a number. */
export function studentTCdf(t: number, df: number): number {
  return studentTSf(-t, df)
}

/**
 * P(T > t), exact to the last digits far into the upper tail: scipy's `t.sf`. Half of I_x(df / 2, 1 / 2) at
 * x = df / (df + t²) (Abramowitz and Stegun 26.7.1). Infinite df is the normal distribution. RangeError as studentTCdf.
 */
export function studentTSf(t: number, df: number): number {
  if (!(df > 0)) throw new RangeError(`Degrees of freedom are positive, not ${df}`)
  if (Number.isNaN(t)) throw new RangeError('The t variable is not a number')
  if (df === Number.POSITIVE_INFINITY) return normalSf(t)
  const tail = upperTail(Math.abs(t) / Math.sqrt(df), df / 2)
  return t >= 0 ? tail : 1 - tail
}

/** P(T > r sqrt(df)) for r >= 0, where half = df / 2. */
function upperTail(r: number, half: number): number {
  // There x itself would underflow, and is the first term of its series to 200 digits.
  if (r > 1e100) return 0.5 * Math.exp(lgamma(half + 0.5) - lgamma(half + 1) - lgamma(0.5) - 2 * half * Math.log(r))
  const square = r * r
  return 0.5 * betaShare(half, 0.5, 1 / (1 + square), square / (1 + square))
}

import { betaShare } from './beta.ts'

/** P(F <= x) for the F distribution of d1 and d2 degrees of freedom: scipy's `f.cdf`. RangeError unless d1, d2 > 0 and x is a number. */
export function fCdf(x: number, d1: number, d2: number): number {
  const [share, rest] = shareOf(x, d1, d2)
  return betaShare(d1 / 2, d2 / 2, share, rest)
}

/** P(F > x), without the loss of digits in the upper tail: scipy's `f.sf`. RangeError as fCdf. */
export function fSf(x: number, d1: number, d2: number): number {
  const [share, rest] = shareOf(x, d1, d2)
  return betaShare(d2 / 2, d1 / 2, rest, share)
}

/** d1 x / (d1 x + d2), a Beta(d1 / 2, d2 / 2) variable (Abramowitz and Stegun 26.6.2), and its complement. */
function shareOf(x: number, d1: number, d2: number): [number, number] {
  const isDegrees = (d: number) => d > 0 && d < Number.POSITIVE_INFINITY
  if (!isDegrees(d1) || !isDegrees(d2)) throw new RangeError(`Degrees of freedom are positive, not ${d1} and ${d2}`)
  if (Number.isNaN(x)) throw new RangeError('The F variable is not a number')
  const odds = Math.max(0, x) * (d1 / d2)
  return odds === Number.POSITIVE_INFINITY ? [1, 0] : [odds / (1 + odds), 1 / (1 + odds)]
}

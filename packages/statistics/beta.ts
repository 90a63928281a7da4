import { deviance, stirlingError } from './gamma.ts'

/** I_x(a, b): the share of a Beta(a, b) variable's mass at or below x. RangeError unless a, b > 0 and 0 <= x <= 1. */
export function betaP(a: number, b: number, x: number): number {
  checkBeta(a, b, x)
  return lower(a, b, x, 1 - x)
}

/** 1 - I_x(a, b), without the loss of digits in the upper tail. */
export function betaQ(a: number, b: number, x: number): number {
  checkBeta(a, b, x)
  return lower(b, a, 1 - x, x)
}

/**
 * I_x(a, b) from x and its complement y = 1 - x, for who has both with all their digits where 1 - x would lose them.
 * RangeError unless a, b > 0 and x, y lie in [0, 1].
 */
export function betaShare(a: number, b: number, x: number, y: number): number {
  checkBeta(a, b, x)
  checkBeta(a, b, y)
  return lower(a, b, x, y)
}

/** log I_x(a, b), finite far beyond where I_x underflows; -Infinity at x = 0. RangeError as betaP. */
export function logBetaP(a: number, b: number, x: number): number {
  checkBeta(a, b, x)
  return logLower(a, b, x, 1 - x)
}

/** log (1 - I_x(a, b)), finite far beyond where the share underflows; -Infinity at x = 1. RangeError as betaP. */
export function logBetaQ(a: number, b: number, x: number): number {
  checkBeta(a, b, x)
  return logLower(b, a, 1 - x, x)
}

/**
 * The x with I_x(a, b) = p. Newton's method for the logarithm of the smaller tail in logit(x), kept in a bracket.
 * RangeError unless a, b > 0 and 0 <= p <= 1.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  checkBeta(a, b, p)
  if (p === 0 || p === 1) return p
  const mirrored = p > 0.5
  const target = mirrored ? 1 - p : p
  const [x, y] = mirrored ? lowerQuantile(target, b, a) : lowerQuantile(target, a, b)
  return mirrored ? y : x
}

/** [x, 1 - x] for a lower tail of at most one half. */
function lowerQuantile(p: number, a: number, b: number): [number, number] {
  let low = -740
  let high = 740
  let t = Math.log(a / b)
  for (let i = 0; i < 300; i++) {
    const [x, y] = fromLogit(t)
    const share = lower(a, b, x, y)
    if (share < p) low = t
    else high = t
    // The density of logit(x) is x y times that of x, so the step has no singularity at the ends.
    const step = (share * Math.log(share / p)) / (a * factor(a, b, x, y))
    let next = t - step
    if (!(next > low && next < high)) next = (low + high) / 2
    const moved = Math.abs(next - t)
    t = next
    if (moved <= 1e-16 * Math.max(1, Math.abs(t)) || high - low < 1e-16 * Math.abs(t)) break
  }
  return fromLogit(t)
}

function fromLogit(t: number): [number, number] {
  const odds = Math.exp(-Math.abs(t))
  const small = odds / (1 + odds)
  const large = 1 / (1 + odds)
  return t < 0 ? [small, large] : [large, small]
}

function checkBeta(a: number, b: number, x: number): void {
  const isShape = (v: number) => v > 0 && v < Number.POSITIVE_INFINITY
  if (!isShape(a) || !isShape(b)) throw new RangeError(`Beta shapes are positive, not ${a} and ${b}`)
  if (!(x >= 0 && x <= 1)) throw new RangeError(`A share lies in [0, 1], not ${x}`)
}

function lower(a: number, b: number, x: number, y: number): number {
  if (x === 0) return 0
  if (y === 0) return 1
  return x <= (a + 1) / (a + b + 2) ? fraction(a, b, x, y) : 1 - fraction(b, a, y, x)
}

function logLower(a: number, b: number, x: number, y: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (y === 0) return 0
  if (x > (a + 1) / (a + b + 2)) return Math.log1p(-fraction(b, a, y, x))
  const scale = 0.5 * Math.log((a / (a + b)) * (b / (2 * Math.PI)))
  return exponent(a, b, x, y) + scale - Math.log(denominator(a, b, x, y))
}

/** x^a y^b / (a B(a, b)), y = 1 - x, in Loader's saddle-point form. */
function factor(a: number, b: number, x: number, y: number): number {
  const n = a + b
  return Math.exp(exponent(a, b, x, y)) * Math.sqrt(n / (2 * Math.PI * a * b)) * (b / n)
}

function exponent(a: number, b: number, x: number, y: number): number {
  const n = a + b
  return stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y)
}

function fraction(a: number, b: number, x: number, y: number): number {
  const prefix = factor(a, b, x, y)
  return prefix === 0 ? 0 : (prefix * a) / denominator(a, b, x, y)
}

/**
 * x^a y^b / B(a, b) over I_x(a, b): the even part of the continued fraction of the incomplete beta function (A. R.
 * DiDonato and A. H. Morris, ACM Transactions on Mathematical Software 18, 1992) by the modified Lentz method. It takes
 * y from the caller, since for large a the rounding of x alone would cost a units in the last place.
 */
function denominator(a: number, b: number, x: number, y: number): number {
  const start = a * y - b * x + 1
  let value = nonZero((a * start) / (a + 1))
  let c = value
  let d = 0
  for (let m = 1; m < 1e7; m++) {
    const odd = a + 2 * m - 1
    const numerator = ((a + m - 1) / odd) * ((a + b + m - 1) / odd) * m * (b - m) * x * x
    const term = m + (m * (b - m) * x) / odd + ((a + m) * (start + m * (1 + y))) / (odd + 2)
    d = 1 / nonZero(term + numerator * d)
    c = nonZero(term + numerator / c)
    value *= c * d
    if (Math.abs(c * d - 1) < 2e-16) break
  }
  return value
}

function nonZero(v: number): number {
  return Math.abs(v) < 1e-300 ? 1e-300 : v
}

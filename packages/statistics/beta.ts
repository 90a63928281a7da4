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

/** x^a y^b / (a B(a, b)), y = 1 - x, in Loader's saddle-point form. */
function factor(a: number, b: number, x: number, y: number): number {
  const n = a + b
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y)
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * a * b)) * (b / n)
}

/** The continued fraction of the incomplete beta function by the modified Lentz method. */
function fraction(a: number, b: number, x: number, y: number): number {
  const prefix = factor(a, b, x, y)
  if (prefix === 0) return 0
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let h = d
  for (let m = 1; m < 1e7; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    h *= d * c
    if (Math.abs(d * c - 1) < 2e-16) break
  }
  return prefix * h
}

function nonZero(v: number): number {
  return Math.abs(v) < 1e-300 ? 1e-300 : v
}

/**
 * The gamma function's logarithm and the regularised incomplete gamma functions. Their common factor is computed by
 * Loader's saddle-point form (C. Loader, "Fast and accurate computation of binomial probabilities", 2000), which keeps
 * its digits where a difference of logarithms would lose them.
 */

const EULER = 0.5772156649015329
const HALF_LOG_TAU = 0.9189385332046728

/** zeta(k) - 1 for k = 2, 3, ... */
const ZETA_MINUS_1 = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645,
  0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5,
  7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6, 9.539620338727962e-7, 4.769329867878064e-7,
  2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
  7.45071178983543e-9, 3.725334024788457e-9, 1.862659723513049e-9, 9.313274324196682e-10, 4.656629065033784e-10,
  2.3283118336765053e-10,
]

/** log Gamma(2 + z) for |z| <= 0.5, by its Taylor series, so that the digits near the zero at 2 hold. */
function lgammaAbout2(z: number): number {
  let sum = 0
  for (let i = ZETA_MINUS_1.length - 1; i >= 0; i--) {
    const k = i + 2
    sum = (sum + ((k % 2 === 0 ? 1 : -1) * ZETA_MINUS_1[i]!) / k) * z
  }
  return (sum + (1 - EULER)) * z
}

/** log Gamma(1 + x) for x > -0.5, keeping the digits of a small x. */
export function lgamma1p(x: number): number {
  return x <= 0.5 ? lgammaAbout2(x) - Math.log1p(x) : lgamma(1 + x)
}

/** log Gamma(x) for x >= 0; Infinity at 0. RangeError below. */
export function lgamma(x: number): number {
  if (!(x >= 0)) throw new RangeError(`lgamma is given for x >= 0, not ${x}`)
  if (x === 0 || x === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
  if (x < 0.5) return lgamma1p(x) - Math.log(x)
  if (x < 1.5) return lgamma1p(x - 1)
  if (x >= 10) return (x - 0.5) * Math.log(x) - x + HALF_LOG_TAU + stirlingSeries(x)
  let product = 1
  let reduced = x
  while (reduced > 2.5) {
    reduced -= 1
    product *= reduced
  }
  return lgammaAbout2(reduced - 2) + Math.log(product)
}

function stirlingSeries(x: number): number {
  const s = 1 / (x * x)
  const sum =
    1 / 12 +
    s *
      (-1 / 360 +
        s *
          (1 / 1260 +
            s *
              (-1 / 1680 +
                s * (1 / 1188 + s * (-691 / 360360 + s * (1 / 156 + s * (-3617 / 122400 + (s * 43867) / 244188)))))))
  return sum / x
}

/** The error of Stirling's formula: log Gamma(x + 1) - ((x + 1/2) log x - x + log(2 pi) / 2), for x > 0. */
export function stirlingError(x: number): number {
  if (x < 1) return lgamma1p(x) - (x + 0.5) * Math.log(x) + x - HALF_LOG_TAU
  let error = 0
  let shifted = x
  for (; shifted < 10; shifted += 1) error += (shifted + 0.5) * Math.log1p(1 / shifted) - 1
  return error + stirlingSeries(shifted)
}

/** The deviance part x log(x / mean) + mean - x, exact also where x is near the mean. */
export function deviance(x: number, mean: number): number {
  const difference = x - mean
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x
  const v = difference / (x + mean)
  let sum = difference * v
  let term = 2 * x * v
  for (let j = 1; j < 1000; j++) {
    term *= v * v
    const next = sum + term / (2 * j + 1)
    if (next === sum) break
    sum = next
  }
  return sum
}

/** x^a e^-x / Gamma(a + 1): the Poisson probability of a at mean x, for real a > 0. */
function poisson(a: number, x: number): number {
  // Under the square root a tiny a would overflow; there the plain logarithm is exact enough.
  if (a < 1e-3) return Math.exp(a * Math.log(x) - x - lgamma1p(a))
  return Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a)
}

function logPoisson(a: number, x: number): number {
  if (a < 1e-3) return a * Math.log(x) - x - lgamma1p(a)
  return -stirlingError(a) - deviance(a, x) - 0.5 * Math.log(2 * Math.PI * a)
}

/** P(a, x): the share of a Gamma(a) variable's mass at or below x. RangeError unless a > 0 and x >= 0. */
export function gammaP(a: number, x: number): number {
  checkGamma(a, x)
  if (x === 0) return 0
  if (x === Number.POSITIVE_INFINITY) return 1
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x)
}

/** Q(a, x) = 1 - P(a, x), without the loss of digits in the upper tail. */
export function gammaQ(a: number, x: number): number {
  checkGamma(a, x)
  if (x === 0) return 1
  if (x === Number.POSITIVE_INFINITY) return 0
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x)
}

/** log P(a, x), finite far beyond where P itself underflows; -Infinity at x = 0. RangeError unless a > 0 and x >= 0. */
export function logGammaP(a: number, x: number): number {
  checkGamma(a, x)
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (x === Number.POSITIVE_INFINITY) return 0
  return x < a + 1 ? logPoisson(a, x) + Math.log(lowerSum(a, x)) : Math.log1p(-upperFraction(a, x))
}

/** log Q(a, x), finite far beyond where Q itself underflows; -Infinity at x = Infinity. RangeError unless a > 0 and x >= 0. */
export function logGammaQ(a: number, x: number): number {
  checkGamma(a, x)
  if (x === 0) return 0
  if (x === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY
  return x < a + 1 ? Math.log1p(-lowerSeries(a, x)) : logPoisson(a, x) + Math.log(a * legendre(a, x))
}

function checkGamma(a: number, x: number): void {
  if (!(a > 0 && a < Number.POSITIVE_INFINITY)) throw new RangeError(`A gamma shape is positive, not ${a}`)
  if (!(x >= 0)) throw new RangeError(`A gamma variable is at least 0, not ${x}`)
}

function lowerSeries(a: number, x: number): number {
  return poisson(a, x) * lowerSum(a, x)
}

function lowerSum(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let n = a + 1; term > sum * 1e-17; n += 1) {
    term *= x / n
    sum += term
  }
  return sum
}

function upperFraction(a: number, x: number): number {
  const prefix = poisson(a, x)
  return prefix === 0 ? 0 : prefix * a * legendre(a, x)
}

/** Legendre's continued fraction by the modified Lentz method. */
function legendre(a: number, x: number): number {
  let b = x + 1 - a
  let c = Number.MAX_VALUE
  let d = 1 / b
  let h = d
  for (let i = 1; i < 1e7; i++) {
    const an = i * (a - i)
    b += 2
    d = 1 / nonZero(b + an * d)
    c = nonZero(b + an / c)
    const factor = c * d
    h *= factor
    if (Math.abs(factor - 1) < 2e-16) break
  }
  return h
}

function nonZero(x: number): number {
  return Math.abs(x) < 1e-300 ? 1e-300 : x
}

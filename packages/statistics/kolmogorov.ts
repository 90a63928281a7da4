import { deviance, stirlingError } from './gamma.ts'

/**
 * P(D_n >= d) for the two-sided one-sample Kolmogorov-Smirnov statistic of n values: scipy's `kstwo.sf(d, n)`. The
 * method is chosen as R. Simard and P. L'Ecuyer ("Computing the two-sided Kolmogorov-Smirnov distribution", Journal of
 * Statistical Software 39(11), 2011) advise: exact where that is affordable, else the expansion of Pelz and Good.
 * RangeError unless n is a positive whole number and d a number.
 */
export function kolmogorovSf(d: number, n: number): number {
  if (!(Number.isInteger(n) && n > 0)) throw new RangeError(`A sample size is a positive whole number, not ${n}`)
  if (Number.isNaN(d)) throw new RangeError('The statistic is not a number')
  if (d >= 1) return 0
  const t = n * d
  if (t <= 0.5) return 1
  if (t <= 1) return 1 - Math.exp(logFactorialShare(n) + n * Math.log(2 * t - 1))
  if (t >= n - 1) return 2 * Math.exp(n * Math.log1p(-d))
  const scaled = t * d
  if (d >= 0.5 || scaled > (n <= 140 ? 4 : 2.2)) return scaled >= 370 ? 0 : 2 * smirnovSf(d, n)
  const exact = n <= 140 || (n <= 100_000 && n * d ** 1.5 <= 1.4)
  const below = exact ? durbin(n, d) : pelzGood(n, d)
  return Math.min(1, Math.max(0, 1 - below))
}

/** log(n! / n^n). */
function logFactorialShare(n: number): number {
  return stirlingError(n) + 0.5 * Math.log(2 * Math.PI * n) - n
}

/**
 * P(D_n+ >= d) for the one-sided statistic: the sum of Birnbaum and Tingey (1951), all of whose terms are positive,
 * each a binomial probability of j at j / n + d in Loader's form.
 */
export function smirnovSf(d: number, n: number): number {
  if (d >= 1) return 0
  if (d <= 0) return 1
  const last = Math.min(n - 1, Math.floor(n * (1 - d)))
  const errorOfN = stirlingError(n)
  let sum = Math.exp(n * Math.log1p(-d))
  for (let j = 1; j <= last; j++) {
    const p = d + j / n
    const q = 1 - p
    if (q <= 0) break
    const rest = n - j
    const exponent = errorOfN - stirlingError(j) - stirlingError(rest) - deviance(j, n * p) - deviance(rest, n * q)
    sum += (d / p) * Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * j * rest))
  }
  return Math.min(1, sum)
}

/** P(D_n <= d): Durbin's matrix as Marsaglia, Tsang and Wang take its power (Journal of Statistical Software 8(18), 2003). */
function durbin(n: number, d: number): number {
  const k = Math.ceil(n * d)
  const size = 2 * k - 1
  const h = k - n * d
  const matrix = new Float64Array(size * size)
  const inverseFactorial = [1]
  for (let i = 1; i <= size; i++) inverseFactorial.push(inverseFactorial[i - 1]! / i)
  for (let i = 0; i < size; i++) {
    for (let j = 1; j <= Math.min(i + 1, size - 1); j++) matrix[i * size + j] = inverseFactorial[i - j + 1]!
    matrix[i * size] = (1 - h ** (i + 1)) * inverseFactorial[i + 1]!
  }
  const corner = Math.max(2 * h - 1, 0) ** size - 2 * h ** size
  matrix[(size - 1) * size] = (1 + corner) * inverseFactorial[size]!
  // The last row is the first column from below.
  for (let j = 1; j < size; j++) matrix[(size - 1) * size + j] = matrix[(size - 1 - j) * size]!

  const centre = (k - 1) * size + (k - 1)
  let square: Scaled = { values: matrix, exponent: 0 }
  let power: Scaled | undefined
  for (let bits = n; bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) power = power === undefined ? square : product(power, square, size, centre)
    if (bits > 1) square = product(square, square, size, centre)
  }
  return Math.exp(Math.log(power!.values[centre]!) + power!.exponent * Math.LN2 + logFactorialShare(n))
}

interface Scaled {
  values: Float64Array
  /** The values are to be multiplied by two to this power. */
  exponent: number
}

function product(a: Scaled, b: Scaled, size: number, centre: number): Scaled {
  const values = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let l = 0; l < size; l++) {
      const factor = a.values[i * size + l]!
      if (factor === 0) continue
      for (let j = 0; j < size; j++) values[i * size + j] = values[i * size + j]! + factor * b.values[l * size + j]!
    }
  }
  let exponent = a.exponent + b.exponent
  if (Math.abs(values[centre]!) > 2 ** 128) {
    for (let i = 0; i < values.length; i++) values[i] = values[i]! * 2 ** -128
    exponent += 128
  }
  return { values, exponent }
}

/** P(D_n <= d) by W. Pelz and I. J. Good (Journal of the Royal Statistical Society B 38, 1976). */
function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d
  const pi2 = Math.PI ** 2
  const pi4 = pi2 ** 2
  const z2 = z ** 2
  const z4 = z ** 4
  const z6 = z ** 6
  const logQ = -pi2 / 8 / z2
  if (logQ < -708) return 0
  const terms = Math.ceil((16 * z) / Math.PI)
  const q = Math.exp(logQ)
  let [k0, k1, k2, k3] = [0, 0, 0, 0]
  for (let k = terms; k > 0; k--) {
    const m2 = (2 * k - 1) ** 2
    const m4 = m2 ** 2
    const step = q ** (8 * k)
    k0 = k0 * step + 1
    k1 = k1 * step - z2 + (pi2 / 4) * m2
    k2 = k2 * step + 6 * z6 + 2 * z4 + (((2 * z4 - 5 * z2) * pi2) / 4) * m2 + ((pi4 * (1 - 2 * z2)) / 16) * m4
    k3 =
      k3 * step -
      30 * z6 -
      90 * z ** 8 +
      ((pi2 * (135 * z4 - 96 * z6)) / 4) * m2 +
      ((pi4 * (-60 * z2 + 212 * z4)) / 16) * m4 +
      ((pi2 * pi4 * (5 - 30 * z2)) / 64) * m4 * m2
  }
  const scale = q * Math.sqrt(2 * Math.PI)
  k0 *= scale / z
  k1 *= scale / (6 * z4)
  k2 *= scale / (72 * z ** 7)
  k3 *= scale / (6480 * z ** 10)
  const even = Math.exp(-pi2 / 2 / z2)
  let extra2 = 0
  let extra3 = 0
  for (let k = terms; k > 0; k--) {
    const weight = k * k * even ** (k * k)
    extra2 += weight
    extra3 += (3 * z2 - pi2 * k * k) * weight
  }
  k2 -= (extra2 * pi2 * Math.sqrt(2 * Math.PI)) / (36 * z ** 3)
  k3 += (extra3 * pi2 * Math.sqrt(2 * Math.PI)) / (216 * z6)
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / n ** 1.5
}

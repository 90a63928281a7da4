/**
 * The standard normal distribution. The distribution function is W. J. Cody's rational approximation (Mathematics of
 * Computation 23, 1969; SPECFUN's ANORM), far out Laplace's continued fraction; the quantile M. J. Wichura's AS 241 (Applied Statistics 37, 1988): both good
 * to the last digits of a double, tails included.
 */

/** P(Z <= z). */
export function normalCdf(z: number): number {
  return z > 0 && z <= CENTRE ? 0.5 + centre(z) : z < -CENTRE ? tail(-z) : z > CENTRE ? 1 - tail(z) : 0.5 + centre(z)
}

/** P(Z > z), without the loss of digits that 1 - normalCdf(z) has in the upper tail. */
export function normalSf(z: number): number {
  return normalCdf(-z)
}

/**
 * log P(Z > z), finite wherever z is: beyond z = 38 the probability itself is less than the smallest double.
 * RangeError where z is not a number.
 */
export function normalLogSf(z: number): number {
  if (Number.isNaN(z)) throw new RangeError('The normal variable is not a number')
  if (z <= CENTRE) return Math.log1p(-normalCdf(z))
  return Math.log(z <= NEAR ? millsNear(z) : millsFar(z)) - (z * z) / 2
}

/** The complementary error function 1 - erf(x) = 2 P(Z > x sqrt 2), without cancellation in its upper tail. */
export function erfc(x: number): number {
  return 2 * normalSf(x * Math.SQRT2)
}

const CENTRE = 0.67448975
/** The square root of 32. */
const NEAR = 5.656854249492381

/** P(0 < Z <= z) for |z| <= CENTRE. */
function centre(z: number): number {
  const s = z * z
  const numerator =
    (((0.06568233791820745 * s + 2.2352520354606837) * s + 161.02823106855587) * s + 1067.6894854603709) * s +
    18154.98125334356
  const denominator =
    (((s + 47.202581904688245) * s + 976.0985517377767) * s + 10260.932208618979) * s + 45507.78933502673
  return (z * numerator) / denominator
}

/** P(Z > z) for z > CENTRE. */
function tail(z: number): number {
  if (z > 38.6) return 0
  // exp(-z²/2) in two factors, since the rounding of z² alone would cost z²/2 units in the last place.
  const coarse = Math.trunc(z * 16) / 16
  const density = Math.exp(-coarse * coarse * 0.5) * Math.exp(-(z - coarse) * (z + coarse) * 0.5)
  return density * (z <= NEAR ? millsNear(z) : millsFar(z))
}

/** Mills' ratio times the density's constant, for z up to the square root of 32. */
function millsNear(z: number): number {
  return ratio(z, 1.0765576773720192e-8, [
    [0.39894151208813466, 22.266688044328117],
    [8.883149794388377, 235.387901782625],
    [93.50665613217785, 1519.3775994075547],
    [597.2702763948002, 6485.558298266761],
    [2494.5375852903726, 18615.571640885097],
    [6848.190450536283, 34900.95272114598],
    [11602.65143764735, 38912.00328609327],
    [9842.714838383978, 19685.429676859992],
  ])
}

/** The same by Laplace's continued fraction, which here needs few terms. */
function millsFar(z: number): number {
  let fraction = z
  for (let k = 50; k >= 1; k--) fraction = z + k / fraction
  return 0.3989422804014327 / fraction
}

/** (lead x^k + n1 x^(k-1) + ... + nk) / (x^k + d1 x^(k-1) + ... + dk). */
function ratio(x: number, lead: number, coefficients: [number, number][]): number {
  let numerator = lead
  let denominator = 1
  for (const [n, d] of coefficients) {
    numerator = numerator * x + n
    denominator = denominator * x + d
  }
  return numerator / denominator
}

/** The z with P(Z <= z) = p; -Infinity and Infinity at p = 0 and 1. RangeError unless 0 <= p <= 1. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability lies in [0, 1], not ${p}`)
  if (p === 0) return Number.NEGATIVE_INFINITY
  if (p === 1) return Number.POSITIVE_INFINITY
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (
      q *
      wichura(r, [
        [2509.0809287301227, 5226.495278852854],
        [33430.57558358813, 28729.085735721943],
        [67265.7709270087, 39307.89580009271],
        [45921.95393154987, 21213.794301586597],
        [13731.69376550946, 5394.196021424751],
        [1971.5909503065513, 687.1870074920579],
        [133.14166789178438, 42.31333070160091],
        [3.3871328727963665, 1],
      ])
    )
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p))
  const z =
    r <= 5
      ? wichura(r - 1.6, [
          [0.0007745450142783414, 1.0507500716444169e-9],
          [0.022723844989269184, 0.0005475938084995345],
          [0.2417807251774506, 0.015198666563616457],
          [1.2704582524523684, 0.14810397642748008],
          [3.6478483247632045, 0.6897673349851],
          [5.769497221460691, 1.6763848301838038],
          [4.630337846156546, 2.053191626637759],
          [1.4234371107496835, 1],
        ])
      : wichura(r - 5, [
          [2.0103343992922881e-7, 2.0442631033899397e-15],
          [2.7115555687434876e-5, 1.421511758316446e-7],
          [0.0012426609473880784, 1.8463183175100548e-5],
          [0.026532189526576124, 0.0007868691311456133],
          [0.29656057182850487, 0.014875361290850615],
          [1.7848265399172913, 0.1369298809227358],
          [5.463784911164114, 0.599832206555888],
          [6.657904643501103, 1],
        ])
  return q < 0 ? -z : z
}

function wichura(r: number, coefficients: [number, number][]): number {
  let numerator = 0
  let denominator = 0
  for (const [n, d] of coefficients) {
    numerator = numerator * r + n
    denominator = denominator * r + d
  }
  return numerator / denominator
}

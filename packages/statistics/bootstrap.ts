import { normalCdf, normalQuantile } from './normal.ts'

/**
 * A stream of unsigned 32-bit numbers, the same for a seed on every machine: xoshiro128** of Blackman and Vigna (ACM
 * Transactions on Mathematical Software 47, 2021), seeded by splitmix32.
 */
export function randomStream(seed: number): () => number {
  let mix = seed >>> 0
  const next = () => {
    mix = (mix + 0x9e3779b9) >>> 0
    let z = mix
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return (z ^ (z >>> 16)) >>> 0
  }
  let a = next()
  let b = next()
  let c = next()
  let d = next()
  return () => {
    const x = Math.imul(b, 5)
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d << 11) | (d >>> 21)
    return result
  }
}

/**
 * Draws `times` samples of `rows` rows with replacement and hands each on as how often every row was drawn. The array is
 * reused: read it before returning.
 */
export function resample(rows: number, times: number, seed: number, visit: (counts: Float64Array) => void): void {
  const random = randomStream(seed)
  const counts = new Float64Array(rows)
  const scale = rows / 4294967296
  for (let t = 0; t < times; t++) {
    counts.fill(0)
    for (let i = 0; i < rows; i++) counts[(random() * scale) | 0]!++
    visit(counts)
  }
}

/**
 * Efron's percentile interval of two-sided `confidence` over values from resamples, quantiles interpolated as numpy's
 * `linear` does. RangeError without values.
 */
export function percentileInterval(values: ArrayLike<number>, confidence: number): [number, number] {
  if (values.length === 0) throw new RangeError('A percentile interval needs values')
  const sorted = Float64Array.from(values).sort()
  return [linearQuantile(sorted, (1 - confidence) / 2), linearQuantile(sorted, (1 + confidence) / 2)]
}

/**
 * The basic (reverse percentile) interval: the resamples' spread mirrored about the estimate. It corrects a statistic
 * whose resamples lie to one side of it, as those of a calibration error do.
 */
export function basicInterval(estimate: number, values: ArrayLike<number>, confidence: number): [number, number] {
  const [low, high] = percentileInterval(values, confidence)
  return [2 * estimate - high, 2 * estimate - low]
}

/**
 * Efron's bias-corrected and accelerated interval (Journal of the American Statistical Association 82, 1987), scipy's
 * `bootstrap(method='BCa')`: of the statistic's `estimate`, its values over resamples and its values with each row left out
 * in turn (`jackknife`). Undefined where the estimate lies outside all its resamples, which leaves no bias to correct by;
 * where leaving rows out changes nothing, nothing is accelerated. RangeError without resamples or jackknife values.
 */
export function bcaInterval(
  estimate: number,
  values: ArrayLike<number>,
  jackknife: ArrayLike<number>,
  confidence: number,
): [number, number] | undefined {
  if (values.length === 0 || jackknife.length === 0)
    throw new RangeError('A BCa interval needs values and jackknife values')
  const sorted = Float64Array.from(values).sort()
  let below = 0
  for (const value of sorted) below += value < estimate ? 1 : value === estimate ? 0.5 : 0
  const share = below / sorted.length
  if (!(share > 0 && share < 1)) return undefined
  const bias = normalQuantile(share)
  const acceleration = skewOfJackknife(jackknife)
  const corrected = (z: number) => normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
  const z = normalQuantile((1 - confidence) / 2)
  return [linearQuantile(sorted, corrected(z)), linearQuantile(sorted, corrected(-z))]
}

/** A sixth of the skewness of the jackknife's influence values; 0 where they are all the same. */
function skewOfJackknife(jackknife: ArrayLike<number>): number {
  const values = Float64Array.from(jackknife)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let squares = 0
  let cubes = 0
  for (const value of values) {
    squares += (mean - value) ** 2
    cubes += (mean - value) ** 3
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0
}

/** Two-sided bootstrap p-value of `no difference` over resampled differences, never 0. */
export function bootstrapP(differences: ArrayLike<number>): number {
  let below = 0
  let above = 0
  for (let i = 0; i < differences.length; i++) {
    if (differences[i]! <= 0) below++
    if (differences[i]! >= 0) above++
  }
  return Math.min(1, (2 * (1 + Math.min(below, above))) / (differences.length + 1))
}

function linearQuantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const i = Math.floor(at)
  const low = sorted[i]!
  const high = sorted[Math.min(i + 1, sorted.length - 1)]!
  return low + (high - low) * (at - i)
}

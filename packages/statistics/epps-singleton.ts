import { chiSquareSf } from './chi-square.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

export interface EppsSingletonTest {
  statistic: number
  /** The rank of the covariance matrix: 4 unless the samples have too few distinct values. */
  df: number
  p: number
}

/** Where the characteristic functions are compared, in half interquartile ranges. */
const POINTS = [0.4, 0.8]

/**
 * The two-sample test of T. W. Epps and K. J. Singleton (Journal of Statistical Computation and Simulation 26, 1986) over
 * the empirical characteristic functions, as scipy's `epps_singleton_2samp(a, b)`, with its correction where both samples
 * have fewer than 25 values. RangeError where a sample has fewer than five values, one is not finite, or the pooled
 * interquartile range is 0, so that there is no scale.
 */
export function eppsSingletonTest(a: Float64Array, b: Float64Array): EppsSingletonTest {
  const n = a.length
  const m = b.length
  if (n < 5 || m < 5) throw new RangeError(`The Epps-Singleton test needs five values on each side, not ${n} and ${m}`)
  const total = n + m
  const pooled = new Float64Array(total)
  pooled.set(a)
  pooled.set(b, n)
  pooled.sort()
  const scale = halfInterquartileRange(pooled)
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    throw new RangeError('The Epps-Singleton test needs finite values whose interquartile range is not 0')
  }
  // Moving both samples turns every wave alike and leaves the statistic; near 0 the angles keep their digits.
  const centre = pooled[total >> 1]!
  const first = waves(a, centre, scale)
  const second = waves(b, centre, scale)
  const covariance = first.covariance.map((row, i) =>
    row.map((value, j) => (total / n) * value + (total / m) * second.covariance[i]![j]!),
  )
  const difference = first.means.map((mean, i) => mean - second.means[i]!)
  const { values, vectors } = symmetricEigen(covariance)
  // Directions without variance have no weight, as in numpy's pseudo-inverse.
  const least = 1e-15 * Math.max(...values)
  let statistic = 0
  let df = 0
  for (const [i, value] of values.entries()) {
    if (value <= least) continue
    df++
    statistic += difference.reduce((sum, d, j) => sum + d * vectors[j]![i]!, 0) ** 2 / value
  }
  statistic *= total
  if (Math.max(n, m) < 25) statistic /= 1 + total ** -0.45 + 10.1 * (n ** -1.7 + m ** -1.7)
  return { statistic, df, p: chiSquareSf(statistic, df) }
}

function halfInterquartileRange(sorted: Float64Array): number {
  if (!Number.isFinite(sorted[0]!) || !Number.isFinite(sorted.at(-1)!)) return Number.POSITIVE_INFINITY
  return (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2
}

/** numpy's linear quantile of a sorted sample. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below]!
  return low + (sorted[Math.min(below + 1, sorted.length - 1)]! - low) * (position - below)
}

/** The cosines and sines of the sample at the points: their means and (biased) covariances. */
function waves(sample: Float64Array, centre: number, scale: number): { means: number[]; covariance: number[][] } {
  const rows = [...POINTS.map((t) => [t, Math.cos] as const), ...POINTS.map((t) => [t, Math.sin] as const)].map(
    ([t, wave]) => sample.map((value) => wave((t / scale) * (value - centre))),
  )
  const rough = rows.map(mean)
  const rest = rows.map((row, i) => mean(row.map((value) => value - rough[i]!)))
  // The mean of what is left over takes the rounding out of the long sum.
  const means = rough.map((value, i) => value + rest[i]!)
  const centred = rows.map((row, i) => row.map((value) => value - means[i]!))
  const covariance = centred.map((x) => centred.map((y) => meanProduct(x, y)))
  return { means, covariance }
}

function mean(values: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

function meanProduct(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!
  return sum / x.length
}

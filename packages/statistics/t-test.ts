import { studentTSf } from './student-t.ts'

export interface TTest {
  statistic: number
  df: number
  p: number
}

/**
 * The two-sided t-test of two samples' means: Student's with a pooled variance where `equalVariance`, else Welch's
 * (Biometrika 34, 1947), as scipy's `ttest_ind(a, b, equal_var)`. Without any spread there is no scale: equal means give
 * statistic 0 and p 1, different ones an infinite statistic and p 0, with n + m - 2 degrees of freedom. RangeError
 * where a value is not finite, or the spread has no degree of freedom: Student's test needs a value on each side and
 * three in all, Welch's two on each side.
 */
export function tTest(a: Float64Array, b: Float64Array, { equalVariance }: { equalVariance: boolean }): TTest {
  const n = a.length
  const m = b.length
  if (equalVariance ? n < 1 || m < 1 || n + m < 3 : n < 2 || m < 2) {
    throw new RangeError(`The t-test needs more values than ${n} and ${m}`)
  }
  const origin = a[0]!
  const farthest = Math.max(farthestFrom(origin, a), farthestFrom(origin, b))
  if (!(farthest < Number.POSITIVE_INFINITY)) throw new RangeError('The t-test needs finite values')
  // A power of two loses no digit, and keeps the squares of very small and very large values in a double's range.
  const scale = 2 ** Math.floor(Math.log2(farthest || 1))
  const first = moments(a, origin, scale)
  const second = moments(b, origin, scale)
  const difference = first.mean - second.mean
  if (first.squares + second.squares === 0) {
    const df = n + m - 2
    if (difference === 0) return { statistic: 0, df, p: 1 }
    return { statistic: difference * Number.POSITIVE_INFINITY, df, p: 0 }
  }
  const [variance, df] = equalVariance
    ? pooled(n, first.squares, m, second.squares)
    : welch(n, first.squares, m, second.squares)
  const statistic = difference / Math.sqrt(variance)
  return { statistic, df, p: 2 * studentTSf(Math.abs(statistic), df) }
}

/** The largest distance of a value from `origin`; Infinity where one is not finite. */
function farthestFrom(origin: number, values: Float64Array): number {
  let farthest = 0
  for (let i = 0; i < values.length; i++) {
    const distance = Math.abs(values[i]! - origin)
    if (!(distance <= farthest)) farthest = distance < Number.POSITIVE_INFINITY ? distance : Number.POSITIVE_INFINITY
  }
  return farthest
}

/** The mean less `origin`, and the sum of squared deviations from the mean, in units of `scale` and by two passes. */
function moments(values: Float64Array, origin: number, scale: number): { mean: number; squares: number } {
  // From a value of the sample itself, so that one without spread has none by rounding.
  const start = values[0]!
  let shift = 0
  for (let i = 0; i < values.length; i++) shift += (values[i]! - start) / scale
  shift /= values.length
  let squares = 0
  let rest = 0
  for (let i = 0; i < values.length; i++) {
    const deviation = (values[i]! - start) / scale - shift
    squares += deviation * deviation
    rest += deviation
  }
  // What the deviations do not sum to zero by is the rounding of the mean.
  const mean = (start - origin) / scale + (shift + rest / values.length)
  return { mean, squares: squares - (rest * rest) / values.length }
}

function pooled(n: number, squaresA: number, m: number, squaresB: number): [variance: number, df: number] {
  const df = n + m - 2
  return [((squaresA + squaresB) / df) * (1 / n + 1 / m), df]
}

function welch(n: number, squaresA: number, m: number, squaresB: number): [variance: number, df: number] {
  const varianceA = squaresA / (n - 1) / n
  const varianceB = squaresB / (m - 1) / m
  const variance = varianceA + varianceB
  // As shares of the variance, so that tiny variances do not underflow when squared.
  return [variance, 1 / ((varianceA / variance) ** 2 / (n - 1) + (varianceB / variance) ** 2 / (m - 1))]
}

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
  const first = moments(a, a[0]!)
  const second = moments(b, a[0]!)
  const difference = first.mean - second.mean
  if (!Number.isFinite(difference) || !Number.isFinite(first.squares + second.squares)) {
    throw new RangeError('The t-test needs finite values of finite variance')
  }
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

/** The mean less `origin`, and the sum of squared deviations from the mean, by two passes. */
function moments(values: Float64Array, origin: number): { mean: number; squares: number } {
  const start = values[0]!
  let shifted = 0
  for (let i = 0; i < values.length; i++) shifted += values[i]! - start
  shifted /= values.length
  let squares = 0
  let rest = 0
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - start - shifted
    squares += deviation * deviation
    rest += deviation
  }
  // What the deviations do not sum to zero by is the rounding of the mean.
  return { mean: start - origin + (shifted + rest / values.length), squares: squares - (rest * rest) / values.length }
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

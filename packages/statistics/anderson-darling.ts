import { forEachTieGroup } from './tie-groups.ts'

export interface AndersonDarlingTest {
  /** The standardised statistic: A² less its mean, in standard deviations. */
  statistic: number
  p: number
  /** The p-value lies outside what the published table covers: 0.25 then stands for more, 0.001 for less. */
  clamped: boolean
}

const LEVELS = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001]
/** Table 2 of Scholz and Stephens: the critical value at each level is b0 + b1 / sqrt(k - 1) + b2 / (k - 1). */
const B0 = [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085]
const B1 = [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615]
const B2 = [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154]

/**
 * The k-sample Anderson-Darling test of F. W. Scholz and M. A. Stephens (Journal of the American Statistical Association
 * 82, 1987) with midranks, equation 7, for k >= 2 sorted samples: scipy's `anderson_ksamp(variant='midrank')`. The
 * p-value is a parabola in the statistic, fitted to the logarithms of seven tabulated levels, and does not leave their
 * range: with Holm's correction over more than 50 tests it cannot fall below 0.05. Where all values are equal there
 * is nothing to tell apart: p 1. RangeError for fewer than two samples, an empty one, NaN, or fewer than four values in all.
 */
export function andersonDarlingTest(samples: readonly Float64Array[]): AndersonDarlingTest {
  const k = samples.length
  if (k < 2) throw new RangeError('The Anderson-Darling test needs at least two samples')
  const total = samples.reduce((sum, sample) => sum + sample.length, 0)
  let square = 0
  let groups = 0
  forEachTieGroup(samples, (here, below) => {
    groups++
    let tied = 0
    let middle = 0
    for (let s = 0; s < k; s++) {
      tied += here[s]!
      middle += below[s]! + here[s]! / 2
    }
    const scale = middle * (total - middle) - (total * tied) / 4
    if (scale === 0) return
    for (let s = 0; s < k; s++) {
      const n = samples[s]!.length
      const deviation = total * (below[s]! + here[s]! / 2) - middle * n
      square += ((tied / total) * deviation ** 2) / scale / n
    }
  })
  if (total < 4) throw new RangeError(`The Anderson-Darling test needs at least four values in all, not ${total}`)
  square *= (total - 1) / total
  const statistic = (square - (k - 1)) / Math.sqrt(varianceUnderNull(samples, total))
  if (groups < 2) return { statistic, p: 1, clamped: false }
  const root = Math.sqrt(k - 1)
  const critical = B0.map((b0, i) => b0 + B1[i]! / root + B2[i]! / (k - 1))
  if (statistic < critical[0]!) return { statistic, p: LEVELS[0]!, clamped: true }
  if (statistic > critical.at(-1)!) return { statistic, p: LEVELS.at(-1)!, clamped: true }
  return { statistic, p: Math.exp(parabola(critical, LEVELS.map(Math.log), statistic)), clamped: false }
}

/** Equation 4 of Scholz and Stephens. */
function varianceUnderNull(samples: readonly Float64Array[], total: number): number {
  const k = samples.length
  const reciprocals = samples.reduce((sum, sample) => sum + 1 / sample.length, 0)
  let h = 0
  let g = 0
  for (let i = 1; i <= total - 2; i++) {
    h += 1 / (total - i)
    g += h / (i + 1)
  }
  h += 1
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * reciprocals
  const b = (2 * g - 4) * k ** 2 + 8 * h * k + (2 * g - 14 * h - 4) * reciprocals - 8 * h + 4 * g - 6
  const c = (6 * h + 2 * g - 2) * k ** 2 + (4 * h - 4 * g + 6) * k + (2 * h - 6) * reciprocals + 4 * h
  const d = (2 * h + 6) * k ** 2 - 4 * h * k
  return (((a * total + b) * total + c) * total + d) / ((total - 1) * (total - 2) * (total - 3))
}

/** The least-squares parabola through the points, at `at`, by polynomials orthogonal over the abscissae. */
function parabola(x: readonly number[], y: readonly number[], at: number): number {
  let previous = x.map(() => 0)
  let current = x.map(() => 1)
  let [previousAt, currentAt] = [0, 1]
  let previousNorm = 1
  let value = 0
  for (let degree = 0; degree <= 2; degree++) {
    const norm = dot(current, current)
    value += (dot(current, y) / norm) * currentAt
    const shift =
      dot(
        current,
        current.map((v, i) => v * x[i]!),
      ) / norm
    const weight = degree === 0 ? 0 : norm / previousNorm
    const last = previous
    const next = current.map((v, i) => (x[i]! - shift) * v - weight * last[i]!)
    const nextAt = (at - shift) * currentAt - weight * previousAt
    previous = current
    current = next
    previousAt = currentAt
    currentAt = nextAt
    previousNorm = norm
  }
  return value
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}

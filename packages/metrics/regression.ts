import { type Measure, type Measured, type Regression, undefinedFor } from './measure.ts'

const constant = undefinedFor('the labels do not vary')
const zeroLabel = undefinedFor('a label is 0, against which no percentage can be told')

/** The metrics of a regression; mean_absolute_percentage_error is a fraction, not a percentage. */
export function regression(p: Regression): Measure {
  const n = p.rows
  const errors = Float64Array.from(p.actual, (actual, i) => actual - p.predicted[i]!)
  const sizes = errors.map(Math.abs)
  const relative = sizes.map((size, i) => size / Math.abs(p.actual[i]!))
  const ascending = Uint32Array.from(sizes.keys()).sort((a, b) => sizes[a]! - sizes[b]!)
  const isConstant = p.actual.every((value) => value === p.actual[0])
  // Deviations from the plain mean, so that sums of squares lose no digits to a large offset.
  const middle = p.actual.reduce((sum, value) => sum + value, 0) / n
  const deviations = p.actual.map((value) => value - middle)
  return (weight) => {
    let total = 0
    let absolute = 0
    let squared = 0
    let percentage = 0
    let bias = 0
    let deviation = 0
    let spread = 0
    let largest = 0
    let zero = false
    for (let i = 0; i < n; i++) {
      const w = weight[i]!
      if (w === 0) continue
      const error = errors[i]!
      const d = deviations[i]!
      total += w
      absolute += w * sizes[i]!
      squared += w * error * error
      bias += w * error
      deviation += w * d
      spread += w * d * d
      if (p.actual[i] === 0) zero = true
      else percentage += w * relative[i]!
      if (sizes[i]! > largest) largest = sizes[i]!
    }
    const around = spread - (deviation * deviation) / total
    const explained = (lost: number): Measured =>
      isConstant || around <= 1e-12 * spread ? constant : 1 - lost / around
    return {
      r2: explained(squared),
      explained_variance: explained(squared - (bias * bias) / total),
      mean_absolute_error: absolute / total,
      mean_squared_error: squared / total,
      root_mean_squared_error: Math.sqrt(squared / total),
      median_absolute_error: weightedMedian(sizes, ascending, weight, total),
      mean_absolute_percentage_error: zero ? zeroLabel : percentage / total,
      max_error: largest,
    }
  }
}

/** The value at which half of the weight is reached, the mean with the next where it is reached exactly. */
function weightedMedian(values: Float64Array, ascending: Uint32Array, weight: Float64Array, total: number): number {
  let sum = 0
  let reached: number | undefined
  for (const row of ascending) {
    const w = weight[row]!
    if (w === 0) continue
    if (reached !== undefined) return (reached + values[row]!) / 2
    sum += w
    if (sum > total / 2 + Number.EPSILON) return values[row]!
    if (sum >= total / 2) reached = values[row]!
  }
  return reached ?? 0
}

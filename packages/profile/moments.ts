import type { Counted } from './ranked.ts'

/**
 * Sum and spread of numbers, so that parts add up to the whole: the sum is kept to twice a double's digits (as hi + lo), so
 * mean and m2 agree to 1e-12 relative whatever the order and the chunks.
 */
export interface Moments {
  rows: number
  sum: [hi: number, lo: number]
  /** Sum of squared deviations from the mean. */
  m2: number
}

/** The moments of counted values. */
export function momentsOf({ values, counts }: Counted): Moments {
  let rows = 0
  let hi = 0
  let lo = 0
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!
    const count = counts[i]!
    const product = x * count
    const next = hi + product
    lo += Math.abs(hi) >= Math.abs(product) ? hi - next + product : product - next + hi
    if (count !== 1) lo += productError(x, count, product)
    hi = next
    rows += count
  }
  if (!Number.isFinite(hi)) return momentsOfHuge({ values, counts }, rows)
  const sum = twoSum(hi, lo)
  return { rows, sum, m2: squaresAbout((hi + lo) / rows, { values, counts }) }
}

/** Squared deviations from a centre near the mean; what the centre is off by is taken out again. */
function squaresAbout(centre: number, { values, counts }: Counted): number {
  let rows = 0
  let deviations = 0
  let squares = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - centre
    const count = counts[i]!
    rows += count
    deviations += deviation * count
    // Neumaier's compensated sum (ZAMM 54, 1974).
    const square = deviation * deviation * count
    const next = squares + square
    lost += squares >= square ? squares - next + square : square - next + squares
    squares = next
  }
  if (!Number.isFinite(squares)) return Number.MAX_VALUE
  const rest = (deviations * deviations) / rows
  return Number.isFinite(rest) ? Math.max(0, squares + lost - rest) : squares + lost
}

/** Sums beyond the largest double stay finite: their values are taken by their shares. */
function momentsOfHuge({ values, counts }: Counted, rows: number): Moments {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i]! * (counts[i]! / rows)
  const sum = mean * rows
  const held = Number.isFinite(sum) ? sum : Math.sign(mean) * Number.MAX_VALUE
  return { rows, sum: [held, 0], m2: Number.MAX_VALUE }
}

/** The moments of both samples' rows together, as Chan, Golub and LeVeque add them (Updating formulae, 1979). */
export function addMoments(a: Moments, b: Moments): Moments {
  if (a.rows === 0) return b
  if (b.rows === 0) return a
  const rows = a.rows + b.rows
  const [hi, lo] = twoSum(a.sum[0], b.sum[0])
  const [meanA, restA] = meanParts(a)
  const [meanB, restB] = meanParts(b)
  const delta = meanB - meanA + (restB - restA)
  const m2 = a.m2 + b.m2 + delta * delta * (a.rows / rows) * b.rows
  const sum = Number.isFinite(hi)
    ? twoSum(hi, lo + a.sum[1] + b.sum[1])
    : ([Math.sign(hi) * Number.MAX_VALUE, 0] as const)
  return { rows, sum: [...sum], m2: Number.isFinite(m2) ? m2 : Number.MAX_VALUE }
}

export function meanOf(of: Moments): number {
  const [mean, rest] = meanParts(of)
  return mean + rest
}

/** The mean, and what the division leaves over. */
function meanParts({ rows, sum: [hi, lo] }: Moments): [number, number] {
  const mean = hi / rows
  const product = mean * rows
  const rest = (hi - product - productError(mean, rows, product) + lo) / rows
  return [mean, Number.isFinite(rest) ? rest : 0]
}

/** The rounded sum and what it lost (Knuth, TAOCP 2, 4.2.2). */
function twoSum(a: number, b: number): [number, number] {
  const sum = a + b
  const part = sum - a
  const lost = a - (sum - part) + (b - part)
  return [sum, Number.isFinite(lost) ? lost : 0]
}

/** What a rounded product lost (Dekker, Numerische Mathematik 18, 1971); 0 where that cannot be told. */
function productError(a: number, b: number, product: number): number {
  const splitA = a * 134217729
  const splitB = b * 134217729
  const highA = splitA - (splitA - a)
  const highB = splitB - (splitB - b)
  const lowA = a - highA
  const lowB = b - highB
  const lost = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB)
  return Number.isFinite(lost) ? lost : 0
}

import { normalQuantile, normalSf } from './normal.ts'

/** Areas under the ROC curve of several scores for the same rows, and how they vary together. */
export interface DeLong {
  auc: number[]
  /** Covariances of the areas; absent where a class has a single row, whose spread nothing shows. */
  covariance?: number[][]
  positives: number
  negatives: number
}

/**
 * The areas under the ROC curve and their covariance by DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988), in the
 * fast form of Sun and Xu (IEEE Signal Processing Letters 21, 2014). Tied scores count one half.
 * RangeError where a class has no rows.
 */
export function delong(actual: ArrayLike<number>, scores: readonly ArrayLike<number>[]): DeLong {
  const positive = rowsWhere(actual, (value) => value === 1)
  const negative = rowsWhere(actual, (value) => value !== 1)
  const m = positive.length
  const n = negative.length
  if (m === 0 || n === 0) throw new RangeError('An area under the ROC curve needs rows of both classes')
  const places = scores.map((score) => placements(score, positive, negative))
  const auc = places.map(({ total }) => total / (m * n))
  if (m < 2 || n < 2) return { auc, positives: m, negatives: n }
  const covariance = places.map((a, i) =>
    places.map(
      (b, j) =>
        crossProduct(a.ofPositives, b.ofPositives, auc[i]!, auc[j]!) / (m - 1) / m +
        crossProduct(a.ofNegatives, b.ofNegatives, auc[i]!, auc[j]!) / (n - 1) / n,
    ),
  )
  return { auc, covariance, positives: m, negatives: n }
}

/**
 * A two-sided interval for area `index`: DeLong's variance on the logit scale, which keeps the interval inside [0, 1].
 * Where DeLong gives no variance (an area of 0 or 1, all scores tied, a class of one row) it is Newcombe's score interval.
 */
export function aucInterval(
  of: DeLong,
  index: number,
  confidence: number,
): { low: number; high: number; method: string } {
  const auc = of.auc[index]!
  const variance = of.covariance?.[index]?.[index] ?? 0
  const slope = auc * (1 - auc)
  if (variance <= 0 || slope <= 0) {
    const [low, high] = newcombeAuc(auc, of.positives, of.negatives, confidence)
    return { low, high, method: 'Newcombe' }
  }
  const centre = Math.log(auc / (1 - auc))
  const half = (normalQuantile((1 + confidence) / 2) * Math.sqrt(variance)) / slope
  return { low: logistic(centre - half), high: logistic(centre + half), method: 'DeLong' }
}

export interface AucDifference {
  /** Second area minus first. */
  delta: number
  low: number
  high: number
  /** Two-sided, of no difference; absent where areas differ and DeLong gives no variance. */
  p?: number
  method: string
}

/**
 * The second area minus the first, with DeLong's two-sided interval for paired scores. Areas that differ on no row have
 * an interval of width 0 and p = 1. Where DeLong gives no variance (both areas at 0, 1 or all ties, a class of one row) the
 * interval joins the areas' own Newcombe intervals as if they were independent (MOVER), which is wider than need be.
 */
export function aucDifference(of: DeLong, confidence: number): AucDifference {
  const [first, second] = of.auc as [number, number]
  const delta = second - first
  const c = of.covariance
  const variance = c === undefined ? Number.NaN : c[0]![0]! + c[1]![1]! - 2 * c[0]![1]!
  const scale = c === undefined ? 0 : c[0]![0]! + c[1]![1]!
  if (variance > 1e-14 * scale) {
    const error = Math.sqrt(variance)
    const half = normalQuantile((1 + confidence) / 2) * error
    return {
      delta,
      low: Math.max(-1, delta - half),
      high: Math.min(1, delta + half),
      p: Math.min(1, 2 * normalSf(Math.abs(delta) / error)),
      method: 'paired DeLong',
    }
  }
  if (scale > 0 && Math.abs(delta) < 1e-14) return { delta: 0, low: 0, high: 0, p: 1, method: 'paired DeLong' }
  const [low1, high1] = newcombeAuc(first, of.positives, of.negatives, confidence)
  const [low2, high2] = newcombeAuc(second, of.positives, of.negatives, confidence)
  return {
    delta,
    low: delta - Math.hypot(second - low2, high1 - first),
    high: delta + Math.hypot(high2 - second, first - low1),
    ...(delta === 0 ? { p: 1 } : {}),
    method: 'MOVER of Newcombe intervals',
  }
}

/** Method 5 of R. G. Newcombe (Statistics in Medicine 25, 2006): a score interval, of positive width at 0 and 1 too. */
export function newcombeAuc(auc: number, positives: number, negatives: number, confidence: number): [number, number] {
  const z = normalQuantile((1 + confidence) / 2)
  const half = (positives + negatives) / 2
  const spread = (theta: number) =>
    z *
    Math.sqrt(
      (theta * (1 - theta) * (2 * half - 1 - (3 * half - 3) / ((2 - theta) * (1 + theta)))) / (positives * negatives),
    )
  const low = auc <= 0 ? 0 : bisect((theta) => auc - theta > spread(theta), 0, auc)
  const high = auc >= 1 ? 1 : bisect((theta) => theta - auc <= spread(theta), auc, 1)
  return [low, high]
}

/** The place in [from, to] where `holds` turns from true to false. */
function bisect(holds: (x: number) => boolean, from: number, to: number): number {
  let low = from
  let high = to
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x))
}

function rowsWhere(actual: ArrayLike<number>, is: (value: number) => boolean): Uint32Array {
  const rows = new Uint32Array(actual.length)
  let count = 0
  for (let i = 0; i < actual.length; i++) if (is(actual[i]!)) rows[count++] = i
  return rows.subarray(0, count)
}

/**
 * For each positive the share of negatives scored below it, for each negative the share of positives above it;
 * `total` is the number of pairs in the right order.
 */
function placements(score: ArrayLike<number>, positive: Uint32Array, negative: Uint32Array) {
  const ups = byScore(score, positive)
  const downs = byScore(score, negative)
  const m = ups.length
  const n = downs.length
  const ofPositives = new Float64Array(m)
  const ofNegatives = new Float64Array(n)
  let total = 0
  let i = 0
  let j = 0
  while (i < m || j < n) {
    const at = Math.min(
      i < m ? score[positive[ups[i]!]!]! : Number.POSITIVE_INFINITY,
      j < n ? score[negative[downs[j]!]!]! : Number.POSITIVE_INFINITY,
    )
    let i2 = i
    while (i2 < m && score[positive[ups[i2]!]!] === at) i2++
    let j2 = j
    while (j2 < n && score[negative[downs[j2]!]!] === at) j2++
    const below = (j + j2) / 2
    const above = m - (i + i2) / 2
    for (let k = i; k < i2; k++) ofPositives[ups[k]!] = below / n
    for (let k = j; k < j2; k++) ofNegatives[downs[k]!] = above / m
    total += (i2 - i) * below
    i = i2
    j = j2
  }
  return { ofPositives, ofNegatives, total }
}

/** Positions in `rows`, by ascending score. */
function byScore(score: ArrayLike<number>, rows: Uint32Array): Uint32Array {
  return Uint32Array.from(rows.keys()).sort((a, b) => score[rows[a]!]! - score[rows[b]!]!)
}

function crossProduct(a: Float64Array, b: Float64Array, meanA: number, meanB: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB)
  return sum
}

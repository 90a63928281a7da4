import { gapsOf } from './distance.ts'
import { kolmogorovSf } from './kolmogorov.ts'

/** Up to this many values on the larger side the p-value is exact, beyond it asymptotic: scipy's `method='auto'`. */
const EXACT_UP_TO = 10_000

export interface KsTest {
  /** The largest distance of the two empirical distribution functions. */
  statistic: number
  p: number
  method: 'exact' | 'asymptotic'
}

/** What is asked of the first sample's distribution function F against the second's G: F > G somewhere is `greater`. */
export type KsAlternative = 'two-sided' | 'less' | 'greater'

/**
 * The largest distance of the empirical distribution functions of two sorted samples, ties included.
 * RangeError where one is empty or holds NaN.
 */
export function ksStatistic(a: Float64Array, b: Float64Array): number {
  return largestGap(a, b, 'two-sided') / (a.length * b.length)
}

/** max |i m - j n| over the pooled points, or only its positive or negative part: whole, so that no rounding enters the statistic. */
function largestGap(a: Float64Array, b: Float64Array, alternative: KsAlternative): number {
  const n = a.length
  const m = b.length
  if (n === 0 || m === 0) throw new RangeError('The Kolmogorov-Smirnov statistic needs values on both sides')
  if (Number.isNaN(a[n - 1]!) || Number.isNaN(b[m - 1]!))
    throw new RangeError('A sample holds a value that is not a number')
  let i = 0
  let j = 0
  let above = 0
  let below = 0
  while (i < n && j < m) {
    const at = Math.min(a[i]!, b[j]!)
    while (i < n && a[i]! <= at) i++
    while (j < m && b[j]! <= at) j++
    const gap = i * m - j * n
    if (gap > above) above = gap
    else if (-gap > below) below = -gap
  }
  return alternative === 'greater' ? above : alternative === 'less' ? below : Math.max(above, below)
}

/**
 * The two-sample Kolmogorov-Smirnov test of two sorted samples, as scipy's `ks_2samp(a, b, alternative, method='auto')`.
 * One-sided p-values of unequal sizes stay exact where scipy's count of paths overflows and it turns to the asymptotic
 * formula. RangeError where a sample is empty or holds NaN.
 */
export function ksTest(a: Float64Array, b: Float64Array, alternative: KsAlternative = 'two-sided'): KsTest {
  return testOf(largestGap(a, b, alternative), a.length, b.length, alternative)
}

/** `ksTest` and `wasserstein` of two sorted samples, from one pass over both. RangeError where one is empty. */
export function ksAndWasserstein(a: Float64Array, b: Float64Array): KsTest & { wasserstein: number } {
  const { largest, integral } = gapsOf(a, b, false)
  return { ...testOf(largest, a.length, b.length), wasserstein: integral }
}

/** A sample by its ascending distinct values and how many rows each stands for; a rank is off by at most `error` rows. */
export interface RankedSample {
  values: ArrayLike<number>
  counts: ArrayLike<number>
  error: number
}

/**
 * The two-sample Kolmogorov-Smirnov test of samples whose ranks are known within bounds. The statistic is the least that
 * they allow: that of the given values less both bounds, and not below 0. So it is at most 2 (errorA / n + errorB / m) under
 * that of the rows themselves and never above it, and the p-value is never below theirs; without errors it is `ksTest`.
 * RangeError where one is empty.
 */
export function ksTestOfRanked(a: RankedSample, b: RankedSample): KsTest {
  const n = rowsOf(a)
  const m = rowsOf(b)
  const gap = largestGapOfRanked(a, b, n, m) - a.error * m - b.error * n
  return testOf(Math.max(0, gap), n, m)
}

function rowsOf({ counts }: RankedSample): number {
  let rows = 0
  for (let i = 0; i < counts.length; i++) rows += counts[i]!
  return rows
}

function largestGapOfRanked(a: RankedSample, b: RankedSample, n: number, m: number): number {
  if (n === 0 || m === 0) throw new RangeError('The Kolmogorov-Smirnov statistic needs values on both sides')
  let belowA = 0
  let belowB = 0
  let gap = 0
  for (let i = 0, j = 0; i < a.values.length && j < b.values.length; ) {
    const at = Math.min(a.values[i]!, b.values[j]!)
    if (a.values[i] === at) belowA += a.counts[i++]!
    if (b.values[j] === at) belowB += b.counts[j++]!
    gap = Math.max(gap, Math.abs(belowA * m - belowB * n))
  }
  return gap
}

/** The test whose largest gap max |i m - j n| is a multiple of the greatest common divisor of n and m. */
function testOf(gap: number, n: number, m: number, alternative: KsAlternative = 'two-sided'): KsTest {
  const statistic = gap / (n * m)
  if (Math.max(n, m) <= EXACT_UP_TO) {
    const divisor = greatestCommonDivisor(n, m)
    return { statistic, p: exactP(n, m, gap / divisor, divisor, alternative), method: 'exact' }
  }
  const p =
    alternative === 'two-sided'
      ? kolmogorovSf(statistic, roundHalfToEven((n * m) / (n + m)))
      : hodges(statistic, Math.max(n, m), Math.min(n, m))
  return { statistic, p, method: 'asymptotic' }
}

/** The one-sided asymptotic p-value of J. L. Hodges (Arkiv for Matematik 3, 1958), equation 5.3. */
function hodges(d: number, large: number, small: number): number {
  const z = Math.sqrt((large * small) / (large + small)) * d
  return Math.exp(-2 * z * z - (2 * z * (large + 2 * small)) / Math.sqrt(large * small * (large + small)) / 3)
}

function exactP(n: number, m: number, height: number, divisor: number, alternative: KsAlternative): number {
  if (height === 0) return 1
  // By the inequality of Wei and Dudley (2012) p is at most e exp(-exponent): less than the smallest double.
  const exponent = (2 * (height * divisor) ** 2) / (n * m * (n + m))
  if (exponent > 800) return 0
  const bothSides = alternative === 'two-sided'
  if (n !== m) return Math.min(1, touchingPaths(n, m, height, divisor, bothSides))
  return Math.min(1, bothSides ? equalSizes(n, height) : equalSizesOneSided(n, height))
}

/** C(2n, n - height) / C(2n, n). */
function equalSizesOneSided(n: number, height: number): number {
  let p = 1
  for (let j = 0; j < height; j++) p *= (n - j) / (n + j + 1)
  return p
}

/** The closed form for n = m in Horner's order, which spares the cancellation of its alternating sum. */
function equalSizes(n: number, height: number): number {
  let p = 0
  for (let k = Math.floor(n / height); k >= 0; k--) {
    let factor = 1
    for (let j = 0; j < height; j++) factor = ((n - k * height - j) * factor) / (n + k * height + j + 1)
    p = factor * (1 - p)
  }
  return 2 * p
}

/**
 * The share of lattice paths from (0, 0) to (n, m) that touch the border |i/n - j/m| = height / lcm(n, m): the stable
 * recursion of T. Viehmann ("Numerically more stable computation of the p-values for the two-sample
 * Kolmogorov-Smirnov test", 2021), column by column over the band between the borders. One-sided, only one of the
 * borders stands; which one is the same, as a path turned about touches the other.
 */
function touchingPaths(n: number, m: number, height: number, divisor: number, bothSides: boolean): number {
  const [long, short] = n > m ? [n, m] : [m, n]
  const longStep = long / divisor
  const shortStep = short / divisor
  let low = 0
  let high = bothSides ? Math.min(Math.ceil(height / longStep), short + 1) : short + 1
  /** Entry j: among paths to (i, j), the share that touched; 1 outside the band. */
  const share = new Float64Array(short + 1).fill(1)
  share.fill(0, low, high)
  for (let i = 1; i <= long; i++) {
    const newLow = Math.min(Math.max(Math.floor((shortStep * i - height) / longStep) + 1, 0), short)
    const newHigh = bothSides ? Math.min(Math.ceil((shortStep * i + height) / longStep), short + 1) : short + 1
    if (newHigh <= newLow) return 1
    for (; low < newLow; low++) share[low] = 1
    let value = newLow === 0 ? 0 : 1
    for (let j = newLow; j < newHigh; j++) {
      value = (share[j]! * i + value * j) / (i + j)
      share[j] = value
    }
    high = newHigh
  }
  return share[high - 1]!
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return x
}

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}

import { forEachTieGroup } from './tie-groups.ts'

/** Up to this many values on the larger side the p-value is exact: scipy's `method='auto'`. */
const EXACT_UP_TO = 20

export interface CramerVonMisesTest {
  statistic: number
  p: number
  method: 'exact' | 'asymptotic'
  /** Values occur more than once, so that the p-value's law does not hold. */
  tied: boolean
}

/**
 * The two-sample Cramer-von Mises test of T. W. Anderson (Annals of Mathematical Statistics 33, 1962) of two sorted
 * samples, as scipy's `cramervonmises_2samp(a, b, method='auto')`; the far tail of the asymptotic law is exact here,
 * where scipy's 1 - cdf ends near 1e-8. The law is that of values without ties (`tied`): scipy's midranks raise the
 * statistic of tied samples of different sizes where nothing moved, so that 1,000 and 300 of four values always alarm. Where
 * all values are equal there is nothing to tell apart: statistic 0, p 1. RangeError where a sample has fewer than two
 * values or holds NaN.
 */
export function cramerVonMisesTest(a: Float64Array, b: Float64Array): CramerVonMisesTest {
  const n = a.length
  const m = b.length
  if (n < 2 || m < 2) throw new RangeError(`The Cramer-von Mises test needs two values on each side, not ${n} and ${m}`)
  const total = n + m
  const method = Math.max(n, m) <= EXACT_UP_TO ? 'exact' : 'asymptotic'
  let gaps = 0
  let ties = 0
  let groups = 0
  forEachTieGroup([a, b], (here, below) => {
    groups++
    const x = here[0]!
    const y = here[1]!
    gaps += (x + y) * (n * (below[1]! + y / 2) - m * (below[0]! + x / 2)) ** 2
    ties += x ** 3 * (m * m + n * total) + y ** 3 * (n * n + m * total) - 3 * n * m * x * y * (x + y)
  })
  const tied = groups < total
  if (groups < 2) return { statistic: 0, p: 1, method, tied }
  // Anderson's T from the squared gaps of the two distribution functions: his sum of squared ranks, of which all but T
  // cancels, would lose as many digits as the samples have values.
  const scale = n * m * total
  const statistic = (gaps + ties / 12) / (scale * total) - (n - m) ** 2 / (12 * scale)
  if (method === 'exact') return { statistic, p: exactSf(statistic, n, m), method, tied }
  const mean = (1 + 1 / total) / 6
  const variance = ((total + 1) * (4 * n * m * total - 3 * (n * n + m * m) - 2 * n * m)) / (180 * total * total * n * m)
  return { statistic, p: cramerVonMisesSf(1 / 6 + (statistic - mean) / Math.sqrt(45 * variance)), method, tied }
}

/**
 * P(T >= statistic) without ties, by the recursion of Y. Xiao, A. Gordon and A. Yakovlev (Journal of Statistical Software
 * 17(8), 2006) over lattice paths. Those that have reached the statistic are counted together, those that no longer can
 * are dropped.
 */
function exactSf(statistic: number, n: number, m: number): number {
  const multiple = leastCommonMultiple(n, m)
  const unit = (multiple * (n + m)) ** 2
  // T is a whole number of these units where there are no ties, with midranks in between scipy rounds down.
  const limit = Math.floor((statistic * unit) / (n * m) + 1e-6)
  const step = (i: number, j: number) => ((multiple / n) * j - (multiple / m) * i) ** 2
  const ahead = largestAhead(n, m, step)
  /** Column j of the lattice: the sums that paths to there may have, rising, and how many paths have each. */
  let column: Paths[] = Array.from({ length: n + 1 }, () => NONE)
  for (let i = 0; i <= m; i++) {
    const next: Paths[] = []
    let arriving = NONE
    for (let j = 0; j <= n; j++) {
      arriving = i === 0 && j === 0 ? { sums: [0], ways: [1] } : merged(arriving, column[j]!)
      arriving = shifted(arriving, step(i, j), limit, limit - ahead[i]![j]!)
      next.push(arriving)
    }
    column = next
  }
  let all = 1
  for (let i = 1; i <= n; i++) all = (all * (m + i)) / i
  return column[n]!.ways.reduce((sum, count) => sum + count, 0) / all
}

/** At each point of the lattice the most that the rest of a path can add. */
function largestAhead(n: number, m: number, step: (i: number, j: number) => number): Float64Array[] {
  const ahead = Array.from({ length: m + 1 }, () => new Float64Array(n + 1))
  for (let i = m; i >= 0; i--) {
    for (let j = n; j >= 0; j--) {
      const up = i < m ? step(i + 1, j) + ahead[i + 1]![j]! : 0
      const right = j < n ? step(i, j + 1) + ahead[i]![j + 1]! : 0
      ahead[i]![j] = Math.max(up, right)
    }
  }
  return ahead
}

interface Paths {
  sums: number[]
  ways: number[]
}

const NONE: Paths = { sums: [], ways: [] }

function merged(a: Paths, b: Paths): Paths {
  const sums: number[] = []
  const ways: number[] = []
  let i = 0
  let j = 0
  while (i < a.sums.length || j < b.sums.length) {
    const left = i < a.sums.length ? a.sums[i]! : Number.POSITIVE_INFINITY
    const right = j < b.sums.length ? b.sums[j]! : Number.POSITIVE_INFINITY
    sums.push(Math.min(left, right))
    ways.push((left <= right ? a.ways[i++]! : 0) + (right <= left ? b.ways[j++]! : 0))
  }
  return { sums, ways }
}

/** Every sum raised by `step`; from `limit` on they are one, below `needed` they are dropped. */
function shifted({ sums, ways }: Paths, step: number, limit: number, needed: number): Paths {
  const raised: Paths = { sums: [], ways: [] }
  let reached = 0
  for (let i = 0; i < sums.length; i++) {
    const sum = sums[i]! + step
    if (sum >= limit) reached += ways[i]!
    else if (sum >= needed) {
      raised.sums.push(sum)
      raised.ways.push(ways[i]!)
    }
  }
  if (reached > 0) {
    raised.sums.push(limit)
    raised.ways.push(reached)
  }
  return raised
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y > 0) [x, y] = [y, x % y]
  return (a / x) * b
}

/** How many points each integral takes, and how many half periods of the sine. */
const POINTS = 160

/**
 * P(W² > x) for the limit of the Cramer-von Mises statistic, by N. V. Smirnov's integrals (Comptes Rendus 202, 1936; J.
 * Durbin, "Distribution Theory for Tests Based on the Sample Distribution Function", 1973, section 4.2):
 * (2 / pi) sum over k of (-1)^(k+1) times the integral of exp(-x s² / 2) / sqrt(-s sin s) over
 * (2k - 1) pi < s < 2k pi. The integral is taken at Chebyshev's points, whose weight is the singularity at its ends; good
 * to 1e-11 relative at every x, where 1 - cdf ends at 1e-16. RangeError where x is not a number.
 */
export function cramerVonMisesSf(x: number): number {
  if (Number.isNaN(x)) throw new RangeError('The statistic is not a number')
  // Below, the probability differs from 1 by less than the last digit of a double.
  if (x < 0.003) return 1
  let sum = 0
  for (let k = 1; ; k++) {
    const start = (2 * k - 1) * Math.PI
    const largest = Math.exp((-x * start * start) / 2)
    if (largest < 1e-18 * sum || largest === 0) break
    let integral = 0
    for (let i = 0; i < POINTS; i++) {
      const angle = ((i + 0.5) * Math.PI) / POINTS
      // s is `offset` beyond the start, and pi - offset before the end: the sine from the nearer of the two.
      const offset = Math.PI * Math.sin(angle / 2) ** 2
      const sine = Math.sin(angle < Math.PI / 2 ? offset : Math.PI * Math.cos(angle / 2) ** 2)
      const s = start + offset
      integral += (Math.exp((-x * s * s) / 2) * Math.sin(angle)) / Math.sqrt(s * sine)
    }
    integral *= (Math.PI / 2) * (Math.PI / POINTS)
    sum += k % 2 === 1 ? integral : -integral
  }
  return Math.min(1, (2 / Math.PI) * sum)
}

/** Counts as shares of their sum; RangeError where that is not positive. */
export function shares(counts: ArrayLike<number>): Float64Array {
  const result = Float64Array.from(counts)
  const sum = result.reduce((a, b) => a + b, 0)
  if (!(sum > 0)) throw new RangeError('Shares need at least one count')
  return result.map((count) => count / sum)
}

export interface PopulationStability {
  /** The population stability index, sum (p - q) ln(p / q) over the smoothed shares. */
  psi: number
  /** Bins that hold something on either side. */
  bins: number
  /** What the index is on average where nothing moved: (bins - 1) (1/n + 1/m). */
  nullExpectation: number
}

/**
 * Population stability index of two samples counted in the same bins. Bins empty on both sides are dropped, then
 * share = (count + 0.5) / (n + 0.5 k), so an empty bin never makes it infinite. RangeError where a sample is empty.
 */
export function populationStability(a: ArrayLike<number>, b: ArrayLike<number>): PopulationStability {
  const kept = Array.from(a, (count, i) => [count, b[i]!] as const).filter(([x, y]) => x + y > 0)
  const n = kept.reduce((sum, [x]) => sum + x, 0)
  const m = kept.reduce((sum, [, y]) => sum + y, 0)
  if (a.length !== b.length) throw new RangeError('Both samples are counted in the same bins')
  if (!(n > 0 && m > 0)) throw new RangeError('The population stability index needs counts on both sides')
  const bins = kept.length
  let psi = 0
  for (const [x, y] of kept) {
    const p = (x + 0.5) / (n + 0.5 * bins)
    const q = (y + 0.5) / (m + 0.5 * bins)
    psi += (p - q) * Math.log(p / q)
  }
  return { psi, bins, nullExpectation: (bins - 1) * (1 / n + 1 / m) }
}

function sharesOfBoth(a: ArrayLike<number>, b: ArrayLike<number>): [Float64Array, Float64Array] {
  if (a.length !== b.length) throw new RangeError('Both samples are counted in the same bins')
  return [shares(a), shares(b)]
}

/**
 * Kullback-Leibler divergence of the shares of `b` from those of `a` in nats, sum p ln(p / q), scipy's `entropy(a, b)`:
 * 0 for equal shares, Infinity where `b` lacks what `a` holds. RangeError where a sample is empty.
 */
export function kullbackLeibler(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = sharesOfBoth(a, b)
  const divergence = p.reduce((sum, share, i) => sum + relativeEntropy(share, q[i]!), 0)
  return Math.max(0, divergence)
}

/**
 * Jensen-Shannon distance in nats, scipy's `jensenshannon`: 0 for equal shares, sqrt(ln 2) for disjoint ones. RangeError
 * where a sample is empty.
 */
export function jensenShannon(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = sharesOfBoth(a, b)
  let divergence = 0
  for (let i = 0; i < p.length; i++) {
    const middle = (p[i]! + q[i]!) / 2
    divergence += relativeEntropy(p[i]!, middle) + relativeEntropy(q[i]!, middle)
  }
  return Math.sqrt(Math.max(0, divergence) / 2)
}

function relativeEntropy(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log(p / q)
}

/**
 * Hellinger distance of the shares, sqrt(1 - sum sqrt(p q)), computed as the norm of sqrt(p) - sqrt(q) over sqrt(2): 0 for
 * equal, 1 for disjoint ones (E. Hellinger, Journal für die reine und angewandte Mathematik 136, 1909). RangeError where
 * a sample is empty.
 */
export function hellinger(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = sharesOfBoth(a, b)
  const squares = p.reduce((sum, share, i) => sum + (Math.sqrt(share) - Math.sqrt(q[i]!)) ** 2, 0)
  return Math.min(1, Math.sqrt(squares / 2))
}

/** Half the sum of the absolute differences of the shares: 0 for equal, 1 for disjoint ones. RangeError where a sample is empty. */
export function totalVariation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = sharesOfBoth(a, b)
  return p.reduce((sum, share, i) => sum + Math.abs(share - q[i]!), 0) / 2
}

/** The largest absolute difference of a share: 0 for equal shares, 1 for a category that became another. RangeError where a sample is empty. */
export function lInfinity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = sharesOfBoth(a, b)
  return p.reduce((largest, share, i) => Math.max(largest, Math.abs(share - q[i]!)), 0)
}

/**
 * Wasserstein-1 distance of two sorted samples in the values' unit: the area between their empirical distribution
 * functions, scipy's `wasserstein_distance`. Infinite values that differ make it Infinity. RangeError where a sample is empty.
 */
export function wasserstein(a: Float64Array, b: Float64Array): number {
  return gapsOf(a, b, false).integral
}

/**
 * Energy distance of two sorted samples, sqrt(2 integral (F - G)²), scipy's `energy_distance`, in the square root of the
 * values' unit (M. Rizzo and G. Székely, WIREs Computational Statistics 8, 2016). Infinite values that differ make it
 * Infinity. RangeError where a sample is empty.
 */
export function energyDistance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(2 * gapsOf(a, b, true).integral)
}

/**
 * Over the empirical distribution functions F and G of two sorted samples of n and m values: the integral of |F - G|, or of its
 * square, and the largest n m |F - G|, a whole number. RangeError where a sample is empty.
 */
export function gapsOf(a: Float64Array, b: Float64Array, squared: boolean): { integral: number; largest: number } {
  const n = a.length
  const m = b.length
  if (n === 0 || m === 0) throw new RangeError('A distance of samples needs values on both sides')
  let i = 0
  let j = 0
  let integral = 0
  let largest = 0
  let at = Math.min(a[0]!, b[0]!)
  while (i < n || j < m) {
    while (i < n && a[i]! <= at) i++
    while (j < m && b[j]! <= at) j++
    if (i === n && j === m) break
    const next = Math.min(i < n ? a[i]! : Number.POSITIVE_INFINITY, j < m ? b[j]! : Number.POSITIVE_INFINITY)
    const steps = Math.abs(i * m - j * n)
    if (steps > largest) largest = steps
    const gap = steps / (n * m)
    if (gap > 0) integral += (squared ? gap * gap : gap) * (next - at)
    at = next
  }
  return { integral, largest }
}

import { binsOf, countIn } from './bins.ts'
import type { Bins, NumberProfile } from './profile.ts'
import { quantile } from './quantile.ts'

/** Where the quantiles of a profile are taken. */
export const profileQuantiles: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]

/**
 * The profile of finite values in ascending order, undefined where there are none. With `bins`, the counts are in these;
 * else in bins of the values' own.
 */
export function numberProfile(sorted: Float64Array, bins: Bins = binsOf(sorted)): NumberProfile | undefined {
  if (sorted.length === 0) return undefined
  const { mean, m2 } = moments(sorted)
  return {
    min: sorted[0]!,
    max: sorted[sorted.length - 1]!,
    mean,
    m2,
    bins,
    counts: countIn(bins, sorted),
    quantiles: profileQuantiles.map((probability) => quantile(sorted, probability)),
  }
}

/** Mean and sum of squared deviations, in two passes. */
function moments(values: Float64Array): { mean: number; m2: number } {
  const n = values.length
  const total = sum(values)
  const mean = Number.isFinite(total) ? total / n : sum(values.map((x) => x / n))
  const m2 = sum(values.map((x) => (x - mean) ** 2))
  // The deviations' own sum is rounding alone; taking its square out mends the mean's error.
  const rest = sum(values.map((x) => x - mean)) ** 2 / n
  return { mean, m2: saturate(Number.isFinite(rest) ? Math.max(0, m2 - rest) : m2) }
}

/** Neumaier's compensated sum (ZAMM 54, 1974). */
function sum(values: Float64Array): number {
  let total = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!
    const next = total + x
    lost += Math.abs(total) >= Math.abs(x) ? total - next + x : x - next + total
    total = next
  }
  return Number.isFinite(lost) ? total + lost : total
}

/** Squares of values beyond 1e154 overflow; a profile holds finite numbers only. */
export function saturate(value: number): number {
  return Number.isFinite(value) ? value : Number.MAX_VALUE
}

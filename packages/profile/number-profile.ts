import { binsOf, countIn } from './bins.ts'
import { meanOf } from './moments.ts'
import type { NumberSketch } from './number-sketch.ts'
import type { Bins, NumberProfile } from './profile.ts'
import { quantileOf, Ranked, type Ranks } from './ranked.ts'
import type { SortedNumbers } from './sorted-numbers.ts'

/** Where the quantiles of a profile are taken. */
export const profileQuantiles: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]

/** The figures of numbers. With `bins`, the counts are in these; else in bins of the values' own. */
export function numberProfile(of: NumberSketch | SortedNumbers, bins?: Bins): NumberProfile {
  const { min, max, moments, error } = of
  const ranks: Ranks = 'ranks' in of ? of.ranks : new Ranked(of)
  const own = bins ?? binsOf(ranks)
  return {
    min,
    max,
    mean: meanOf(moments),
    m2: moments.m2,
    bins: own,
    counts: countIn(own, ranks),
    quantiles: profileQuantiles.map((probability) => quantileOf(ranks, probability)),
    ...(error > 0 ? { error } : {}),
  }
}

import { binsOf, countIn } from './bins.ts'
import { meanOf } from './moments.ts'
import type { NumberSketch } from './number-sketch.ts'
import type { Bins, NumberProfile } from './profile.ts'
import { Ranked } from './ranked.ts'

/** Where the quantiles of a profile are taken. */
export const profileQuantiles: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]

/** The figures of a sketch. With `bins`, the counts are in these; else in bins of the values' own. */
export function numberProfile(sketch: NumberSketch, bins?: Bins): NumberProfile {
  const { min, max, moments, error } = sketch
  const ranked = new Ranked(sketch)
  const own = bins ?? binsOf(ranked)
  return {
    min,
    max,
    mean: meanOf(moments),
    m2: moments.m2,
    bins: own,
    counts: countIn(own, ranked),
    quantiles: profileQuantiles.map((probability) => ranked.quantile(probability)),
    ...(error > 0 ? { error } : {}),
  }
}

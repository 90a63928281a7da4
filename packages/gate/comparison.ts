import { canonicalMetric, type Direction } from '@mlops-actions/metrics'
import { normalQuantile } from '@mlops-actions/statistics'
import * as z from 'zod'
import { signOf } from './rules.ts'

/** The `comparison` rules of mlops.yaml. */
export const comparisonRules = z.strictObject({
  metric: z
    .string()
    .min(1)
    .optional()
    .describe('Default: the first gated metric, else roc_auc, accuracy or root_mean_squared_error by task.'),
  margin: z
    .number()
    .nonnegative()
    .optional()
    .describe(
      "How much worse still counts as no worse, in the unit of the metric; default 0.02 for metrics within [0, 1], else 5 % of production's value.",
    ),
  confidence: z.number().gt(0.5).lt(1).optional().describe('One-sided; default 0.95.'),
  on_inconclusive: z.enum(['failed', 'warned']).optional().describe('Default failed.'),
})

export type ComparisonRules = z.output<typeof comparisonRules>

export type Decision = 'better' | 'non-inferior' | 'inconclusive' | 'worse'

/** A difference candidate - production, in the unit of the metric, with its two-sided interval. */
export interface Difference {
  delta: number
  low: number
  high: number
}

/** better: the interval clears 0; non-inferior: it clears the margin; worse: all of it is on the wrong side of 0. */
export function decide(of: Difference, margin: number, direction: Direction): Decision {
  const { low, high } = oriented(of, direction)
  if (low > 0) return 'better'
  if (low > -margin) return 'non-inferior'
  return high < 0 ? 'worse' : 'inconclusive'
}

/** The default margin: 0.02 for a metric within [0, 1], else 5 % of production's value. */
export function defaultMargin(metric: string, production: number): number {
  const range = canonicalMetric(metric)?.range
  return range?.low === 0 && range.high === 1 ? 0.02 : 0.05 * Math.abs(production)
}

/**
 * How many rows would make an inconclusive comparison clear, if the difference stays what it is and the interval narrows
 * with the root of the rows; to two digits. undefined where no number of rows would.
 */
export function rowsToSettle(of: Difference, margin: number, direction: Direction, rows: number): number | undefined {
  const { delta, low, high } = oriented(of, direction)
  // Above the margin the lower end has to rise over it; else the upper end has to fall below 0.
  const above = delta + margin > 0
  const width = above ? delta - low : high - delta
  const room = above ? delta + margin : -delta
  if (!(room > 0) || !(width > 0)) return undefined
  const needed = rows * (width / room) ** 2 * 1.001
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(needed)) - 1)
  return Math.ceil(needed / unit) * unit
}

/** The smallest true difference that this many rows would show with a power of 80 % at the one-sided confidence. */
export function detectableDifference(of: Difference, confidence: number): number {
  const z = normalQuantile(confidence)
  return ((of.high - of.low) / (2 * z)) * (z + normalQuantile(0.8))
}

/** The difference with better counting as up. */
function oriented({ delta, low, high }: Difference, direction: Direction): Difference {
  return signOf(direction) > 0 ? { delta, low, high } : { delta: -delta, low: -high, high: -low }
}

import { canonicalMetric, type Direction, metricNames } from '@mlops-actions/metrics'
import { nearest } from '@mlops-actions/verdict'
import * as z from 'zod'

const metricRule = z.strictObject({
  threshold: z
    .number()
    .optional()
    .describe('The value to reach: at least this where higher is better, at most this where lower is better.'),
  direction: z
    .enum(['higher_is_better', 'lower_is_better'])
    .optional()
    .describe('Needed for a metric whose name does not settle it.'),
  min_absolute_change: z
    .number()
    .nonnegative()
    .optional()
    .describe('How much better than the baseline, in the unit of the metric.'),
  min_relative_change: z
    .number()
    .nonnegative()
    .optional()
    .describe('How much better than the baseline, as a share of it.'),
  max_regression: z
    .number()
    .nonnegative()
    .optional()
    .describe('How much worse than the baseline is allowed, in the unit of the metric.'),
  slices: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Columns whose every value is judged by the same rule.'),
  min_slice_rows: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Slices with fewer rows are skipped, and said to be.'),
  severity: z.enum(['failed', 'warned']).optional().describe('What a break means; default failed.'),
})

/** Rules over one metric. */
export type MetricRule = z.output<typeof metricRule>

/** Parts of a rule that compare with a baseline. */
export const changeKeys = ['min_absolute_change', 'min_relative_change', 'max_regression'] as const
export type ChangeKey = (typeof changeKeys)[number]

/** The `gate` rules of mlops.yaml: metric name -> rule. Metrics may go by an alias. */
export const gateRules = z.record(z.string(), metricRule).superRefine((rules, context) => {
  const seen = new Map<string, string>()
  for (const [name, rule] of Object.entries(rules)) {
    const message = mistakeIn(name, rule) ?? twice(seen, name)
    if (message) context.addIssue({ code: 'custom', path: [name], message })
  }
})

export type GateRules = z.output<typeof gateRules>

function mistakeIn(name: string, rule: MetricRule): string | undefined {
  const known = canonicalMetric(name)
  if (!known && !rule.direction) {
    const near = nearest(name, metricNames())
    return `the name "${name}" does not settle whether higher is better${near ? ` (did you mean "${near}"?)` : ''}; add direction: higher_is_better or lower_is_better`
  }
  if (known && rule.direction && rule.direction !== known.direction)
    return `direction ${rule.direction} contradicts ${known.name}, of which it is known that ${spoken(known.direction)}`
  if (rule.threshold === undefined && changeKeys.every((key) => rule[key] === undefined))
    return `it judges nothing; add threshold, ${changeKeys.join(', ')}`
  const { low, high } = known?.range ?? {}
  const { threshold } = rule
  if (threshold !== undefined && ((low !== undefined && threshold < low) || (high !== undefined && threshold > high)))
    return `threshold ${threshold} is no value of ${known?.name}, which lies ${low === undefined ? `at or below ${high}` : high === undefined ? `at or above ${low}` : `within ${low} and ${high}`}`
  return undefined
}

function twice(seen: Map<string, string>, name: string): string | undefined {
  const canonical = canonicalMetric(name)?.name ?? name
  const earlier = seen.get(canonical)
  seen.set(canonical, name)
  return earlier === undefined ? undefined : `"${earlier}" and "${name}" are two names of ${canonical}; keep one rule`
}

/** A rule with its metric's canonical name and a settled direction. */
export type SettledRule = MetricRule & { direction: Direction }

/** The rules by canonical name, each with its direction. */
export function settleRules(rules: GateRules): Map<string, SettledRule> {
  return new Map(
    Object.entries(rules).map(([name, rule]) => {
      const known = canonicalMetric(name)
      return [known?.name ?? name, { ...rule, direction: known?.direction ?? rule.direction ?? 'higher_is_better' }]
    }),
  )
}

export function spoken(direction: Direction): string {
  return direction === 'higher_is_better' ? 'higher is better' : 'lower is better'
}

/** +1 where higher is better, -1 where lower is: a figure times this is better when larger. */
export function signOf(direction: Direction): 1 | -1 {
  return direction === 'higher_is_better' ? 1 : -1
}

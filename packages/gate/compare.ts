import { canonicalMetric, type Predictions } from '@mlops-actions/metrics'
import { type Check, check, type JsonObject } from '@mlops-actions/verdict'
import {
  type ComparisonRules,
  type Decision,
  decide,
  defaultMargin,
  detectableDifference,
  rowsToSettle,
} from './comparison.ts'
import { figure, percent, signed } from './figure.ts'
import { type Delta, pairedDeltas, sharedMetrics } from './paired.ts'
import { signOf } from './rules.ts'
import { sameRows } from './same-rows.ts'

export interface Comparison {
  checks: Check[]
  decision: Decision
  /** By metric; the compared one first. */
  deltas: Record<string, Delta>
}

/** The compared metric decides by these; the others are shown, and take fewer where rows are many. */
const RESAMPLES = 2000
const SEED = 1

/**
 * Compares a candidate with production on the same rows, one-sided: better, non-inferior, worse or inconclusive (see
 * `decide`). better and non-inferior pass, worse fails, inconclusive follows `on_inconclusive` (default failed) and says
 * how many rows would settle it. A compared metric without value or interval is inconclusive and always fails.
 *
 * @throws UserError where the two sets of predictions are not of the same rows
 */
export function comparePaired(
  production: Predictions,
  candidate: Predictions,
  rules: ComparisonRules = {},
): Comparison {
  const [a, b] = sameRows(production, candidate)
  const shared = sharedMetrics(a, b)
  const name = comparedMetric(rules.metric, a, shared)
  const confidence = rules.confidence ?? 0.95
  const options = { confidence: twoSided(confidence), seed: SEED }
  const [compared] = pairedDeltas(a, b, [name], { ...options, resamples: RESAMPLES })
  const others = shared.filter((other) => other !== name)
  const resamples = Math.round(Math.min(1000, Math.max(200, 2e7 / Math.max(1, a.rows))))
  const rest = pairedDeltas(a, b, others, { ...options, resamples })
  const deltas = Object.fromEntries([compared!, ...rest].map((delta) => [delta.metric, delta]))
  return { ...judged(compared!, rules, confidence), deltas }
}

/** The rules' metric, else the task's own: roc_auc (accuracy without scores), accuracy, root_mean_squared_error. */
function comparedMetric(asked: string | undefined, p: Predictions, shared: string[]): string {
  if (asked !== undefined) return canonicalMetric(asked)?.name ?? asked
  if (p.task.type === 'regression') return 'root_mean_squared_error'
  return p.task.type === 'binary' && shared.includes('roc_auc') ? 'roc_auc' : 'accuracy'
}

function judged(of: Delta, rules: ComparisonRules, confidence: number): { checks: Check[]; decision: Decision } {
  const { metric, low, high, delta, production, candidate } = of
  const direction = of.direction ?? 'higher_is_better'
  const open = {
    id: `comparison.${metric}`,
    title: `the candidate's ${metric} is not worse than production's`,
    subject: metric,
  }
  const evidence: JsonObject = {
    metric,
    value: candidate,
    baseline: production,
    delta,
    n: of.n,
    confidence: twoSided(confidence),
    direction,
  }
  if (delta === null || low === undefined || high === undefined || production === null || candidate === null) {
    const observed = `${delta === null ? `${metric} is not defined` : `${metric} changed by ${signed(delta)}, without an interval`}: ${of.undefined}`
    const undecided = check(false, {
      ...open,
      observed,
      expected: 'a difference with an interval',
      detail: 'Without one nothing can be decided, so the comparison fails whatever on_inconclusive says.',
      evidence: { ...evidence, decision: 'inconclusive', undefined: of.undefined ?? '' },
    })
    return { checks: [undecided], decision: 'inconclusive' }
  }
  const margin = rules.margin ?? defaultMargin(metric, production)
  const difference = { delta, low, high }
  // The same predictions are no worse by any margin, 0 included.
  const same = low === 0 && high === 0
  const decision = same ? 'non-inferior' : decide(difference, margin, direction)
  const rowsNeeded = decision === 'inconclusive' ? rowsToSettle(difference, margin, direction, of.n) : undefined
  const bound = -signOf(direction) * margin
  const detail = decision === 'inconclusive' ? inconclusive(rowsNeeded, of.n) : undefined
  const settled = check(decision === 'better' || decision === 'non-inferior', {
    ...open,
    observed: `${decision}: ${figure(candidate, production)} against production's ${figure(production, candidate)}, difference ${signed(delta)} (${percent(twoSided(confidence))} interval ${signed(low, bound)} to ${signed(high, bound)}, ${of.method}, n = ${of.n})`,
    expected: `a difference surely ${signOf(direction) > 0 ? 'above' : 'below'} ${signed(bound)} (one-sided confidence ${percent(confidence)})`,
    severity: decision === 'inconclusive' ? (rules.on_inconclusive ?? 'failed') : 'failed',
    ...(detail ? { detail } : {}),
    evidence: {
      ...evidence,
      decision,
      delta_low: low,
      delta_high: high,
      margin,
      method: of.method ?? '',
      ...(of.p_value === undefined ? {} : { p_value: of.p_value }),
      detectable_difference: detectableDifference(difference, confidence),
      ...(rowsNeeded === undefined ? {} : { rows_needed: rowsNeeded }),
    },
  })
  return { checks: [settled], decision }
}

/** The two-sided confidence of the interval whose one end has the one-sided confidence, in clean decimals. */
function twoSided(confidence: number): number {
  return Number((2 * confidence - 1).toFixed(12))
}

function inconclusive(rows: number | undefined, n: number): string {
  if (rows === undefined)
    return 'No number of rows would settle a difference of exactly the margin; choose another margin.'
  return `About ${rows} rows would settle it, if the difference stays what it is; there are ${n}.`
}

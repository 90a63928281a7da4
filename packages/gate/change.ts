import type { Metric } from '@mlops-actions/metrics'
import { type Check, check, type JsonObject } from '@mlops-actions/verdict'
import { figure, metricEvidence, observedText, percent, reasonOf, signed } from './figure.ts'
import { type ChangeKey, type SettledRule, signOf, spoken } from './rules.ts'
import { atSlice, type Judged, shown } from './subject.ts'

/** What a candidate is held against: a metric, none though one is due, or none because no model came before. */
export type Baseline = Metric | 'missing' | 'first-model'

/**
 * Whether a metric moved against its baseline as a rule asks. Fails where the baseline is missing or not defined, was
 * measured on another number of rows, or is 0 under a relative rule. The first model of all is warned: it has nothing
 * to be held against.
 */
export function judgeChange(
  judged: Judged,
  key: ChangeKey,
  metric: Metric,
  rule: SettledRule,
  baseline: Baseline,
): Check {
  const limit = rule[key]!
  const wish = wishes[key]
  const { direction } = rule
  const open = {
    id: `gate.${judged.name}.${key}${atSlice(judged)}`,
    title: `${shown(judged)} is ${wish.title(limit)}`,
    subject: shown(judged),
    expected: `${wish.title(limit)} (${spoken(direction)})`,
    severity: rule.severity ?? ('failed' as const),
  }
  const evidence: JsonObject = {
    metric: judged.name,
    ...metricEvidence(metric),
    [key]: limit,
    threshold_source: judged.source(key),
    direction,
  }
  if (baseline === 'first-model') {
    const observed = `${observedText(metric)}; no model came before this one`
    return check(false, { ...open, severity: 'warned', observed, evidence: { ...evidence, baseline: null } })
  }
  const broken = whyNot(metric, baseline, key, limit)
  if (broken !== undefined || baseline === 'missing') {
    const observed = `${observedText(metric)}; ${broken}`
    return check(false, { ...open, observed, evidence: { ...evidence, baseline: null } })
  }
  const value = metric.value!
  const before = baseline.value!
  const threshold = before + signOf(direction) * wish.step(limit, before)
  // A step in decimals is not exact in binary: 0.85 - 0.82 is a little above 0.03.
  const slack = 1e-12 * Math.max(Math.abs(value), Math.abs(before))
  const delta = value - before
  return check(signOf(direction) * (value - threshold) >= -slack, {
    ...open,
    observed: `${observedText(metric, threshold)}, ${signed(delta)} against the baseline's ${figure(before)}`,
    detail: `${shown(judged)} had to be at ${signOf(direction) > 0 ? 'least' : 'most'} ${figure(threshold, value)}.`,
    evidence: { ...evidence, threshold, baseline: before, delta },
  })
}

interface Wish {
  title: (limit: number) => string
  /** How far above the baseline the value must be, better counting as up. */
  step: (limit: number, baseline: number) => number
}

const wishes: Record<ChangeKey, Wish> = {
  min_absolute_change: {
    title: (limit) => `better than the baseline by at least ${figure(limit)}`,
    step: (limit) => limit,
  },
  min_relative_change: {
    title: (limit) => `better than the baseline by at least ${percent(limit)} of it`,
    step: (limit, baseline) => limit * Math.abs(baseline),
  },
  max_regression: {
    title: (limit) => `worse than the baseline by at most ${figure(limit)}`,
    step: (limit) => -limit,
  },
}

function whyNot(metric: Metric, baseline: Metric | 'missing', key: ChangeKey, limit: number): string | undefined {
  if (baseline === 'missing') return 'there is no baseline to compare with'
  if (baseline.value === null || !Number.isFinite(baseline.value))
    return `the baseline is not defined: ${reasonOf(baseline)}`
  if (metric.n > 0 && baseline.n > 0 && metric.n !== baseline.n)
    return `the baseline was measured on ${baseline.n} rows and this on ${metric.n}, so they are not the same data`
  if (key === 'min_relative_change' && baseline.value === 0) return 'the baseline is 0, of which there is no share'
  if (metric.value === null || !Number.isFinite(metric.value)) return 'nothing to compare'
  const bound = baseline.value + wishes[key].step(limit, baseline.value)
  return Number.isFinite(metric.value - baseline.value) && Number.isFinite(bound)
    ? undefined
    : 'the difference is too large for a number'
}

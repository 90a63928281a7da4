import type { Metric } from '@mlops-actions/metrics'
import { type Check, check } from '@mlops-actions/verdict'
import { figure, metricEvidence, observedText } from './figure.ts'
import { type SettledRule, signOf, spoken } from './rules.ts'
import { atSlice, type Judged, shown } from './subject.ts'

/** Whether a metric's value reaches the rule's threshold; equal is enough, no value is not. */
export function judgeThreshold(judged: Judged, metric: Metric, rule: SettledRule & { threshold: number }): Check {
  const { threshold, direction } = rule
  const sign = signOf(direction)
  const value = metric.value
  const bound = `at ${sign > 0 ? 'least' : 'most'} ${figure(threshold)}`
  return check(value !== null && Number.isFinite(value) && sign * value >= sign * threshold, {
    id: `gate.${judged.name}.threshold${atSlice(judged)}`,
    title: `${shown(judged)} is ${bound}`,
    subject: shown(judged),
    observed: observedText(metric, threshold),
    expected: `${bound} (${spoken(direction)})`,
    severity: rule.severity ?? 'failed',
    evidence: {
      metric: judged.name,
      ...metricEvidence(metric),
      threshold,
      threshold_source: judged.source('threshold'),
      direction,
    },
  })
}

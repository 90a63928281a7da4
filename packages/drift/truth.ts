import { isBinary, isRegression, type Metric, type Predictions } from '@mlops-actions/metrics'
import type { Json } from '@mlops-actions/verdict'
import { calibrationDrift } from './calibration.ts'
import { type ConceptOptions, conceptDrift, type Labelled } from './concept.ts'
import { type ConceptRules, conceptRules } from './concept-rules.ts'
import { decide } from './decision.ts'
import type { DriftResult } from './drift.ts'
import { labelRate } from './label-rate.ts'
import { type Finding, unjudged } from './loss-check.ts'
import { worseLevel } from './outcome.ts'
import { truthPresets } from './presets.ts'
import { type DriftRules, truthPresetOf } from './rules.ts'

/** What is known of the reference, as far as it is. */
export interface ReferenceTruth {
  metrics: readonly Metric[]
  /** How often each class was the truth, by class. */
  classes?: Readonly<Record<string, number>> | undefined
}

export interface TruthResult {
  findings: Finding[]
  /** Detector states for the next check. */
  states: Record<string, Json>
}

/**
 * What the truth says, once it is known of current rows: concept drift (`conceptDrift`), and of the label its calibration
 * (`calibrationDrift`) and, where the reference's classes are known, its rate (`labelRate`).
 *
 * UserError where a rule names a detector that the task has no use for.
 */
export function judgeTruth(
  current: Labelled,
  reference: ReferenceTruth,
  rules: DriftRules,
  options: ConceptOptions = {},
): TruthResult {
  const concept = conceptOf(rules)
  const { findings, states } = conceptDrift(current, reference.metrics, rules, concept, options)
  const { predictions } = current
  const calibration = calibrationDrift(predictions, reference.metrics, rules, concept.min_rows, options.past)
  const rate = rateOf(predictions, reference.classes, rules, options)
  return { findings: [...findings, ...[calibration, rate].filter((found) => found !== undefined)], states }
}

/** The rules of concept drift, with the metrics of a preset where one is asked for. */
export function conceptOf(rules: Pick<DriftRules, 'concept' | 'preset'>): ConceptRules {
  const concept = rules.concept ?? conceptRules.parse({})
  const preset = truthPresetOf(rules, 'performance')
  const asked = preset === undefined ? undefined : truthPresets[preset]
  return asked === undefined || !('metrics' in asked)
    ? concept
    : { ...concept, metrics: { ...concept.metrics, ...asked.metrics } }
}

/** Whether the rules ask for what only rows with their truth can say. */
export function asksForTruth(rules: DriftRules): boolean {
  return rules.concept !== undefined || rules.preset.some((name) => name in truthPresets)
}

/** That what the rules ask of performance or label could not be judged, since no row has label and answer. */
export function truthMissing(): TruthResult {
  const finding = unjudged({
    id: 'guard.labels',
    kind: 'concept',
    name: 'labels',
    title: 'performance could not be judged',
    observed: "the current rows do not hold both the model's answers and their labels",
    expected: 'rows with both, since the rules ask for performance or the rate of the label',
    detail: 'Give the log of predictions as current, and the labels that arrived as ground-truth.',
    status: 'warned',
  })
  return { findings: [finding], states: {} }
}

function rateOf(
  p: Predictions,
  classes: ReferenceTruth['classes'],
  rules: DriftRules,
  { past }: ConceptOptions,
): Finding | undefined {
  if (classes === undefined || isRegression(p) || p.rows === 0) return undefined
  const names = isBinary(p) ? [p.task.negative, p.task.positive] : p.task.type === 'multiclass' ? p.task.classes : []
  const current = new Map(names.map((name) => [name, 0]))
  for (const code of p.actual) current.set(names[code]!, current.get(names[code]!)! + 1)
  const before = new Map(Object.entries(classes))
  const counts = [...new Set([...names, ...before.keys()])].map((name) => ({
    class: name,
    reference: before.get(name) ?? 0,
    current: current.get(name) ?? 0,
  }))
  return labelRate(counts, rules, {
    ...(isBinary(p) ? { positive: p.task.positive } : {}),
    ...(truthPresetOf(rules, 'label') === undefined ? {} : { asks: 'significant' }),
    ...(past === undefined ? {} : { past }),
  })
}

/** The result of a drift check with what the truth says: its checks, the worse level, and what to do then. */
export function withTruth(result: DriftResult, { findings }: TruthResult): DriftResult {
  const checks = [...result.checks, ...findings.map(({ check }) => check)]
  const drift = findings.map(({ level }) => level).reduce(worseLevel, result.drift)
  const found = findings.flatMap(({ check, found: own }) => (own === undefined ? [] : [[check.id, own] as const]))
  return {
    ...result,
    checks,
    drift,
    decision: decide(drift, checks),
    found: { ...result.found, ...Object.fromEntries(found) },
  }
}

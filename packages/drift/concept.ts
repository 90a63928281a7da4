import {
  canonicalMetric,
  evaluate,
  isBinary,
  isRegression,
  type Metric,
  type Predictions,
  type Task,
} from '@mlops-actions/metrics'
import { type Json, UserError } from '@mlops-actions/verdict'
import type { ConceptRules, DetectorName } from './concept-rules.ts'
import { corrections } from './correction.ts'
import { judgeDetectors } from './detector-check.ts'
import { watchErrors } from './error-stream.ts'
import { type Finding, judgeLoss, unjudged } from './loss-check.ts'
import { byName, type LossLimit, type MetricLoss, metricLoss, usualLimit } from './metric-loss.ts'
import { type DriftLevel, worseLevel } from './outcome.ts'
import type { DriftRules } from './rules.ts'
import type { Past } from './settled.ts'

/** Current rows whose truth is known by now. */
export interface Labelled {
  predictions: Predictions
  /** Milliseconds since 1970, one a row, NaN where unknown; absent where the rows stand in time order. */
  times?: ArrayLike<number>
}

export interface ConceptOptions {
  past?: Past
  /** Detector states of the last check. */
  states?: Record<string, Json>
  /** What is watched, such as a version's name: detectors start afresh where it changes. */
  model?: string
}

export interface ConceptResult {
  findings: Finding[]
  level: DriftLevel
  /** Detector states for the next check. */
  states: Record<string, Json>
}

/**
 * Concept drift: how good the model still is on rows whose truth is known, against what it was (`reference`: its metrics as
 * measured then, with intervals and rows as far as known).
 *
 * By default roc_auc (accuracy without scores, or where the reference lacks roc_auc), of several classes accuracy, of a
 * regression the root mean squared error: worse by more than 0.05 (the usual limit of the field's guides; for metrics not
 * within [0, 1], 5 % of the reference's) and not by chance (one-sided p after the correction below alpha) is significant.
 *
 * Beside it change detectors over the stream of errors: ADWIN, whose false alarms have a proven bound, and the drift
 * detection method DDM, of a regression Page-Hinkley. On streams without any change DDM's defaults call one in 11 to 76 % of
 * streams of 200 to 5000 rows; so where ADWIN runs, the others' word counts only beside its own: ADWIN alone is moderate,
 * ADWIN and another significant. A rise of the errors that is real but within the limit passes and is told.
 *
 * UserError where a rule names a detector that the task has no use for.
 */
export function conceptDrift(
  { predictions, times }: Labelled,
  reference: readonly Metric[],
  rules: DriftRules,
  concept: ConceptRules,
  { past = { history: [], now: new Date(0) }, states, model }: ConceptOptions = {},
): ConceptResult {
  const detectors = detectorsFor(predictions.task.type, concept)
  if (predictions.rows === 0) return { findings: [noLabels()], level: 'none', states: states ?? {} }
  const before = byName(reference)
  const watched = watchErrors(predictions, {
    detectors,
    times,
    states,
    model,
    referenceError: referenceError(before),
  })
  const findings = [
    ...performance(predictions, before, rules, concept, past),
    ...judgeDetectors(watched, usualLimit(isRegression(predictions) ? 'root_mean_squared_error' : 'accuracy', concept)),
  ]
  return { findings, level: findings.map(({ level }) => level).reduce(worseLevel, 'none'), states: watched.states }
}

function detectorsFor(task: Task['type'], { detectors }: ConceptRules): readonly DetectorName[] {
  const isNumeric = task === 'regression'
  if (detectors === undefined) return isNumeric ? ['adwin', 'page_hinkley'] : ['adwin', 'ddm']
  const unfit = isNumeric ? detectors.find((name) => name === 'ddm' || name === 'eddm') : undefined
  if (unfit !== undefined) {
    throw new UserError({
      code: 'DETECTOR_UNSUITABLE',
      message: `The detector ${unfit} counts wrong answers, and a regression has none.`,
      where: { key: 'drift.concept.detectors' },
      help: 'Use adwin and page_hinkley for a regression.',
    })
  }
  return [...new Set(detectors)]
}

function referenceError(before: Map<string, Metric>): number | undefined {
  const root = before.get('root_mean_squared_error')?.value
  const square = before.get('mean_squared_error')?.value
  const found = root ?? (square == null || square < 0 ? undefined : Math.sqrt(square))
  return found !== undefined && Number.isFinite(found) && found >= 0 ? found : undefined
}

/** A metric that is to be judged; `required` where the rules name it. */
interface Wanted {
  name: string
  limit: LossLimit
  required: boolean
}

function wantedMetrics(p: Predictions, before: Map<string, Metric>, concept: ConceptRules): Wanted[] {
  if (concept.metrics !== undefined) {
    return Object.entries(concept.metrics).map(([given, { max_drop, max_relative_drop }]) => ({
      name: canonicalMetric(given)?.name ?? given,
      limit:
        max_drop === undefined ? { limit: max_relative_drop!, relative: true } : { limit: max_drop, relative: false },
      required: true,
    }))
  }
  const usual = usualMetrics(p)
  const name = usual.find((one) => before.has(one)) ?? usual[0]!
  return [{ name, limit: usualLimit(name, concept), required: false }]
}

function usualMetrics(p: Predictions): string[] {
  if (isRegression(p)) return ['root_mean_squared_error']
  return isBinary(p) && p.score !== undefined ? ['roc_auc', 'accuracy'] : ['accuracy']
}

function performance(
  p: Predictions,
  before: Map<string, Metric>,
  rules: DriftRules,
  concept: ConceptRules,
  past: Past,
): Finding[] {
  const wanted = wantedMetrics(p, before, concept)
  const enough = p.rows >= concept.min_rows
  // Two-sided intervals of 1 - 2 alpha are what a one-sided test at alpha asks of each side.
  const confidence = Math.max(0.5, 1 - 2 * rules.alpha)
  const measured = enough ? evaluate(p, { metrics: wanted.map(({ name }) => name), confidence }) : []
  const compared = wanted.map((one): { one: Wanted; loss?: MetricLoss; finding?: Finding } => {
    const now = measured.find(({ name }) => name === one.name)
    const then = before.get(one.name)
    if (then === undefined) return { one, finding: noReference(one) }
    if (now === undefined) return { one, finding: tooFewLabels(one, p.rows, concept.min_rows) }
    const loss = metricLoss(now, { ...then, name: one.name }, one.limit, rules.alpha)
    return 'missing' in loss ? { one, finding: notComparable(one, p.task, loss.missing) } : { one, loss }
  })
  const tested = compared.flatMap(({ loss }) => loss ?? [])
  const adjusted = corrections[rules.correction].adjust(tested.map(({ p: chance }) => chance))
  return compared.map(({ one, loss, finding }) => {
    if (loss === undefined) return finding!
    return judgeLoss(
      loss,
      {
        id: `concept.${one.name}`,
        kind: 'concept',
        name: one.name,
        significant: one.limit.limit,
        adjusted: adjusted[tested.indexOf(loss)]!,
        family: tested.length,
        advice:
          'The model answers worse than it did: look at what changed in the world it was trained on, then retrain.',
        evidence: { ...intervalOf(measured, one.name), task: p.task.type },
      },
      rules,
      past,
    )
  })
}

function intervalOf(measured: Metric[], name: string) {
  const {
    value = null,
    low = null,
    high = null,
    confidence = null,
    method = null,
  } = measured.find((metric) => metric.name === name) ?? {}
  return { value, low, high, confidence, method }
}

function noLabels(): Finding {
  return unjudged({
    id: 'guard.labels',
    kind: 'concept',
    name: 'labels',
    title: 'no row has its truth',
    observed: '0 rows with a prediction and a label',
    expected: 'at least one row',
    detail: 'Find out why no label arrived: whether the ids of the ground truth are those of the predictions, for one.',
    status: 'failed',
  })
}

function noReference({ name, required }: Wanted): Finding {
  return unjudged({
    id: `concept.${name}`,
    kind: 'concept',
    name,
    title: 'not known of the reference',
    observed: `the reference does not say its ${name}`,
    expected: 'the metric of the reference to compare with',
    detail: required
      ? `The rules name ${name}: measure it when the model is registered, or take it out of the rules.`
      : 'Use a registered version as the reference, whose metrics are known, or a reference with predictions and labels.',
    status: required ? 'failed' : 'warned',
    evidence: { metric: name },
  })
}

function tooFewLabels({ name }: Wanted, rows: number, least: number): Finding {
  return unjudged({
    id: `concept.${name}`,
    kind: 'concept',
    name,
    title: 'too few labelled rows to tell',
    observed: `${rows} ${rows === 1 ? 'row' : 'rows'} with a label`,
    expected: `at least ${least}`,
    detail: `At least ${least} labelled rows are needed.`,
    status: 'warned',
    evidence: { metric: name, n_current: rows, rows_needed: { current: least } },
  })
}

/** A rule that this task cannot have is broken for good; what these rows do not define may be defined on the next. */
function notComparable({ name, required }: Wanted, task: Task, missing: string): Finding {
  const isForeign = !canonicalMetric(name)?.tasks.includes(task.type)
  return unjudged({
    id: `concept.${name}`,
    kind: 'concept',
    name,
    title: 'could not be compared',
    observed: missing,
    expected: 'a number on both sides',
    detail: isForeign
      ? `Name a metric of a ${task.type} task in the rules.`
      : 'Wait for more labelled rows, or judge by another metric.',
    status: required && isForeign ? 'failed' : 'warned',
    evidence: { metric: name, value: null, undefined: missing },
  })
}

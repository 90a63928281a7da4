import {
  aucInterval,
  basicInterval,
  delong,
  percentileInterval,
  resample,
  wilsonInterval,
} from '@mlops-actions/statistics'
import { binaryLabels, binaryShares, multiclassLabels } from './labels.ts'
import {
  isBinary,
  isMulticlass,
  isRegression,
  type Measure,
  type Measured,
  type Measurements,
  undefinedFor,
  weights,
} from './measure.ts'
import type { Metric } from './metric.ts'
import { canonicalMetric, metricsOf } from './names.ts'
import type { Predictions } from './predictions.ts'
import { binaryLosses, calibration, multiclassLosses } from './probabilities.ts'
import { oneVersusRest, ranking } from './ranking.ts'
import { regression } from './regression.ts'

export interface EvaluateOptions {
  /** Two-sided, of the intervals; default 0.9. */
  confidence?: number
  /** Names or aliases; default: every metric of the task that the predictions have what it takes for. */
  metrics?: readonly string[]
  /** Of the bootstrap; default 1. */
  seed?: number
}

interface Family {
  metrics: string[]
  prepare: () => Measure
}

/**
 * Measures predictions: one Metric a name, with an interval where one is known.
 *
 * Intervals: Wilson for plain shares of rows, DeLong on the logit scale for roc_auc, the basic bootstrap for
 * expected_calibration_error, the percentile bootstrap for the rest, none for max_error (the bootstrap does not hold for
 * a maximum). Rows with weights are bootstrapped throughout. A metric that the rows do not define, or that the task does
 * not have, has `value: null` and a reason.
 */
export function evaluate(p: Predictions, options: EvaluateOptions = {}): Metric[] {
  const names = wantedMetrics(p, options.metrics)
  const confidence = options.confidence ?? 0.9
  const measured = measure(p, names)(weights(p))
  const intervals = p.rows < 2 ? {} : intervalsOf(p, measured, confidence, options.seed ?? 1)
  return names.map((name) => {
    const direction = canonicalMetric(name)?.direction
    const value = measured[name]!
    return {
      name,
      ...(typeof value === 'number' ? { value } : { value: null, undefined: value.undefined }),
      ...(intervals[name] ? { ...intervals[name], confidence } : {}),
      n: p.rows,
      ...(direction ? { direction } : {}),
    }
  })
}

/** Canonical names of what is asked for, each once; unknown names stay as they are. */
function wantedMetrics(p: Predictions, asked: readonly string[] | undefined): string[] {
  return asked ? [...new Set(asked.map((name) => canonicalMetric(name)?.name ?? name))] : metricsFor(p)
}

/** The metrics of the task that the predictions have what it takes for: without scores, those of the labels. */
export function metricsFor(p: Predictions): string[] {
  const hasScores = isBinary(p) ? p.score !== undefined : isMulticlass(p) ? p.scores !== undefined : true
  const [ofLabels] = familiesOf(p)
  return hasScores ? metricsOf(p.task.type) : ofLabels!.metrics
}

/** The first family needs labels alone, the others scores. */
function familiesOf(p: Predictions): Family[] {
  if (isRegression(p)) return [{ metrics: metricsOf('regression'), prepare: () => regression(p) }]
  const ofScores = [
    'roc_auc',
    'average_precision',
    'roc_auc_ovr',
    'log_loss',
    'brier_score',
    'expected_calibration_error',
  ]
  const ofLabels = metricsOf(p.task.type).filter((name) => !ofScores.includes(name))
  if (isMulticlass(p))
    return [
      { metrics: ofLabels, prepare: () => multiclassLabels(p) },
      { metrics: ['log_loss'], prepare: () => multiclassLosses(p) },
      { metrics: ['roc_auc_ovr'], prepare: () => oneVersusRest(p) },
    ]
  if (!isBinary(p)) return []
  return [
    { metrics: ofLabels, prepare: () => binaryLabels(p) },
    { metrics: ['log_loss', 'brier_score'], prepare: () => binaryLosses(p) },
    { metrics: ['roc_auc', 'average_precision'], prepare: () => ranking(p) },
    { metrics: ['expected_calibration_error'], prepare: () => calibration(p) },
  ]
}

/** The named metrics of predictions as a function of the rows' weights; every name gets a value or a reason. */
export function measure(p: Predictions, names: readonly string[]): Measure {
  const families = familiesOf(p).filter((family) => names.some((name) => family.metrics.includes(name)))
  const prepared = families.map((family) => family.prepare())
  return (weight) => {
    const empty = !weight.some((w) => w > 0)
    const all: Measurements = empty ? {} : Object.assign({}, ...prepared.map((of) => of(weight)))
    return Object.fromEntries(
      names.map((name) => [name, Object.hasOwn(all, name) ? all[name]! : missing(p, name, empty)]),
    )
  }
}

function missing(p: Predictions, name: string, empty: boolean): Measured {
  const known = canonicalMetric(name)
  if (known && !known.tasks.includes(p.task.type))
    return undefinedFor(`${name} belongs to ${known.tasks.join(' and ')} tasks, and this one is ${p.task.type}`)
  if (!known) return undefinedFor(`${name} is not a metric that can be computed from predictions`)
  return undefinedFor(empty && p.rows > 0 ? 'all rows weigh 0' : 'there are no rows')
}

interface Interval {
  low: number
  high: number
  method: string
}

function intervalsOf(p: Predictions, measured: Measurements, confidence: number, seed: number) {
  const intervals: Record<string, Interval> = {}
  const open: string[] = []
  const shares = p.weight ? {} : isBinary(p) ? binaryShares(p) : accuracyShare(p, measured)
  for (const [name, value] of Object.entries(measured)) {
    if (typeof value !== 'number' || name === 'max_error') continue
    const trials = shares[name]
    if (trials) {
      const [low, high] = wilsonInterval(trials[0], trials[1], confidence)
      intervals[name] = { low, high, method: 'Wilson' }
    } else if (name === 'roc_auc' && isBinary(p) && !p.weight) {
      intervals[name] = aucInterval(delong(p.actual, [p.score!]), 0, confidence)
    } else open.push(name)
  }
  return Object.assign(intervals, bootstrapped(p, measured, open, confidence, seed))
}

function accuracyShare(p: Predictions, measured: Measurements): Record<string, [number, number]> {
  if (!isMulticlass(p) || typeof measured.accuracy !== 'number') return {}
  const trials: [number, number] = [Math.round(measured.accuracy * p.rows), p.rows]
  return { accuracy: trials, precision_micro: trials, recall_micro: trials, f1_micro: trials }
}

function bootstrapped(p: Predictions, measured: Measurements, names: string[], confidence: number, seed: number) {
  const intervals: Record<string, Interval> = {}
  if (names.length === 0) return intervals
  const times = resamplesFor(p)
  const values = bootstrap(p, [measure(p, names)], names, times, seed, ([one]) => one!)
  for (const name of names) {
    const found = values[name]!
    // Half of the resamples undefined: what is left would be an interval of something else.
    if (found.length < times / 2) continue
    const lost = found.length < times ? `, ${times - found.length} of them undefined` : ''
    const basic = name === 'expected_calibration_error'
    const [low, high] = basic
      ? basicInterval(measured[name] as number, found, confidence).map((end) => Math.min(1, Math.max(0, end)))
      : percentileInterval(found, confidence)
    const kind = basic ? 'basic' : 'percentile'
    intervals[name] = { low: low!, high: high!, method: `bootstrap (${kind}, ${times} resamples${lost}, seed ${seed})` }
  }
  return intervals
}

/**
 * A figure's values over resamples of the rows, by metric name, without those that a resample left undefined. Several
 * measures are taken on the same resample, and `of` makes one figure of them.
 */
export function bootstrap(
  p: Predictions,
  measures: readonly Measure[],
  names: readonly string[],
  times: number,
  seed: number,
  of: (values: number[]) => number,
): Record<string, number[]> {
  const values: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
  const own = p.weight
  const weighted = new Float64Array(p.rows)
  resample(p.rows, times, seed, (counts) => {
    if (own) for (let i = 0; i < counts.length; i++) weighted[i] = counts[i]! * own[i]!
    const measured = measures.map((measureOf) => measureOf(own ? weighted : counts))
    for (const name of names) {
      const figures = measured.map((m) => m[name]!).filter((value) => typeof value === 'number')
      if (figures.length === measures.length) values[name]!.push(of(figures))
    }
  })
  return values
}

/** 1000 resamples, fewer where rows times classes would make that slow, never under 200. */
function resamplesFor(p: Predictions): number {
  const width = isMulticlass(p) ? p.task.classes.length : 1
  return Math.round(Math.min(1000, Math.max(200, 5e7 / (p.rows * width))))
}

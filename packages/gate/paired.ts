import {
  bootstrap,
  canonicalMetric,
  type Direction,
  isBinary,
  isMulticlass,
  isRegression,
  measure,
  metricsFor,
  type Predictions,
} from '@mlops-actions/metrics'
import {
  aucDifference,
  basicInterval,
  bootstrapP,
  delong,
  mcnemarP,
  percentileInterval,
  tangoInterval,
} from '@mlops-actions/statistics'

/** A metric of two models on the same rows. */
export interface Delta {
  metric: string
  direction?: Direction
  production: number | null
  candidate: number | null
  /** candidate - production, in the unit of the metric. */
  delta: number | null
  /** Two-sided interval of the difference; absent where none is known, `undefined` then says why. */
  low?: number
  high?: number
  confidence?: number
  method?: string
  /** Two-sided, of no difference. */
  p_value?: number
  n: number
  undefined?: string
}

export interface PairedOptions {
  /** Two-sided, of the intervals. */
  confidence: number
  resamples: number
  seed: number
}

type Interval = { low: number; high: number; method: string; p_value?: number }

/** Under this many rows a bootstrap says too little to decide by. */
const FEWEST = 10

/**
 * The named metrics of two models on the same rows (see sameRows) and their paired differences. Intervals: DeLong's for
 * roc_auc, Tango's with McNemar's exact p for accuracy, the paired bootstrap for the rest and for all weighted rows (basic
 * for expected_calibration_error, percentile otherwise). Two models that say the same on every row differ by 0 for sure.
 */
export function pairedDeltas(
  a: Predictions,
  b: Predictions,
  names: readonly string[],
  options: PairedOptions,
): Delta[] {
  const weight = a.weight ?? new Float64Array(a.rows).fill(1)
  const [first, second] = [measure(a, names)(weight), measure(b, names)(weight)]
  const same = sameOutputs(a, b)
  const defined = names.filter((name) => typeof first[name] === 'number' && typeof second[name] === 'number')
  const intervals = same
    ? {}
    : intervalsOf(a, b, defined, (name) => figure(second, name) - figure(first, name), options)
  return names.map((metric) => {
    const known = canonicalMetric(metric)
    const base = {
      metric,
      ...(known ? { direction: known.direction } : {}),
      production: valueOr(first[metric]),
      candidate: valueOr(second[metric]),
      n: a.rows,
    }
    if (!defined.includes(metric))
      return { ...base, delta: null, undefined: whyUndefined(first[metric], second[metric]) }
    if (same) {
      const method = 'the predictions are the same'
      return { ...base, delta: 0, low: 0, high: 0, confidence: options.confidence, method, p_value: 1 }
    }
    const delta = figure(second, metric) - figure(first, metric)
    const interval = intervals[metric]
    if (!interval) return { ...base, delta, undefined: noInterval(a, metric) }
    return { ...base, delta, ...interval, confidence: options.confidence }
  })
}

/** Metrics that both models' predictions have what it takes for. */
export function sharedMetrics(a: Predictions, b: Predictions): string[] {
  const known = metricsFor(b)
  return metricsFor(a).filter((name) => known.includes(name))
}

type Values = Record<string, number | { undefined: string }>

function figure(of: Values, name: string): number {
  const value = of[name]
  return typeof value === 'number' ? value : Number.NaN
}

function valueOr(value: Values[string] | undefined): number | null {
  return typeof value === 'number' ? value : null
}

function whyUndefined(production: Values[string] | undefined, candidate: Values[string] | undefined): string {
  const parts = []
  if (typeof production === 'object') parts.push(`of production, ${production.undefined}`)
  if (typeof candidate === 'object') parts.push(`of the candidate, ${candidate.undefined}`)
  return parts.join('; ')
}

function noInterval(p: Predictions, metric: string): string {
  if (metric === 'max_error') return 'a maximum has no interval that holds'
  return p.rows < FEWEST
    ? `${p.rows} rows are too few for a bootstrap, which needs ${FEWEST}`
    : 'most resamples leave the metric undefined'
}

function sameOutputs(a: Predictions, b: Predictions): boolean {
  if (!equal(a.predicted, b.predicted)) return false
  if (isBinary(a) && isBinary(b)) return a.score === undefined ? b.score === undefined : equal(a.score, b.score)
  if (isMulticlass(a) && isMulticlass(b))
    return a.scores === undefined ? b.scores === undefined : a.scores.every((column, c) => equal(column, b.scores?.[c]))
  return true
}

function equal(a: ArrayLike<number>, b: ArrayLike<number> | undefined): boolean {
  if (b === undefined) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function intervalsOf(
  a: Predictions,
  b: Predictions,
  names: string[],
  delta: (name: string) => number,
  options: PairedOptions,
): Record<string, Interval> {
  const intervals: Record<string, Interval> = {}
  const open: string[] = []
  for (const name of names) {
    const known = a.weight || isRegression(a) ? undefined : closedForm(a, b, name, options.confidence)
    if (known) intervals[name] = known
    else if (name !== 'max_error') open.push(name)
  }
  if (a.rows < FEWEST || open.length === 0) return intervals
  const { resamples, seed, confidence } = options
  const measures = [measure(a, open), measure(b, open)]
  const values = bootstrap(a, measures, open, resamples, seed, ([production, candidate]) => candidate! - production!)
  for (const name of open) {
    const found = values[name]!
    if (found.length < resamples / 2) continue
    const lost = found.length < resamples ? `, ${resamples - found.length} of them undefined` : ''
    const basic = name === 'expected_calibration_error'
    const [low, high] = basic ? basicInterval(delta(name), found, confidence) : percentileInterval(found, confidence)
    const method = `paired bootstrap (${basic ? 'basic' : 'percentile'}, ${resamples} resamples${lost}, seed ${seed})`
    intervals[name] =
      low === high && !isRegression(a) ? unseen(a, low, confidence) : { low, high, method, p_value: bootstrapP(found) }
  }
  return intervals
}

function closedForm(a: Predictions, b: Predictions, name: string, confidence: number): Interval | undefined {
  if (name === 'roc_auc' && isBinary(a) && isBinary(b)) {
    const { low, high, p, method } = aucDifference(delong(a.actual, [a.score!, b.score!]), confidence)
    return { low, high, method, ...(p === undefined ? {} : { p_value: p }) }
  }
  const isAccuracy = name === 'accuracy' || name.endsWith('_micro')
  if (!isAccuracy) return undefined
  let gained = 0
  let lost = 0
  for (let i = 0; i < a.rows; i++) {
    const before = a.predicted[i] === a.actual[i]
    const after = b.predicted[i] === b.actual[i]
    if (after && !before) gained++
    if (before && !after) lost++
  }
  const [low, high] = tangoInterval(gained, lost, a.rows, confidence)
  return { low, high, method: 'Tango, p by McNemar', p_value: mcnemarP(gained, lost) }
}

/**
 * No resample moved a figure of the labels, though the models differ: a row that would is rarer than these rows can tell.
 * Its share is below 1 - alpha^(1/m) for the m rows of the smallest class (the rule of three).
 */
function unseen(p: Predictions, at: number, confidence: number): Interval {
  const counts = new Map<number, number>()
  for (const c of p.actual) counts.set(c, (counts.get(c) ?? 0) + 1)
  const reach = 1 - ((1 - confidence) / 2) ** (1 / Math.min(...counts.values()))
  return {
    low: at - reach,
    high: at + reach,
    method: 'rule of three: no resample differs',
    ...(at === 0 ? { p_value: 1 } : {}),
  }
}

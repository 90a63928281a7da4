import { canonicalMetric, type Metric } from '@mlops-actions/metrics'
import { normalQuantile, normalSf } from '@mlops-actions/statistics'
import type { RowsNeeded } from './sensitivity.ts'

/**
 * How the reference's error is known: from its interval, from the current one's at the reference's rows or at as many rows
 * as now, or not needed, since the p-value is a bound whatever it is.
 */
type Noise = 'interval' | 'rows' | 'assumed' | 'bound'

/** A metric of the current rows held against the reference's. */
export interface MetricLoss {
  metric: string
  reference: number
  current: number
  /** How much worse the current one is: in its own unit or, where `relative`, as a share of the reference's. */
  loss: number
  relative: boolean
  limit: number
  /** One-sided, of no loss. */
  p: number
  /** The smallest loss that these rows could call at alpha. */
  detectable: number
  referenceNoise: Noise
  nReference: number
  nCurrent: number
  /** Labelled rows with which a loss of this size would be called. */
  rowsFor(loss: number): RowsNeeded
}

/** How much worse a metric may be. */
export interface LossLimit {
  limit: number
  relative: boolean
}

/**
 * Holds a metric against the reference's: the loss, and the chance of seeing it where there is none. Both estimates' errors
 * are taken from their intervals, on the side that speaks for no loss, and added as squares (the method of variance
 * estimates recovery: G. Zou and A. Donner, Statistics in Medicine 27, 2008). A reference without an interval is given the
 * current one's width at its own number of rows and, where that is not known either, at as many rows as now.
 *
 * Where nothing can be said, why.
 */
export function metricLoss(
  current: Metric,
  reference: Metric,
  { limit, relative }: LossLimit,
  alpha: number,
): MetricLoss | { missing: string } {
  const was = reference.value
  const is = current.value
  if (was === null || !Number.isFinite(was))
    return { missing: `the reference's is not defined: ${reasonOf(reference)}` }
  if (is === null || !Number.isFinite(is)) return { missing: `it is not defined on these rows: ${reasonOf(current)}` }
  if (relative && was === 0) return { missing: "the reference's is 0, of which there is no share" }
  const direction = canonicalMetric(current.name)?.direction ?? current.direction
  if (direction === undefined) return { missing: 'its name does not say whether higher is better' }
  const up = direction === 'higher_is_better'
  const own = standardError(current, up ? 'high' : 'low')
  if (own === undefined) return { missing: 'no interval is known for it, so nothing can be told from chance' }
  const noise = referenceError(reference, up ? 'low' : 'high', own, current.n)
  const unit = relative ? Math.abs(was) : 1
  // From an alpha of one half on any loss is called.
  const z = Math.max(1e-3, normalQuantile(1 - alpha))
  const error = Math.hypot(own, noise.error)
  const worse = up ? was - is : is - was
  if (!Number.isFinite(worse / unit) || !Number.isFinite((z * error) / unit))
    return { missing: 'the difference is too large for a number' }
  return {
    metric: current.name,
    reference: was,
    current: is,
    loss: worse / unit,
    relative,
    limit,
    p: error > 0 ? normalSf(worse / error) : worse > 0 ? 0 : 1,
    detectable: (z * error) / unit,
    referenceNoise: noise.known,
    nReference: reference.n,
    nCurrent: current.n,
    rowsFor: (loss) => rowsFor(((loss * unit) / z) ** 2, own ** 2 * current.n, noise, reference.n),
  }
}

function reasonOf(metric: Metric): string {
  return metric.undefined ?? 'no number was reported'
}

/** The distance of the estimate to one end of its interval, as that of one standard error. */
function standardError(metric: Metric, side: 'low' | 'high'): number | undefined {
  const end = metric[side]
  if (end === undefined || !Number.isFinite(end) || metric.confidence === undefined) return undefined
  return Math.abs(end - metric.value!) / normalQuantile((1 + metric.confidence) / 2)
}

/**
 * Where nothing changed, the current error at the reference's rows is as good an estimate as the reference's own: the larger
 * one is taken, since the interval of few rows with rare large errors is too narrow.
 */
function referenceError(
  reference: Metric,
  side: 'low' | 'high',
  own: number,
  n: number,
): { error: number; known: Noise } {
  const error = standardError(reference, side)
  const byRows = reference.n > 0 ? own * Math.sqrt(n / reference.n) : undefined
  if (error !== undefined) return { error: Math.max(error, byRows ?? 0), known: 'interval' }
  return byRows === undefined ? { error: own, known: 'assumed' } : { error: byRows, known: 'rows' }
}

/** Rows at which the squared error, `perRow` over the rows plus the reference's own, comes down to `target`. */
function rowsFor(target: number, perRow: number, noise: { error: number; known: Noise }, n: number): RowsNeeded {
  const left = target - noise.error ** 2
  const current = Math.ceil(perRow / left - 1e-9)
  // Close to the reference's own limit the current side would have to be vast; more rows on both sides are the better advice.
  if (noise.known !== 'assumed' && left > 0 && (n === 0 || current <= 10 * n)) return { current }
  const both = Math.ceil((2 * perRow) / target - 1e-9)
  return noise.known === 'assumed' || n >= both ? { current: both } : { current: both, reference: both }
}

/** A metric's limit by default: absolute for metrics within [0, 1], relative for the others. */
export function usualLimit(metric: string, rules: { max_drop: number; max_relative_drop: number }): LossLimit {
  const range = canonicalMetric(metric)?.range
  const relative = range?.low !== 0 || range.high !== 1
  return { limit: relative ? rules.max_relative_drop : rules.max_drop, relative }
}

/** The reference's metrics of all its rows, by canonical name. */
export function byName(metrics: readonly Metric[]): Map<string, Metric> {
  return new Map(
    metrics
      .filter(({ slice }) => slice === undefined)
      .map((metric) => [canonicalMetric(metric.name)?.name ?? metric.name, metric]),
  )
}

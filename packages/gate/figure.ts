import type { Metric } from '@mlops-actions/metrics'
import type { JsonObject } from '@mlops-actions/verdict'

/**
 * A number for people: four significant digits, whole numbers from 1000 up. With `apart`, as many digits more as it takes
 * to tell it from that number, so that no sentence says that 0.82 is below 0.82.
 */
export function figure(value: number, apart?: number): string {
  for (let digits = 4; digits < 17; digits++) {
    const text = rounded(value, digits)
    if (apart === undefined || value === apart || text !== rounded(apart, digits)) return text
  }
  return String(value)
}

/** The same with its sign, also when positive. */
export function signed(value: number, apart?: number): string {
  return value > 0 ? `+${figure(value, apart)}` : figure(value, apart)
}

/** `90 %` */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`
}

function rounded(value: number, digits: number): string {
  const whole = Math.ceil(Math.log10(Math.abs(value) || 1))
  return String(Number(value.toPrecision(Math.min(17, Math.max(digits, whole)))))
}

/** Value, interval, method and rows of a metric, as far as known, e.g. `0.8412 (90 % interval 0.8231 to 0.8594, DeLong, n = 1200)`. */
export function observedText(metric: Metric, apart?: number): string {
  if (metric.value === null || !Number.isFinite(metric.value)) return `not defined: ${reasonOf(metric)}`
  const parts = []
  if (metric.low !== undefined && metric.high !== undefined) {
    const confidence = metric.confidence === undefined ? '' : `${percent(metric.confidence)} `
    parts.push(`${confidence}interval ${figure(metric.low)} to ${figure(metric.high)}`)
    if (metric.method !== undefined) parts.push(metric.method)
  }
  if (metric.n > 0) parts.push(`n = ${metric.n}`)
  return `${figure(metric.value, apart)}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

/** Why a metric has no value. */
export function reasonOf(metric: Metric): string {
  return metric.undefined ?? (metric.value === null ? 'no value was reported' : `it was reported as ${metric.value}`)
}

/** The metric's own part of a check's evidence. */
export function metricEvidence(metric: Metric): JsonObject {
  const { value, low, high, confidence, method, n, slice } = metric
  const defined = value !== null && Number.isFinite(value)
  return {
    value: defined ? value : null,
    ...(defined ? {} : { undefined: reasonOf(metric) }),
    ...(low === undefined || high === undefined ? {} : { low, high }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(method === undefined ? {} : { method }),
    n,
    ...(slice === undefined ? {} : { slice }),
  }
}

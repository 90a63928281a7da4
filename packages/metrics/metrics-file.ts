import { UserError } from '@mlops-actions/verdict'
import type { Metric } from './metric.ts'
import { canonicalMetric } from './names.ts'

/**
 * Metrics from a JSON object of names and numbers, as training scripts write them; a value may also be an object with
 * `value` and, at will, `low`, `high`, `confidence`, `method`, `n`. Names become canonical (`auc` -> `roc_auc`), others
 * stay. Python's NaN and Infinity, null and texts are metrics without a value. Nested objects join their keys by a dot.
 *
 * UserError: not JSON, not an object, two names of one metric with different values.
 */
export function parseMetrics(text: string, origin: string): Metric[] {
  const found = new Map<string, { given: string; metric: Metric }>()
  for (const [given, value] of entries(parseJson(text, origin), '')) {
    const metric = metricOf(given, value)
    const earlier = found.get(metric.name)
    if (earlier && earlier.metric.value !== metric.value) {
      throw new UserError({
        code: 'METRIC_TWICE',
        message: `${origin} has "${earlier.given}" and "${given}", two names of ${metric.name}, with different values.`,
        where: { file: origin, key: given },
        help: 'Keep one of them.',
      })
    }
    found.set(metric.name, { given, metric })
  }
  return [...found.values()].map(({ metric }) => metric)
}

/** A user's figure as a Metric: canonical name, direction where the name settles it, `n` 0 where the rows are not known. */
function metricOf(given: string, value: unknown): Metric {
  const definition = canonicalMetric(given)
  const base = {
    name: definition?.name ?? given,
    n: 0,
    ...(definition ? { direction: definition.direction } : {}),
  }
  if (typeof value === 'number' && Number.isFinite(value)) return { ...base, value }
  if (!isObject(value)) return { ...base, value: null, undefined: `it was reported as ${shown(value)}` }
  const { low, high, confidence, method, n } = value
  const inner = metricOf(given, value.value)
  return {
    ...inner,
    n: finite(n) ? n : 0,
    ...(finite(low) && finite(high) ? { low, high } : {}),
    ...(finite(confidence) ? { confidence } : {}),
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof value.undefined === 'string' ? { undefined: value.undefined } : {}),
  }
}

function* entries(of: Record<string, unknown>, prefix: string): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(of)) {
    if (isObject(value) && !('value' in value)) yield* entries(value, `${prefix}${key}.`)
    else yield [`${prefix}${key}`, value]
  }
}

const strange = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g

function parseJson(text: string, origin: string): Record<string, unknown> {
  let value: unknown
  try {
    // json.dump of Python writes NaN and Infinity bare; as texts they stay readable and are no numbers.
    value = JSON.parse(text.replace(strange, (token) => (token.startsWith('"') ? token : `"${token}"`)))
  } catch (cause) {
    throw new UserError({
      code: 'METRICS_INVALID',
      message: `${origin} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      where: { file: origin },
      help: 'Write the metrics as one JSON object, e.g. {"roc_auc": 0.84}.',
      cause,
    })
  }
  if (isObject(value)) return value
  throw new UserError({
    code: 'METRICS_INVALID',
    message: `${origin} is not a JSON object of names and numbers.`,
    where: { file: origin },
    help: 'Write the metrics as one JSON object, e.g. {"roc_auc": 0.84}.',
  })
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

function finite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

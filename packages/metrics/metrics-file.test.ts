import { expect, test } from 'vitest'
import { canonicalMetric, metricNames, parseMetrics } from './index.ts'

test('names become canonical, figures keep what they say of themselves', () => {
  expect(
    parseMetrics(
      '{"auc": 0.84, "profit": 12, "f1_score": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 100}}',
      'metrics.json',
    ),
  ).toEqual([
    { name: 'roc_auc', value: 0.84, n: 0, direction: 'higher_is_better' },
    { name: 'profit', value: 12, n: 0 },
    { name: 'f1', value: 0.5, low: 0.4, high: 0.6, n: 100, direction: 'higher_is_better' },
  ])
})

test("Python's NaN and Infinity, null and texts are metrics without a value", () => {
  const metrics = parseMetrics(
    '{"auc": NaN, "mae": -Infinity, "note NaN": "NaN \\" Infinity", "f1": null, "test": {"acc": 1}}',
    'm.json',
  )
  expect(metrics.map((metric) => [metric.name, metric.value])).toEqual([
    ['roc_auc', null],
    ['mean_absolute_error', null],
    ['note NaN', null],
    ['f1', null],
    ['test.acc', 1],
  ])
  expect(metrics[0]!.undefined).toBe('it was reported as NaN')
  expect(metrics[2]!.undefined).toBe('it was reported as NaN " Infinity')
})

test('two names of one metric must agree', () => {
  expect(parseMetrics('{"auc": 0.8, "roc_auc": 0.8}', 'm.json')).toHaveLength(1)
  expect(() => parseMetrics('{"auc": 0.8, "roc_auc": 0.9}', 'm.json')).toThrow(
    expect.objectContaining({ code: 'METRIC_TWICE' }),
  )
})

test('what is no JSON object is refused', () => {
  for (const text of ['', '[1]', '3', '{"a": }'])
    expect(() => parseMetrics(text, 'm.json')).toThrow(expect.objectContaining({ code: 'METRICS_INVALID' }))
})

test('every alias leads to one definition', () => {
  for (const name of metricNames()) expect(canonicalMetric(name)?.name, name).toBeTruthy()
  expect(canonicalMetric('neg_root_mean_squared_error')?.name).toBe('root_mean_squared_error')
  expect(canonicalMetric('ROC-AUC')).toMatchObject({
    name: 'roc_auc',
    direction: 'higher_is_better',
    range: { low: 0, high: 1 },
  })
  expect(canonicalMetric('neg_brier_score')).toMatchObject({ name: 'brier_score', direction: 'lower_is_better' })
  expect(canonicalMetric('profit')).toBeUndefined()
})

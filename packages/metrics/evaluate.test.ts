import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import golden from './golden/metrics.golden.json' with { type: 'json' }
import { evaluate, type Metric, type Predictions } from './index.ts'

function binary(actual: number[], score: number[], weight?: number[]): Predictions {
  return {
    task: { type: 'binary', label: 'y', positive: '1', negative: '0' },
    rows: actual.length,
    slices: {},
    actual: Uint8Array.from(actual),
    predicted: Uint8Array.from(score, (s) => (s >= 0.5 ? 1 : 0)),
    score: Float64Array.from(score),
    ...(weight ? { weight: Float64Array.from(weight) } : {}),
  }
}

function multiclass(
  actual: number[],
  predicted: number[],
  classes: string[],
  scores?: number[][],
  weight?: number[],
): Predictions {
  return {
    task: { type: 'multiclass', label: 'y', classes },
    rows: actual.length,
    slices: {},
    actual: Int32Array.from(actual),
    predicted: Int32Array.from(predicted),
    ...(scores ? { scores: scores.map((column) => Float64Array.from(column)) } : {}),
    ...(weight ? { weight: Float64Array.from(weight) } : {}),
  }
}

function regression(actual: number[], predicted: number[], weight?: number[]): Predictions {
  return {
    task: { type: 'regression', label: 'y' },
    rows: actual.length,
    slices: {},
    actual: Float64Array.from(actual),
    predicted: Float64Array.from(predicted),
    ...(weight ? { weight: Float64Array.from(weight) } : {}),
  }
}

function figureOf(metrics: Metric[], name: string) {
  return metrics.find((metric) => metric.name === name)?.value
}

function agrees(p: Predictions, expected: Record<string, number>) {
  const measured = evaluate(p)
  expect(measured.map((metric) => metric.name).sort()).toEqual(Object.keys(expected).sort())
  for (const metric of measured) {
    const wanted = expected[metric.name]!
    expect(Math.abs(metric.value! - wanted), `${metric.name}: ${metric.value} against ${wanted}`).toBeLessThanOrEqual(
      1e-12 * Math.max(Math.abs(wanted), 1e-3),
    )
  }
}

describe('agrees with scikit-learn', () => {
  for (const c of golden.binary)
    test(`binary, ${c.name}`, () => agrees(binary(c.actual, c.score, (c as { weight?: number[] }).weight), c.metrics))
  for (const c of golden.multiclass)
    test(`multiclass, ${c.name}`, () =>
      agrees(
        multiclass(c.actual, c.predicted, ['a', 'b', 'c', 'd'], c.scores, (c as { weight?: number[] }).weight),
        c.metrics,
      ))
  for (const c of golden.regression)
    test(`regression, ${c.name}`, () =>
      agrees(regression(c.actual, c.predicted, (c as { weight?: number[] }).weight), c.metrics))
})

describe('intervals', () => {
  const c = golden.binary[1]!
  test('name their method and hold the value', () => {
    const measured = evaluate(binary(c.actual, c.score))
    for (const metric of measured) {
      expect(metric.low!, metric.name).toBeLessThanOrEqual(metric.value! + 1e-12)
      expect(metric.high!, metric.name).toBeGreaterThanOrEqual(metric.value! - 1e-12)
      expect(metric.confidence).toBe(0.9)
    }
    const method = Object.fromEntries(measured.map((metric) => [metric.name, metric.method]))
    expect(method).toMatchObject({
      roc_auc: 'DeLong',
      accuracy: 'Wilson',
      precision: 'Wilson',
      log_loss: 'bootstrap (percentile, 1000 resamples, seed 1)',
      expected_calibration_error: 'bootstrap (basic, 1000 resamples, seed 1)',
    })
  })
  test('are the same for the same seed, and others for another', () => {
    const of = (seed: number) => evaluate(binary(c.actual, c.score), { metrics: ['log_loss'], seed })[0]
    expect(of(5)).toEqual(of(5))
    expect(of(5)!.low).not.toBe(of(6)!.low)
  })
  test('of a mean are near the normal ones', () => {
    const [metric] = evaluate(regression(golden.regression[0]!.actual, golden.regression[0]!.predicted), {
      metrics: ['mae'],
    })
    const sizes = golden.regression[0]!.actual.map((y, i) => Math.abs(y - golden.regression[0]!.predicted[i]!))
    const spread = Math.sqrt(sizes.reduce((sum, s) => sum + (s - metric!.value!) ** 2, 0) / sizes.length)
    const half = (1.6449 * spread) / Math.sqrt(sizes.length)
    expect(metric!.high! - metric!.value!).toBeCloseTo(half, 0)
    expect((metric!.high! - metric!.low!) / (2 * half)).toBeGreaterThan(0.9)
    expect((metric!.high! - metric!.low!) / (2 * half)).toBeLessThan(1.1)
  })
  test('there is none for a maximum, nor for one row', () => {
    expect(evaluate(regression([1, 2, 4], [1, 2, 3]), { metrics: ['max_error'] })[0]).not.toHaveProperty('low')
    expect(evaluate(regression([1], [2]), { metrics: ['mae'] })[0]).toEqual({
      name: 'mean_absolute_error',
      value: 1,
      n: 1,
      direction: 'lower_is_better',
    })
  })
  test('of weighted rows are bootstrapped', () => {
    const w = golden.binary[3]! as { weight?: number[] } & (typeof golden.binary)[3]
    for (const metric of evaluate(binary(w.actual, w.score, w.weight))) expect(metric.method).toContain('bootstrap')
  })
})

describe('what the rows do not define is null with a reason, never 0 or NaN', () => {
  test('precision without predicted positives', () => {
    const measured = evaluate(binary([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4]))
    expect(measured.find((metric) => metric.name === 'precision')).toMatchObject({
      value: null,
      undefined: 'no row is predicted positive',
    })
    expect(figureOf(measured, 'f1')).toBe(0)
    expect(figureOf(measured, 'matthews_corrcoef')).toBeNull()
  })
  test('one class only', () => {
    const measured = evaluate(binary([0, 0, 0], [0.1, 0.6, 0.3]))
    for (const name of ['roc_auc', 'recall', 'balanced_accuracy', 'average_precision'])
      expect(figureOf(measured, name), name).toBeNull()
    expect(figureOf(measured, 'accuracy')).toBeCloseTo(2 / 3, 12)
  })
  test('labels that do not vary, percentages of 0', () => {
    expect(evaluate(regression([3, 3, 3], [1, 2, 3]), { metrics: ['r2'] })[0]).toMatchObject({
      value: null,
      undefined: 'the labels do not vary',
    })
    expect(evaluate(regression([0, 3], [1, 2]), { metrics: ['mape'] })[0]!.value).toBeNull()
  })
  test('scores that are no probabilities', () => {
    const measured = evaluate(binary([0, 1, 1], [-3, 2, 4]))
    expect(figureOf(measured, 'roc_auc')).toBe(1)
    for (const name of ['log_loss', 'brier_score', 'expected_calibration_error'])
      expect(measured.find((metric) => metric.name === name)!.undefined).toContain('not probabilities')
  })
  test('a class that is never predicted, in a macro average', () => {
    const measured = evaluate(multiclass([0, 1, 2, 0], [0, 1, 1, 0], ['a', 'b', 'c']))
    expect(measured.find((metric) => metric.name === 'precision_macro')!.undefined).toBe('no row is predicted c')
    expect(figureOf(measured, 'f1_macro')).toBeCloseTo((1 + 2 / 3 + 0) / 3, 12)
  })
  test('a metric of another task, an unknown one, no rows', () => {
    const measured = evaluate(regression([1, 2], [1, 2]), { metrics: ['auc', 'profit', 'rmse'] })
    expect(measured.map((metric) => [metric.name, metric.value])).toEqual([
      ['roc_auc', null],
      ['profit', null],
      ['root_mean_squared_error', 0],
    ])
    expect(measured[0]!.undefined).toContain('binary')
    for (const metric of evaluate(binary([], [])))
      expect(metric).toMatchObject({ value: null, undefined: 'there are no rows', n: 0 })
  })
  test('never a value that is no number, whatever the rows', () => {
    const rows = fc.array(
      fc.record({
        y: fc.integer({ min: 0, max: 1 }),
        s: fc.double({ min: -1, max: 2, noNaN: true }),
        w: fc.integer({ min: 0, max: 3 }),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(rows, fc.boolean(), (of, weighted) => {
        const p = binary(
          of.map((r) => r.y),
          of.map((r) => r.s),
          weighted ? of.map((r) => r.w) : undefined,
        )
        for (const metric of evaluate(p)) {
          if (metric.value === null) expect(metric.undefined).toBeTruthy()
          else expect(Number.isFinite(metric.value)).toBe(true)
          if (metric.low !== undefined) expect(metric.low <= metric.high!).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})

test('duplicated rows change no metric, nor does a weight of 2 against two rows', () => {
  const c = golden.multiclass[0]!
  const twice = multiclass(
    [...c.actual, ...c.actual],
    [...c.predicted, ...c.predicted],
    ['a', 'b', 'c', 'd'],
    c.scores.map((s) => [...s, ...s]),
  )
  const heavy = multiclass(
    c.actual,
    c.predicted,
    ['a', 'b', 'c', 'd'],
    c.scores,
    c.actual.map(() => 2),
  )
  const once = evaluate(multiclass(c.actual, c.predicted, ['a', 'b', 'c', 'd'], c.scores))
  for (const other of [evaluate(twice), evaluate(heavy)])
    for (const metric of once) expect(figureOf(other, metric.name)).toBeCloseTo(metric.value!, 12)
})

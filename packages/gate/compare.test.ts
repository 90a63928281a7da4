import type { Predictions } from '@mlops-actions/metrics'
import { randomStream } from '@mlops-actions/statistics'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from './comparison.ts'
import { comparePaired } from './index.ts'
import { pairedDeltas } from './paired.ts'

function binary(actual: number[], score: number[], ids?: string[]): Predictions {
  return {
    task: { type: 'binary', label: 'y', positive: '1', negative: '0' },
    rows: actual.length,
    slices: {},
    actual: Uint8Array.from(actual),
    predicted: Uint8Array.from(score, (s) => (s >= 0.5 ? 1 : 0)),
    score: Float64Array.from(score),
    ...(ids ? { ids } : {}),
  }
}

function regression(actual: number[], predicted: number[]): Predictions {
  return {
    task: { type: 'regression', label: 'y' },
    rows: actual.length,
    slices: {},
    actual: Float64Array.from(actual),
    predicted: Float64Array.from(predicted),
  }
}

function uniform(seed: number): () => number {
  const random = randomStream(seed)
  return () => random() / 4294967296
}

/** Labels and two models' scores: `skill` is how far the positives' scores stand above the negatives'. */
function twoModels(n: number, skills: [number, number], seed: number): [Predictions, Predictions] {
  const draw = uniform(seed)
  const actual = Array.from({ length: n }, () => (draw() < 0.4 ? 1 : 0))
  const scores = skills.map((skill) =>
    actual.map((y) => Math.min(1, Math.max(0, 0.5 + skill * (y - 0.5) + 0.6 * (draw() - 0.5)))),
  )
  return [binary(actual, scores[0]!), binary(actual, scores[1]!)]
}

const y = [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1]
const s1 = [0.9, 0.3, 0.8, 0.35, 0.4, 0.2, 0.7, 0.5, 0.6, 0.1, 0.55, 0.55]
const s2 = [0.8, 0.4, 0.6, 0.5, 0.45, 0.1, 0.75, 0.35, 0.65, 0.3, 0.7, 0.5]

describe('two models on the same rows', () => {
  test('too few rows are inconclusive, fail, and say how many it takes', () => {
    const { decision, checks, deltas } = comparePaired(binary(y, s1), binary(y, s2))
    expect(decision).toBe('inconclusive')
    const evidence = checks[0]!.evidence as Record<string, number>
    expect(checks[0]).toMatchObject({
      id: 'comparison.roc_auc',
      status: 'failed',
      evidence: {
        metric: 'roc_auc',
        margin: 0.02,
        confidence: 0.9,
        method: 'paired DeLong',
        n: 12,
        decision: 'inconclusive',
      },
    })
    expect(evidence.p_value).toBeCloseTo(0.9043154028270193, 12)
    expect(evidence.delta).toBeCloseTo(-0.0138888888888888, 12)
    expect(evidence.rows_needed).toBeGreaterThan(1000)
    expect(checks[0]!.detail).toContain(`About ${evidence.rows_needed} rows`)
    expect(Object.keys(deltas)[0]).toBe('roc_auc')
    expect(deltas.log_loss!.direction).toBe('lower_is_better')
  })
  test('on_inconclusive: warned warns', () => {
    expect(comparePaired(binary(y, s1), binary(y, s2), { on_inconclusive: 'warned' }).checks[0]!.status).toBe('warned')
  })
  test('better, worse and non-inferior', () => {
    const [weak, strong] = twoModels(1500, [0.3, 0.6], 3)
    expect(comparePaired(weak, strong)).toMatchObject({ decision: 'better', checks: [{ status: 'passed' }] })
    expect(comparePaired(strong, weak, { on_inconclusive: 'warned' })).toMatchObject({
      decision: 'worse',
      checks: [{ status: 'failed' }],
    })
    const [a, b] = twoModels(20_000, [0.5, 0.5], 4)
    expect(comparePaired(a, b, { metric: 'accuracy', margin: 0.03 })).toMatchObject({
      decision: 'non-inferior',
      checks: [{ status: 'passed' }],
    })
  })
  test('where lower is better, a lower value is better', () => {
    const actual = Array.from({ length: 400 }, (_, i) => 100 + (i % 17))
    const draw = uniform(5)
    const near = actual.map((v) => v + draw() - 0.5)
    const far = actual.map((v) => v + 4 * (draw() - 0.5))
    const found = comparePaired(regression(actual, far), regression(actual, near))
    expect(found.decision).toBe('better')
    expect(found.deltas.root_mean_squared_error!.delta).toBeLessThan(0)
    expect(found.checks[0]!.evidence.margin).toBeCloseTo(0.05 * found.deltas.root_mean_squared_error!.production!, 12)
    expect(comparePaired(regression(actual, near), regression(actual, far), { metric: 'mae' }).decision).toBe('worse')
  })
  test('a metric without value or interval fails, whatever on_inconclusive says', () => {
    const found = comparePaired(binary([0, 0, 0], [0.1, 0.2, 0.3]), binary([0, 0, 0], [0.3, 0.2, 0.3]), {
      on_inconclusive: 'warned',
    })
    expect(found).toMatchObject({ decision: 'inconclusive', checks: [{ status: 'failed', evidence: { delta: null } }] })
    expect(found.checks[0]!.observed).toContain('only one class')
    const few = comparePaired(regression([1, 2, 3], [1, 2, 2]), regression([1, 2, 3], [1, 2, 3]))
    expect(few.checks[0]).toMatchObject({ status: 'failed' })
    expect(few.checks[0]!.observed).toContain('too few')
    expect(comparePaired(binary(y, s1), binary(y, s2), { metric: 'profit' }).checks[0]!.status).toBe('failed')
  })
  test('labels that agree on few rows do not make a model non-inferior', () => {
    const shifted = s1.map((s) => (s >= 0.5 ? s : s / 2))
    for (const metric of ['accuracy', 'f1', 'recall'])
      expect(comparePaired(binary(y, s1), binary(y, shifted), { metric }).decision, metric).toBe('inconclusive')
  })
})

describe('holds', () => {
  const rows = fc.array(
    fc.record({
      y: fc.integer({ min: 0, max: 1 }),
      a: fc.integer({ min: 0, max: 10 }),
      b: fc.integer({ min: 0, max: 10 }),
    }),
    { minLength: 2, maxLength: 40 },
  )
  test('a model against itself is non-inferior with p = 1, on any rows and metric that is defined', () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom('roc_auc', 'accuracy', 'log_loss', 'f1', 'expected_calibration_error'),
        (of, metric) => {
          const p = binary(
            of.map((r) => r.y),
            of.map((r) => r.a / 10),
          )
          const { decision, checks, deltas } = comparePaired(p, { ...p }, { metric })
          if (deltas[metric]!.production === null) {
            expect(checks[0]!.status).toBe('failed')
            return
          }
          expect(decision).toBe('non-inferior')
          expect(checks[0]!.evidence).toMatchObject({ delta: 0, delta_low: 0, delta_high: 0, p_value: 1 })
        },
      ),
      { numRuns: 60 },
    )
  })
  test('swapping the models mirrors every difference', () => {
    fc.assert(
      fc.property(rows, (of) => {
        const a = binary(
          of.map((r) => r.y),
          of.map((r) => r.a / 10),
        )
        const b = binary(
          of.map((r) => r.y),
          of.map((r) => r.b / 10),
        )
        const options = { confidence: 0.9, resamples: 60, seed: 1 }
        const names = ['roc_auc', 'accuracy', 'log_loss', 'f1', 'brier_score', 'expected_calibration_error']
        const there = pairedDeltas(a, b, names, options)
        pairedDeltas(b, a, names, options).forEach((back, i) => {
          const forth = there[i]!
          if (forth.delta === null) {
            expect(back.delta).toBeNull()
            return
          }
          expect(forth.delta).toBeCloseTo(-back.delta!, 10)
          if (forth.low === undefined) {
            expect(back.low).toBeUndefined()
            return
          }
          expect(forth.low).toBeCloseTo(-back.high!, 8)
          expect(forth.high).toBeCloseTo(-back.low!, 8)
          expect(forth.p_value === undefined ? 1 : forth.p_value).toBeCloseTo(
            back.p_value === undefined ? 1 : back.p_value,
            8,
          )
        })
      }),
      { numRuns: 60 },
    )
  })
  test('models of equal skill are called better about one time in twenty', () => {
    for (const metric of ['roc_auc', 'accuracy']) {
      let better = 0
      const runs = 400
      for (let seed = 0; seed < runs; seed++) {
        const [a, b] = twoModels(200, [0.3, 0.3], 1000 + seed)
        const [found] = pairedDeltas(a, b, [metric], { confidence: 0.9, resamples: 100, seed: 1 })
        if (
          decide({ delta: found!.delta!, low: found!.low!, high: found!.high! }, 0.02, 'higher_is_better') === 'better'
        )
          better++
      }
      expect(better / runs, metric).toBeLessThan(0.085)
      expect(better / runs, metric).toBeGreaterThan(0.02)
    }
  })
})

describe('rows must be the same', () => {
  const ids = y.map((_, i) => `r${i}`)
  test('they are joined by id', () => {
    const order = ids.map((_, i) => (i * 5) % 12)
    const shuffled = binary(
      order.map((i) => y[i]!),
      order.map((i) => s2[i]!),
      order.map((i) => ids[i]!),
    )
    const found = comparePaired(binary(y, s1, ids), shuffled)
    expect(found.deltas.roc_auc!.delta).toBeCloseTo(-0.0138888888888888, 12)
  })
  const refused: [string, Predictions, string][] = [
    ['another number of rows', binary(y.slice(1), s2.slice(1)), '12 rows, the candidate 11'],
    ['other labels', binary([0, ...y.slice(1)], s2), 'labels of 1 of 12 rows differ'],
    ['another id', binary(y, s2, ['x', ...ids.slice(1)]), 'no row with the id "r0"'],
    ['an id twice', binary(y, s2, ['r1', ...ids.slice(1)]), 'more than once'],
    ['another task', regression(y, s2), "Production's task is binary"],
    [
      'other classes',
      { ...binary(y, s2), task: { type: 'binary', label: 'y', positive: 'yes', negative: 'no' } } as Predictions,
      '"yes" (positive)',
    ],
    ['weights on one side', { ...binary(y, s2), weight: new Float64Array(12).fill(2) }, 'weights differ'],
  ]
  for (const [name, candidate, message] of refused)
    test(`${name} is refused`, () => {
      expect(() => comparePaired(binary(y, s1, ids), candidate)).toThrow(
        expect.objectContaining({ code: 'ROWS_DIFFER', message: expect.stringContaining(message) }),
      )
    })
  test('classes that only one model knows are brought together', () => {
    const of = (classes: string[], actual: string[], predicted: string[]): Predictions => ({
      task: { type: 'multiclass', label: 'y', classes },
      rows: actual.length,
      slices: {},
      actual: Int32Array.from(actual, (c) => classes.indexOf(c)),
      predicted: Int32Array.from(predicted, (c) => classes.indexOf(c)),
    })
    const actual = ['a', 'b', 'd', 'a']
    const found = comparePaired(
      of(['a', 'b', 'd'], actual, ['a', 'b', 'a', 'a']),
      of(['a', 'b', 'c', 'd'], actual, ['a', 'c', 'd', 'a']),
    )
    expect(found.deltas.accuracy).toMatchObject({ production: 0.75, candidate: 0.75, delta: 0, p_value: 1 })
  })
})

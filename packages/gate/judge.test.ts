import type { Metric } from '@mlops-actions/metrics'
import { verdict } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judge } from './index.ts'

const auc: Metric = {
  name: 'roc_auc',
  value: 0.84123,
  low: 0.82312,
  high: 0.85939,
  confidence: 0.9,
  method: 'DeLong',
  n: 1200,
  direction: 'higher_is_better',
}
const loss: Metric = { name: 'log_loss', value: 0.4, n: 1200, direction: 'lower_is_better' }

describe('a threshold', () => {
  test('passes where it is reached, and says what was seen', () => {
    expect(judge([auc], { roc_auc: { threshold: 0.82 } })).toEqual([
      {
        id: 'gate.roc_auc.threshold',
        title: 'roc_auc is at least 0.82',
        subject: 'roc_auc',
        observed: '0.8412 (90 % interval 0.8231 to 0.8594, DeLong, n = 1200)',
        expected: 'at least 0.82 (higher is better)',
        status: 'passed',
        severity: 'failed',
        evidence: {
          metric: 'roc_auc',
          value: 0.84123,
          low: 0.82312,
          high: 0.85939,
          confidence: 0.9,
          method: 'DeLong',
          n: 1200,
          threshold: 0.82,
          threshold_source: 'rules',
          direction: 'higher_is_better',
        },
      },
    ])
  })
  test('equal is enough, less is not; the other way round where lower is better', () => {
    const status = (value: number, threshold: number, name: string) =>
      judge([{ name, value, n: 1 }], { [name]: { threshold } })[0]!.status
    expect(status(0.8, 0.8, 'roc_auc')).toBe('passed')
    expect(status(0.7999999, 0.8, 'roc_auc')).toBe('failed')
    expect(status(0.4, 0.4, 'log_loss')).toBe('passed')
    expect(status(0.41, 0.4, 'log_loss')).toBe('failed')
  })
  test('a near miss shows the digits that make it one', () => {
    expect(judge([{ ...auc, value: 0.819996, low: 0.8 }], { roc_auc: { threshold: 0.82 } })[0]!.observed).toMatch(
      /^0\.819996 /,
    )
  })
  test('names go by aliases; severity warned warns', () => {
    const [found] = judge([{ ...auc, value: 0.5 }], { auc: { threshold: 0.8, severity: 'warned' } })
    expect(found).toMatchObject({ id: 'gate.roc_auc.threshold', status: 'warned', severity: 'warned' })
  })
  test("one's own metric takes the direction of the rule", () => {
    expect(
      judge([{ name: 'cost', value: 3, n: 0 }], { cost: { threshold: 5, direction: 'lower_is_better' } })[0]!.status,
    ).toBe('passed')
  })
})

describe('a change', () => {
  const rules = (key: string, limit: number) => ({ roc_auc: { [key]: limit } })
  const before = (value: number | null, n = 1200): Metric[] => [{ ...auc, value, n }]
  test('against the baseline, in units or as a share, exact in decimals', () => {
    const status = (key: string, limit: number, value: number, base: number) =>
      judge([{ ...auc, value }], rules(key, limit), before(base))[0]!.status
    expect(status('max_regression', 0.03, 0.82, 0.85)).toBe('passed')
    expect(status('max_regression', 0.03, 0.8199, 0.85)).toBe('failed')
    expect(status('min_absolute_change', 0.01, 0.86, 0.85)).toBe('passed')
    expect(status('min_absolute_change', 0.01, 0.859, 0.85)).toBe('failed')
    expect(status('min_relative_change', 0.1, 0.88, 0.8)).toBe('passed')
    expect(status('min_relative_change', 0.1, 0.87, 0.8)).toBe('failed')
  })
  test('of a metric where lower is better', () => {
    const status = (value: number) =>
      judge([{ ...loss, value }], { log_loss: { max_regression: 0.02 } }, [loss])[0]!.status
    expect([status(0.3), status(0.42), status(0.43)]).toEqual(['passed', 'passed', 'failed'])
  })
  test('says the difference', () => {
    const [found] = judge([auc], rules('max_regression', 0.01), before(0.86))
    expect(found).toMatchObject({
      id: 'gate.roc_auc.max_regression',
      status: 'failed',
      evidence: { baseline: 0.86, max_regression: 0.01 },
    })
    expect(found!.observed).toContain("-0.01877 against the baseline's 0.86")
    expect(found!.evidence.delta).toBeCloseTo(-0.01877, 10)
  })
  test('fails without a baseline, or with one of other rows, without value, or 0 under a relative rule', () => {
    const observed = (baseline: Metric[] | undefined, key = 'max_regression') => {
      const [found] = judge([auc], rules(key, 0.1), baseline)
      expect(found!.status).toBe('failed')
      return found!.observed
    }
    expect(observed(undefined)).toContain('there is no baseline')
    expect(observed([])).toContain('the baseline is not defined: roc_auc was not reported')
    expect(observed(before(0.8, 900))).toContain('not the same data')
    expect(observed(before(null))).toContain('the baseline is not defined')
    expect(observed(before(0), 'min_relative_change')).toContain('the baseline is 0')
  })
  test('is warned for the first model of all', () => {
    const checks = judge([auc], { roc_auc: { threshold: 0.8, max_regression: 0.1 } }, 'first-model')
    expect(checks.map((c) => c.status)).toEqual(['passed', 'warned'])
  })
})

describe('fails closed', () => {
  test('missing, null, NaN, reported twice', () => {
    const of = (metrics: Metric[]) => judge(metrics, { roc_auc: { threshold: 0.1, max_regression: 1 } }, [auc])
    const cases: [Metric[], string][] = [
      [[loss], 'not defined: roc_auc was not reported'],
      [
        [{ ...auc, value: null, undefined: 'the labels hold only one class' }],
        'not defined: the labels hold only one class',
      ],
      [[{ ...auc, value: Number.NaN }], 'not defined: it was reported as NaN'],
      [[{ ...auc, value: Number.POSITIVE_INFINITY }], 'not defined: it was reported as Infinity'],
      [[auc, { ...auc, value: 0.9 }], 'not defined: roc_auc was reported 2 times, with different values'],
    ]
    for (const [metrics, observed] of cases) {
      const checks = of(metrics)
      expect(checks.map((c) => c.status)).toEqual(['failed', 'failed'])
      expect(checks[0]!.observed).toBe(observed)
      expect(checks[0]!.evidence.value).toBeNull()
    }
  })
  test('no rules give no checks, and that verdict fails', () => {
    expect(verdict('gate', {}, judge([auc], {})).status).toBe('failed')
  })
  test('whatever is reported, what passes has a finite value on the right side', () => {
    const value = fc.oneof(
      fc.double().map((number) => (number === 0 ? 0 : number)),
      fc.constant(null),
    )
    fc.assert(
      fc.property(value, value, fc.double({ min: 0, max: 1, noNaN: true }), (now, then, limit) => {
        const checks = judge(
          [{ ...auc, value: now }],
          { roc_auc: { threshold: limit, max_regression: limit, min_relative_change: limit } },
          [{ ...auc, value: then }],
        )
        expect(checks).toHaveLength(3)
        for (const c of checks) {
          if (c.status === 'passed') expect(Number.isFinite(now)).toBe(true)
          expect(JSON.parse(JSON.stringify(c))).toEqual(c)
        }
        if (checks[0]!.status === 'passed') expect(now!).toBeGreaterThanOrEqual(limit)
      }),
    )
  })
})

describe('slices', () => {
  const recall = (value: number | null, slice?: string, n = 50): Metric => ({
    name: 'recall',
    value,
    n,
    ...(slice ? { slice } : {}),
  })
  const metrics = [
    recall(0.7),
    recall(0.8, 'contract = monthly'),
    recall(0.4, 'contract = yearly'),
    recall(null, 'contract = new', 3),
  ]
  test('are judged each by the same rule', () => {
    const checks = judge(metrics, { recall: { threshold: 0.5, slices: ['contract'] } })
    expect(checks.map((c) => [c.id, c.status])).toEqual([
      ['gate.recall.threshold', 'passed'],
      ['gate.recall.threshold[contract = monthly]', 'passed'],
      ['gate.recall.threshold[contract = yearly]', 'failed'],
      ['gate.recall.threshold[contract = new]', 'failed'],
    ])
    expect(checks[2]!.evidence.slice).toBe('contract = yearly')
  })
  test('too small ones are skipped only where the rule says so', () => {
    const checks = judge(metrics, { recall: { threshold: 0.3, slices: ['contract'], min_slice_rows: 10 } })
    expect(checks.map((c) => c.status)).toEqual(['passed', 'passed', 'passed', 'skipped'])
  })
  test('that nobody measured fail', () => {
    const checks = judge(metrics, { recall: { threshold: 0.3, slices: ['plan'] } })
    expect(checks[1]).toMatchObject({ id: 'gate.recall.slices[plan]', status: 'failed' })
  })
  test('have baselines of their own', () => {
    const rule = { recall: { max_regression: 0.05, slices: ['contract'], min_slice_rows: 10 } }
    const checks = judge(metrics, rule, [
      recall(0.7),
      recall(0.7, 'contract = monthly'),
      recall(0.5, 'contract = yearly'),
    ])
    expect(checks.map((c) => c.status)).toEqual(['passed', 'passed', 'failed', 'skipped'])
  })
})

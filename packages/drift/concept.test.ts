import { evaluate, type Metric, type Predictions } from '@mlops-actions/metrics'
import { randomStream } from '@mlops-actions/statistics'
import { type Check, type Json, UserError } from '@mlops-actions/verdict'
import { describe, expect, test } from 'vitest'
import { type ConceptOptions, conceptDrift } from './concept.ts'
import { conceptRules } from './concept-rules.ts'
import { driftRules } from './rules.ts'

const rules = driftRules.parse({})
const usual = conceptRules.parse({})
const task = { type: 'binary', label: 'churned', positive: 'yes', negative: 'no' } as const

function uniforms(seed: number) {
  const random = randomStream(seed)
  return () => random() / 4294967296
}

/** A classifier whose scores are right in what they say, the less certain the smaller `sharpness`. */
function classified(rows: number, sharpness: number, seed: number): Predictions {
  const uniform = uniforms(seed)
  const score = Float64Array.from({ length: rows }, () => 1 / (1 + Math.exp(sharpness * (6 * uniform() - 3))))
  const actual = Uint8Array.from(score, (s) => Number(uniform() < s))
  return { task, rows, slices: {}, score, actual, predicted: Uint8Array.from(score, (s) => Number(s >= 0.5)) }
}

/** Answers of which each is wrong where `wrong` says so. */
function answered(wrong: (row: number) => boolean, rows: number): Predictions {
  const actual = Uint8Array.from({ length: rows }, (_, i) => i % 2)
  return { task, rows, slices: {}, actual, predicted: actual.map((class_, i) => (wrong(i) ? 1 - class_ : class_)) }
}

function estimated(rows: number, error: (row: number) => number): Predictions {
  const predicted = Float64Array.from({ length: rows }, (_, i) => i % 10)
  const actual = predicted.map((value, i) => value + error(i))
  return { task: { type: 'regression', label: 'delay' }, rows, slices: {}, predicted, actual }
}

function found(predictions: Predictions, reference: readonly Metric[], concept = usual, options: ConceptOptions = {}) {
  const result = conceptDrift({ predictions }, reference, rules, concept, options)
  const checks: Record<string, Check> = Object.fromEntries(result.findings.map(({ check }) => [check.id, check]))
  expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/)
  return { ...result, checks }
}

const bare = (metrics: readonly Metric[]) => metrics.map(({ name, value, n }) => ({ name, value, n }))
const sharp = evaluate(classified(2000, 1, 1), { metrics: ['roc_auc', 'accuracy'] })

describe('a metric against the reference', () => {
  test('a model as good as it was passes, with the same figures to be read', () => {
    const { level, checks } = found(classified(2000, 1, 2), sharp)
    expect(level).toBe('none')
    expect(checks['concept.roc_auc']).toMatchObject({
      status: 'passed',
      evidence: {
        drift_kind: 'concept',
        metric: 'roc_auc',
        method: 'DeLong',
        reference_noise: 'interval',
        level: 'none',
      },
    })
    expect(Object.keys(checks)).toEqual(['concept.roc_auc', 'concept.detector.adwin', 'concept.detector.ddm'])
  })

  test('worse by more than the limit and not by chance is significant, and named for later checks', () => {
    const { level, checks, findings } = found(classified(2000, 0.4, 3), sharp)
    expect(level).toBe('significant')
    const check = checks['concept.roc_auc']!
    expect(check).toMatchObject({ status: 'failed', evidence: { level: 'significant', effect: { threshold: 0.05 } } })
    expect(check.evidence.p_value).toBeLessThan(0.001)
    expect(findings[0]!.found).toMatchObject({ level: 'significant', effect: expect.any(Number) })
  })

  test('a loss that may be chance is warned with the rows that would settle it', () => {
    const reference: Metric[] = [{ name: 'accuracy', value: 0.9, n: 1000, low: 0.884, high: 0.914, confidence: 0.9 }]
    const { level, checks } = found(
      answered((i) => i % 6 === 0, 40),
      reference,
    )
    expect(level).toBe('none')
    const check = checks['concept.accuracy']!
    expect(check.status).toBe('warned')
    expect(check.title).toContain('may be chance')
    const { rows_needed } = check.evidence as { rows_needed: { current: number } }
    expect(rows_needed.current).toBeGreaterThan(40)
    expect(
      found(
        answered((i) => i % 6 === 0, 3 * rows_needed.current),
        reference,
      ).level,
    ).toBe('significant')
  })

  test('rows too few for the limit are a warning, also where nothing got worse', () => {
    const { checks } = found(
      answered((i) => i % 10 === 0, 40),
      [{ name: 'accuracy', value: 0.9, n: 5000 }],
    )
    expect(checks['concept.accuracy']).toMatchObject({ status: 'warned', evidence: { reference_noise: 'rows' } })
    expect(checks['concept.accuracy']!.title).toContain('too few rows')
  })

  test('a real loss within the limit passes and says so', () => {
    const { checks, level } = found(
      answered((i) => i % 25 < 3, 20_000),
      [{ name: 'accuracy', value: 0.9, n: 20_000 }],
    )
    expect(level).toBe('none')
    expect(checks['concept.accuracy']).toMatchObject({ status: 'passed', title: 'accuracy: a real but small loss' })
  })

  test('by name: limits of their own, aliases, relative ones, corrected together', () => {
    const concept = conceptRules.parse({ metrics: { auc: { max_relative_drop: 0.01 }, acc: { max_drop: 0.2 } } })
    const { checks } = found(classified(2000, 0.4, 3), sharp, concept)
    expect(checks['concept.roc_auc']).toMatchObject({
      status: 'failed',
      evidence: { family_size: 2, correction: 'holm' },
    })
    expect(checks['concept.roc_auc']!.evidence.effect).toMatchObject({ name: 'relative_loss', threshold: 0.01 })
    expect(checks['concept.accuracy']!.evidence.effect).toMatchObject({ name: 'loss', threshold: 0.2 })
    expect(conceptRules.safeParse({ metrics: { auc: {} } }).success).toBe(false)
    expect(conceptRules.safeParse({ metrics: { auc: { max_drop: 1, max_relative_drop: 1 } } }).success).toBe(false)
  })

  test('without scores, or where the reference knows no roc_auc, accuracy is judged', () => {
    const { score: _, ...labels } = classified(500, 1, 4) as Extract<Predictions, { actual: Uint8Array }>
    expect(found(labels, sharp).checks).toHaveProperty(['concept.accuracy'])
    expect(found(classified(500, 1, 4), sharp.slice(1)).checks).toHaveProperty(['concept.accuracy'])
  })

  test('a reference that names no rows is taken to have as many as now, and that is said', () => {
    const { checks } = found(classified(2000, 0.4, 3), [{ name: 'roc_auc', value: sharp[0]!.value, n: 0 }])
    expect(checks['concept.roc_auc']).toMatchObject({ status: 'failed', evidence: { reference_noise: 'assumed' } })
    expect(checks['concept.roc_auc']!.detail).toContain('names no rows')
  })

  test('hysteresis holds a first loss back', () => {
    const thrice = driftRules.parse({ consecutive: 3 })
    const { findings, level } = conceptDrift({ predictions: classified(2000, 0.4, 3) }, sharp, thrice, usual)
    expect(level).toBe('none')
    expect(findings[0]).toMatchObject({ check: { status: 'warned' }, found: { level: 'significant' } })
  })

  test('several classes by accuracy, a regression by its root mean squared error relative to what it was', () => {
    const actual = Int32Array.from({ length: 900 }, (_, i) => i % 3)
    const three = { type: 'multiclass', label: 'kind', classes: ['a', 'b', 'c'] } as const
    const predicted = actual.map((class_, i) => (i % 4 === 0 ? (class_ + 1) % 3 : class_))
    const kinds = { task: { ...three, classes: [...three.classes] }, rows: 900, slices: {}, actual, predicted }
    expect(found(kinds, [{ name: 'accuracy', value: 0.9, n: 900 }]).level).toBe('significant')
    const uniform = uniforms(5)
    const late = estimated(900, () => 3 * uniform() - 1.5)
    const reference: Metric[] = [{ name: 'rmse', value: 0.5, n: 900 }]
    const { checks } = found(late, reference)
    expect(checks['concept.root_mean_squared_error']).toMatchObject({
      status: 'failed',
      evidence: { effect: { name: 'relative_loss', threshold: 0.05 } },
    })
    expect(checks).toHaveProperty(['concept.detector.page_hinkley'])
  })
})

describe('what cannot be judged is a named outcome', () => {
  test('no labels, few labels, one class', () => {
    const none = found(classified(0, 1, 1), sharp, usual, { states: { stream: { kept: true } } })
    expect(none.checks['guard.labels']!.status).toBe('failed')
    expect(none.states).toEqual({ stream: { kept: true } })
    expect(found(classified(29, 1, 1), sharp).checks['concept.roc_auc']).toMatchObject({
      status: 'warned',
      evidence: { rows_needed: { current: 30 } },
    })
    const ones = { ...classified(100, 1, 1), actual: new Uint8Array(100).fill(1) } as Predictions
    const check = found(ones, sharp).checks['concept.roc_auc']!
    expect(check.status).toBe('warned')
    expect(check.observed).toContain('not defined on these rows')
  })
  test('a metric that the reference does not say, or that no rows of the task have', () => {
    const rows = classified(100, 1, 1)
    expect(found(rows, []).checks['concept.roc_auc']!.status).toBe('warned')
    const named = conceptRules.parse({ metrics: { f1: { max_drop: 0.1 }, rmse: { max_drop: 0.1 } } })
    const { checks } = found(rows, [{ name: 'rmse', value: 1, n: 9 }], named)
    expect(checks['concept.f1']!.status).toBe('failed')
    expect(checks['concept.root_mean_squared_error']!.status).toBe('failed')
    expect(
      found(rows, [{ name: 'roc_auc', value: null, undefined: 'one class', n: 9 }]).checks['concept.roc_auc']!.status,
    ).toBe('warned')
    expect(
      found(
        estimated(50, () => 1),
        [{ name: 'rmse', value: 0, n: 9 }],
      ).level,
    ).toBe('none')
  })
  test('a detector that the task has no use for is an error of the rules', () => {
    expect(() =>
      found(
        estimated(50, () => 1),
        [],
        conceptRules.parse({ detectors: ['ddm'] }),
      ),
    ).toThrow(UserError)
    expect(conceptRules.safeParse({ detectors: ['dmd'] }).success).toBe(false)
  })
  test('a model that never errs, and one that always does', () => {
    for (const wrong of [false, true]) {
      const { checks } = found(
        answered(() => wrong, 500),
        [{ name: 'accuracy', value: wrong ? 0 : 1, n: 500 }],
      )
      expect(checks['concept.accuracy']!.status).toBe('passed')
      expect(checks['concept.detector.adwin']!.status).toBe('passed')
    }
    expect(
      found(
        estimated(200, () => 0),
        [{ name: 'rmse', value: 0.1, n: 200 }],
      ).level,
    ).toBe('none')
    expect(
      found(
        estimated(200, (i) => (i % 2 ? 1e300 : -1e300)),
        [{ name: 'rmse', value: 0.1, n: 200 }],
      ).level,
    ).toBeDefined()
  })
})

describe('the stream of errors', () => {
  const reference: Metric[] = [{ name: 'accuracy', value: 0.9, n: 2000 }]
  const uniform = uniforms(77)
  const draws = Float64Array.from({ length: 4000 }, uniform)
  /** 10 % wrong, from row 2000 on a third. */
  const changing = answered((i) => draws[i]! < (i < 2000 ? 0.1 : 0.35), 4000)
  const part = (from: number, to: number): Predictions => ({
    ...(changing as Extract<Predictions, { actual: Uint8Array }>),
    rows: to - from,
    actual: (changing.actual as Uint8Array).slice(from, to),
    predicted: (changing.predicted as Uint8Array).slice(from, to),
  })

  test('ADWIN and DDM together are significant, with the place and the size of the rise', () => {
    const { checks } = found(changing, reference)
    const adwin = checks['concept.detector.adwin']!
    expect(adwin).toMatchObject({ status: 'failed', evidence: { level: 'significant', change: 'drift' } })
    const [alarm] = adwin.evidence.alarms as Record<'row' | 'before' | 'after' | 'rows_since', number>[]
    expect(alarm!.row).toBeGreaterThan(2000)
    expect(alarm!.row).toBeLessThan(2300)
    expect(alarm!.before).toBeLessThan(0.15)
    expect(Math.abs(alarm!.after - 0.35)).toBeLessThan(0.12)
    expect(Math.abs(alarm!.row - alarm!.rows_since - 2000)).toBeLessThan(50)
    expect(checks['concept.detector.ddm']!.status).toBe('failed')
  })

  test('cut into checks whose states go through JSON, it calls the same as in one', () => {
    const times = Float64Array.from({ length: 4000 }, (_, i) => 1.7e12 + i * 1000)
    const alarms = (checks: Record<string, Check>) =>
      checks['concept.detector.adwin']!.evidence.alarms as { time: string }[]
    const whole = conceptDrift({ predictions: changing, times }, reference, rules, usual)
    const wholeTimes = alarms(Object.fromEntries(whole.findings.map((f) => [f.check.id, f.check]))).map((a) => a.time)
    let states: Record<string, Json> = {}
    const cutTimes: string[] = []
    // Windows that overlap by half: what was given is not given again.
    for (let from = 0; from < 4000; from += 250) {
      const to = Math.min(4000, from + 500)
      const result = conceptDrift(
        { predictions: part(from, to), times: times.slice(from, to) },
        reference,
        rules,
        usual,
        { states },
      )
      states = JSON.parse(JSON.stringify(result.states))
      cutTimes.push(...alarms(Object.fromEntries(result.findings.map((f) => [f.check.id, f.check]))).map((a) => a.time))
    }
    expect(cutTimes).toEqual(wholeTimes)
    expect(wholeTimes.length).toBeGreaterThan(0)
    expect(states).toEqual(JSON.parse(JSON.stringify(whole.states)))
  })

  test('rows are given in the order of their times; those without one are left out and told', () => {
    const order = Float64Array.from({ length: 4000 }, (_, i) => 1.7e12 + ((i * 1237) % 4000) * 1000)
    const shuffled = { ...changing, predicted: changing.predicted.slice(), actual: changing.actual.slice() } as Extract<
      Predictions,
      { actual: Uint8Array }
    >
    for (let i = 0; i < 4000; i++) {
      const place = (i * 1237) % 4000
      shuffled.predicted[i] = changing.predicted[place]!
      shuffled.actual[i] = changing.actual[place]!
    }
    const { findings } = conceptDrift({ predictions: shuffled, times: order }, reference, rules, usual)
    const straight = found(changing, reference).checks['concept.detector.adwin']!.evidence.alarms as { row: number }[]
    expect((findings[1]!.check.evidence.alarms as { row: number }[]).map((a) => a.row)).toEqual(
      straight.map((a) => a.row),
    )
    const untimed = order.map((time, i) => (i % 2 ? Number.NaN : time))
    const half = conceptDrift({ predictions: shuffled, times: untimed }, reference, rules, usual).findings[1]!.check
    expect(half.evidence.untimed_rows).toBe(2000)
    expect(half.detail).toContain('without a time')
  })

  test('where ADWIN is quiet the word of DDM alone calls nothing; asked alone it counts', () => {
    // Ten errors in a row among a hundred hits: DDM calls a change that ADWIN's bound does not bear out.
    const burst = answered((i) => i >= 100 && i < 110, 200)
    const { checks, level } = found(burst, reference)
    expect(checks['concept.detector.ddm']!.evidence.change).toBe('drift')
    expect(checks['concept.detector.ddm']!.status).toBe('passed')
    expect(level).toBe('none')
    const alone = found(burst, reference, conceptRules.parse({ detectors: ['ddm'] }))
    expect(alone.checks['concept.detector.ddm']).toMatchObject({ status: 'warned', evidence: { level: 'moderate' } })
  })

  test('errors that become fewer are told and are no drift; so is a rise within the limit', () => {
    const better = answered((i) => draws[i]! < (i < 2000 ? 0.4 : 0.1), 4000)
    const adwin = found(better, [{ name: 'accuracy', value: 0.7, n: 2000 }]).checks['concept.detector.adwin']!
    expect(adwin).toMatchObject({ status: 'passed', evidence: { change: 'drift', level: 'none' } })
    expect(adwin.detail).toContain('fewer')
    const wide = conceptRules.parse({ max_drop: 0.5 })
    expect(found(changing, reference, wide).checks['concept.detector.adwin']!.status).toBe('passed')
  })

  test('a state of another model, or one that cannot be read, starts afresh and says so', () => {
    const { states } = found(part(0, 1000), reference, usual, { model: 'churn@v1' })
    const other = found(part(1000, 2000), reference, usual, { model: 'churn@v2', states })
    expect(other.checks['concept.detector.adwin']!.evidence).toMatchObject({
      seen: 1000,
      restarted: 'another model is watched now',
    })
    const on = found(part(1000, 2000), reference, usual, { model: 'churn@v1', states })
    expect(on.checks['concept.detector.adwin']!.evidence).toMatchObject({ seen: 2000, restarted: null })
    for (const broken of [null, 7, {}, { seen: 3, total: 1, state: { width: 'x' } }, { seen: 'x' }]) {
      const found_ = found(part(1000, 2000), reference, usual, {
        model: 'churn@v1',
        states: { ...states, adwin: broken },
      })
      expect(found_.checks['concept.detector.adwin']!.evidence.restarted).toContain('could not be read')
    }
    expect(
      found(part(0, 50), reference, usual, { states: { stream: 'x' } }).checks['concept.detector.adwin']!.evidence
        .restarted,
    ).toContain('could not be read')
  })

  test("a regression's errors are scaled by the reference's, and the scale is kept", () => {
    const error = (i: number) => (draws[i]! - 0.5) * (i < 2000 ? 1 : 6)
    const late = estimated(4000, error)
    const { checks, states } = found(late, [{ name: 'rmse', value: 0.29, n: 2000 }])
    expect(checks['concept.detector.adwin']!.evidence.level).not.toBe('none')
    expect(states.stream).toMatchObject({ scale: 0.29 })
    const own = found(estimated(500, error), [])
    expect((own.states.stream as { scale: number }).scale).toBeCloseTo(0.29, 1)
  })
})

test('without drift a check alarms no more often than alpha says', () => {
  let alarms = 0
  const checks = 100
  for (let seed = 0; seed < checks; seed++) {
    const reference = evaluate(classified(400, 1, 2 * seed), { metrics: ['roc_auc'] })
    if (found(classified(150, 1, 2 * seed + 1), seed % 2 ? reference : bare(reference)).level !== 'none') alarms++
  }
  expect(alarms / checks).toBeLessThanOrEqual(0.05 + 4 * Math.sqrt((0.05 * 0.95) / checks))
})

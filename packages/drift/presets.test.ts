import { expect, test } from 'vitest'
import { type Cells, sampleOf } from './fixtures/sample.ts'
import { drift, driftRules } from './index.ts'

const repeat = (value: string, times: number): Cells => new Array(times).fill(value)
const mix = (a: number, b: number): Cells => [...repeat('a', a), ...repeat('b', b)]

function compare(before: Record<string, Cells>, after: Record<string, Cells>, rules: object, scores: string[] = []) {
  const reference = sampleOf(before)
  return drift(reference, sampleOf(after, reference), driftRules.parse(rules), { roles: { scores } })
}

const statuses = (found: ReturnType<typeof drift>) => Object.fromEntries(found.checks.map((c) => [c.id, c.status]))

test('psi: a PSI beyond 0.25 asks for retraining whatever the rows, and chance is told beside', () => {
  // 6 of 12 against 10 of 12: PSI 0.47 by the smoothed shares, p 0.08.
  const found = compare({ x: mix(6, 6) }, { x: mix(10, 2) }, { preset: 'psi' })
  expect(found.decision).toBe('retrain')
  expect(found.checks[0]).toMatchObject({
    status: 'failed',
    expected: 'a PSI of at most 0.25',
    detail: expect.stringContaining('This may be chance'),
    evidence: { effect: { name: 'psi', threshold: 0.1, significant: 0.25 } },
  })
  expect(compare({ x: mix(6, 6) }, { x: mix(10, 2) }, {}).drift).toBe('none')
})

test('psi: a mean above 0.10 asks for retraining though no feature is beyond 0.25', () => {
  const moved = { x: mix(5000, 5000), y: mix(5000, 5000) }
  const found = compare(moved, { x: mix(6700, 3300), y: mix(6700, 3300) }, { preset: 'psi' })
  expect(statuses(found)).toEqual({ 'drift.x': 'warned', 'drift.y': 'warned', 'rule.mean_psi': 'failed' })
  expect(found.decision).toBe('retrain')
  const one = compare(moved, { x: mix(6700, 3300), y: mix(5000, 5000) }, { preset: 'psi' })
  expect(statuses(one)).toMatchObject({ 'rule.mean_psi': 'passed' })
  expect(one.decision).toBe('investigate')
})

test('two-features: one feature, however far, is to be looked at; two are a reason to retrain', () => {
  const before = { x: mix(900, 100), y: mix(900, 100), z: mix(900, 100) }
  const one = compare(before, { ...before, x: mix(100, 900) }, { preset: 'two-features' })
  expect(one).toMatchObject({ drift: 'moderate', decision: 'investigate', columns: ['x'] })
  const two = compare(before, { ...before, x: mix(100, 900), z: mix(600, 400) }, { preset: 'two-features' })
  expect(two).toMatchObject({ drift: 'significant', decision: 'retrain', columns: ['x', 'z'] })
  expect(two.checks.find((c) => c.id === 'rule.two_features')).toMatchObject({ status: 'failed', observed: 'x, z' })
})

test('score: a mean that moves by more than three points is drift of the predictions, other columns keep the default', () => {
  const even = Array.from({ length: 1000 }, (_, i) => i / 1000)
  const before = { score: even, x: even }
  const found = compare(
    before,
    { score: even.map((v) => v + 0.04), x: even.map((v) => v + 0.04) },
    { preset: 'score' },
    ['score'],
  )
  expect(found.columns).toEqual(['score'])
  expect(found.checks[0]).toMatchObject({
    status: 'failed',
    evidence: {
      drift_kind: 'prediction',
      effect: { name: 'mean_shift', threshold: 0.03 },
      mean_shift: expect.closeTo(0.04),
    },
  })
  expect(compare(before, { score: even.map((v) => v + 0.02), x: even }, { preset: 'score' }, ['score']).drift).toBe(
    'none',
  )
})

test('presets of different parts stand together, two of one part do not', () => {
  expect(driftRules.parse({ preset: ['psi', 'score'] }).preset).toEqual(['psi', 'score'])
  expect(driftRules.safeParse({ preset: ['psi', 'two-features'] }).error?.issues[0]?.message).toMatch(/two presets/)
})

test('evidently: its verdict on every column and on the share of them, with our figures beside', () => {
  const before = { x: mix(300, 700), y: mix(500, 500), z: mix(500, 500) }
  const found = compare(before, { x: mix(340, 660), y: mix(500, 500), z: mix(900, 100) }, { preset: 'evidently' })
  expect(statuses(found)).toEqual({
    'drift.x': 'passed',
    'drift.y': 'passed',
    'drift.z': 'warned',
    'rule.drift_share': 'passed',
  })
  expect(found).toMatchObject({ drift: 'moderate', decision: 'investigate' })
  expect(found.checks[2]).toMatchObject({
    observed: expect.stringMatching(/^z p 8e-85, p < 0.001/),
    expected: 'p above 0.05',
    evidence: { family_size: 3, p_adjusted: expect.any(Number), effect: { name: 'psi_above_null' } },
  })
  const half = { preset: 'evidently', evidently: { drift_share: 0.3 } }
  expect(compare(before, { ...before, z: mix(900, 100) }, half).decision).toBe('retrain')
})

test('evidently: what it has no number for fails, and only the columns it was asked for are judged', () => {
  const texts: Cells = Array.from({ length: 300 }, (_, i) => `text ${i}`)
  const rules = { preset: 'evidently' }
  const found = compare({ x: mix(150, 150), t: texts }, { x: mix(150, 150), t: texts }, rules)
  expect(found.checks.find((c) => c.id === 'drift.t')).toMatchObject({
    status: 'failed',
    observed: expect.stringContaining('free text'),
  })
  expect(found.decision).toBe('investigate')
  const asked = compare(
    { x: mix(150, 150), t: texts },
    { x: mix(150, 150), t: texts },
    { ...rules, evidently: { columns: ['x'] } },
  )
  expect(Object.keys(statuses(asked))).toEqual(['drift.x', 'rule.drift_share'])
})

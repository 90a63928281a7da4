import { evaluate, type Predictions } from '@mlops-actions/metrics'
import { randomStream } from '@mlops-actions/statistics'
import { expect, test } from 'vitest'
import type { DriftResult } from './drift.ts'
import { driftRules } from './rules.ts'
import { asksForTruth, judgeTruth, truthMissing, withTruth } from './truth.ts'

const task = { type: 'binary', label: 'churned', positive: 'yes', negative: 'no' } as const

/** Scores that are right, of which a share is turned round. */
function scored(rows: number, turned: number, seed: number): Predictions {
  const random = randomStream(seed)
  const uniform = () => random() / 4294967296
  const chance = Float64Array.from({ length: rows }, uniform)
  const actual = Uint8Array.from(chance, (p) => Number(uniform() < p))
  const score = chance.map((p) => (uniform() < turned ? 1 - p : p))
  return { task, rows, slices: {}, score, actual, predicted: Uint8Array.from(score, (s) => Number(s >= 0.5)) }
}

const rules = driftRules.parse({})
const reference = {
  metrics: evaluate(scored(2000, 0, 1), { metrics: ['roc_auc', 'expected_calibration_error'] }),
  classes: { yes: 1000, no: 1000 },
}
const clean: DriftResult = { checks: [], drift: 'none', decision: 'keep', columns: [], found: {} }

test('a model that is as good as it was: every kind is judged, and nothing is called', () => {
  const truth = judgeTruth({ predictions: scored(2000, 0, 2) }, reference, rules)
  expect(truth.findings.map(({ check }) => [check.id, check.status])).toEqual([
    ['concept.roc_auc', 'passed'],
    ['concept.detector.adwin', 'passed'],
    ['concept.detector.ddm', 'passed'],
    ['label.calibration', 'passed'],
    ['label.rate', 'passed'],
  ])
  const result = withTruth(clean, truth)
  expect(result).toMatchObject({ drift: 'none', decision: 'keep' })
  expect(Object.keys(result.found)).toEqual(['concept.roc_auc', 'label.calibration', 'label.rate'])
})

test('a model that got worse is to be retrained, whatever the columns say', () => {
  const truth = judgeTruth({ predictions: scored(2000, 0.4, 3) }, reference, rules)
  const result = withTruth(clean, truth)
  expect(result).toMatchObject({ drift: 'significant', decision: 'retrain' })
  expect(result.checks.find(({ id }) => id === 'concept.roc_auc')!.status).toBe('failed')
  expect(truth.states).toHaveProperty('adwin')
})

test('without any label a person is to look; a class that is new is a change of the rate', () => {
  const none = withTruth(clean, judgeTruth({ predictions: scored(0, 0, 1) }, reference, rules))
  expect(none).toMatchObject({ drift: 'none', decision: 'investigate' })
  const rates = (classes: Record<string, number> | undefined) =>
    judgeTruth({ predictions: scored(500, 0, 4) }, { ...reference, classes }, rules).findings.find(
      ({ check }) => check.id === 'label.rate',
    )
  expect(rates({ no: 2000 })).toMatchObject({ level: 'moderate' })
  expect(rates(undefined)).toBeUndefined()
})

test('the presets of the guides: an AUC that fell by more than 1 %, a rate that moved by more than a fifth', () => {
  const by = (preset: string | string[], turned: number, classes = reference.classes) => {
    const asked = driftRules.parse({ preset })
    const { findings } = judgeTruth({ predictions: scored(4000, turned, 5) }, { ...reference, classes }, asked)
    return Object.fromEntries(findings.map(({ check, level }) => [check.id, level]))
  }
  expect(by('auc-drop', 0.05)['concept.roc_auc']).toBe('none')
  expect(by('auc-drop-1-percent', 0.05)['concept.roc_auc']).toBe('significant')
  expect(by('label-rate', 0, { yes: 700, no: 1300 })['label.rate']).toBe('significant')
  expect(by(['psi', 'auc-drop', 'label-rate'], 0)['label.rate']).toBe('none')
  expect(() => by(['auc-drop', 'auc-drop-1-percent'], 0)).toThrow(/two presets/)
})

test('rules that ask for the truth are not passed over where there is none', () => {
  expect(asksForTruth(rules)).toBe(false)
  expect(asksForTruth(driftRules.parse({ concept: {} }))).toBe(true)
  expect(asksForTruth(driftRules.parse({ preset: 'label-rate' }))).toBe(true)
  expect(withTruth(clean, truthMissing()).checks).toMatchObject([{ id: 'guard.labels', status: 'warned' }])
})

import { evaluate, type Metric, type Predictions } from '@mlops-actions/metrics'
import { randomStream } from '@mlops-actions/statistics'
import { describe, expect, test } from 'vitest'
import { calibrationDrift } from './calibration.ts'
import { labelRate } from './label-rate.ts'
import { driftRules } from './rules.ts'

const rules = driftRules.parse({})
const task = { type: 'binary', label: 'churned', positive: 'yes', negative: 'no' } as const

/** Rows whose scores are `says` where the chance of the positive class is p. */
function scored(rows: number, seed: number, says: (p: number) => number): Predictions & { actual: Uint8Array } {
  const random = randomStream(seed)
  const uniform = () => random() / 4294967296
  const chance = Float64Array.from({ length: rows }, uniform)
  const actual = Uint8Array.from(chance, (p) => Number(uniform() < p))
  const score = chance.map(says)
  return { task, rows, slices: {}, score, actual, predicted: Uint8Array.from(score, (s) => Number(s >= 0.5)) }
}
const right = (p: number) => p
const sure = (p: number) => (p > 0.5 ? 1 - (1 - p) / 5 : p / 5)
const ece = (p: Predictions) => evaluate(p, { metrics: ['expected_calibration_error'] })

describe('calibration', () => {
  const reference = ece(scored(3000, 1, right))

  test('scores that stay right hold; few rows are told apart from bad scores', () => {
    expect(calibrationDrift(scored(3000, 2, right), reference, rules, 30)).toMatchObject({
      level: 'none',
      check: { id: 'label.calibration', status: 'passed', evidence: { drift_kind: 'label' } },
    })
    const few = calibrationDrift(scored(60, 3, right), reference, rules, 30)!
    expect(few.check.evidence.value).toBeGreaterThan(0.05)
    expect(few).toMatchObject({ level: 'none', check: { status: 'warned' } })
    const { rows_needed } = few.check.evidence as { rows_needed: { current: number } }
    expect(rows_needed.current).toBeGreaterThan(60)
  })

  test('scores too sure of themselves are drift, far too sure ones significant', () => {
    expect(calibrationDrift(scored(3000, 4, sure), reference, rules, 30)).toMatchObject({ level: 'moderate' })
    const flat = calibrationDrift(
      scored(3000, 5, (p) => 1 - p),
      reference,
      rules,
      30,
    )!
    expect(flat).toMatchObject({ level: 'significant', check: { status: 'failed' } })
    expect(flat.check.evidence.p_value).toBeLessThan(0.001)
  })

  test('a model that was as badly calibrated before has not drifted', () => {
    expect(calibrationDrift(scored(3000, 6, sure), ece(scored(3000, 7, sure)), rules, 30)!.level).toBe('none')
  })

  test('without drift it alarms no more often than alpha says, with few current rows too', () => {
    let alarms = 0
    for (let seed = 0; seed < 60; seed++) {
      if (calibrationDrift(scored(60, 100 + seed, right), reference, rules, 30)!.level !== 'none') alarms++
    }
    expect(alarms / 60).toBeLessThanOrEqual(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 60))
  })

  test('what cannot be judged is named', () => {
    const rows = scored(100, 8, right)
    expect(calibrationDrift(scored(20, 8, right), reference, rules, 30)!.check.title).toContain('too few labelled rows')
    expect(calibrationDrift(rows, [], rules, 30)!.check.status).toBe('warned')
    expect(
      calibrationDrift(
        scored(100, 8, (p) => 5 * p),
        reference,
        rules,
        30,
      )!.check.observed,
    ).toContain('not probabilities')
    const undefined_: Metric[] = [{ name: 'ece', value: null, n: 5 }]
    expect(calibrationDrift(rows, undefined_, rules, 30)!.check.status).toBe('warned')
    const { score: _, ...labels } = rows as Extract<Predictions, { actual: Uint8Array }>
    expect(calibrationDrift(labels, reference, rules, 30)).toBeUndefined()
  })
})

describe('the 20 % rule', () => {
  const counts = (reference: [number, number], current: [number, number]) => [
    { class: 'no', reference: reference[0], current: current[0] },
    { class: 'yes', reference: reference[1], current: current[1] },
  ]
  const rate = (reference: [number, number], current: [number, number]) =>
    labelRate(counts(reference, current), rules, { positive: 'yes' })

  test('a rate that rose by a third is moderate, by a tenth passes, with the figures', () => {
    const risen = rate([8000, 2000], [2200, 800])
    expect(risen).toMatchObject({
      level: 'moderate',
      check: { id: 'label.rate', status: 'warned', evidence: { drift_kind: 'label', family_size: 1 } },
    })
    expect(risen.check.evidence.rates).toMatchObject([{ category: 'yes', reference_share: 0.2 }])
    expect(risen.found!.effect).toBeCloseTo(1 / 3, 12)
    expect(rate([8000, 2000], [2340, 660])).toMatchObject({ level: 'none', check: { status: 'passed' } })
    // Exactly a fifth is not beyond it, though 0.24 / 0.2 - 1 is a little above 0.2 in binary.
    expect(rate([8000, 2000], [7600, 2400]).level).toBe('none')
  })

  test('a change that may be chance, and rows too few to see one, are warned with the rows needed', () => {
    const chance = rate([8000, 2000], [74, 26])
    expect(chance).toMatchObject({ level: 'none', check: { status: 'warned' } })
    expect(chance.check.title).toContain('may be chance')
    const needed = (chance.check.evidence.rows_needed as { current: number }).current
    expect(rate([8000, 2000], [needed * 0.74 - 1, needed * 0.26 + 1]).level).toBe('moderate')
    expect(rate([8000, 2000], [79, 21]).check.title).toContain('too few rows')
  })

  test('of several classes the worst counts, corrected over them; a new class is a change', () => {
    const several = labelRate(
      [
        { class: 'a', reference: 500, current: 500 },
        { class: 'b', reference: 300, current: 180 },
        { class: 'c', reference: 200, current: 200 },
        { class: 'd', reference: 0, current: 120 },
        { class: 'e', reference: 1, current: 1 },
      ],
      rules,
    )
    expect(several).toMatchObject({ level: 'moderate', check: { evidence: { family_size: 4, untested: 1 } } })
    expect(several.check.observed).toContain('rate of d')
    expect(JSON.stringify(several)).not.toMatch(/NaN|Infinity|null,"current_share/)
  })

  test('no labels, one class alone, rare classes are named', () => {
    for (const [reference, current] of [
      [
        [0, 0],
        [5, 5],
      ],
      [
        [10, 0],
        [12, 0],
      ],
      [
        [900, 3],
        [900, 2],
      ],
    ] as [[number, number], [number, number]][]) {
      const found = rate(reference, current)
      expect(found).toMatchObject({ level: 'none', check: { id: 'label.rate', status: 'warned' } })
      expect(JSON.stringify(found)).not.toMatch(/NaN|Infinity/)
    }
  })

  test('hysteresis holds it back', () => {
    const found = labelRate(counts([8000, 2000], [2200, 800]), driftRules.parse({ consecutive: 2 }), {
      positive: 'yes',
    })
    expect(found).toMatchObject({ level: 'none', found: { level: 'moderate' }, check: { status: 'warned' } })
  })
})

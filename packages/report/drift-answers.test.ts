import { type Check, check, type JsonObject, verdict } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { driftAnswers, driftSentence } from './drift-answers.ts'
import { againstFloors } from './drift-effect.ts'

/** A column's check as the drift room writes it. */
function column(subject: string, value: number, p: number, more: JsonObject = {}): Check {
  const level = p >= 0.05 || value < 0.1 ? 'none' : value < 0.25 ? 'moderate' : 'significant'
  return check(level === 'none', {
    id: `drift.${subject}`,
    title: `${subject}: ${level}`,
    subject,
    observed: '',
    expected: '',
    severity: level === 'moderate' ? 'warned' : 'failed',
    evidence: {
      p_adjusted: p,
      correction: 'holm',
      family_size: 7,
      alpha: 0.05,
      level,
      effect: { name: 'psi_above_null', value, threshold: 0.1, significant: 0.25 },
      ...more,
    },
  })
}

const warned = (subject: string, title: string, evidence: JsonObject = { level: 'none' }) =>
  check(false, { id: subject, title, subject, observed: '', expected: '', severity: 'warned', evidence })

const drift = (checks: Check[], context: JsonObject = {}) => verdict('drift', {}, checks, context)
const told = (checks: Check[], context?: JsonObject) =>
  Object.fromEntries(driftAnswers(drift(checks, context)).map(({ question, answer }) => [question, answer]))

describe('driftSentence', () => {
  it('says what drifted, by how much, and what to do', () => {
    expect(driftSentence(drift([column('a', 0.02, 1), column('b', 0.15, 0.01)]))).toBe(
      'b drifted (PSI 0.15 above chance, p 0.01): investigate',
    )
    expect(driftSentence(drift([column('a', 0.15, 0.01), column('b', 0.4, 1e-9), column('c', 0, 1)]))).toBe(
      'b and a drifted (b most: PSI 0.4 above chance, p < 0.001): retrain',
    )
  })

  it('names the kinds, nearest to the answers of the model first', () => {
    const checks = ['data', 'schema', 'concept', 'label', 'prediction'].map((drift_kind, i) =>
      column(`c${i}`, 0.3, 1e-9, { drift_kind }),
    )
    expect(driftSentence(drift(checks))).toMatch(
      /^the predictions \(c4\), the labels \(c3\), the performance \(c2\), c0 and the schema \(c1\) drifted/,
    )
  })

  it('counts what it does not name', () => {
    const many = Array.from({ length: 1000 }, (_, i) => column(`column_${i}`, 0.3, 1e-9))
    expect(driftSentence(drift(many))).toMatch(/^column_0, column_1, column_2, column_3 and 996 more drifted \(/)
  })

  it('does not name again for a group of rows what drifted in all of them', () => {
    const slice = column('b [region=EU]', 0.3, 0.01, { column: 'b', slice: 'region=EU' })
    const alone = column('c [region=EU]', 0.2, 0.01, { column: 'c', slice: 'region=EU' })
    expect(driftSentence(drift([column('b', 0.15, 0.01), slice, alone]))).toMatch(/^c \[region=EU\] and b drifted/)
  })

  it('says that nothing drifted', () => {
    expect(driftSentence(drift([column('a', 0.02, 1), column('b', 0.5, 0.3)]))).toBe('no drift in 2 columns: keep')
  })

  it('leaves the word to a single check where something broke without drift, or there were too few rows', () => {
    const missing = check(false, { id: 'schema.b', title: 'b is missing', subject: 'b', observed: '', expected: '' })
    expect(driftSentence(drift([column('a', 0.02, 1), missing]))).toBeUndefined()
    expect(driftSentence(drift([column('a', 0.02, 1), warned('b', 'b: too few rows to tell')]))).toBeUndefined()
    expect(driftSentence(drift([]))).toBeUndefined()
  })
})

describe('driftAnswers', () => {
  it('tells of drift', () => {
    const top_changes = [{ bin: '[93, 120)', reference_share: 0.1, current_share: 0.17 }]
    expect(told([column('a', 0, 1), column('air_time', 0.15, 0.004, { top_changes })])).toEqual({
      'What moved': 'air_time: 1 of 2 columns.',
      'By how much':
        'air_time most: PSI 0.15 above chance; it counts from 0.1 and is significant from 0.25. The largest change: 93 to 120 from 10\u00a0% to 17\u00a0% of the values.',
      'Is it chance':
        "Hardly: without any drift, at most 1 in 250 checks would show a change this clear in any of its tests (p 0.004 after Holm's correction over 7 tests).",
      'What to do':
        "Investigate: air_time shows a moderate change. Is it the source of the data, a season, or the world? Retrain where the model's answers suffer.",
    })
  })

  it('tells of none, and of differences that are real but small', () => {
    const answers = told([
      column('a', 0.02, 0.001),
      column('b', 0.03, 0.9, { null_share_p_adjusted: 0.01 }),
      column('c', 0, 1),
    ])
    expect(answers['What moved']).toBe(
      'Nothing by more than chance and by enough to matter, in 3 columns. b and a differ for real, but by too little to matter.',
    )
    expect(answers['By how much']).toMatch(/^b at most: PSI 0.03 above chance;/)
    expect(answers['Is it chance']).toBe('1 difference is within what chance gives, 2 are not.')
    expect(answers['What to do']).toBe('Keep the model.')
  })

  it('takes the p-value of the nulls where their share is the effect, in points', () => {
    const effect = { name: 'null_share_difference', value: 0.3, threshold: 0.1, significant: 0.25 }
    const answers = told([column('a', 0.3, 1e-9, { effect, p_adjusted: 0.9, null_share_p_adjusted: 0.02 })])
    expect(answers['By how much']).toBe(
      'a most: the share of nulls off by 30\u00a0points; it counts from 10\u00a0points and is significant from 25\u00a0points.',
    )
    expect(answers['Is it chance']).toContain("(p 0.02 after Holm's correction over 7 tests)")
  })

  it('names what failed besides drift, and follows the decision of the context', () => {
    const missing = check(false, { id: 'schema.b', title: 'b is missing', subject: 'b', observed: '', expected: '' })
    expect(told([column('a', 0.3, 1e-9), missing], { decision: 'retrain' })['What to do']).toBe(
      'Retrain: a shows a significant change. First mend b: 1 check failed without drift.',
    )
    expect(told([column('a', 0.01, 1), missing], { decision: 'investigate' })['What to do']).toBe(
      'Investigate: something is broken, and it is no drift. First mend b: 1 check failed without drift.',
    )
    expect(told([column('a', 0.01, 1), warned('b', 'b: too few rows to tell')])['What to do']).toBe(
      'Keep the model. 1 more check has a warning: b.',
    )
  })

  it('tells what is held back by a season or by hysteresis from what is small', () => {
    const held = (subject: string, by: JsonObject) => column(subject, 0.3, 1e-9, { level: 'none', ...by })
    const checks = [
      { ...held('a', { baseline: { season: 'weekday' } }), status: 'passed' as const },
      { ...held('b', { held_by: 'consecutive' }), status: 'warned' as const },
      column('c', 0.01, 1),
    ]
    expect(told(checks)['What moved']).toBe(
      'Nothing that is called, in 3 columns. a moved as usual in this season. b moved, but not yet in as many checks in a row as the rules ask for.',
    )
  })

  it('names a rule over all columns as the reason where it decides', () => {
    const rule = check(false, {
      id: 'rule.mean_psi',
      title: 'Mean PSI of the features: 0.12',
      subject: 'all features',
      observed: '',
      expected: 'at most 0.1',
      evidence: { level: 'significant' },
    })
    const checks = [column('a', 0.15, 0.01), rule]
    expect(driftSentence(drift(checks))).toBe('a drifted (PSI 0.15 above chance, p 0.01): retrain')
    expect(told(checks)['What moved']).toBe('a: 1 of 1 column.')
    expect(told(checks)['What to do']).toBe(
      'Retrain: mean PSI of the features: 0.12, where the rule asks for at most 0.1.',
    )
  })

  it('says what a p-value means under its correction, and that a fixed limit may be passed by chance', () => {
    const chance = (p: number, correction: string) => {
      const evidence = { level: 'significant', correction }
      return told([{ ...column('a', 0.3, p, evidence), status: 'failed' }])['Is it chance']
    }
    expect(chance(0.02, 'benjamini-hochberg')).toBe(
      "Hardly: of the changes called at this level, at most 1 in 50 is expected to be chance (p 0.02 after Benjamini and Hochberg's correction over 7 tests).",
    )
    expect(chance(0.02, 'none')).toBe(
      'Hardly: without any drift, at most 1 in 50 checks would show a change this clear (p 0.02).',
    )
    expect(chance(0.4, 'holm')).toBe("It may be: p 0.4 after Holm's correction over 7 tests.")
  })

  it('tells what was called by a rule that does not look at the effect, and what such a rule lets pass', () => {
    const called = {
      ...column('a', 0.01, 0.9, { level: 'moderate' }),
      status: 'warned' as const,
      observed: 'K-S p_value p 0.04, p 0.9',
      expected: 'p above 0.05',
    }
    expect(driftSentence(drift([called]))).toBe('a drifted (K-S p_value p 0.04, p 0.9): investigate')
    const answers = told([called])
    expect(answers['By how much']).toBe('a most: K-S p_value p 0.04, p 0.9; the rule asks for p above 0.05.')
    expect(answers['Is it chance']).toMatch(/^It may be: p 0.9/)
    const passed = { ...column('b', 0.3, 1e-9, { level: 'none' }), status: 'passed' as const }
    expect(told([passed])['What moved']).toBe(
      'Nothing that is called, in 1 column. b moved by as much as the default rule calls drift.',
    )
  })

  it('gives losses, rates and means in their own words', () => {
    const size = (name: string, limits: JsonObject) =>
      told([column('a', 0.3, 1e-9, { effect: { name, value: 0.3, ...limits } })])['By how much']
    expect(size('relative_rate_change', { threshold: 0.2 })).toBe(
      'a most: a rate changed by 30\u00a0%; it counts from 20\u00a0%.',
    )
    expect(size('loss', { threshold: 0.05, significant: 0.1 })).toBe(
      'a most: worse by 0.3; it counts from 0.05 and is significant from 0.1.',
    )
    expect(size('constructor', {})).toMatch(/^a most: constructor 0.3; it counts from 0.1 /)
  })

  it('is silent where no check has an effect', () => {
    expect(driftAnswers(drift([]))).toEqual([])
    expect(driftAnswers(drift([warned('a', 'a')]))).toEqual([])
  })

  it('never says NaN or undefined, whatever the evidence', () => {
    const json = fc.jsonValue().map((value) => value as JsonObject)
    fc.assert(
      fc.property(
        fc.record({ level: json, effect: json, p_adjusted: json, family_size: json, top_changes: json, alpha: json }),
        fc.boolean(),
        (evidence, held) => {
          const of = { ...column('a', 0.3, 1e-9, evidence), status: held ? 'passed' : 'warned' } as Check
          const text = [driftSentence(drift([of])), ...driftAnswers(drift([of])).map(({ answer }) => answer)].join(' ')
          expect(text).not.toMatch(/NaN|undefined|\[object/)
        },
      ),
    )
  })
})

describe('againstFloors', () => {
  it('puts the floor at 1 and significant at 2, and grows with the effect', () => {
    const floors = { floor: 0.05, significant: 0.2 }
    expect([0, 0.025, 0.05, 0.125, 0.2].map((value) => againstFloors(value, floors))).toEqual([0, 0.5, 1, 1.5, 2])
    expect(againstFloors(-1, floors)).toBe(0)
    expect(againstFloors(0.35, floors)).toBeCloseTo(3, 12)
    expect(againstFloors(0.3, { floor: 0.1, significant: 0.1 })).toBeCloseTo(3, 12)
  })
})

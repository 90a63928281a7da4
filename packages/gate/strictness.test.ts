import { parseDocument } from '@mlops-actions/document'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparisonRules, type GateRules, gateRules, judge, loosenings, stricter } from './index.ts'

describe('the rules as written', () => {
  const mistake = (text: string) => {
    try {
      parseDocument(text, 'rules', gateRules, 'RULES_INVALID')
    } catch (error) {
      return error as { message: string; help: string; where: object }
    }
    throw new Error(`accepted: ${text}`)
  }
  test('are read in snake case, aliases and own metrics alike', () => {
    const text =
      'auc: { threshold: 0.8 }\nrecall: { max_regression: 0.03, slices: [contract] }\nprofit: { threshold: 3, direction: higher_is_better }'
    expect(parseDocument(text, 'rules', gateRules, 'RULES_INVALID')).toEqual({
      auc: { threshold: 0.8 },
      recall: { max_regression: 0.03, slices: ['contract'] },
      profit: { threshold: 3, direction: 'higher_is_better' },
    })
  })
  test('a typo in a key names the nearest', () => {
    expect(mistake('roc_auc: { treshold: 0.8 }')).toMatchObject({
      help: 'Did you mean "threshold"?',
      where: { key: 'roc_auc.treshold' },
    })
  })
  test('a metric nobody knows needs a direction', () => {
    expect(mistake('roc_acu: { threshold: 0.8 }').message).toContain('did you mean "roc_auc"')
    expect(mistake('zzzzzz: { threshold: 0.8 }').message).toContain('add direction')
  })
  test('contradictions and rules that judge nothing are refused', () => {
    expect(mistake('roc_auc: { threshold: 0.8, direction: lower_is_better }').message).toContain('contradicts')
    expect(mistake('roc_auc: { severity: warned }').message).toContain('judges nothing')
    expect(mistake('roc_auc: { threshold: 82 }').message).toContain('within 0 and 1')
    expect(mistake('auc: { threshold: 0.8 }\nroc_auc: { threshold: 0.8 }').message).toContain('two names of roc_auc')
    expect(mistake('roc_auc: { max_regression: -0.1 }').message).toBeTruthy()
    expect(mistake('roc_auc: { threshold: .nan }').message).toBeTruthy()
  })
  test('those of a comparison', () => {
    expect(
      comparisonRules.safeParse({ metric: 'auc', margin: 0.01, confidence: 0.99, on_inconclusive: 'warned' }).success,
    ).toBe(true)
    for (const wrong of [{ margin: -1 }, { confidence: 0.5 }, { on_inconclusive: 'passed' }, { metrics: 'auc' }])
      expect(comparisonRules.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false)
  })
})

const base = {
  rules: { roc_auc: { threshold: 0.82 }, log_loss: { threshold: 0.5, max_regression: 0.02 } },
  from: 'mlops.yaml of the base',
}
const input = (rules: GateRules) => ({ rules, from: 'the input rules', branch: true })

describe('rules of the base', () => {
  test('are tightened and added to', () => {
    const found = stricter(
      base,
      input({ auc: { threshold: 0.9, min_absolute_change: 0.01 }, log_loss: { max_regression: 0.01 } }),
    )
    expect(found.rules).toMatchObject({
      roc_auc: { threshold: 0.9, min_absolute_change: 0.01 },
      log_loss: { threshold: 0.5, max_regression: 0.01 },
    })
    expect(found.refused).toEqual([])
    expect(found.sources.log_loss).toMatchObject({
      source: 'base',
      keys: { threshold: 'mlops.yaml of the base', max_regression: 'the input rules' },
    })
    expect(judge([], found.rules, [], found.sources).map((c) => c.evidence.threshold_source)).toContain(
      'the input rules',
    )
  })
  test('are never loosened: that is ignored and warned of', () => {
    const found = stricter(
      base,
      input({ roc_auc: { threshold: 0.5, severity: 'warned' }, log_loss: { threshold: 0.9, max_regression: 0.5 } }),
    )
    expect(found.rules).toMatchObject(base.rules)
    expect(found.rules.roc_auc!.severity).toBeUndefined()
    expect(found.refused.map((c) => [c.id, c.status])).toEqual([
      ['gate.roc_auc.rules.threshold', 'warned'],
      ['gate.roc_auc.rules.severity', 'warned'],
      ['gate.log_loss.rules.threshold', 'warned'],
      ['gate.log_loss.rules.max_regression', 'warned'],
    ])
    expect(found.refused[0]).toMatchObject({
      observed: '0.5 in the input rules, ignored',
      expected: '0.82 or stricter (mlops.yaml of the base)',
    })
  })
  test('a rule that only the branch has applies, and passes as warned', () => {
    const found = stricter(base, input({ recall: { threshold: 0.5 } }))
    const judged = (value: number) =>
      judge([{ name: 'recall', value, n: 9 }], found.rules, undefined, found.sources).find(
        (c) => c.subject === 'recall',
      )
    expect(judged(0.6)).toMatchObject({ status: 'warned', evidence: { rules_source: 'branch' } })
    expect(judged(0.4)).toMatchObject({ status: 'failed', evidence: { rules_source: 'branch' } })
  })
  test('slices add up; a floor under them may not rise', () => {
    const sliced = { rules: { recall: { threshold: 0.5, slices: ['a'] } }, from: 'base' }
    const found = stricter(sliced, input({ recall: { slices: ['b'], min_slice_rows: 100, threshold: 0.5 } }))
    expect(found.rules.recall).toMatchObject({ slices: ['a', 'b'] })
    expect(found.refused.map((c) => c.id)).toEqual(['gate.recall.rules.min_slice_rows'])
  })
  test('the same rules again change nothing', () => {
    const found = stricter(base, input(base.rules))
    expect(found.rules).toMatchObject(base.rules)
    expect(found.refused).toEqual([])
    expect(loosenings(found.rules, base.rules)).toEqual([])
  })
})

describe('rules that were used against rules that are required', () => {
  test('name every metric that was judged less', () => {
    expect(loosenings({ roc_auc: { threshold: 0.8 } }, base.rules)).toEqual([
      'roc_auc was judged with threshold 0.8, and the rules ask for 0.82.',
      'log_loss was not judged, and the rules ask for it.',
    ])
    expect(loosenings({ recall: { threshold: 0.5 } }, { recall: { threshold: 0.5, slices: ['a'] } })).toHaveLength(1)
    expect(loosenings({ recall: { threshold: 0.5, severity: 'warned' } }, { recall: { threshold: 0.5 } })).toHaveLength(
      1,
    )
  })
  test('combining never asks less than the base, whatever comes in', () => {
    const part = fc.record(
      {
        threshold: fc.double({ min: 0, max: 1, noNaN: true }),
        max_regression: fc.double({ min: 0, max: 1, noNaN: true }),
        min_relative_change: fc.double({ min: 0, max: 1, noNaN: true }),
        slices: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
        min_slice_rows: fc.integer({ min: 1, max: 50 }),
        severity: fc.constantFrom('failed' as const, 'warned' as const),
      },
      { requiredKeys: ['threshold'] },
    )
    const rules = fc.dictionary(fc.constantFrom('roc_auc', 'log_loss', 'f1'), part)
    fc.assert(
      fc.property(rules, rules, rules, (ofBase, ofInput, ofOther) => {
        const found = stricter({ rules: ofBase, from: 'base' }, input(ofInput), input(ofOther))
        expect(loosenings(found.rules, ofBase)).toEqual([])
        expect(gateRules.safeParse(found.rules).success).toBe(true)
      }),
    )
  })
})

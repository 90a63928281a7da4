import { check, verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { fullReport, smallReport } from './report.fixture.ts'
import { figures, headline, plainSummary } from './sentence.ts'

describe('plainSummary', () => {
  it('is one line with the worst check, counts first', () => {
    expect(fullReport.verdicts.map(plainSummary)).toEqual([
      'drift failed (1 failed, 1 warned, 2 passed): tenure: PSI above chance 0.6213; expected below 0.1',
      'gate failed (1 failed, 4 passed): roc_auc is 0.7412, the rule asks for at least 0.80',
      'comparison failed (1 failed, 1 passed): roc_auc: inconclusive: the difference is -0.008, from -0.027 to +0.011; expected a lower end above -0.02',
      'validation failed (1 failed, 1 warned, 9 passed): total_charges: 11 of 7,043 rows are empty (0.2 %); expected at least 99.9 % of rows with a value',
      'training passed (1 passed): python train.py: exit code 0; expected exit code 0',
    ])
  })

  it('shows control characters of a log instead of obeying them', () => {
    const of = verdict('gate', {}, [
      check(false, { id: 'a', title: 'a', subject: 'x\n::error::\u001b[2J', observed: '1', expected: '2' }),
    ])
    expect(plainSummary(of)).toBe('gate failed (1 failed): x↵::error::␛[2J: 1; expected 2')
  })

  it('says that nothing was judged', () => {
    expect(plainSummary(verdict('gate', {}, []))).toBe('gate failed: nothing was judged')
  })
})

describe('headline', () => {
  it('is the first failed verdict in pipeline order, with what else there is', () => {
    expect(headline(fullReport)).toEqual({
      status: 'failed',
      sentence: 'total_charges: 11 of 7,043 rows are empty (0.2 %); expected at least 99.9 % of rows with a value',
      rest: 'In the data validation of data/churn.csv. 5 more checks do not hold. 23 checks: 4 failed, 2 warned, 17 passed.',
    })
  })

  it('prefers a failed check to a warned one of an earlier step', () => {
    const warned = verdict('validation', {}, [
      check(false, { id: 'a', title: 'a', subject: 'a', observed: '1', expected: '2', severity: 'warned' }),
    ])
    const failed = verdict('gate', {}, [
      check(false, { id: 'b', title: 'b', subject: 'b', observed: '3', expected: '4' }),
    ])
    expect(headline({ title: '', verdicts: [warned, failed] })).toMatchObject({
      status: 'failed',
      sentence: 'b: 3; expected 4',
    })
  })

  it('says that all hold', () => {
    const two = [...smallReport.verdicts, ...smallReport.verdicts]
    expect(headline({ title: '', verdicts: two })).toEqual({
      status: 'passed',
      sentence: 'all 2 verdicts hold',
      rest: '2 checks: 2 passed.',
    })
  })
})

describe('figures', () => {
  it('tells interval, method and rows of a metric', () => {
    const of = smallReport.verdicts[0]!.checks[0]!
    expect(figures(of)).toEqual([
      '90\u00a0% interval 0.7852 to 0.8204',
      'bootstrap (BCa, 2000 resamples, seed 1)',
      '1,409 rows',
      'rule from mlops.yaml at main',
    ])
  })

  it('is silent where evidence is missing or of another form', () => {
    const of = smallReport.verdicts[0]!.checks[0]!
    expect(figures({ ...of, evidence: {} })).toEqual([])
    expect(figures({ ...of, evidence: { low: 'x', high: null, effect: [1], n: '7', method: { a: 1 } } })).toEqual([])
  })
})

import { check, verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { fullReport, smallReport } from './report.fixture.ts'
import { figures, headline, plainSummary } from './sentence.ts'

describe('plainSummary', () => {
  it('is one line with the worst check, counts first', () => {
    expect(fullReport.verdicts.map(plainSummary)).toEqual([
      'drift failed (1 failed, 1 warned, 2 passed): tenure and contract drifted (tenure most: PSI 0.621 above chance, p < 0.001): retrain',
      'gate failed (1 failed, 4 passed): roc_auc is 0.7412, the rule asks for at least 0.80',
      'comparison failed (1 failed, 1 passed): roc_auc is not worse than production: inconclusive: the difference is -0.008, from -0.027 to +0.011',
      'validation failed (1 failed, 1 warned, 9 passed): total_charges is never empty: 11 of 7,043 rows are empty (0.2 %)',
      'training passed (1 passed): The command ends well: exit code 0',
    ])
  })

  it('shows control characters of a log instead of obeying them', () => {
    const of = verdict('gate', {}, [
      check(false, { id: 'a', title: 'x\n::error::\u001b[2J', subject: 'x', observed: '1', expected: '2' }),
    ])
    expect(plainSummary(of)).toBe('gate failed (1 failed): x↵::error::␛[2J: 1')
  })

  it('says why an errored check could not be judged', () => {
    const of = { ...smallReport.verdicts[0]!.checks[0]!, status: 'errored' as const, detail: 'The file has no rows.' }
    expect(plainSummary(verdict('gate', {}, [of]))).toBe(
      'gate failed (1 errored): accuracy is at least 0.75: The file has no rows.',
    )
  })

  it('says that nothing was judged', () => {
    expect(plainSummary(verdict('gate', {}, []))).toBe('gate failed: nothing was judged')
  })
})

describe('headline', () => {
  it('is the first failed verdict in pipeline order, with what else there is', () => {
    expect(headline(fullReport)).toEqual({
      status: 'failed',
      sentence: 'total_charges is never empty: 11 of 7,043 rows are empty (0.2 %)',
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
      sentence: 'b: 3',
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

  it('does not repeat what the check says by itself', () => {
    const of = smallReport.verdicts[0]!.checks[0]!
    const observed = '0.8034 (90 % interval 0.7852 to 0.8204, bootstrap (BCa, 2000 resamples, seed 1), n = 1409)'
    expect(figures({ ...of, observed })).toEqual(['rule from mlops.yaml at main'])
    const tenure = fullReport.verdicts[0]!.checks[0]!
    expect(figures(tenure)).toEqual(['KS 0.3106', 'rows 5,634 → 1,409'])
  })

  it('is silent where evidence is missing or of another form', () => {
    const of = smallReport.verdicts[0]!.checks[0]!
    expect(figures({ ...of, evidence: {} })).toEqual([])
    expect(figures({ ...of, evidence: { low: 'x', high: null, effect: [1], n: '7', method: { a: 1 } } })).toEqual([])
  })
})

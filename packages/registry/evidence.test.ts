import { check, type JsonObject, verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { parseEvidence, redact } from './evidence.ts'

const of = (evidence: JsonObject) => {
  const one = check(false, {
    id: 'email',
    title: 'email matches',
    subject: 'email',
    observed: 'eve@example.com, mallory@example.com',
    expected: 'matches ^.+@corp$',
    detail: 'for example eve@example.com',
    evidence,
  })
  return redact([verdict('validation', { data: 'sha256:1' }, [one])], 10).verdicts[0]!.checks[0]!
}

describe('redact', () => {
  it('leaves no value of a row behind', () => {
    const list = ['eve@example.com', 'mallory@example.com']
    const left = of({ partial_unexpected_list: list, unexpected_count: 2, element_count: 50, unexpected_rows: [3, 9] })
    expect(JSON.stringify(left)).not.toContain('@example.com')
    expect(left).toMatchObject({ observed: '2 of 50 values do not fit', status: 'failed' })
    expect(left.evidence).toEqual({ unexpected_count: 2, element_count: 50, unexpected_rows: [3, 9] })
    for (const observed_value of ['eve@example.com', ['eve@example.com'], { 'eve@example.com': 3 }])
      expect(JSON.stringify(of({ observed_value }))).not.toContain('@example.com')
  })

  it('keeps numbers, and categories that are common', () => {
    expect(of({ observed_value: 0.25 }).evidence).toEqual({ observed_value: 0.25 })
    const top_changes = [
      { category: 'monthly', reference_share: 0.5, current_share: 0.4 },
      { category: 'eve', reference_share: 0, current_share: 0.09 },
      { bin: '[0, 1)', reference_share: 0.01, current_share: 0 },
    ]
    const left = of({ top_changes, n_reference: 100, n_current: 100 })
    expect(left.evidence.top_changes).toEqual([top_changes[0], top_changes[2]])
  })

  it('is read back, and nothing else is', () => {
    const text = JSON.stringify(redact([verdict('gate', {}, [])]))
    expect(parseEvidence(text, 'x')).toHaveLength(1)
    expect(() => parseEvidence('{}', 'evidence.json')).toThrow('evidence.json does not hold evidence')
  })
})

import type { Approval } from '@mlops-actions/github'
import { describe, expect, it } from 'vitest'
import { approvalCheck, approvers, type Consent, waitsForApproval } from './approval.ts'

describe('an approval', () => {
  const decide = (consent: Partial<Consent>, promoter: string | null = 'grace') => {
    const all = { reviews: [], reviewed: true, mayAsk: true, issue: null, ...consent }
    return approvalCheck({ subject: 'm@v1.0.0', stage: 'production', promoter, consent: all })
  }
  const judge = (reviews: Approval[] | null, promoter: string | null = 'grace') => decide({ reviews }, promoter)
  const by = (user: string, more: Partial<Approval> = {}): Approval => {
    return { user, state: 'approved', environments: ['production'], ...more }
  }

  it('is somebody else’s, and for this stage', () => {
    expect(judge([by('ada')])).toMatchObject({ status: 'passed', observed: 'approved by ada' })
    expect(judge([by('grace'), by('ada', { environments: ['staging', 'Production'] })]).status).toBe('passed')
  })

  it('is not one’s own, of another stage, a rejection, or missing', () => {
    expect(judge([by('Grace')])).toMatchObject({ status: 'failed', observed: 'only grace approved it' })
    expect(judge([by('ada', { environments: ['staging'] })])).toMatchObject({
      observed: 'nobody approved this run for it',
    })
    for (const state of ['rejected', 'pending'] as const) expect(judge([by('ada', { state })]).status).toBe('failed')
    expect(judge([]).status).toBe('failed')
    expect(judge([by('ada')], null).status).toBe('failed')
    expect(judge(null)).toMatchObject({ status: 'failed', observed: 'this is no workflow run' })
  })

  it('is asked for in an issue only where the environment has no reviewers, and it is known who asks', () => {
    const waits = (of: Parameters<typeof decide>[0], promoter: string | null = 'grace') =>
      waitsForApproval([decide(of, promoter)])
    expect(waits({ reviewed: false })).toBe(true)
    expect(waits({ reviewed: true })).toBe(false)
    expect(waits({ reviewed: false, mayAsk: false })).toBe(false)
    expect(waits({ reviewed: false, reviews: null })).toBe(false)
    expect(waits({ reviewed: false }, null)).toBe(false)
    const other = { ...decide({ reviewed: false }), id: 'policy.from', evidence: {} }
    expect(waitsForApproval([decide({ reviewed: false }), other])).toBe(false)
  })

  it('is given in the issue by somebody else, while it is open and the environment still has no reviewers', () => {
    const issue = (by: string[], more: Partial<Consent> = {}, open = true) =>
      decide({ reviewed: false, issue: { number: 12, open, by }, ...more })
    expect(issue(['ada', 'grace'])).toMatchObject({ status: 'passed', observed: 'approved by ada in #12' })
    expect(issue(['GRACE'])).toMatchObject({ status: 'failed', evidence: { waits: true } })
    expect(issue([])).toMatchObject({ observed: 'nobody who may approve it did so in #12' })
    expect(issue(['ada'], {}, false)).toMatchObject({ status: 'failed', observed: '#12 is closed' })
    expect(issue(['ada'], { reviewed: true })).toMatchObject({ status: 'failed', evidence: { waits: false } })
  })

  it('is an unedited comment of a person, made after the change was asked for', () => {
    const since = '2026-03-01T10:00:00Z'
    const remark = (author: string, body = '/approve', more: object = {}) => {
      return { author, person: true, body, createdAt: '2026-03-01T10:00:00Z', edited: false, ...more }
    }
    const counted = [remark('a'), remark('b', '/approve \r\nlooks good'), remark('c', '/approve\n'), remark('a')]
    expect(approvers(counted, since)).toEqual(['a', 'b', 'c'])
    const ignored = [
      remark('a', 'please /approve'),
      remark('a', '/approved'),
      remark('a', '> /approve'),
      remark('a', '/approve not yet'),
      remark('a', '/approve', { person: false }),
      remark('a', '/approve', { edited: true }),
      remark('a', '/approve', { createdAt: '2026-03-01T09:59:59Z' }),
    ]
    expect(approvers(ignored, since)).toEqual([])
  })
})

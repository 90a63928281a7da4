import type { Approval } from '@mlops-actions/github'
import { describe, expect, it } from 'vitest'
import { approvalCheck } from './approval.ts'

describe('an approval', () => {
  const judge = (approvals: Approval[] | null, promoter: string | null = 'grace') =>
    approvalCheck({ subject: 'm@v1.0.0', stage: 'production', promoter, approvals })
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
})

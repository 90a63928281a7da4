import { describe, expect, it } from 'vitest'
import { environmentChecks, type StageEnvironments } from './environments.ts'

const of = (environment: StageEnvironments extends Map<string, infer T> ? T : never) =>
  environmentChecks(new Map([['production', environment]]))[0]!

describe('the environment of a stage that needs an approval', () => {
  it('passes with reviewers who may not approve what they started', () => {
    expect(of({ reviewers: 2, preventSelfReview: true })).toMatchObject({ status: 'passed' })
  })

  it.each(['absent', { reviewers: 0, preventSelfReview: false }, { reviewers: 0, preventSelfReview: true }] as const)(
    'says where approvals are asked for in issues: %j',
    (environment) => {
      expect(of(environment)).toMatchObject({
        status: 'warned',
        detail: expect.stringContaining('asks for it in an issue'),
      })
    },
  )

  it('warns of a self-review that is not prevented, and of what may not be read', () => {
    expect(of({ reviewers: 1, preventSelfReview: false })).toMatchObject({
      status: 'warned',
      observed: 'who started a run may approve it',
    })
    expect(of({ unread: 'no right' })).toMatchObject({ status: 'warned', detail: 'no right' })
  })

  it('asks for none where no policy does', () => {
    expect(environmentChecks(new Map())).toEqual([])
  })
})

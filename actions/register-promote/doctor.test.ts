import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  closeRepository,
  gate,
  github,
  job,
  openRepository,
  reportOf,
  repository,
  step,
  trained,
} from './register-promote.fixture.ts'

beforeAll(async () => {
  await openRepository()
  const place = await trained('model.onnx', (sha256) => [gate(sha256)])
  expect(await step(place, { operation: 'register' })).toMatchObject({ code: 0 })
})
afterAll(closeRepository)

/** What the doctor says of the environment of `reviewed`, the one stage whose policy says `approved`. */
async function environment(permissions?: Record<string, 'read' | 'write'>) {
  const done = await step(
    await job(),
    { operation: 'doctor' },
    'grace',
    undefined,
    permissions === undefined ? {} : { permissions },
  )
  const { checks } = await reportOf(done)
  const found = checks.filter((c) => c.id === 'registry.environment')
  expect(found.map((c) => c.subject)).toEqual(['reviewed'])
  return { ...found[0]!, code: done.code }
}

async function configure(body: object): Promise<void> {
  const token = github.token({ repository, permissions: { administration: 'write' } })
  const answer = await fetch(`${github.apiUrl}/repos/${repository}/environments/reviewed`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

it('tells whether anybody can give the approval that the policy on the default branch asks for', async () => {
  expect(await environment()).toMatchObject({ status: 'warned', code: 0, observed: 'there is no such environment' })
  await configure({})
  expect(await environment()).toMatchObject({ status: 'warned', code: 0, observed: 'nobody has to review it' })
  const reviewers = [{ type: 'User', id: 7 }]
  await configure({ reviewers })
  expect(await environment()).toMatchObject({ status: 'warned', code: 0, observed: 'who started a run may approve it' })
  await configure({ reviewers, prevent_self_review: true })
  expect(await environment()).toMatchObject({ status: 'passed', code: 0 })
})

it('says what it could not see, and goes on', async () => {
  const seen = await environment({ contents: 'write', deployments: 'read' })
  expect(seen).toMatchObject({ status: 'warned', code: 0 })
  expect(seen.detail).toContain('  actions: read # ')
})

// A pull request from a fork has a token that may only read: everything is judged, nothing is written, the report says so.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Churn, compare, gate, type Job, type Pull, paramsOf, registry, told, train, use, validate } from './churn.ts'

let churn: Churn
let pull: Pull
let before: string
let calls: number
let fork: Job
let own: Job

const steps = [
  validate(),
  train(),
  gate(),
  compare(),
  use('drift-check', { reference: 'churn#production', current: 'data/churn-current.csv' }),
  use('pr-report'),
]

beforeAll(async () => {
  churn = await Churn.open()
  await churn.run([validate(), train(), gate(), compare(), registry('register'), registry('promote')])
  pull = await churn.propose('candidate', paramsOf('better'))
  before = churn.refs()
  calls = churn.github.requests.length
  const token = churn.github.token({
    repository: churn.name,
    permissions: { actions: 'read', contents: 'read', deployments: 'read', issues: 'read', 'pull-requests': 'read' },
  })
  fork = await churn.run(steps, { on: pull, fork: true, token })
})
afterAll(() => churn?.close())

it('every step judges, and ends as it would with every right', async () => {
  const refs = churn.refs()
  const asked = churn.github.requests.slice(calls)
  expect(refs).toBe(before)
  expect(asked.filter((r) => r.origin === 'api' && r.method !== 'GET' && r.status < 400)).toEqual([])
  expect(asked.filter((r) => r.origin === 'uploads')).toEqual([])
  expect(await churn.comments(pull)).toEqual([])

  own = await churn.run(steps, { on: pull })
  const ends = (job: Job) => job.steps.map((s) => [s.id, s.exitCode, s.outputs.verdict])
  expect(ends(fork), fork.steps.map(told).join('\n')).toEqual(ends(own))
  expect(fork.of('compare-with-production').outputs.decision).toBe('better')
  expect(await churn.comments(pull)).toHaveLength(1)
})

it.each([
  ['train-track', /ref was not written/],
  ['drift-check', /not stored|could not/i],
  ['pr-report', /comment on pull request/i],
])('%s says in its report and log what it could not write', (id, sentence) => {
  const step = fork.of(id)
  expect(readFileSync(step.outputs['report-markdown']!, 'utf8')).toMatch(sentence)
  expect(step.outputs['comment-id'] ?? '').toBe('')
})

it('what the run and the report hold is kept as artifacts', () => {
  expect(fork.of('train-track').outputs['artifact-id']).toMatch(/^\d+$/)
  expect(fork.of('train-track').outputs['artifact-name']).toContain('mlops-run-')
})

it('registering and promoting are refused in one sentence that names the right', async () => {
  const token = churn.github.token({ repository: churn.name, permissions: { contents: 'read', deployments: 'read' } })
  const job = await churn.run([registry('register'), registry('promote', { version: 'v1.0.0', stage: 'staging' })], {
    on: pull,
    fork: true,
    token,
    place: fork.place,
  })
  for (const step of job.steps) {
    expect(step.exitCode, told(step)).toBe(2)
    expect(step.annotations.filter((a) => a.level === 'error').map((a) => a.message)).toEqual([
      expect.stringMatching(/contents: write/),
    ])
  }
})

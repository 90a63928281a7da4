import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openGitHub } from '@mlops-actions/github'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  call,
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
  await openRepository({ stages: '  asked: { approved: true }\n' })
  github.setPermission(repository, 'ada', 'write')
  github.setPermission(repository, 'grace', 'write')
})
afterAll(closeRepository)

const observed = async (of: object, id = 'policy.approved') =>
  (await reportOf(of)).checks.find((c) => c.id === id)?.observed

describe('an approval in an issue', () => {
  const model = 'asking'
  const promote = (version: string) => {
    return { operation: 'promote', model, version, stage: 'asked', reason: 'better @everyone <b>' }
  }
  const approve = async (issue: number) => step(await job(), { operation: 'approve', issue: String(issue) }, 'ada')
  const comment = (issue: number, body: string, login: string) =>
    call('POST', `/issues/${issue}/comments`, { body }, login)
  const numberOf = async (of: object) => Number(/#(\d+)/.exec((await observed(of)) ?? '')?.[1])

  beforeAll(async () => {
    for (const name of ['one.pkl', 'two.pkl', 'three.pkl'])
      await step(await trained(name, (sha256) => [gate(sha256)]), { operation: 'register', model })
  })

  it('is asked for where the environment has no reviewers, and carries the change out', async () => {
    const place = await job()
    const planned = await step(place, { ...promote('v1.0.0'), 'dry-run': 'true' })
    expect(planned).toMatchObject({ code: 0, verdict: 'warned', promoted: 'false' })
    expect(await observed(planned)).toBe('nobody approved this run for it')

    const asked = await step(place, promote('v1.0.0'))
    expect(asked, asked.stdout).toMatchObject({ code: 0, verdict: 'warned', promoted: 'false', slot: 'none' })
    const issue = await numberOf(asked)
    const again = await step(place, promote('v1.0.0'))
    expect(await numberOf(again)).toBe(issue)

    const waiting = await approve(issue)
    expect(waiting).toMatchObject({ code: 0, verdict: 'warned', promoted: 'false' })
    await comment(issue, '/approve', 'grace')
    await comment(issue, '/approve', 'stranger')
    const edited = await comment(issue, 'no', 'ada')
    await new Promise((second) => setTimeout(second, 1100))
    await call('PATCH', `/issues/comments/${edited.id}`, { body: '/approve' }, 'ada')
    const alone = await approve(issue)
    expect(alone).toMatchObject({ code: 0, verdict: 'warned', promoted: 'false' })
    expect(await observed(alone)).toBe(`nobody who may approve it did so in #${issue}`)

    await comment(issue, '/approve\nFigures are fine.', 'ada')
    const done = await approve(issue)
    expect(done, done.stdout).toMatchObject({ code: 0, promoted: 'true', version: 'v1.0.0', slot: '1', stage: 'asked' })
    expect(await observed(done)).toBe(`approved by ada in #${issue}`)
    const log = `/git/ref/tags/${encodeURIComponent(`${model}#asked#1`)}`
    const slot = await call<{ object: { sha: string } }>('GET', log)
    const { message } = await call<{ message: string }>('GET', `/git/tags/${slot.object.sha}`)
    expect(message).toContain('grace promoted asking v1.0.0 to asked (approved by ada): better @everyone <b>')
    expect(message).toContain('"approved_by"')
    // The job is run again after it had closed the issue: nothing is written twice, and it does not fail.
    expect(await approve(issue)).toMatchObject({ code: 0, promoted: 'false', slot: '1' })
  })

  it('shows who asks for what, with untrusted text escaped, and answers there', async () => {
    type Issue = { number: number; state: string; title: string; body: string }
    const issues = await call<Issue[]>('GET', '/issues?state=all')
    const issue = issues.find((one) => one.title === 'Promote asking v1.0.0 to asked?')!
    expect(issue.state).toBe('closed')
    expect(issue.body).toContain('**grace** asks to promote `asking v1.0.0` to `asked`, which is held by nobody')
    expect(issue.body).not.toMatch(/@everyone|<b>/)
    const comments = await call<{ body: string }[]>('GET', `/issues/${issue.number}/comments`)
    expect(comments.map((c) => c.body).findLast((body) => body.includes('Done'))).toContain('The report')
    expect(comments.filter((c) => c.body.startsWith('<!--'))).toHaveLength(1)
  })

  it('lapses when the stage moved, when it is closed, and when the environment has reviewers', async () => {
    const issue = await numberOf(await step(await job(), promote('v1.1.0')))
    const rival = await numberOf(await step(await job(), promote('v1.2.0')))
    expect(rival).not.toBe(issue)
    await comment(issue, '/approve', 'ada')
    await comment(rival, '/approve', 'ada')
    expect(await approve(issue)).toMatchObject({ code: 0, promoted: 'true', slot: '2' })
    const late = await approve(rival)
    expect(late).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false', slot: '2' })
    expect(await observed(late, 'registry.expect')).toContain('slot 2')

    const again = await numberOf(await step(await job(), promote('v1.2.0')))
    expect(again).toBe(rival)
    await comment(again, '/approve', 'ada')
    await call('PATCH', `/issues/${again}`, { state: 'closed' }, 'ada')
    const closed = await approve(again)
    expect(closed).toMatchObject({ code: 1, promoted: 'false' })
    expect(await observed(closed)).toBe(`#${again} is closed`)

    await call('PATCH', `/issues/${again}`, { state: 'open' }, 'ada')
    await call('PUT', '/environments/asked', { reviewers: [{ type: 'User', id: 7 }] })
    const reviewed = await approve(again)
    expect(reviewed).toMatchObject({ code: 1, promoted: 'false' })
    expect(await observed(reviewed)).toContain('has reviewers')
    await call('PUT', '/environments/asked', { reviewers: [] })
    expect(await approve(again)).toMatchObject({ code: 0, promoted: 'true', slot: '3' })
  })

  it('is needed for a rollback too', async () => {
    const back = { operation: 'rollback', model, stage: 'asked' }
    const issue = await numberOf(await step(await job(), back))
    await comment(issue, '/approve', 'ada')
    expect(await approve(issue)).toMatchObject({ code: 0, promoted: 'true', slot: '4', version: 'v1.1.0' })
  })

  it('keeps the evidence that the asking job had', async () => {
    let judgement = gate('')
    const place = await trained('unproved.pkl', (sha256) => {
      judgement = gate(sha256)
      return []
    })
    await step(place, { operation: 'register', model: 'unproved' })
    const wish = { operation: 'promote', model: 'unproved', stage: 'asked', version: 'v1.0.0' }
    const bare = await step(await job(), wish)
    expect(bare).toMatchObject({ code: 1, verdict: 'failed' })
    const { workspace, ...rest } = await job()
    await writeFile(join(workspace, 'gate.json'), JSON.stringify(judgement))
    const issue = await numberOf(await step({ workspace, ...rest }, { ...wish, evidence: 'gate.json' }))
    await comment(issue, '/approve', 'ada')
    expect(await approve(issue)).toMatchObject({ code: 0, promoted: 'true', slot: '1' })
  })

  it('is not asked for on another branch, nor taken from what a pull request stored', async () => {
    await step(await trained('forged.pkl', (sha256) => [gate(sha256)]), { operation: 'register', model: 'forged' })
    const wish = { operation: 'promote', model: 'forged', stage: 'asked', version: 'v1.0.0' }
    for (const run of [{ branch: 'feature' }, { event: 'pull_request' }]) {
      const asked = await step(await job(), wish, 'grace', undefined, { run })
      expect(asked).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false' })
      expect(await observed(asked)).toBe('nobody approved this run for it')
    }
    const issue = await numberOf(await step(await job(), wish))
    await comment(issue, '/approve', 'ada')
    const pull = await github.addRun(repository, { event: 'pull_request', branch: 'main', actor: 'stranger' })
    const { workspace } = await job()
    const file = join(workspace, `mlops-change-request-${issue}.json`)
    await writeFile(file, '{"who": "stranger"}')
    for (const [name, value] of Object.entries(github.environment(repository, { runId: pull }))) vi.stubEnv(name, value)
    const { apiUrl } = github
    const theirs = openGitHub({
      apiUrl,
      serverUrl: 'https://github.com',
      repository,
      token: github.token({ repository }),
    })
    await theirs.artifacts.uploadFile(file)
    vi.unstubAllEnvs()
    expect(await approve(issue)).toMatchObject({ code: 0, promoted: 'true', slot: '1' })

    const nothing = await step(await job(), { operation: 'approve', issue: '999' }, 'ada')
    expect(nothing.code).toBe(2)
    expect((await reportOf(nothing)).code).toBe('REQUEST_MISSING')
    expect((await reportOf(await step(await job(), { operation: 'approve', issue: 'x' }))).code).toBe('INPUT_INVALID')
  })
})

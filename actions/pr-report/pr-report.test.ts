import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check, type Verdict, verdict } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalGitHub, runAction, sourceAction, startLocalGitHub } from '../../local-github/index.ts'

let root: string
let github: LocalGitHub
let action: string
let pull: { number: number; head: { sha: string } }
let jobs = 0
const repository = 'octo/churn'

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'pr-report-')))
  github = await startLocalGitHub({ directory: join(root, 'github'), checked: true })
  await github.createRepository(repository)
  await github.commit(repository, { files: { 'a.txt': 'a' } })
  await github.commit(repository, { files: { 'a.txt': 'b' }, branch: 'better', from: 'main' })
  pull = (await call('POST', 'pulls', { title: 'Better', head: 'better', base: 'main' })) as typeof pull
  action = await sourceAction(join(root, 'action'), new URL('./', import.meta.url))
})
afterAll(async () => {
  await github.close()
  await rm(root, { recursive: true, force: true })
})

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${github.apiUrl}/repos/${repository}/${path}`, {
    method,
    headers: { authorization: `Bearer ${github.token({ repository })}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok).toBe(true)
  return answer.json()
}

const commentsNow = async () =>
  (await call('GET', `issues/${pull.number}/comments`)) as { id: number; body: string; html_url: string }[]

const gate = (held: boolean, title = 'roc_auc is at least 0.82'): Verdict =>
  verdict('gate', { model: 'sha256:51cc' }, [
    check(held, {
      id: 'gate.roc_auc',
      title,
      subject: 'roc_auc',
      observed: held ? '0.86' : '0.74',
      expected: 'at least 0.82',
    }),
  ])

/** A job in which earlier steps left these files, by path below `mlops/`. */
async function job(files: Record<string, unknown>): Promise<{ workspace: string; temp: string }> {
  const folder = join(root, `job-${++jobs}`)
  const place = { workspace: join(folder, 'work'), temp: join(folder, 'temp') }
  await mkdir(place.workspace, { recursive: true })
  for (const [path, content] of Object.entries(files)) await put(join(place.temp, 'mlops', path), content)
  return place
}

async function put(file: string, content: unknown): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
}

interface Options {
  inputs?: Record<string, string>
  onPush?: boolean
  permissions?: Record<string, 'read' | 'write'>
}

async function report(place: { workspace: string; temp: string }, { inputs = {}, onPush, permissions }: Options = {}) {
  const runId = await github.addRun(repository)
  return runAction({
    action,
    ...place,
    inputs,
    token: github.token({ repository, ...(permissions ? { permissions } : {}) }),
    env: github.environment(repository, { runId }),
    github: {
      repository,
      runId,
      job: 'train',
      sha: 'a'.repeat(40),
      ...(onPush ? {} : { eventName: 'pull_request', event: { number: pull.number, pull_request: pull } }),
    },
  })
}

const gateStep = (of: Verdict) => ({
  '01-metrics-gate/gate.json': of,
  '01-metrics-gate/step.json': { report: 'gate.json' },
})

describe('pr-report', () => {
  it('writes one comment for a model and keeps it up to date', async () => {
    const first = await report(await job(gateStep(gate(false))), { inputs: { model: 'churn' } })
    expect(first.stderr).toBe('')
    expect(first.exitCode).toBe(0)
    expect(first.outputs).toMatchObject({ verdict: 'failed', passed: 'false' })
    const [comment, ...others] = await commentsNow()
    expect(others).toEqual([])
    expect(comment?.body).toMatch(
      /^<!-- mlops-actions:report:churn -->\n## churn: Model report\n\n❌ \*\*Failed:\*\* roc\\_auc is at least 0\.82: 0\.74/,
    )
    expect(comment?.body).toContain(pull.head.sha.slice(0, 8))
    expect(comment?.body).toContain('[Full report](<https://github.com/octo/churn/actions/runs/')
    expect(first.outputs).toMatchObject({ 'comment-id': String(comment?.id), 'comment-url': comment?.html_url })
    expect(first.summary).toContain('❌ **Failed:**')

    const second = await report(await job(gateStep(gate(true))), { inputs: { model: 'churn' } })
    expect(second.outputs).toMatchObject({ verdict: 'passed', 'comment-id': String(comment?.id) })
    await report(await job(gateStep(gate(true))), { inputs: { model: 'other' } })
    const after = await commentsNow()
    expect(after.map((c) => /report:(\w+)/.exec(c.body)?.[1])).toEqual(['churn', 'other'])
    expect(after[0]?.body).toContain('✅ **Passed:**')
  })

  it('fails the step where it is asked to', async () => {
    const result = await report(await job(gateStep(gate(false))), { inputs: { 'fail-on': 'failed', model: 'churn' } })
    expect(result.exitCode).toBe(1)
  })

  it('counts a step that ended in an error as failed', async () => {
    const place = await job({
      ...gateStep(gate(true)),
      '02-compare-with-production/step.json': { error: 'error.json' },
      '02-compare-with-production/error.json': { schema: 'mlops-actions/error@1', message: 'The holdout has no rows.' },
    })
    const result = await report(place, { onPush: true })
    expect(result.outputs.verdict).toBe('failed')
    expect(result.summary).toContain('it ended in an error: The holdout has no rows.')
    const html = await readFile(result.outputs['report-html']!, 'utf8')
    expect(html).toContain('<h2>Metrics gate</h2>')
    expect(html).toContain('<h2>Comparison with production</h2>')
  })

  it('passes without a pull request, with summary and artifact', async () => {
    const before = (await commentsNow()).length
    const result = await report(await job(gateStep(gate(true))), { onPush: true })
    expect(result.exitCode).toBe(0)
    expect(result.outputs).toMatchObject({ verdict: 'passed', 'comment-id': '', 'comment-url': '' })
    expect(result.summary).toContain('✅ **Passed:**')
    expect(await commentsNow()).toHaveLength(before)
  })

  it('warns and passes where the token may not comment, as on a fork', async () => {
    const result = await report(await job(gateStep(gate(true))), {
      permissions: { 'pull-requests': 'read', issues: 'read' },
    })
    expect(result.exitCode).toBe(0)
    expect(result.outputs['comment-id']).toBe('')
    expect(result.annotations.map((a) => a.message).join()).toMatch(/Could not comment on pull request/)
    expect(result.summary).toContain('Could not comment on pull request')
  })

  it('reads the reports of other jobs from a folder, but not its own', async () => {
    const place = await job({})
    await put(join(place.workspace, 'reports/train/01-metrics-gate/gate.json'), gate(true, 'a @octocat | <b>'))
    await put(join(place.workspace, 'reports/train/02-pr-report/gate.json'), gate(false))
    await put(join(place.workspace, 'reports/other/package.json'), '{}')
    const result = await report(place, { inputs: { reports: 'reports' }, onPush: true })
    expect(result.outputs.verdict).toBe('passed')
    expect(result.summary).toContain('a @&#8203;octocat \\| &lt;b&gt;')
  })

  it.each([
    ['holds no reports', {}, { reports: 'reports' }, 'holds no reports'],
    ['a file only claims to be a report', { 'reports/gate.json': '{}' }, { reports: 'reports' }, 'is not a'],
    [
      'a verdict was edited',
      { 'reports/gate.json': { ...gate(false), status: 'passed' } },
      { reports: 'reports' },
      'is not a',
    ],
    ['the folder is missing', {}, { reports: 'nowhere' }, 'cannot be read'],
    ['no step left a report', {}, {}, 'No earlier step of this job left a report'],
    ['workflow_run is asked for', {}, { 'artifact-run-id': '7' }, 'is not supported'],
  ])('is an error where %s', async (_, files: Record<string, unknown>, inputs: Record<string, string>, message) => {
    const place = await job({})
    await mkdir(join(place.workspace, 'reports'))
    for (const [path, content] of Object.entries(files)) await put(join(place.workspace, path), content)
    const result = await report(place, { inputs, onPush: true })
    expect(result.exitCode).toBe(2)
    expect(result.outputs).toMatchObject({ verdict: 'error', passed: 'false', 'comment-id': '' })
    expect(await readFile(result.outputs['report-json']!, 'utf8')).toContain(message)
  })
})

// A model that is watched: what checks leave behind for later ones, the issue, and retraining that cannot storm.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Churn, type JobOptions, type StepResult, told, use } from './churn.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const trigger = '  workflow_dispatch:\n    inputs: { model: {}, reason: {}, drift-run-url: {}, rows: {} }\n'
const workflow = (name: string) => ({ [`.github/workflows/${name}.yml`]: `on:\n${trigger}jobs: {}\n` })
const names = ['retrain', 'weekly', 'race', 'lost', 'gone', 'refused', 'strict', 'pull']

let churn: Churn
beforeAll(async () => {
  const settings = readFileSync(join(root, 'examples/churn/mlops.yaml'), 'utf8')
  churn = await Churn.open({
    'mlops.yaml': `${settings}\nretrain: { workflow: retrain.yml, cooldown: 12h, max_per_week: 2 }\n`,
    ...Object.assign({}, ...names.map(workflow)),
  })
})
afterAll(() => churn?.close())

const campaign = join(root, 'examples/churn/data/churn-current-drifted.csv')
const months = { ordinary: 'data/churn-current.csv', campaign: 'data/churn-current-drifted.csv' }

async function check(
  month: keyof typeof months,
  inputs: Record<string, string> = {},
  options: JobOptions = {},
): Promise<StepResult> {
  const step = use('drift-check', { reference: 'data/train.csv', current: months[month], ...inputs })
  return (await churn.run([step], { on: 'schedule', ...options })).of('drift-check')
}

const dispatching = (name: string) => ({ 'on-drift': 'dispatch', workflow: `${name}.yml` })
const report = (step: StepResult) => readFileSync(step.outputs['report-markdown']!, 'utf8')
const flagged = { verdict: 'failed', drift: 'significant', decision: 'retrain' }

interface Run {
  html_url: string
  event: string
}

async function runsOf(name: string): Promise<string[]> {
  const { workflow_runs } = (await churn.api('GET', `actions/workflows/${name}.yml/runs`)) as { workflow_runs: Run[] }
  return workflow_runs.map((run) => run.html_url)
}

const token = (permissions: Record<string, 'read' | 'write'>) => ({
  token: churn.github.token({ repository: churn.name, permissions }),
})

describe('three checks in a row', () => {
  type Issue = { number: number; title: string; body: string; state: string; comments: number }
  const issues = async () => (await churn.api('GET', 'issues?state=all')) as Issue[]
  const both = { 'on-drift': 'issue\ndispatch', 'workflow-inputs': 'rows: 600' }

  it('the first opens the issue and starts retraining, with the inputs that the workflow declares', async () => {
    const step = await check('campaign', both)
    expect(step.outputs, told(step)).toMatchObject(flagged)
    expect(report(step)).toMatch(/Earlier checks \*\*0\*\*/)
    const runs = await runsOf('retrain')
    expect(runs).toEqual([step.outputs['retrain-run-url']])
    const [issue, ...others] = await issues()
    expect(others).toEqual([])
    expect(issue).toMatchObject({ state: 'open', title: 'Drift of churn: retrain' })
    expect(issue!.body).toContain(`[started](${runs[0]})`)
    expect(issue!.body).toMatch(
      /\*\*Decision of \[the newest check\]\(https:\/\/github\.com\/acme\/churn\/actions\/runs\/\d+\)/,
    )
  })

  it('the second reads the first, updates the issue, and waits for the cooldown', async () => {
    const step = await check('campaign', both)
    expect(step.outputs).toMatchObject({ ...flagged, 'retrain-run-url': '' })
    expect(report(step)).toMatch(/Earlier checks \*\*1\*\*/)
    expect(report(step)).toContain('within the cooldown of 12h')
    expect(await runsOf('retrain')).toHaveLength(1)
    expect(await issues()).toEqual([expect.objectContaining({ state: 'open', comments: 0 })])
  })

  it('the third finds nothing, and closes the issue with a word', async () => {
    const step = await check('ordinary', both)
    expect(step.outputs).toMatchObject({ verdict: 'passed', decision: 'keep', 'retrain-run-url': '' })
    expect(report(step)).toMatch(/Earlier checks \*\*2\*\*/)
    expect(await issues()).toEqual([expect.objectContaining({ state: 'closed', comments: 1 })])
  })

  it('what broke without drift keeps the issue open too: a person must look', async () => {
    const cut = (text: string) => text.replaceAll(/^[^,]*,/gm, '')
    const csv = readFileSync(join(root, 'examples/churn', months.ordinary), 'utf8')
    const step = await check('ordinary', { 'on-drift': 'issue' }, { files: { [months.ordinary]: cut(csv) } })
    expect(step.outputs).toMatchObject({ verdict: 'failed', drift: 'none', decision: 'investigate' })
    const open = (await issues()).filter(({ state }) => state === 'open')
    expect(open).toEqual([expect.objectContaining({ title: 'Drift of churn: investigate' })])
    await check('ordinary', { 'on-drift': 'issue' })
    expect((await issues()).map(({ state }) => state)).toEqual(['closed', 'closed'])
  })

  it('each left its point: what every column showed, for those that come after', () => {
    const refs = churn.git('for-each-ref', '--format=%(refname)', 'refs/mlops/runs').split('\n')
    const points = refs.map((ref) => JSON.parse(churn.git('show', `${ref}:monitor.json`)))
    expect(points.map(({ drift, decision }) => [drift, decision])).toEqual([
      ['significant', 'retrain'],
      ['significant', 'retrain'],
      ['none', 'keep'],
      ['none', 'investigate'],
      ['none', 'keep'],
    ])
    for (const { columns, rows } of points) {
      expect(rows).toEqual({ reference: 1200, current: 600 })
      expect(columns['drift.tenure']).toEqual({
        level: expect.any(String),
        effect: expect.any(Number),
        p_adjusted: expect.any(Number),
      })
    }
    expect(points[0].columns['drift.tenure'].level).toBe('significant')
    expect(points[2].columns['drift.tenure'].level).toBe('none')
  })
})

describe('retraining', () => {
  it('is started no more often than the cap says', async () => {
    const at = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
    const dispatched = { path: '.github/workflows/weekly.yml', event: 'workflow_dispatch' }
    // What a push or a pull request started is no retraining.
    await churn.github.addRun(churn.name, { path: dispatched.path, createdAt: at(1) })
    for (const hours of [30, 60]) await churn.github.addRun(churn.name, { ...dispatched, createdAt: at(hours) })
    const step = await check('campaign', dispatching('weekly'))
    expect(step.outputs).toMatchObject({ ...flagged, 'retrain-run-url': '' })
    expect(report(step)).toContain('2 times in the last seven days')
    expect(await runsOf('weekly')).toHaveLength(3)
  })

  it('is started once by checks that run at once', async () => {
    const steps = await Promise.all([1, 2, 3].map(() => check('campaign', dispatching('race'))))
    const urls = steps.map((step) => step.outputs['retrain-run-url']).filter((url) => url !== '')
    expect(urls).toHaveLength(1)
    expect(await runsOf('race')).toEqual(urls)
    for (const step of steps) expect(step.outputs).toMatchObject(flagged)
  })

  it('is not started again where the answer was lost: the run is looked for', async () => {
    churn.github.faults.order({ nth: 1, path: /lost\.yml\/dispatches$/, answer: 502, effect: 'applied' })
    const step = await check('campaign', dispatching('lost'))
    expect(await runsOf('lost')).toEqual([step.outputs['retrain-run-url']])
  })

  it('says so where it may not have been started, and holds the cooldown all the same', async () => {
    churn.github.faults.order({ nth: 1, path: /gone\.yml\/dispatches$/, answer: 'drop', effect: 'none' })
    const step = await check('campaign', dispatching('gone'))
    expect(step.outputs).toMatchObject({ ...flagged, 'retrain-run-url': '' })
    expect(report(step)).toContain('gave no clear answer')
    expect(report(await check('campaign', dispatching('gone')))).toContain(
      'another check has started it, or tried to, within this cooldown',
    )
    expect(await runsOf('gone')).toEqual([])
  })

  it.each([
    ['its runs may not be listed', { contents: 'write' }, 'list the runs of refused.yml'],
    ['it may not be started', { contents: 'write', actions: 'read' }, 'start the workflow refused.yml'],
    ['the check cannot be stored', { contents: 'read', actions: 'write' }, 'the check was not stored'],
  ] as const)('is not started where %s, which changes no verdict', async (_, permissions, said) => {
    const step = await check('campaign', dispatching('refused'), token(permissions))
    expect(step.outputs, told(step)).toMatchObject({ ...flagged, 'retrain-run-url': '' })
    expect(report(step)).toContain(said)
    expect(await runsOf('refused')).toEqual([])
  })

  it('is started by the next check once the rights are there', async () => {
    const step = await check('campaign', dispatching('refused'), token({ contents: 'write', actions: 'write' }))
    expect(await runsOf('refused')).toEqual([step.outputs['retrain-run-url']])
  })

  it('names an input that the workflow does not take, and is not held up once it is gone', async () => {
    const wrong = await check('campaign', { ...dispatching('strict'), 'workflow-inputs': 'colour: red' })
    expect(wrong.outputs).toMatchObject({ ...flagged, 'retrain-run-url': '' })
    expect(report(wrong)).toContain('colour')
    const right = await check('campaign', dispatching('strict'))
    expect(await runsOf('strict')).toEqual([right.outputs['retrain-run-url']])
  })

  it('is not started by an ordinary month', async () => {
    const before = await runsOf('weekly')
    await check('ordinary', dispatching('weekly'))
    expect(await runsOf('weekly')).toEqual(before)
  })

  it.each([
    ['a workflow that does not exist', { workflow: 'none.yml' }, 'There is no workflow none.yml'],
    ['no file of a workflow', { workflow: '../main.ts' }, 'must name a file of .github/workflows'],
    ['inputs that are no mapping', { 'workflow-inputs': '- a' }, 'workflow-inputs'],
  ])('%s is named', async (_, inputs, said) => {
    const step = await check('campaign', { 'on-drift': 'dispatch', ...inputs })
    expect(told(step)).toContain(said)
    expect(step.outputs['retrain-run-url'] ?? '').toBe('')
  })

  it('without a workflow is a mistake in the step', async () => {
    const files = { 'mlops.yaml': 'model: churn\n' }
    const step = await check('campaign', { 'on-drift': 'dispatch' }, { files })
    expect(step.outputs.verdict).toBe('error')
    expect(told(step)).toContain('the workflow to start must be named')
  })
})

describe('a pull request', () => {
  it('is judged, but neither touches the issue nor starts retraining, and later checks do not count it', async () => {
    const pull = await churn.propose('campaign', { 'data/churn-current.csv': readFileSync(campaign) })
    const issues = await churn.api('GET', 'issues?state=all&sort=updated')
    const before = await check('ordinary')
    const step = await check('ordinary', { ...dispatching('pull'), 'on-drift': 'issue\ndispatch' }, { on: pull })
    expect(step.outputs, told(step)).toMatchObject({ ...flagged, 'retrain-run-url': '' })
    expect(report(step)).toContain('In a pull request the issue is left alone')
    expect(await runsOf('pull')).toEqual([])
    const listed = (await churn.api('GET', 'issues?state=all&sort=updated')) as { pull_request?: object }[]
    expect(listed.filter((one) => one.pull_request === undefined)).toEqual(
      (issues as typeof listed).filter((one) => one.pull_request === undefined),
    )
    const earlier = (of: StepResult) => Number(/Earlier checks \*\*(\d+)\*\*/.exec(report(of))![1])
    expect(earlier(await check('ordinary'))).toBe(earlier(before) + 1)
  })
})

describe('where earlier checks cannot be read', () => {
  it('the check goes on without them, and says so', async () => {
    const env = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'url./nowhere/.insteadOf',
      GIT_CONFIG_VALUE_0: 'https://github.com/',
    }
    const step = await check('campaign', {}, { env })
    expect(step.outputs, told(step)).toMatchObject(flagged)
    expect(report(step)).toContain('Could not read the earlier checks')
    expect(report(step)).toContain('judged without the earlier ones')
  })

  it.each([
    ['without a token', { GITHUB_REPOSITORY: 'acme/churn', GITHUB_EVENT_NAME: 'schedule' }],
    ['on a laptop', {}],
  ])('%s the check stores nothing, and says so', (_, env) => {
    const { workspace, temp } = churn.checkout()
    const settings = {
      ...{ PATH: process.env.PATH, HOME: temp, GITHUB_WORKSPACE: workspace, RUNNER_TEMP: temp },
      ...{ INPUT_REFERENCE: 'data/train.csv', INPUT_CURRENT: months.campaign, 'INPUT_GITHUB-TOKEN': '' },
      ...{ 'INPUT_ON-DRIFT': 'issue\ndispatch', 'INPUT_FAIL-ON': 'never', 'INPUT_OUTPUT-DIRECTORY': join(temp, 'out') },
      ...env,
    }
    const out = execFileSync(process.execPath, [join(root, 'dist/drift-check.js')], { env: settings, cwd: workspace })
    expect(out.toString()).not.toContain('GITHUB_TOKEN_MISSING')
    const text = readFileSync(join(temp, 'out/drift.md'), 'utf8')
    expect(text).toContain('The check was not stored: there is no GitHub here.')
    expect(text).toContain('not started')
  })
})

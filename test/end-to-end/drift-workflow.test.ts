// drift.yml as its example calls it, and retrain.yml, which it starts: their steps as they stand there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Step } from '../../local-github/index.ts'
import { interpolate } from '../../local-github/runner/expressions.ts'
import { Churn, compare, gate, type Job, registry, told, train, use, validate, verdictOf } from './churn.ts'

type Values = Record<string, string>
type Permissions = Record<string, 'read' | 'write'>

interface WorkflowJob {
  permissions: Permissions
  with: Values
  steps: { uses?: string; with?: Values }[]
}

interface Workflow {
  on: { workflow_call: { inputs: Record<string, { default?: string }> } }
  jobs: Record<string, WorkflowJob>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const read = (path: string) => parse(text(path)) as Workflow
const { on, jobs } = read('.github/workflows/drift.yml')
const called = jobs.drift!
const caller = read('workflows-examples/drift.yml').jobs.drift!
const retrain = read('workflows-examples/retrain.yml').jobs.retrain!

/** The steps that use this pack, run from what is built here. */
function steps(job: WorkflowJob): Step[] {
  return job.steps.flatMap(({ uses = '', with: inputs = {} }) => {
    const name = /^OWNER\/mlops-actions\/actions\/(.+)@v1$/.exec(uses)?.[1]
    return name === undefined ? [] : [use(name, inputs)]
  })
}

/** What the called workflow gets, where the button's form, or the schedule, gave `form`. */
function inputsOf(form: Values): Values {
  const defaults = Object.entries(on.workflow_call.inputs).map(([name, { default: given = '' }]) => [name, given])
  const given = Object.entries(caller.with).map(([name, value]) => [name, interpolate(value, { inputs: form })])
  return Object.fromEntries([...defaults, ...given])
}

let churn: Churn
const run = (job: WorkflowJob, event: 'schedule' | 'workflow_dispatch', inputs: Values): Promise<Job> => {
  const token = churn.github.token({ repository: churn.name, permissions: job.permissions })
  return churn.run(steps(job), { on: event, token, inputs })
}

beforeAll(async () => {
  churn = await Churn.open({ '.github/workflows/retrain.yml': text('workflows-examples/retrain.yml') })
  const job = await churn.run([validate(), train(), gate(), compare(), registry('register'), registry('promote')])
  expect(job.of('promote').outputs.version).toBe('v1.0.0')
})
afterAll(() => churn?.close())

describe('drift.yml', () => {
  it('asks for no more permissions than its caller gives', () => {
    expect(caller.permissions).toEqual(called.permissions)
    expect(Object.keys(on.workflow_call.inputs)).toEqual(expect.arrayContaining(Object.keys(caller.with)))
  })

  it('compares an ordinary month with the version in production, on a schedule', async () => {
    const step = (await run(called, 'schedule', inputsOf({}))).of('drift-check')
    expect(step.outputs, told(step)).toMatchObject({ verdict: 'passed', decision: 'keep', 'retrain-run-url': '' })
    expect(verdictOf(step).context.reference).toBe('churn@v1.0.0')
  })

  it('starts retrain.yml where a campaign changed the data, which trains, judges and registers', async () => {
    const form = { current: 'data/churn-current-drifted.csv' }
    const step = (await run(called, 'workflow_dispatch', inputsOf(form))).of('drift-check')
    expect(step.outputs, told(step)).toMatchObject({ verdict: 'failed', decision: 'retrain' })
    expect(step.outputs['retrain-run-url']).toMatch(/\/actions\/runs\/\d+$/)

    const reason = `significant drift in ${(JSON.parse(step.outputs['drifted-columns']!) as string[]).length} columns`
    const asked = { model: 'churn', reason, 'drift-run-url': 'https://github.com/acme/churn/actions/runs/1' }
    const job = await run(retrain, 'workflow_dispatch', asked)
    expect(job.conclusion, job.steps.map(told).join('\n')).toBe('success')
    expect(job.of('register-promote').outputs).toMatchObject({ version: 'v1.1.0' })
    const stored = JSON.parse(readFileSync(job.of('train-track').outputs['run-file']!, 'utf8')) as { tags: Values }
    expect(stored.tags).toEqual(asked)
  })
})

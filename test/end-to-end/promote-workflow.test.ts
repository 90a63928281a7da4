// The "Run workflow" button: the steps of promote.yml as they stand there, with what the form of its caller hands over.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Step } from '../../local-github/index.ts'
import { interpolate } from '../../local-github/runner/expressions.ts'
import { Churn, checkOf, compare, gate, paramsOf, registry, told, train, use, validate, verdictOf } from './churn.ts'

type Values = Record<string, string | boolean>

interface Declared {
  type: string
  default?: string | boolean
  required?: boolean
  options?: string[]
}

interface Workflow {
  on: { workflow_call: { inputs: Record<string, Declared> }; workflow_dispatch: { inputs: Record<string, Declared> } }
  jobs: { promote: { permissions: Record<string, 'read' | 'write'>; with: Values; steps: WorkflowStep[] } }
}

interface WorkflowStep {
  uses: string
  if?: string
  with: Record<string, string>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => parse(readFileSync(join(root, path), 'utf8')) as Workflow
const called = read('.github/workflows/promote.yml')
const caller = read('workflows-examples/promote.yml')

/** What a person fills in, as the called workflow gets it: the form's own defaults, then `with:` of the caller. */
function form(filled: Values): Values {
  const asked = caller.on.workflow_dispatch.inputs
  for (const [name, value] of Object.entries(filled)) {
    expect(asked, `the form asks for ${name}`).toHaveProperty(name)
    const { options } = asked[name]!
    if (options !== undefined) expect(options).toContain(value)
  }
  const blank = ({ type, default: given }: Declared) => given ?? (type === 'boolean' ? false : '')
  const inputs = Object.fromEntries(Object.entries(asked).map(([name, one]) => [name, filled[name] ?? blank(one)]))
  return Object.fromEntries(
    Object.entries(caller.jobs.promote.with).map(([name, value]) => {
      const text = interpolate(String(value), { inputs })
      return [name, called.on.workflow_call.inputs[name]?.type === 'boolean' ? text === 'true' : text]
    }),
  )
}

/** The steps of the called workflow after the checkout, run from the committed pack. */
function steps(): Step[] {
  const [checkout, ...rest] = called.jobs.promote.steps
  expect(checkout!.uses).toMatch(/^actions\/checkout@/)
  const event = { repository: { default_branch: 'main' } }
  expect(interpolate(checkout!.with.ref!, { github: { event } })).toBe('main')
  return rest.map((step) => {
    const name = /^OWNER\/mlops-actions\/actions\/(.+)@v1$/.exec(step.uses)![1]!
    const { uses, id } = use(name) as { uses: string; id: string }
    return { uses, id, with: step.with, ...(step.if === undefined ? {} : { if: step.if }) }
  })
}

let churn: Churn
/** The version that takes production over from v1.0.0. */
let better: string
const press = (filled: Values, all: Step[] = steps()) => {
  const { permissions } = called.jobs.promote
  const token = churn.github.token({ repository: churn.name, permissions })
  return churn.run(all, {
    on: 'workflow_dispatch',
    token,
    inputs: form({ model: 'churn', reason: 'tried', ...filled }),
  })
}
const register = (params: 'first' | 'better' | 'worse') =>
  churn.run(
    [validate(), train(), gate({ 'fail-on': 'never' }), compare({ 'fail-on': 'never' }), registry('register')],
    { files: paramsOf(params) },
  )

beforeAll(async () => {
  churn = await Churn.open()
  expect((await register('first')).of('register').outputs.version).toBe('v1.0.0')
})
afterAll(() => churn?.close())

const again = { operation: 'promote', stage: 'production', holdout: 'data/holdout.csv' }

describe('promote.yml', () => {
  it('asks for no more permissions than its caller gives', () => {
    expect(caller.jobs.promote.permissions).toEqual(called.jobs.promote.permissions)
    expect(Object.keys(caller.jobs.promote.with).sort()).toEqual(Object.keys(called.on.workflow_call.inputs).sort())
  })

  it('promotes the first version: the comparison says that nobody holds production, and fences that', async () => {
    const job = await press({ ...again, version: 'v1.0.0' })
    expect(job.of('compare-with-production').outputs.decision).toBe('no-production')
    const promoted = job.of('register-promote')
    expect(promoted.outputs, told(promoted)).toMatchObject({ promoted: 'true', slot: '1' })
    expect(checkOf(promoted, 'registry.stage').evidence.expect).toBe('none')
  })

  it('compares the version again, and the verdict of this job is evidence and fence', async () => {
    const { tag, version } = (await register('better')).of('register').outputs
    better = version!
    const job = await press({ ...again, version: tag! })
    const compared = job.of('compare-with-production')
    expect(compared.outputs, told(compared)).toMatchObject({ decision: 'better', 'production-slot': '1' })
    const promoted = job.of('register-promote')
    expect(promoted.outputs, told(promoted)).toMatchObject({ promoted: 'true', slot: '2', version: better })
    expect(checkOf(promoted, 'registry.stage').evidence.expect).toBe(1)
    // The slot names what it rests on: evidence.json of the version, and the verdict of this job.
    const event = churn.git('cat-file', 'tag', 'churn#production#2')
    const { evidence } = JSON.parse(event.slice(event.indexOf('\n{') + 1)) as { evidence: string[] }
    expect(evidence).toHaveLength(2)
  })

  it('does not promote what is worse on the holdout', async () => {
    const version = (await register('worse')).of('register').outputs.version!
    const before = churn.refs()
    const job = await press({ ...again, version })
    expect(job.conclusion).toBe('failure')
    expect(job.of('compare-with-production').outputs).toMatchObject({ decision: 'worse', verdict: 'failed' })
    expect(job.of('register-promote').conclusion).toBe('skipped')
    expect(churn.refs()).toBe(before)
  })

  it('is refused where the stage changed hands after the comparison', async () => {
    const version = (await register('better')).of('register').outputs.version!
    const [first, second] = steps()
    const job = await press({ ...again, version }, [first!, registry('rollback', { reason: 'complaints' }), second!])
    expect(job.of('rollback').outputs).toMatchObject({ promoted: 'true', version: 'v1.0.0', slot: '3' })
    const refused = job.of('register-promote')
    expect(refused.outputs, told(refused)).toMatchObject({ verdict: 'failed', promoted: 'false' })
    const fence = verdictOf(refused).checks.find((c) => c.status === 'failed')!
    expect(`${fence.observed} ${fence.expected}`).toMatch(/3.*2|2.*3/)
  })

  it('compares nothing for a rollback, or without a holdout', async () => {
    const promoted = await press({ ...again, operation: 'promote', version: better, holdout: '' })
    expect(promoted.of('compare-with-production').conclusion).toBe('skipped')
    expect(promoted.of('register-promote').outputs.verdict, told(promoted.of('register-promote'))).not.toBe('error')
    const rolled = await press({ ...again, operation: 'rollback' })
    expect(rolled.of('compare-with-production').conclusion).toBe('skipped')
  })

  it('names what is no version, before anything is promoted', async () => {
    const job = await press({ ...again, version: 'churn#staging' })
    expect(job.of('compare-with-production').annotations[0]!.message).toContain('churn@churn#staging')
    expect(job.of('register-promote').conclusion).toBe('skipped')
  })
})

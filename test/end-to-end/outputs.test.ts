// The contract of every action on every path: the declared outputs and no others, report files, a summary, an exit code.
// `Churn.run` holds every step of this folder against it; here each action is taken down each of its paths.
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  actionNames,
  Churn,
  compare,
  gate,
  type Job,
  paramsOf,
  registry,
  type StepResult,
  told,
  train,
  use,
  validate,
} from './churn.ts'

let churn: Churn
let passed: Job
let failed: Job
let wrong: Job

const serve = (inputs: Record<string, string>) => use('build-serving-image', inputs)
const drift = (current: string) => use('drift-check', { reference: 'churn#production', current })

beforeAll(async () => {
  churn = await Churn.open()
  passed = await churn.run([
    validate(),
    train(),
    gate(),
    compare(),
    registry('register'),
    registry('promote'),
    registry('show'),
    registry('download'),
    serve({ model: 'churn@v1.0.0' }),
    drift('data/churn-current.csv'),
    use('pr-report', { 'fail-on': 'failed' }),
  ])
  const failing = churn.run(
    [
      validate({ data: 'data/few.csv' }),
      train(),
      gate(),
      compare(),
      registry('promote', { version: 'v1.0.0', stage: 'staging', expect: '7' }),
      drift('data/churn-current-drifted.csv'),
      use('pr-report', { 'fail-on': 'failed' }),
    ],
    { files: { ...paramsOf('worse'), 'data/few.csv': 'tenure,churn\n1,no\n' } },
  )
  const erring = churn.run([
    use('pr-report'),
    validate({ data: '' }),
    train({ params: 'no.json' }),
    gate({ data: '' }),
    compare({ model: 'Churn!' }),
    registry('download', { version: 'one' }),
    serve({ model: 'churn' }),
    drift('data'),
  ])
  ;[failed, wrong] = await Promise.all([failing, erring])
})
afterAll(() => churn?.close())

const codes = (job: Job): [string, number][] => job.steps.map((s: StepResult) => [s.id, s.exitCode])
const all = (job: Job) => job.steps.map(told).join('\n\n')

it('every action succeeds with exit code 0', () => {
  expect(codes(passed), all(passed)).toEqual(passed.steps.map((s) => [s.id, 0]))
  const actions = passed.steps.map((s) => (actionNames.includes(s.id) ? s.id : 'register-promote'))
  expect(new Set(actions)).toEqual(new Set(actionNames))
  expect(passed.steps.map((s) => s.stderr).join('')).toBe('')
})

it('a failed verdict ends with exit code 1', () => {
  const expected = failed.steps.map((s) => [s.id, s.id === 'train-track' ? 0 : 1])
  expect(codes(failed), all(failed)).toEqual(expected)
  const verdicts = failed.steps.filter((s) => s.id !== 'train-track').map((s) => s.outputs.verdict)
  expect(new Set(verdicts)).toEqual(new Set(['failed']))
})

it('an error ends with exit code 2', () => {
  expect(codes(wrong), all(wrong)).toEqual(wrong.steps.map((s) => [s.id, 2]))
  expect(wrong.steps).toHaveLength(actionNames.length)
})

it('fail-on moves the exit code of a verdict, and nothing else', async () => {
  const of = (failOn: string) => gate({ rules: 'roc_auc: { threshold: 0.99 }', 'fail-on': failOn })
  const { steps } = await churn.run([of('failed'), of('never')], { place: passed.place })
  expect(steps.map((s) => [s.exitCode, s.outputs.verdict, s.outputs.passed])).toEqual([
    [1, 'failed', 'false'],
    [0, 'failed', 'false'],
  ])
  expect(steps[0]!.annotations).toEqual(steps[1]!.annotations)
})

// A branch cannot loosen the rules that judge it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  Churn,
  checkOf,
  compare,
  gate,
  paramsOf,
  registry,
  settings,
  told,
  train,
  use,
  validate,
  verdictOf,
} from './churn.ts'

let churn: Churn
beforeAll(async () => {
  churn = await Churn.open()
})
afterAll(() => churn?.close())

const loosened = settings('roc_auc: { threshold: 0.75 }', 'roc_auc: { threshold: 0.1 }')

describe.concurrent('a pull request', () => {
  it('whose branch loosens the gate is judged by the base, and told so', async () => {
    const pull = await churn.propose('loosen', { ...loosened, ...paramsOf('worse') })
    const job = await churn.run([train(), gate()], { on: pull })
    const one = job.of('metrics-gate')
    expect(one.outputs.verdict, told(one)).toBe('failed')
    expect(checkOf(one, 'gate.roc_auc.threshold')).toMatchObject({ status: 'failed', evidence: { threshold: 0.75 } })
    const attempt = checkOf(one, 'gate.roc_auc.rules.threshold')
    expect(attempt).toMatchObject({ status: 'warned', evidence: { value: 0.1, threshold: 0.75 } })
    expect(attempt.evidence.threshold_source).toContain(pull.base.slice(0, 7))
    expect(one.annotations.map((a) => a.level).sort()).toEqual(['error', 'error', 'warning'])
  })

  it('that would pass all the same is warned', async () => {
    const pull = await churn.propose('loosen-and-pass', loosened)
    const job = await churn.run([train(), gate()], { on: pull })
    expect(job.of('metrics-gate').outputs).toMatchObject({ verdict: 'warned', passed: 'true' })
  })

  it('that takes the rules out and loosens them by an input gains nothing', async () => {
    const without = settings('gate:\n  roc_auc: { threshold: 0.75 }\n  log_loss: { threshold: 0.52 }\n', '')
    const pull = await churn.propose('around', { ...paramsOf('worse'), ...without })
    const rules = { rules: 'roc_auc: { threshold: 0.1 }\nlog_loss: { threshold: 9 }' }
    const job = await churn.run([train(), gate(rules)], { on: pull })
    expect(job.of('metrics-gate').outputs.verdict).toBe('failed')
    expect(checkOf(job.of('metrics-gate'), 'gate.roc_auc.threshold').evidence.threshold).toBe(0.75)
    expect(checkOf(job.of('metrics-gate'), 'gate.log_loss.rules.threshold').status).toBe('warned')
  })

  it('may tighten a rule by an input, and the tighter rule judges', async () => {
    const pull = await churn.propose('tighten', { 'README.md': 'x' })
    const job = await churn.run([train(), gate({ rules: 'roc_auc: { threshold: 0.99 }' })], { on: pull })
    const tight = checkOf(job.of('metrics-gate'), 'gate.roc_auc.threshold')
    expect(tight).toMatchObject({
      status: 'failed',
      evidence: { threshold: 0.99, threshold_source: 'the input rules' },
    })
    expect(checkOf(job.of('metrics-gate'), 'gate.log_loss.threshold').status).toBe('passed')
  })

  it('cannot loosen how it is compared, or how drift is judged', async () => {
    const pull = await churn.propose('loosen-others', {
      ...settings('{ metric: roc_auc }', '{ metric: accuracy, on_inconclusive: warned }'),
    })
    const rules = 'floor: 1000\nsignificant: 1000'
    const months = { reference: 'data/train.csv', current: 'data/churn-current-drifted.csv' }
    const job = await churn.run([train(), compare(), use('drift-check', { ...months, rules })], { on: pull })
    const ignored = verdictOf(job.of('compare-with-production')).checks.filter((c) => c.id.includes('.rules.'))
    expect(ignored.map((c) => [c.id, c.status])).toEqual([
      ['comparison.rules.metric', 'warned'],
      ['comparison.rules.on_inconclusive', 'warned'],
    ])
    expect(job.of('drift-check').outputs).toMatchObject({ verdict: 'failed', drift: 'significant' })
    expect(checkOf(job.of('drift-check'), 'drift.rules').status).toBe('warned')
  })
})

describe.concurrent('rules that only the branch has', () => {
  const added = settings('gate:\n', 'gate:\n  accuracy: { threshold: 0.6 }\n')

  it('judge, are marked, and cannot carry a promotion', async () => {
    const pull = await churn.propose('add', added)
    const job = await churn.run([validate(), train(), gate(), compare(), registry('register')], { on: pull })
    const one = checkOf(job.of('metrics-gate'), 'gate.accuracy.threshold')
    expect(one).toMatchObject({ status: 'warned', evidence: { rules_source: 'branch', threshold: 0.6 } })
    const other = checkOf(job.of('metrics-gate'), 'gate.roc_auc.threshold')
    expect([other.status, other.evidence.rules_source ?? 'base']).toEqual(['passed', 'base'])
    const { version } = job.of('register').outputs
    const promoted = await churn.run([registry('promote', { version: version! })], { on: 'workflow_dispatch' })
    const refused = promoted.of('promote')
    expect(refused.outputs).toMatchObject({ verdict: 'failed', promoted: 'false' })
    expect(checkOf(refused, 'policy.rules-source').status).toBe('failed')
    expect(checkOf(refused, 'policy.rules-source').observed).toContain('gate.accuracy.threshold')
    expect(churn.git('tag', '--list', 'churn#*')).toBe('')
  })

  it('fail where they do not hold', async () => {
    const pull = await churn.propose('add-hard', settings('gate:\n', 'gate:\n  accuracy: { threshold: 0.999 }\n'))
    const job = await churn.run([train(), gate()], { on: pull })
    expect(checkOf(job.of('metrics-gate'), 'gate.accuracy.threshold').status).toBe('failed')
  })
})

describe('on the default branch', () => {
  it('the workspace’s rules count; a promotion asks today’s', async () => {
    const early = await churn.run([validate(), train(), gate(), compare(), registry('register')])
    await churn.push(loosened)
    const job = await churn.run([validate(), train(), gate(), compare(), registry('register')], {
      files: paramsOf('worse'),
    })
    const judged = verdictOf(job.of('metrics-gate'))
    expect(judged.checks.map((c) => c.id).sort()).toEqual(['gate.log_loss.threshold', 'gate.roc_auc.threshold'])
    expect(checkOf(job.of('metrics-gate'), 'gate.roc_auc.threshold')).toMatchObject({
      status: 'passed',
      evidence: { threshold: 0.1 },
    })
    const strict = settings('roc_auc: { threshold: 0.75 }', 'roc_auc: { threshold: 0.76 }')
    await churn.push(strict)
    const { version } = early.of('register').outputs
    const promoted = await churn.run([registry('promote', { version: version! })], { on: 'workflow_dispatch' })
    expect(promoted.of('promote').outputs).toMatchObject({ verdict: 'failed', promoted: 'false' })
    expect(checkOf(promoted.of('promote'), 'policy.rules').observed).toContain('roc_auc')
  })
})

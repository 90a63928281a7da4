// A registry that was tampered with: the doctor names what happened, and nothing is decided on it until that is mended.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Churn, checkOf, compare, gate, type Job, registry, told, train, validate, verdictOf } from './churn.ts'

let churn: Churn
const doctor = async (): Promise<Job> => churn.run([registry('doctor')], { on: 'schedule' })

beforeAll(async () => {
  churn = await Churn.open()
  await churn.run([validate(), train(), gate(), compare(), registry('register'), registry('promote')])
})
afterAll(() => churn?.close())

it('a healthy registry passes', async () => {
  const step = (await doctor()).of('doctor')
  const { subject, checks: all } = verdictOf(step)
  expect(subject).toEqual({ models: ['churn'] })
  const checks = all.filter((c) => c.id !== 'registry.workflow' && c.id !== 'registry.ruleset')
  expect(new Set(checks.map((c) => c.status)), told(step)).toEqual(new Set(['passed']))
  expect(step.exitCode).toBe(0)
})

it('a deleted slot and a changed release are named, with what to do; a command puts the slot back', async () => {
  const object = churn.git('rev-parse', 'refs/tags/churn#production#1')
  churn.git('update-ref', '-d', 'refs/tags/churn#production#1')
  const [release] = (await churn.api('GET', 'releases')) as { assets: { id: number; name: string }[] }[]
  const card = release!.assets.find((a) => a.name === 'MODEL_CARD.md')!
  await churn.api('PATCH', `releases/assets/${card.id}`, { name: 'CARD.md' })

  const step = (await doctor()).of('doctor')
  expect([step.exitCode, step.outputs.verdict], told(step)).toEqual([1, 'failed'])
  const said = step.annotations.map((a) => `${a.title} ${a.message}`).join('\n')
  expect(said).toContain('churn#production#1')
  expect(said).toContain('MODEL_CARD.md')
  expect(checkOf(step, 'registry.asset-added').subject).toBe('churn@v1.0.0: CARD.md')
  expect(checkOf(step, 'registry.top-gone').detail).toContain(`-f sha=${object}`)
  const reads = await churn.run([registry('show'), registry('download'), registry('promote', { version: 'v1.0.0' })])
  for (const read of reads.steps) expect(read.outputs.passed, told(read)).toBe('false')

  await churn.api('POST', 'git/refs', { ref: 'refs/tags/churn#production#1', sha: object })
  await churn.api('PATCH', `releases/assets/${card.id}`, { name: 'MODEL_CARD.md' })
  expect((await doctor()).of('doctor').exitCode).toBe(0)
})

it('a lightweight tag on top of the log puts the holder in doubt, until a slot is written above it', async () => {
  churn.git('update-ref', 'refs/tags/churn#production#2', 'main')
  const failed = await churn.run([registry('show'), registry('download')])
  for (const read of failed.steps) expect(read.outputs.passed, told(read)).toBe('false')
  expect(checkOf(failed.of('show'), 'registry.holder-tag').observed).toContain('lightweight')
  const mended = await churn.run([registry('rollback'), registry('show')])
  expect(checkOf(mended.of('rollback'), 'registry.holder-tag').status, told(mended.of('rollback'))).toBe('warned')
  expect(mended.of('show').outputs).toMatchObject({ passed: 'true', version: 'v1.0.0', slot: '3' })
})

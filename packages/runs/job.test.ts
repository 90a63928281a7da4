import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { check, verdict } from '@mlops-actions/verdict'
import { expect, it } from 'vitest'
import { newRunId, runIdPattern } from './id.ts'
import { Job } from './job.ts'

const temp = () => mkdtemp(join(tmpdir(), 'job-'))

it('numbers steps in order, also when they start at once', async () => {
  const job = new Job(await temp())
  const folders = await Promise.all(['a', 'b', 'c', 'd'].map((name) => job.step(name)))
  expect(folders.map((f) => basename(f).slice(0, 2)).sort()).toEqual(['01', '02', '03', '04'])
})

it('hands verdicts and errors on to later steps', async () => {
  const directory = await temp()
  const job = new Job(directory)
  const first = await job.step('metrics-gate')
  const made = verdict('gate', {}, [check(true, { id: 'x', title: 'x', subject: 'x', observed: '', expected: '' })])
  await writeFile(join(first, 'gate.json'), JSON.stringify(made))
  await job.conclude(first, 'report', join(first, 'gate.json'))
  const second = await job.step('drift-check')
  await writeFile(join(directory, 'error.json'), JSON.stringify({ message: 'no file' }))
  await job.conclude(second, 'error', join(directory, 'error.json'))
  const later = new Job(directory)
  expect(await later.verdicts()).toMatchObject([{ action: 'metrics-gate', verdict: made }])
  expect(await later.errors()).toEqual([{ action: 'drift-check', message: 'no file' }])
})

it('makes ids that sort by time', () => {
  const ids = [1_700_000_000_000, 1_800_000_000_000, 1_900_000_000_000].map((now) => newRunId(now))
  expect(ids.every((id) => runIdPattern.test(id))).toBe(true)
  expect([...ids].sort()).toEqual(ids)
})

// Drift of what a server has served: by its profile, opened with a token, and by its log with the labels that came later.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { profileTable, serialiseShard } from '@mlops-actions/profile'
import { readTable } from '@mlops-actions/table'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { source } from '../../packages/table/table.fixture.ts'
import { Churn, checkOf, use, verdictOf } from './churn.ts'

const data = fileURLToPath(new URL('../../examples/churn/data/', import.meta.url))
const token = 'what-opens-the-profile'
const text = readFileSync(join(data, 'churn-current.csv'), 'utf8')
const [header = '', ...lines] = text.trimEnd().split('\n')
const names = header.split(',')
const asked: string[] = []
const server = createServer(async ({ url, headers }, answer) => {
  asked.push(`${url} ${headers.authorization}`)
  if (headers.authorization !== `Bearer ${token}`) answer.writeHead(401).end()
  else answer.end(serialiseShard(await profileTable(await readTable([source(text)])), [], 10))
})

let churn: Churn
let address: string
beforeAll(async () => {
  churn = await Churn.open()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  churn?.close()
})

const reference = 'data/train.csv'

it('a server’s profile is judged as its data are, and its token is seen by nobody else', async () => {
  const inputs = { reference, current: `${address}/profile?x=1`, 'current-token': token }
  const job = await churn.run([use('drift-check', inputs)], { on: 'schedule' })
  const step = job.of('drift-check')
  expect(step.outputs).toMatchObject({ drift: 'none', decision: 'keep', 'drifted-columns': '[]' })
  expect(asked).toEqual([`/profile?x=1 Bearer ${token}`])
  const { stdout, stderr, summary, outputs } = step
  expect(stdout).toContain(`::add-mask::${token}`)
  const report = readFileSync(outputs['report-json']!, 'utf8') + readFileSync(outputs['report-html']!, 'utf8')
  const seen = stdout.replaceAll(/^::add-mask::.*$/gm, '') + stderr + summary + JSON.stringify(outputs) + report
  expect(seen).not.toContain(token)
  expect(report).not.toContain('?x=1')
  expect(report).toContain(`${address}/profile`)
})

it('a wrong token, and labels for a profile, are errors that say what to do', async () => {
  const step = async (inputs: Record<string, string>) => {
    const job = await churn.run([use('drift-check', { reference, ...inputs })], { on: 'schedule' })
    const { exitCode, outputs } = job.of('drift-check')
    expect(exitCode).toBe(2)
    return JSON.parse(readFileSync(outputs['report-json']!, 'utf8'))
  }
  expect(await step({ current: `${address}/profile`, 'current-token': 'wrong' })).toMatchObject({
    code: 'URL_REFUSED',
    where: { key: 'current-token' },
    help: expect.stringContaining('PROFILE_TOKEN'),
  })
  const labelled = { current: `${address}/profile`, 'current-token': token, 'ground-truth': 'data/truth.csv' }
  expect(await step(labelled)).toMatchObject({ code: 'ROWS_NEEDED' })
})

it('a prediction log is judged with the labels that came later', async () => {
  const rows = lines.map((line) => {
    const cells = line.split(',').map((cell) => (cell === '' ? null : Number.isNaN(Number(cell)) ? cell : Number(cell)))
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]))
  })
  const logged = rows.map(({ churn: _, ...features }, i) => {
    const row = { id: `r-${i}`, timestamp: '2026-01-31T05:00:00.007Z', model_version: 'v1.0.0' }
    return `${JSON.stringify({ ...row, ...features })}\n`
  })
  const truth = rows.map(({ churn: label }, i) => `r-${i},${label}\n`)
  const files = {
    'log.jsonl': logged.join(''),
    'truth.csv': `id,churn\n${truth.filter((_, i) => i % 5 > 0).join('')}x,yes\n`,
  }
  const inputs = { reference, current: 'log.jsonl', 'ground-truth': 'truth.csv' }
  const step = (await churn.run([use('drift-check', inputs)], { on: 'schedule', files })).of('drift-check')
  expect(step.outputs).toMatchObject({ drift: 'none', 'drifted-columns': '[]' })
  const labelled = truth.filter((_, i) => i % 5 > 0).length
  expect(step.stdout).toContain(`${labelled} of ${rows.length} rows have a label; 1 labels belong to no row`)
  const { checks } = verdictOf(step)
  expect(checkOf(step, 'drift.churn').evidence).toMatchObject({ n_current: labelled })
  expect(checks.filter(({ subject }) => ['id', 'timestamp', 'model_version'].includes(subject))).toEqual([])
  const without = await churn.run([use('drift-check', { reference, current: 'log.jsonl' })], { on: 'schedule', files })
  expect(without.of('drift-check').outputs.drift).toBe('none')
})

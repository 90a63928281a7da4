import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drift, driftRules } from '@mlops-actions/drift'
import { type Profile, parseProfile, profileTable, serialiseProfile } from '@mlops-actions/profile'
import {
  labelledPredictions,
  openGroundTruth,
  openTable,
  type SampleWorld,
  sampleFiles,
  servedProfiles,
} from '@mlops-actions/references'
import { readTable } from '@mlops-actions/table'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, fixture, numbers } from '../../onnx/fixtures/fixture.ts'
import { source } from '../../table/table.fixture.ts'
import { ask, churnRows, description, modelFolder, type Running, serve, start, started } from './server.fixture.ts'

const token = 'a-long-secret'
const workspace = mkdtempSync(join(tmpdir(), 'recorded-'))
const github = () => Promise.reject(new Error('no GitHub here'))
const world: SampleWorld = {
  roots: { workspace },
  folder: workspace,
  github,
  reading: {},
  sensitive: [],
  categorical: [],
}
const { header, rows: cells } = csv('churn-rows.csv')
const rows = churnRows()
const labels = numbers('churn-logistic.expected.csv', 'label')
const scores = numbers('churn-logistic.expected.csv', 'probabilities_1')
const rules = driftRules.parse({})

interface Line {
  id: string
  timestamp: string
  [column: string]: unknown
}

const linesOf = (path: string): Line[] => {
  const text = readFileSync(path, 'utf8')
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
}

async function until<T>(made: () => T | undefined): Promise<T> {
  for (;;) {
    const found = made()
    if (found !== undefined) return found
    await new Promise((wait) => setTimeout(wait, 10))
  }
}

afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

describe('a server that records what it serves', () => {
  const path = join(workspace, 'log.jsonl')
  let server: Running
  let reference: Profile

  beforeAll(async () => {
    reference = await profileTable(await readTable([source(readFileSync(fixture('churn-rows.csv'), 'utf8'))]))
    const folder = modelFolder('churn-logistic.onnx', description)
    // The reference hides one column of numbers and one of texts.
    const sensitive = ['monthly_charges', 'contract']
    writeFileSync(join(folder, 'reference.profile.json'), serialiseProfile(reference, { sensitive }))
    server = await serve(folder, { PREDICTION_LOG: path, PROFILE_TOKEN: token, DRAIN_SECONDS: '0' })
  })

  it('logs the rows of every route, as they were written and answered', async () => {
    const { url } = server
    const [first, second, third] = rows
    const columns = Object.keys(third!)
    const metadata = (await ask(`${url}/v2/models/churn`)).json
    const inputs = metadata.inputs.map(({ name, datatype }: { name: string; datatype: string }) => {
      return { name, datatype, shape: [1, 1], data: [third![name]] }
    })
    const split = { columns, data: [columns.map((name) => third![name])] }
    const text = `id,${header.join(',')}\n007,${cells[2]!.join(',')}\n`
    const given = await ask(`${url}/predict`, [{ ...first, id: 'customer 7' }, { ...second, id: 9 }, third], {
      'x-request-id': 'r1',
    })
    expect(given.headers.get('x-request-id')).toBe('r1')
    const unnamed = await ask(`${url}/predict`, [third])
    await ask(`${url}/invocations`, { dataframe_split: split }, { 'x-request-id': 'r2' })
    await ask(`${url}/invocations`, { instances: [third, third] }, { 'x-request-id': 'r3' })
    await ask(`${url}/invocations`, text, { 'content-type': 'text/csv' })
    await ask(`${url}/v2/models/churn/infer`, { id: 'r5', inputs })
    const refused = await ask(`${url}/predict`, [{ ...first, tenure: 'x' }])
    expect(refused.status).toBe(400)

    const logged = await until(() => (linesOf(path).length === 9 ? linesOf(path) : undefined))
    const request = unnamed.headers.get('x-request-id')!
    expect(request).toMatch(/^[0-9a-f-]{36}$/)
    expect(logged.map(({ id }) => id)).toEqual(['customer 7', '9', 'r1-3', request, 'r2', 'r3-1', 'r3-2', '007', 'r5'])
    for (const [i, line] of logged.entries()) {
      const { id, timestamp, ...rest } = line
      const row = Math.min(i, 2)
      const { churn: _, ...features } = rows[row]!
      const { score, ...others } = rest
      expect(others).toEqual({ model_version: 'v1.0.0', ...features, prediction: labels[row] === 1 ? 'yes' : 'no' })
      expect(score as number).toBeCloseTo(scores[row]!, 6)
      expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(60_000)
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    }
    const { text: metrics } = await ask(`${url}/metrics`)
    expect(metrics).toContain('\nserving_prediction_log_rows_total 9\n')
    expect(metrics).toContain('\nserving_prediction_log_dropped_total 0\n')
  })

  it('opens its profile to the token alone', async () => {
    const asked = (authorization?: string) =>
      ask(`${server.url}/profile`, undefined, authorization === undefined ? {} : { authorization })
    for (const wrong of [undefined, 'Bearer ', 'Bearer wrong', token, `Basic ${token}`, `Bearer ${token}x`]) {
      const refused = await asked(wrong)
      expect(refused).toMatchObject({ status: 401, json: { error: expect.any(String) } })
      expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    }
    const { status, text } = await asked(`Bearer ${token}`)
    expect(status).toBe(200)
    expect(parseProfile(text, '/profile').rows).toBe(9)
    expect(text).not.toContain('Month-to-month')
  })

  it('shows no drift of the rows it was made with, and the drift of others: by its log, its profile, and labels', async () => {
    const { url } = server
    const identified = rows.map((row, i) => ({ ...row, id: `customer-${i}` }))
    await ask(`${url}/predict`, identified)
    await until(() => (linesOf(path).length === 159 ? true : undefined))
    const served = linesOf(path).slice(9)
    writeFileSync(join(workspace, 'same.jsonl'), served.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const features: Profile = { ...reference, columns: reference.columns.filter(({ name }) => name !== 'churn') }
    const same = await sampleFiles(['same.jsonl'], world, features)
    const byLog = drift({ profile: features }, same.sample, rules)
    expect(byLog).toMatchObject({ drift: 'none', columns: [] })
    const apart = byLog.checks.filter(({ id }) => id.startsWith('schema.')).map(({ subject }) => subject)
    expect(apart).toEqual(['prediction', 'score'])

    for (let i = 0; i < 4; i++)
      await ask(
        `${url}/predict`,
        rows.map((row) => ({ ...row, tenure: 1000, contract: 'Month-to-month' })),
      )
    const address = `${url}/profile`
    const { sample, name } = await servedProfiles([address], token, features)
    const current = sample.profile
    expect([name, current.rows]).toEqual([address, 9 + 150 * 5])
    const byProfile = drift({ profile: features }, sample, rules)
    expect(byProfile.drift).toBe('significant')
    expect([...byProfile.columns].sort()).toEqual(['contract', 'tenure'])
    const replicas = await servedProfiles([address, address], token, features)
    expect(replicas.sample.profile.rows).toBe(2 * current.rows)
    expect(drift({ profile: features }, replicas.sample, rules).columns).toEqual(byProfile.columns)
    await expect(servedProfiles([address], 'wrong', features)).rejects.toMatchObject({ code: 'URL_REFUSED' })
    await expect(servedProfiles([`${url}/v2`], token, features)).rejects.toMatchObject({ code: 'PROFILE_INVALID' })
    await expect(servedProfiles([address, 'a.csv'], token)).rejects.toMatchObject({ code: 'CURRENT_MIXED' })

    await until(() => (linesOf(path).length === current.rows ? true : undefined))
    const all = await sampleFiles(['log.jsonl'], world, features)
    expect(drift({ profile: features }, all.sample, rules).columns).toEqual(byProfile.columns)

    writeFileSync(
      join(workspace, 'truth.csv'),
      `id,churn\n${labels.map((one, i) => `customer-${i},${one === 1 ? 'yes' : 'no'}\n`).join('')}`,
    )
    const joined = await openGroundTruth(
      await openTable(['log.jsonl'], world, features),
      ['truth.csv'],
      { label: 'churn' },
      world,
    )
    expect(joined.counts).toEqual({ rows: current.rows, labelled: 150, unmatched: 0, replaced: 0 })
    const by = { label: 'churn', time: joined.log!.time, answers: [joined.log!.prediction!, ...joined.log!.scores] }
    const { predictions } = await labelledPredictions(joined.table, { type: 'binary', positive: 'yes' }, by)
    expect(predictions.actual).toEqual(predictions.predicted)
  })

  it('has written every row when it has ended', async () => {
    const before = linesOf(path).length
    const answers = rows.slice(0, 40).map((row) => ask(`${server.url}/predict`, [row]))
    await Promise.all(answers)
    server.process.kill('SIGTERM')
    expect(await server.exit).toBe(0)
    expect(linesOf(path)).toHaveLength(before + 40)
  })
})

describe('a server that is asked to record', () => {
  it('has no profile and no log by itself', async () => {
    const { url } = await serve(modelFolder('churn-logistic.onnx', description))
    const answer = await ask(`${url}/profile`, undefined, { authorization: `Bearer ${token}` })
    expect(answer.status).toBe(404)
    expect((await ask(`${url}/predict`, rows.slice(0, 1))).headers.get('x-request-id')).toBeNull()
    expect((await ask(`${url}/metrics`)).text).not.toContain('prediction_log')
  })

  it('logs a share of the rows to standard output, which then holds nothing else', async () => {
    const environment = { PREDICTION_LOG: '-', PREDICTION_LOG_SAMPLE: '0.5' }
    const running = await serve(modelFolder('churn-logistic.onnx', description), environment)
    let output = ''
    running.process.stdout!.on('data', (chunk) => (output += chunk))
    for (let i = 0; i < 4; i++) await ask(`${running.url}/predict`, rows)
    running.process.kill('SIGTERM')
    expect(await running.exit).toBe(0)
    const lines = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    // 600 rows: nine standard errors of a fair coin.
    expect(Math.abs(lines.length - 300)).toBeLessThan(110)
    expect(lines.every(({ id }) => /^[0-9a-f-]{36}-\d+$/.test(id))).toBe(true)
  })

  it.each([
    [{ PREDICTION_LOG: 'x', PREDICTION_LOG_SAMPLE: '2' }, 'CONFIG_INVALID'],
    [{ PREDICTION_LOG: '/nowhere/log.jsonl' }, 'PREDICTION_LOG_UNWRITABLE'],
    [{ PROFILE_TOKEN: 'x', PROFILE_HOURS: '0' }, 'CONFIG_INVALID'],
  ])('says what is wrong with %j', async (env, code) => {
    const running = start(modelFolder('churn-logistic.onnx', description), env)
    expect(await running.exit).toBe(1)
    expect(running.output()).toContain(code)
  })

  it('refuses a feature that has the name of another column of the log', async () => {
    const features = ['score', ...Array.from({ length: 8 }, (_, i) => `f${i}`)]
    const folder = modelFolder('churn-mlp.onnx', { ...description, features })
    const running = start(folder, { PREDICTION_LOG: '-' })
    expect(await running.exit).toBe(1)
    expect(running.output()).toContain('FEATURE_RESERVED')
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MonitorPoint } from '@mlops-actions/drift'
import { openGitHub } from '@mlops-actions/github'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type LocalGitHub, startLocalGitHub } from '../../local-github/index.ts'
import { newRunId } from './id.ts'
import type { RunRecord } from './record.ts'
import { RunStore } from './store.ts'

let directory: string
let local: LocalGitHub
const repository = 'acme/runs'

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runs-test-'))
  local = await startLocalGitHub({ directory, checked: true })
  await local.createRepository(repository)
  await local.commit(repository, { files: { 'a.txt': 'a' } })
  for (const [name, value] of Object.entries(local.environment(repository)))
    if (name.startsWith('GIT_CONFIG')) vi.stubEnv(name, value)
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await local.close()
  await rm(directory, { recursive: true, force: true })
})

function store(permissions?: Record<string, 'read' | 'write'>): RunStore {
  const token = local.token({ repository, ...(permissions === undefined ? {} : { permissions }) })
  return new RunStore(openGitHub({ apiUrl: local.apiUrl, serverUrl: 'https://github.com', repository, token }))
}

function run(time: number, more: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 'mlops-actions/run@1',
    id: newRunId(time),
    kind: 'training',
    experiment: 'churn\nmonthly',
    name: 'n',
    status: 'finished',
    start: new Date(time).toISOString(),
    end: new Date(time + 1000).toISOString(),
    user: 'ada <x>',
    run_url: null,
    commit: null,
    dirty: false,
    params: {},
    metrics: {},
    tags: {},
    data: [],
    model_file: null,
    artifacts: [],
    environment: {},
    command: null,
    exit_code: null,
    peak_memory_bytes: null,
    parent: null,
    children: [],
    ...more,
  }
}

describe('RunStore', () => {
  it('gives back what was stored, oldest first', async () => {
    expect(await store().list()).toEqual([])
    const [late, early] = [run(2_000_000), run(1_000_000)]
    for (const record of [late, early]) expect(await store().save(record)).toMatchObject({ stored: true })
    expect(await store().save(late)).toMatchObject({ stored: true })
    expect(await store().load(late.id)).toEqual(late)
    expect(await store().load(newRunId())).toBe('absent')
    expect(await store().list()).toEqual([early, late])
  })

  it('never changes a stored run, and stores one whose answer was lost', async () => {
    const record = run(3_000_000)
    local.faults.order({ nth: 1, path: /git\/refs/, answer: 'drop', effect: 'applied' })
    expect(
      await store().save(record, { metrics: { loss: [{ value: 1, step: 0, time: record.start }] } }),
    ).toMatchObject({
      stored: true,
    })
    expect(await store().save({ ...record, name: 'other' })).toMatchObject({ stored: false })
    expect(await store().load(record.id)).toEqual(record)
  })

  it('says why a run could not be stored, without failing', async () => {
    const saved = await store({ contents: 'read' }).save(run(4_000_000))
    expect(saved).toMatchObject({ stored: false, reason: expect.stringContaining('contents: write') })
  })

  it('gives back the checks of one model against one reference, oldest first, and warns of what it cannot read', async () => {
    const check = (time: number, more: Partial<RunRecord> = {}) =>
      run(time, { kind: 'monitor', experiment: 'churn', params: { reference: 'churn@v1.0.0' }, ...more })
    const point = (time: number): MonitorPoint => ({
      time: new Date(time).toISOString(),
      drift: 'moderate',
      decision: 'investigate',
      rows: { reference: 1200, current: 600 },
      columns: { 'drift.tenure': { level: 'moderate', effect: 0.14, p_adjusted: 1e-9 } },
      detectors: { adwin: { width: 31, buckets: [1, 2.5, null] } },
    })
    const times = [12_000_000, 10_000_000, 11_000_000]
    for (const time of times) await store().save(check(time), { monitor: point(time) })
    await store().save(check(13_000_000, { experiment: 'fraud' }), { monitor: point(13_000_000) })
    await store().save(check(14_000_000, { params: { reference: 'churn@v2.0.0' } }), { monitor: point(14_000_000) })
    await store().save(check(14_500_000, { tags: { event: 'pull_request' } }), { monitor: point(14_500_000) })
    await store().save(run(15_000_000, { experiment: 'churn', params: { reference: 'churn@v1.0.0' } }))
    expect(await store({ contents: 'read' }).monitors('churn', 'churn@v1.0.0')).toEqual({
      points: [10_000_000, 11_000_000, 12_000_000].map(point),
      warnings: [],
    })

    const older = check(16_000_000)
    await store().save(older)
    await store().save(check(17_000_000), { monitor: { ...point(17_000_000), drift: 'huge' as 'none' } })
    const { points, warnings } = await store().monitors('churn', 'churn@v1.0.0')
    expect(points).toHaveLength(3)
    expect(warnings).toEqual([expect.stringMatching(/^Checks that could not be read: 2 \(such as refs\/mlops\/runs\//)])
  })

  it('has no checks of a model that was never watched', async () => {
    expect(await store().monitors('nobody', 'churn@v1.0.0')).toEqual({ points: [], warnings: [] })
  })
})

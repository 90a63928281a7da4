import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
    expect(await store().save(record, { loss: [{ value: 1, step: 0, time: record.start }] })).toMatchObject({
      stored: true,
    })
    expect(await store().save({ ...record, name: 'other' })).toMatchObject({ stored: false })
    expect(await store().load(record.id)).toEqual(record)
  })

  it('says why a run could not be stored, without failing', async () => {
    const saved = await store({ contents: 'read' }).save(run(4_000_000))
    expect(saved).toMatchObject({ stored: false, reason: expect.stringContaining('contents: write') })
  })
})

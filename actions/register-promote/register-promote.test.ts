import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataset } from '@mlops-actions/files'
import { parseGolden } from '@mlops-actions/onnx'
import { profileTable, serialiseProfile } from '@mlops-actions/profile'
import { Job, newRunId, type RunRecord } from '@mlops-actions/runs'
import { readTable } from '@mlops-actions/table'
import { check, type Verdict, verdict } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalGitHub, runAction, startLocalGitHub } from '../../local-github/index.ts'

const repository = 'octo/churn'
const onnx = fileURLToPath(new URL('../../packages/onnx/fixtures/churn-logistic.onnx', import.meta.url))
const project = fileURLToPath(new URL('../..', import.meta.url))
const settings = `model: churn
golden: false
gate: { roc_auc: { threshold: 0.8 } }
promotion:
  production: { requires: [gate] }
  guarded: { from: staging, soak: 24h, four_eyes: true }
`

let root: string
let github: LocalGitHub
let action: string
let commit: string
let jobs = 0

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'register-promote-')))
  github = await startLocalGitHub({ directory: join(root, 'github'), rateLimit: 100_000 })
  await github.createRepository(repository)
  commit = await github.commit(repository, { files: { 'mlops.yaml': settings }, author: 'ada' })
  action = join(root, 'action')
  await mkdir(action)
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  await writeFile(
    join(action, 'main.mjs'),
    `const { main } = await import(${JSON.stringify(main)}); await main.start()\n`,
  )
  const inputs = `{ github-token: { default: '\${{ github.token }}' } }`
  await writeFile(join(action, 'action.yml'), `name: x\ninputs: ${inputs}\nruns: { using: node24, main: main.mjs }\n`)
})
afterAll(async () => {
  await github.close()
  await rm(root, { recursive: true, force: true })
})

interface Place {
  workspace: string
  temp: string
}

/** A job on the default branch, with nothing done yet. */
async function job(): Promise<Place> {
  const folder = join(root, `job-${++jobs}`)
  const place = { workspace: join(folder, 'work'), temp: join(folder, 'temp') }
  for (const path of [place.workspace, place.temp]) await mkdir(path, { recursive: true })
  await writeFile(join(place.workspace, 'mlops.yaml'), settings)
  return place
}

/** A job whose earlier steps trained a model and judged it. */
async function trained(
  model: string,
  judgedBy: (sha256: string, run: string) => Verdict[],
  data: RunRecord['data'] = [],
): Promise<Place> {
  const place = await job()
  const hand = new Job(place.temp)
  const id = newRunId()
  const artifacts = join(hand.runFolder(id), 'artifacts')
  await mkdir(artifacts, { recursive: true })
  if (model.endsWith('.onnx')) await copyFile(onnx, join(artifacts, model))
  else await writeFile(join(artifacts, model), `model of ${id}`)
  const bytes = await readFile(join(artifacts, model))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = { path: model, sha256, size: bytes.length }
  await hand.adopt({ ...record(id, file), data })
  for (const one of judgedBy(sha256, id)) {
    const step = await hand.step('earlier')
    await writeFile(join(step, 'verdict.json'), JSON.stringify(one))
    await hand.conclude(step, 'report', join(step, 'verdict.json'))
  }
  return place
}

const gate = (model: string, held = true): Verdict => {
  const of = { id: 'gate.roc_auc.threshold', title: 'roc_auc', subject: 'roc_auc', observed: '0.84', expected: '0.82' }
  const one = check(held, { ...of, evidence: { metric: 'roc_auc', threshold: 0.82 } })
  return verdict('gate', { model }, [one], { at: '2026-03-01T10:00:00Z', rules: { roc_auc: { threshold: 0.82 } } })
}

function record(id: string, file: { path: string; sha256: string; size: number }): RunRecord {
  return {
    schema: 'mlops-actions/run@1',
    id,
    kind: 'training',
    experiment: 'churn',
    name: 'n',
    status: 'finished',
    start: '2026-03-01T09:00:00.000Z',
    end: '2026-03-01T09:30:00.000Z',
    user: 'ada',
    run_url: null,
    commit,
    dirty: false,
    params: {},
    metrics: { roc_auc: { value: 0.84, step: null, best: 0.84, points: 1 } },
    tags: {},
    data: [],
    model_file: file,
    artifacts: [file],
    environment: {},
    command: 'python train.py',
    exit_code: 0,
    peak_memory_bytes: null,
    parent: null,
    children: [],
  }
}

async function step(place: Place, inputs: Record<string, string>, actor = 'grace') {
  const runId = await github.addRun(repository)
  const result = await runAction({
    action,
    ...place,
    inputs,
    token: github.token({ repository }),
    env: github.environment(repository, { runId }),
    github: {
      repository,
      runId,
      job: 'release',
      sha: commit,
      actor,
      event: { repository: { default_branch: 'main' } },
    },
  })
  return { code: result.exitCode, ...result.outputs, annotations: result.annotations, stdout: result.stdout }
}

async function reportOf(of: object): Promise<Verdict & { code?: string; message?: string }> {
  return JSON.parse(await readFile((of as { 'report-json': string })['report-json'], 'utf8')) as Verdict
}

describe('register-promote', () => {
  it('registers, promotes, refuses a fence that moved, and rolls back', async () => {
    const first = await trained('model.onnx', (sha256) => [gate(sha256), gate('f'.repeat(64))])
    const planned = await step(first, { operation: 'register', 'dry-run': 'true' })
    expect(planned).toMatchObject({ code: 0, version: 'v1.0.0', promoted: 'false' })
    const registered = await step(first, { operation: 'register' })
    expect(registered).toMatchObject({ code: 0, verdict: 'warned', version: 'v1.0.0', tag: 'churn@v1.0.0' })
    expect(registered).toMatchObject({ 'release-url': expect.stringContaining('churn') })
    const manifest = JSON.parse(await readFile((registered as unknown as { manifest: string }).manifest, 'utf8'))
    expect(manifest).toMatchObject({ model: 'churn', format: 'onnx', files: [{ path: 'model.onnx' }] })
    expect((await reportOf(registered)).checks.map((c) => c.id)).toContain('registry.evidence')

    // The version that this job registered needs no name.
    const promoted = await step(first, { operation: 'promote', expect: 'none', reason: 'first one' })
    expect(promoted).toMatchObject({
      code: 0,
      version: 'v1.0.0',
      slot: '1',
      promoted: 'true',
      'previous-version': 'none',
    })

    const second = await trained('model.pkl', (sha256) => [gate(sha256)])
    expect(await step(second, { operation: 'register' })).toMatchObject({
      code: 0,
      version: 'v2.0.0',
      verdict: 'warned',
    })
    const place = await job()
    const lost = await step(place, { operation: 'promote', version: 'v2.0.0', expect: 'none' })
    expect(lost).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false', slot: '1' })
    const won = await step(place, { operation: 'promote', version: 'churn@v2.0.0', expect: '1' })
    expect(won).toMatchObject({ code: 0, promoted: 'true', slot: '2', 'previous-version': 'v1.0.0' })
    const again = await step(place, { operation: 'promote', version: 'v2.0.0', expect: '1' })
    expect(again).toMatchObject({ code: 0, promoted: 'false', slot: '2', 'previous-version': 'v1.0.0' })

    const back = await step(place, { operation: 'rollback', reason: 'complaints' })
    expect(back).toMatchObject({
      code: 0,
      version: 'v1.0.0',
      slot: '3',
      promoted: 'true',
      'previous-version': 'v2.0.0',
    })
    const shown = await step(place, { operation: 'show' })
    expect(shown).toMatchObject({
      code: 0,
      verdict: 'passed',
      version: 'v1.0.0',
      slot: '3',
      'previous-version': 'v2.0.0',
    })
    const files = await step(place, { operation: 'download', files: 'model.onnx' })
    expect(files).toMatchObject({ code: 0, verdict: 'passed', version: 'v1.0.0', slot: '3' })
    const [path] = JSON.parse((files as unknown as { files: string }).files) as string[]
    expect(await readFile(path!)).toEqual(await readFile(onnx))
  })

  it('keeps the profile of the training data, and what the model answers to rows drawn from it', async () => {
    const rows = fileURLToPath(new URL('../../packages/onnx/fixtures/churn-rows.csv', import.meta.url))
    const data = await dataset([rows], { workspace: join(rows, '..') })
    const place = await trained('model.onnx', () => [], [{ name: 'train', fingerprint: data.fingerprint, files: [] }])
    const hand = new Job(place.temp)
    const validated = await hand.step('data-validate')
    const { profile } = await profileTable(await readTable(data.sources))
    await writeFile(join(validated, 'profile.json'), serialiseProfile(profile, {}))
    const held = check(true, { id: 'rows', title: '', subject: '', observed: '', expected: '' })
    const verdictFile = join(validated, 'validation.json')
    await writeFile(verdictFile, JSON.stringify(verdict('validation', { data: data.fingerprint }, [held])))
    await hand.conclude(validated, 'report', verdictFile)
    await writeFile(join(place.workspace, 'mlops.yaml'), `model: drawn\nonnxruntime_path: ${JSON.stringify(project)}\n`)
    expect(await step(place, { operation: 'register' })).toMatchObject({ code: 0, verdict: 'passed' })
    const folder = join(place.workspace, 'got')
    await step(place, { operation: 'download', version: 'drawn@v1.0.0', path: 'got' })
    const golden = parseGolden(await readFile(join(folder, 'golden.json'), 'utf8'), 'golden.json')
    expect(golden.outputs.every((o) => o.shape[0] === 16)).toBe(true)
    expect(await readFile(join(folder, 'reference.profile.json'), 'utf8')).toContain('mlops-actions/profile@1')
    expect(await readFile(join(folder, 'evidence.json'), 'utf8')).toContain('"kind": "validation"')
  })

  it('holds a promotion to the policy of the default branch', async () => {
    const failing = await trained('other.pkl', (sha256) => [gate(sha256, false)])
    await step(failing, { operation: 'register', model: 'other' })
    const refused = await step(failing, { operation: 'promote', model: 'other' })
    expect(refused).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false', slot: 'none' })
    expect((await reportOf(refused)).checks.filter((c) => c.status === 'failed').map((c) => c.id)).toEqual([
      'policy.requires.gate',
    ])
    const bare = await trained('bare.pkl', () => [])
    await step(bare, { operation: 'register', model: 'bare' })
    const guarded = await step(bare, { operation: 'promote', model: 'bare', stage: 'guarded' }, 'ada')
    expect((await reportOf(guarded)).checks.filter((c) => c.status === 'failed').map((c) => c.id)).toEqual([
      'policy.rules',
      'policy.from',
      'policy.four-eyes',
    ])
  })

  it('asks the default branch for its policy, not what is checked out', async () => {
    const bare = await trained('nowhere.pkl', () => [])
    await step(bare, { operation: 'register', model: 'nowhere' })
    const failed = async (place: Place) => {
      const refused = await step(place, { operation: 'promote', model: 'nowhere', version: 'v1.0.0' })
      expect(refused).toMatchObject({ code: 1, promoted: 'false', slot: 'none' })
      return (await reportOf(refused)).checks.filter((c) => c.status === 'failed').map((c) => c.id)
    }
    const nothing = await job()
    await rm(join(nothing.workspace, 'mlops.yaml'))
    expect(await failed(nothing)).toEqual(['policy.requires.gate', 'policy.rules'])
    const lax = await job()
    await writeFile(join(lax.workspace, 'mlops.yaml'), 'model: nowhere\n')
    expect(await failed(lax)).toEqual(['policy.requires.gate', 'policy.rules'])
    await writeFile(join(lax.workspace, 'lax.yaml'), 'model: nowhere\n')
    const other = await step(lax, { operation: 'promote', version: 'v1.0.0', 'config-file': 'lax.yaml' })
    expect(other).toMatchObject({ code: 2 })
    expect((await reportOf(other)).code).toBe('SETTINGS_UNREADABLE')
  })

  it('takes the fence of a promotion from the comparison that was registered with the version', async () => {
    const comparison = (model: string, slot: number | 'none') =>
      verdict(
        'comparison',
        { model, baseline: { model: 'fenced', stage: 'production', slot, version: 'v1.0.0' } },
        [check(true, { id: 'comparison', title: '', subject: '', observed: '', expected: '' })],
        { at: '2026-03-01T10:00:00Z' },
      )
    for (const slot of ['none', 9] as const) {
      const place = await trained('fenced.pkl', (sha256) => [gate(sha256), comparison(sha256, slot)])
      expect(await step(place, { operation: 'register', model: 'fenced' })).toMatchObject({ code: 0 })
      const promoted = await step(place, { operation: 'promote', model: 'fenced' })
      expect(promoted).toMatchObject(slot === 'none' ? { code: 0, slot: '1' } : { code: 1, slot: '1' })
      if (slot === 9)
        expect((await reportOf(promoted)).checks[0]).toMatchObject({ id: 'registry.expect', expected: 'slot 9' })
    }
  })

  it('says clearly what it cannot do', async () => {
    const place = await job()
    const codes = async (inputs: Record<string, string>) => {
      const result = await step(place, inputs)
      expect(result).toMatchObject({ code: 2, verdict: 'error', passed: 'false' })
      return (await reportOf(result)).code
    }
    expect(await codes({ operation: 'doctor' })).toBe('NOT_SUPPORTED')
    expect(await codes({ operation: 'promote', version: 'v9.0.0' })).toBe('VERSION_MISSING')
    expect(await codes({ operation: 'register' })).toBe('RUN_MISSING')
    expect(await codes({ operation: 'download', model: 'nobody' })).toBe('STAGE_EMPTY')
  })
})

import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Job, newRunId, type RunRecord } from '@mlops-actions/runs'
import { check, type Verdict, verdict } from '@mlops-actions/verdict'
import { type LocalGitHub, runAction, sourceAction, startLocalGitHub } from '../../local-github/index.ts'

export const repository = 'octo/churn'
export const onnx = fileURLToPath(new URL('../../packages/onnx/fixtures/churn-logistic.onnx', import.meta.url))
export const project = fileURLToPath(new URL('../..', import.meta.url))
const settings = `model: churn
golden: false
gate: { roc_auc: { threshold: 0.8 } }
promotion:
  production: { requires: [gate] }
  guarded: { from: staging, soak: 24h, four_eyes: true }
  reviewed: { approved: true }
  frozen: { freeze: [{ from: 2020-01-01, until: 2099-12-31, reason: audit }], dispatch: true }
`

let root: string
export let github: LocalGitHub
let action: string
let commit: string
let jobs = 0

/** A GitHub of this machine with one repository, and the action as it stands in the sources. */
export async function openRepository(
  kind: { private?: boolean; enterprise?: boolean; stages?: string } = {},
): Promise<void> {
  root = await realpath(await mkdtemp(join(tmpdir(), 'register-promote-')))
  github = await startLocalGitHub({ directory: join(root, 'github'), rateLimit: 100_000, checked: true })
  await github.createRepository(repository, kind)
  github.requests.length = 0
  commit = await github.commit(repository, {
    files: { 'mlops.yaml': `${settings}${kind.stages ?? ''}` },
    author: 'ada',
  })
  action = await sourceAction(join(root, 'action'), new URL('./', import.meta.url))
}

/** Calls the API as a person would who has a token of theirs; throws where GitHub refuses. */
export async function call<T = { id: number }>(method: string, path: string, body?: object, login = 'octo') {
  const permissions = { administration: 'write', issues: 'write', actions: 'read', contents: 'read' } as const
  const headers = { authorization: `Bearer ${github.token({ repository, login, permissions })}` }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const answer = await fetch(`${github.apiUrl}/repos/${repository}${path}`, { method, headers, ...sent })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

export async function closeRepository(): Promise<void> {
  await github.close()
  await rm(root, { recursive: true, force: true })
}

export interface Place {
  workspace: string
  temp: string
}

/** A job on the default branch, with nothing done yet. */
export async function job(): Promise<Place> {
  const folder = join(root, `job-${++jobs}`)
  const place = { workspace: join(folder, 'work'), temp: join(folder, 'temp') }
  for (const path of [place.workspace, place.temp]) await mkdir(path, { recursive: true })
  await writeFile(join(place.workspace, 'mlops.yaml'), settings)
  return place
}

/** A job whose earlier steps trained a model and judged it. */
export async function trained(
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

export const gate = (model: string, held = true): Verdict => {
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

type Permissions = Record<string, 'read' | 'write'>

export async function step(
  place: Place,
  inputs: Record<string, string>,
  actor = 'grace',
  reviewer?: string,
  {
    env = {},
    permissions,
    run = {},
  }: { env?: Record<string, string>; permissions?: Permissions; run?: { branch?: string; event?: string } } = {},
) {
  const runId = await github.addRun(repository, { ...run, actor })
  if (reviewer !== undefined) github.approve(repository, runId, { login: reviewer, environment: 'reviewed' })
  const result = await runAction({
    action,
    ...place,
    inputs,
    token: github.token({ repository, ...(permissions === undefined ? {} : { permissions }) }),
    env: { ...github.environment(repository, { runId }), ...env },
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

export async function reportOf(of: object): Promise<Verdict & { code?: string; message?: string }> {
  return JSON.parse(await readFile((of as { 'report-json': string })['report-json'], 'utf8')) as Verdict
}

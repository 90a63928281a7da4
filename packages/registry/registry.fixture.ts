import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type GitHub, type GitHubOptions, openGitHub } from '@mlops-actions/github'
import type { RunRecord } from '@mlops-actions/runs'
import { check, type Verdict, verdict } from '@mlops-actions/verdict'
import { type LocalGitHub, startLocalGitHub } from '../../local-github/index.ts'
import type { MoveRequest } from './executor.ts'
import type { Registration } from './register.ts'

/** A repository on a GitHub of this machine, with models to register. */
export interface Place {
  local: LocalGitHub
  github: GitHub
  directory: string
  bare: string
  address: Address
  open(permissions?: Record<string, 'read' | 'write'>): GitHub
  registration(model: string, run: string, more?: Partial<Registration>): Promise<Registration>
  request(model: string, more: Partial<MoveRequest>): MoveRequest
  git(...args: string[]): string
  close(): Promise<void>
}

/** What another process needs to work on the same place. */
export interface Address extends GitHubOptions {
  directory: string
  /** A commit that models can come from. */
  commit: string
}

export const runId = (n: number) => n.toString(16).padStart(32, '0')
export const repository = 'acme/models'

export async function openPlace({
  checked = true,
  rateLimit = 100_000,
  immutableReleases = false,
} = {}): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-test-'))
  const hub = join(directory, 'hub')
  const local = await startLocalGitHub({ directory: hub, rateLimit, checked })
  const { bare } = await local.createRepository(repository, { immutableReleases })
  const commit = await local.commit(repository, { files: { 'train.py': 'print(1)\n' } })
  // Git reads the bare repositories as they lie there, without a redirection in the environment.
  const serverUrl = pathToFileURL(join(hub, 'repositories')).href
  const connection = { apiUrl: local.apiUrl, serverUrl, repository }
  const open: Place['open'] = (permissions) =>
    openGitHub({
      ...connection,
      token: local.token({ repository, ...(permissions === undefined ? {} : { permissions }) }),
    })
  return {
    local,
    github: open(),
    directory,
    bare,
    address: { ...connection, token: local.token({ repository }), directory, commit },
    open,
    registration: (model, run, more) => registrationAt({ directory, commit }, model, run, more),
    request: moveRequest,
    git: (...args) =>
      execFileSync('git', ['-C', bare, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
    async close() {
      await local.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** A registration of a run's small model, whose file is written. */
export async function registrationAt(
  { directory, commit }: Pick<Address, 'directory' | 'commit'>,
  model: string,
  run: string,
  more: Partial<Registration> = {},
): Promise<Registration> {
  const path = join(directory, `${run}.onnx`)
  const bytes = Buffer.from(`model of ${run}`)
  await writeFile(path, bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = { path: 'out/model.onnx', sha256, size: bytes.byteLength }
  return {
    model,
    run: record(run, commit, file),
    files: [{ name: 'model.onnx', path, sha256, size: file.size }],
    signature: { inputs: [{ name: 'x', type: 'float32', shape: [null, 3] }], outputs: [], opsets: { '': 17 } },
    evidence: [gate(sha256)],
    golden: '{"golden":true}\n',
    referenceProfile: '{"profile":true}\n',
    bump: 'auto',
    version: null,
    describe: (manifest, _, version) => `# ${manifest.model} ${version ?? ''}\n`,
    who: 'ada',
    runUrl: 'https://github.com/acme/models/actions/runs/1',
    ...more,
  }
}

export function moveRequest(model: string, more: Partial<MoveRequest>): MoveRequest {
  return {
    do: 'promote',
    model,
    stage: 'production',
    version: null,
    expect: null,
    request: null,
    who: 'grace',
    why: 'better recall',
    runUrl: null,
    dryRun: false,
    judge: async () => ({ checks: [], evidence: [] }),
    ...more,
  }
}

function record(id: string, commit: string, file: { path: string; sha256: string; size: number }): RunRecord {
  return {
    schema: 'mlops-actions/run@1',
    id,
    kind: 'training',
    experiment: 'churn',
    name: 'first',
    status: 'finished',
    start: '2026-03-01T10:00:00.000Z',
    end: '2026-03-01T10:05:00.250Z',
    user: 'ada',
    run_url: null,
    commit,
    dirty: false,
    params: { c: '1' },
    metrics: { roc_auc: { value: 0.84, step: null, best: 0.84, points: 1 } },
    tags: {},
    data: [{ name: 'train', fingerprint: `sha256:${'d'.repeat(64)}`, files: [] }],
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

export function gate(model: string, threshold = 0.8, more: Partial<Verdict> = {}): Verdict {
  const one = check(true, {
    id: 'gate.roc_auc.threshold',
    title: 'roc_auc is at least 0.8',
    subject: 'roc_auc',
    observed: '0.84',
    expected: '>= 0.8',
    evidence: { metric: 'roc_auc', value: 0.84, threshold, direction: 'higher_is_better' },
  })
  return { ...verdict('gate', { model }, [one], { at: '2026-03-01T10:06:00.000Z' }), ...more }
}

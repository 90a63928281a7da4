// The example project on a local GitHub, and jobs on it that run the committed dist as GitHub's runner would.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Check, parseVerdict, type Verdict } from '@mlops-actions/verdict'
import { expect } from 'vitest'
import { parse } from 'yaml'
import {
  type GitHubContext,
  type JobResult,
  type LocalGitHub,
  runSteps,
  type Step,
  startLocalGitHub,
  warmToolCache,
} from '../../local-github/index.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const example = join(root, 'examples/churn')

export const actionNames = [
  'build-serving-image',
  'compare-with-production',
  'data-validate',
  'drift-check',
  'metrics-gate',
  'pr-report',
  'register-promote',
  'train-track',
]

export interface Pull {
  number: number
  head: string
  base: string
}

/** A job's folders; a second job in the same place finds what the first one left. */
export interface Place {
  workspace: string
  temp: string
  /** The commit that is checked out. */
  sha: string
}

export interface JobOptions {
  /** What started the job: a pull request, or an event on the default branch. */
  on?: Pull | 'push' | 'workflow_dispatch' | 'schedule'
  /** The pull request comes from a fork. */
  fork?: boolean
  actor?: string
  token?: string
  place?: Place
  /** Files written over those of the checkout. */
  files?: Files
  /** More of the job's environment. */
  env?: Record<string, string>
  /** The inputs of the workflow. */
  inputs?: Record<string, string | boolean>
}

export type Files = Record<string, string | Uint8Array>
export type StepResult = JobResult['steps'][number]
export interface Job extends JobResult {
  place: Place
  /** A step by the id it was given, or by its action. */
  of(id: string): StepResult
}

/** An action of this pack as a step; it runs whatever became of the steps before. */
export function use(name: string, inputs: Record<string, string> = {}, id: string = name): Step {
  return { uses: join(root, 'actions', name), with: inputs, id, always: true }
}

export const validate = (inputs: Record<string, string> = {}) =>
  use('data-validate', { data: 'data/train.csv', ...inputs })
export const train = (inputs: Record<string, string> = {}) =>
  use('train-track', { command: 'node train.mjs', params: 'params.json', metrics: 'metrics.json', ...inputs })
export const gate = (inputs: Record<string, string> = {}) =>
  use('metrics-gate', { 'model-file': 'model.onnx', data: 'data/holdout.csv', ...inputs })
export const compare = (inputs: Record<string, string> = {}) => use('compare-with-production', inputs)
export const registry = (operation: string, inputs: Record<string, string> = {}, id = operation) =>
  use('register-promote', { operation, ...inputs }, id)

export function paramsOf(name: 'first' | 'better' | 'worse'): Files {
  return { 'params.json': readFileSync(join(example, `params/${name}.json`), 'utf8') }
}

/** The example's mlops.yaml with one text in it replaced by another. */
export function settings(from: string, to: string): Files {
  const text = readFileSync(join(example, 'mlops.yaml'), 'utf8')
  expect(text).toContain(from)
  return { 'mlops.yaml': text.replace(from, to) }
}

/** The outputs that an action's action.yml declares, sorted. */
export function declaredOutputs(action: string): string[] {
  const { outputs } = parse(readFileSync(join(root, 'actions', action, 'action.yml'), 'utf8')) as { outputs: object }
  return Object.keys(outputs).sort()
}

export function verdictOf(step: StepResult): Verdict {
  const path = step.outputs['report-json']!
  return parseVerdict(readFileSync(path, 'utf8'), path)
}

export function checkOf(step: StepResult, id: string): Check {
  const { checks } = verdictOf(step)
  const found = checks.find((c) => c.id === id)
  if (!found) throw new Error(`no check ${id} among ${checks.map((c) => c.id).join(', ')}`)
  return found
}

/** What a person reads of a step: its verdict and whatever broke. For messages of assertions. */
export function told(step: StepResult): string {
  return [`exit ${step.exitCode}`, ...step.annotations.map((a) => `${a.level}: ${a.message}`), step.stdout].join('\n')
}

export class Churn {
  readonly name = 'acme/churn'
  readonly github: LocalGitHub
  readonly bare: string
  readonly folder: string
  /** What a workflow with `permissions: write-all` has. */
  readonly token: string
  #jobs = 0

  private constructor(github: LocalGitHub, bare: string, folder: string) {
    this.github = github
    this.bare = bare
    this.folder = folder
    this.token = github.token({ repository: this.name })
  }

  /** A local GitHub with the example pushed to main, and, where `files` are given, those written over it. */
  static async open(files: Files = {}): Promise<Churn> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mlops-end-to-end-')))
    const github = await startLocalGitHub({ directory: join(folder, 'github'), rateLimit: 100_000, checked: true })
    const { bare } = await github.createRepository('acme/churn', { defaultBranch: 'main' })
    const churn = new Churn(github, bare, folder)
    await github.commit(churn.name, {
      branch: 'main',
      files: { ...exampleFiles(), ...bytesOf(files) },
      message: 'The churn project',
      author: 'ada',
    })
    return churn
  }

  async close(): Promise<void> {
    await this.github.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  git(...words: string[]): string {
    return execFileSync('git', ['-C', this.bare, ...words], { encoding: 'utf8' }).trim()
  }

  /** Every ref with its object: equal before and after means that nothing was written to git. */
  refs(): string {
    return this.git('for-each-ref', '--format=%(refname) %(objectname)')
  }

  push(files: Files, message = 'Change the project'): Promise<string> {
    return this.github.commit(this.name, { branch: 'main', files: bytesOf(files), message, author: 'grace' })
  }

  /** A branch off main with files changed, and a pull request for it. */
  async propose(branch: string, files: Files): Promise<Pull> {
    const base = this.git('rev-parse', 'refs/heads/main')
    const change = { branch, from: 'main', files: bytesOf(files), message: branch, author: 'grace' }
    const head = await this.github.commit(this.name, change)
    const answer = (await this.api('POST', 'pulls', { title: branch, head: branch, base: 'main' })) as {
      number: number
    }
    return { number: answer.number, head, base }
  }

  async comments(pull: Pull): Promise<string[]> {
    const all = (await this.api('GET', `issues/${pull.number}/comments`)) as { body: string }[]
    return all.map(({ body }) => body)
  }

  /** The API, asked with all rights. */
  async api(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.github.apiUrl}/repos/${this.name}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(`${method} ${path} gave ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }

  /** Folders of a job with a commit checked out. */
  checkout(commit = 'refs/heads/main', files: Files = {}): Place {
    this.#jobs += 1
    const folder = join(this.folder, `job-${this.#jobs}`)
    const sha = this.git('rev-parse', commit)
    const place = { workspace: join(folder, 'workspace'), temp: join(folder, 'temp'), sha }
    mkdirSync(place.temp, { recursive: true })
    const quiet = { stdio: 'ignore' } as const
    execFileSync('git', ['clone', '-q', '--shared', '--no-checkout', this.bare, place.workspace], quiet)
    execFileSync('git', ['-C', place.workspace, 'checkout', '-q', '--detach', sha], quiet)
    write(place.workspace, files)
    return place
  }

  /** A copy of a job's folders, to go on from there in two ways. */
  copy(place: Place): Place {
    this.#jobs += 1
    const folder = join(this.folder, `job-${this.#jobs}`)
    cpSync(dirname(place.workspace), folder, { recursive: true, verbatimSymlinks: true })
    return { ...place, workspace: join(folder, 'workspace'), temp: join(folder, 'temp') }
  }

  /** Runs one job; every step of it must keep the contract of outputs. */
  async run(steps: Step[], options: JobOptions = {}): Promise<Job> {
    const { on = 'push', files = {}, actor = 'ada', env = {}, token = this.token, inputs = {} } = options
    const pull = typeof on === 'object' ? on : undefined
    const place = options.place ?? this.checkout(pull?.head)
    write(place.workspace, files)
    const runId = await this.github.addRun(this.name, {})
    const { sha } = place
    const context = pull
      ? { eventName: 'pull_request', event: this.#pullEvent(pull, options.fork === true), ...pullRefs(pull) }
      : { eventName: String(on), event: this.#pushEvent(sha), ref: 'refs/heads/main' }
    const job = await runSteps({
      steps,
      workspace: place.workspace,
      temp: place.temp,
      toolCache: warmToolCache(join(this.folder, 'tool-cache'), join(root, 'node_modules')),
      github: { repository: this.name, actor, job: 'churn', runId, sha, ...context } satisfies GitHubContext,
      env: { ...this.github.environment(this.name, { runId, job: 'churn' }), ...env },
      token,
      inputs,
    })
    for (const [i, step] of job.steps.entries()) {
      const { uses } = steps[i] as { uses?: string }
      if (uses !== undefined && step.conclusion !== 'skipped') expectContract(step, uses.split('/').at(-1)!)
    }
    const of = (id: string) => {
      const found = job.steps.find((step) => step.id === id)
      if (!found) throw new Error(`the job has no step ${id}`)
      return found
    }
    return { ...job, place, of }
  }

  #pushEvent(after: string): Record<string, unknown> {
    return { repository: { full_name: this.name, default_branch: 'main' }, ref: 'refs/heads/main', after }
  }

  #pullEvent(pull: Pull, fork: boolean): Record<string, unknown> {
    const repository = { full_name: this.name, default_branch: 'main' }
    const theirs = fork ? { full_name: 'stranger/churn', default_branch: 'main', fork: true } : repository
    return {
      number: pull.number,
      repository,
      pull_request: {
        number: pull.number,
        head: { ref: 'candidate', sha: pull.head, repo: theirs },
        base: { ref: 'main', sha: pull.base, repo: repository },
      },
    }
  }
}

/** Every declared output is set and no other, and the common ones say what the exit code says. */
function expectContract(step: StepResult, action: string): void {
  expect(Object.keys(step.outputs).sort(), `outputs of ${action}\n${told(step)}`).toEqual(declaredOutputs(action))
  expect(step.undeclaredOutputs).toEqual([])
  const { verdict, passed } = step.outputs
  expect(['passed', 'warned', 'failed', 'error']).toContain(verdict)
  expect(passed).toBe(String(verdict === 'passed' || verdict === 'warned'))
  expect(step.exitCode === 2, told(step)).toBe(verdict === 'error')
  for (const form of ['report-json', 'report-markdown', 'report-html'])
    expect(readFileSync(step.outputs[form]!, 'utf8').length, `${form} of ${action}`).toBeGreaterThan(0)
  expect(step.summary, `the summary of ${action}`).toContain('## ')
  expect(step.stderr).toBe('')
}

function pullRefs({ number }: Pull) {
  return { ref: `refs/pull/${number}/merge`, baseRef: 'main', headRef: 'candidate' }
}

function bytesOf(files: Files): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]))
}

export function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}

function exampleFiles(): Record<string, Uint8Array> {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard']
  const names = execFileSync('git', options, { cwd: example, encoding: 'utf8' }).split('\n')
  return Object.fromEntries(names.filter((n) => n !== '').map((name) => [name, readFileSync(join(example, name))]))
}

// The demo's repository on the local GitHub: the example project pushed into it, branches, pull requests and jobs.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import {
  type GitHubContext,
  type JobResult,
  type LocalGitHub,
  runSteps,
  type Step,
  startLocalGitHub,
  warmToolCache,
} from '../local-github/index.ts'
import { stepLine } from './terminal.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const example = join(root, 'examples/churn')

/** What the demo knows of a pull request. */
export interface Pull {
  number: number
  head: string
  base: string
}

export class DemoRepository {
  readonly name = 'acme/churn'
  readonly github: LocalGitHub
  readonly bare: string
  readonly #folder: string
  readonly #token: string
  #jobs = 0

  private constructor(github: LocalGitHub, bare: string, folder: string) {
    this.github = github
    this.bare = bare
    this.#folder = folder
    this.#token = github.token({ repository: this.name })
  }

  /** Starts the local GitHub below `folder` and pushes the example project into it. */
  static async open(folder: string): Promise<DemoRepository> {
    const github = await startLocalGitHub({ directory: join(folder, 'github') })
    const { bare } = await github.createRepository('acme/churn', { defaultBranch: 'main' })
    const repository = new DemoRepository(github, bare, folder)
    await github.commit('acme/churn', {
      branch: 'main',
      files: exampleFiles(),
      message: 'The churn project',
      author: 'ada',
    })
    return repository
  }

  head(branch = 'main'): string {
    return this.git('rev-parse', `refs/heads/${branch}`)
  }

  git(...words: string[]): string {
    return execFileSync('git', ['-C', this.bare, ...words], { encoding: 'utf8' }).trim()
  }

  /** A branch off main with one file changed, and a pull request for it. */
  async propose(branch: string, title: string, files: Record<string, string>): Promise<Pull> {
    const base = this.head()
    const head = await this.github.commit(this.name, { branch, from: 'main', files, message: title, author: 'grace' })
    const answer = await this.#api('POST', 'pulls', { title, head: branch, base: 'main' })
    return { number: Number(answer.number), head, base }
  }

  /** Merges a pull request by fast-forward. */
  merge(pull: Pull): void {
    this.git('update-ref', 'refs/heads/main', pull.head, pull.base)
  }

  async comments(pull: Pull): Promise<string[]> {
    const answer = await this.#api('GET', `issues/${pull.number}/comments`)
    return (answer as unknown as { body: string }[]).map((comment) => comment.body)
  }

  /** The example's own workflow, as a push of main or a pull request starts it. */
  async runWorkflow(pull?: Pull): Promise<JobResult> {
    const sha = pull?.head ?? this.head()
    const repository = { full_name: this.name, default_branch: 'main' }
    const end = (ref: string, of: string) => ({ ref, sha: of, repo: repository })
    const event = pull
      ? {
          number: pull.number,
          repository,
          pull_request: { number: pull.number, head: end('candidate', sha), base: end('main', pull.base) },
        }
      : { repository, ref: 'refs/heads/main', after: sha }
    return this.runJob(workflowSteps(), {
      eventName: pull ? 'pull_request' : 'push',
      event,
      sha,
      ref: pull ? `refs/pull/${pull.number}/merge` : 'refs/heads/main',
      ...(pull ? { baseRef: 'main', headRef: 'candidate' } : {}),
      workflow: 'train',
      workflowPath: '.github/workflows/train.yml',
    })
  }

  /** Steps as the "Run workflow" button or a schedule starts them on main. */
  async dispatch(steps: Step[], actor = 'grace', eventName = 'workflow_dispatch'): Promise<JobResult> {
    const repository = { full_name: this.name, default_branch: 'main' }
    return this.runJob(steps, {
      eventName,
      event: { repository },
      sha: this.head(),
      ref: 'refs/heads/main',
      actor,
      workflow: 'operate',
    })
  }

  /** One job on a fresh checkout, a line on the terminal for each step. */
  async runJob(steps: Step[], context: Omit<GitHubContext, 'repository'>): Promise<JobResult> {
    this.#jobs += 1
    const folder = join(this.#folder, `job-${this.#jobs}`)
    const workspace = join(folder, 'workspace')
    mkdirSync(join(folder, 'temp'), { recursive: true })
    execFileSync('git', ['clone', '--quiet', '--no-checkout', this.bare, workspace], { stdio: 'ignore' })
    execFileSync('git', ['-C', workspace, 'checkout', '--quiet', '--detach', context.sha!])
    const runId = await this.github.addRun(this.name, {})
    const result = await runSteps({
      steps,
      workspace,
      temp: join(folder, 'temp'),
      toolCache: warmToolCache(join(this.#folder, 'tool-cache'), join(root, 'node_modules')),
      github: { repository: this.name, actor: 'ada', job: 'churn', runId, ...context },
      env: this.github.environment(this.name, { runId, job: 'churn' }),
      token: this.#token,
    })
    for (const step of result.steps) {
      if (step.conclusion !== 'skipped') report(step)
    }
    return result
  }

  async #api(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.github.apiUrl}/repos/${this.name}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(`${method} ${path} gave ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  }
}

/** An action of this pack as a step. */
export function use(name: string, inputs: Record<string, string>, id?: string): Step {
  return { uses: join(root, 'actions', name), with: inputs, ...(id ? { id } : {}) }
}

/** The steps of the example's workflow, its actions taken from this checkout; the runner has checked out already. */
function workflowSteps(): Step[] {
  const workflow = parse(readFileSync(join(example, '.github/workflows/train.yml'), 'utf8')) as {
    jobs: Record<string, { steps: (Step & { uses?: string })[] }>
  }
  const { steps } = Object.values(workflow.jobs)[0]!
  return steps
    .filter((step) => !step.uses?.startsWith('actions/checkout@'))
    .map((step) => {
      const name = /^OWNER\/mlops-actions\/actions\/([^@]+)@/.exec(step.uses ?? '')?.[1]
      return name ? { ...step, uses: join(root, 'actions', name) } : step
    })
}

function exampleFiles(): Record<string, Uint8Array> {
  const names = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: example,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((name) => name !== '')
  const files = names.length > 0 ? names : walk(example)
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(example, name))]))
}

function walk(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}

/** A step's line: its verdict and the sentence that the action ends with; its whole output where it ended in an error. */
function report(step: JobResult['steps'][number]): void {
  const lines = step.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('::'))
  const verdict = step.outputs.verdict ?? step.conclusion
  stepLine(step.id.replace(/^__/, ''), verdict, step.durationMs, lines.at(-1) ?? '')
  if (verdict === 'error') console.log(step.stdout, step.stderr)
}

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { type GitHubContext, jobContext } from './context.ts'
import { type Contexts, condition, interpolate, type JobStatus } from './expressions.ts'
import { type ActionManifest, inputVariable, readManifest } from './manifest.ts'
import { type JobState, runStage, type StageResult } from './stage.ts'
import type { Annotation } from './workflow-commands.ts'

export type { Annotation } from './workflow-commands.ts'

/** What one step left behind; of an action, its pre, main and post stages taken together. */
export interface StepResult extends StageResult {
  conclusion: 'success' | 'failure' | 'skipped'
  /** Inputs given that action.yml does not declare; they are passed on all the same, as GitHub does. */
  unexpectedInputs: string[]
  /** Outputs set that action.yml does not declare. */
  undeclaredOutputs: string[]
}

export interface ActionOptions {
  /** The folder of action.yml. */
  action: string
  inputs?: Record<string, string>
  workspace: string
  /** RUNNER_TEMP. */
  temp: string
  toolCache?: string
  github: GitHubContext
  /** The job's environment: what `LocalGitHub.environment` gives, and the workflow's own `env:`. */
  env?: Record<string, string>
  /** The Node 24 to run it with; by default the one installed beside this project. */
  node?: string
  /** The value of `github.token`. */
  token?: string
  /** Kills the running stage (SIGKILL; exit code 137). */
  signal?: AbortSignal
}

export type JobPlace = Pick<ActionOptions, 'workspace' | 'temp' | 'toolCache' | 'github' | 'env' | 'token' | 'signal'>

/** A job that has not run anything yet. */
export async function startJob(options: JobPlace): Promise<JobState> {
  const { workspace, temp, toolCache = join(dirname(temp), '_tool'), env = {}, token = '' } = options
  for (const folder of [workspace, temp, toolCache]) await mkdir(folder, { recursive: true })
  const places = { workspace, temp, toolCache }
  return {
    places,
    context: jobContext(options.github, places, env, token),
    env: { ...env },
    path: [],
    masks: token === '' ? [] : [token],
    signal: options.signal,
  }
}

/** The Node 24 installed beside this project, else this very process if it is recent enough. */
export function findNode(): string {
  const installed = createRequire(import.meta.url).resolve.paths('node-of-the-project') ?? []
  const found = installed.map((folder) => join(folder, 'node', 'bin', 'node')).find((file) => existsSync(file))
  if (found) return found
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new Error('no Node 24 was found: install the npm package node@24 or give `node`')
}

/** The contexts that expressions of a step can read. */
export function stepContexts(job: JobState, steps: Contexts, status: JobStatus): Contexts {
  const { github, runner } = job.context
  return {
    github,
    runner,
    env: job.env,
    steps,
    job: { status },
    secrets: { GITHUB_TOKEN: github.token },
    strategy: {},
    matrix: {},
    inputs: {},
  }
}

export const emptyResult = (): StepResult => ({
  conclusion: 'skipped',
  exitCode: 0,
  stdout: '',
  stderr: '',
  outputs: {},
  env: {},
  path: [],
  state: {},
  summary: '',
  annotations: [],
  droppedAnnotations: 0,
  masks: [],
  durationMs: 0,
  unexpectedInputs: [],
  undeclaredOutputs: [],
})

/** Adds what a stage left to what its step has left so far. */
export function addStage(step: StepResult, stage: StageResult): void {
  step.exitCode ||= stage.exitCode
  step.conclusion = step.exitCode === 0 ? 'success' : 'failure'
  step.stdout += stage.stdout
  step.stderr += stage.stderr
  step.summary += stage.summary
  step.durationMs += stage.durationMs
  step.droppedAnnotations += stage.droppedAnnotations
  step.annotations.push(...stage.annotations)
  step.masks.push(...stage.masks)
  step.path.push(...stage.path)
  Object.assign(step.outputs, stage.outputs)
  Object.assign(step.env, stage.env)
  Object.assign(step.state, stage.state)
}

/** One use of an action in a job: its stages, run when the job says so. */
export class ActionUse {
  readonly manifest: ActionManifest
  readonly result: StepResult = emptyResult()
  private readonly node: string
  private readonly identity: Record<string, string>
  private started = false

  constructor(manifest: ActionManifest, node: string, id: string) {
    this.manifest = manifest
    this.node = node
    this.identity = { action: id }
  }

  /** The variables of the inputs: defaults are evaluated, undeclared ones are passed on with a warning. */
  private inputs(
    given: Record<string, string>,
    contexts: Contexts,
  ): { variables: Record<string, string>; warnings: Annotation[] } {
    const { manifest, result } = this
    const names = new Map([...manifest.inputs.keys()].map((name) => [name.toLowerCase(), name]))
    const variables: Record<string, string> = {}
    const warnings: Annotation[] = []
    const present = new Set<string>()
    result.unexpectedInputs = []
    for (const [name, value] of Object.entries(given)) {
      const declared = names.get(name.toLowerCase())
      if (declared === undefined) result.unexpectedInputs.push(name)
      else present.add(declared)
      variables[inputVariable(name)] = value
      const note = declared === undefined ? undefined : manifest.inputs.get(declared)?.deprecationMessage
      if (note)
        warnings.push({ level: 'warning', message: `Input '${name}' has been deprecated with message: ${note}` })
    }
    for (const [name, input] of manifest.inputs)
      if (!present.has(name)) variables[inputVariable(name)] = interpolate(input.default ?? '', contexts)
    if (result.unexpectedInputs.length > 0) {
      const list = (all: Iterable<string>) => [...all].map((name) => `'${name}'`).join(', ')
      warnings.push({
        level: 'warning',
        message: `Unexpected input(s) ${list(result.unexpectedInputs)}, valid inputs are [${list(manifest.inputs.keys())}]`,
      })
    }
    return { variables, warnings }
  }

  private async stage(
    job: JobState,
    file: string,
    given: Record<string, string>,
    env: Record<string, string>,
    contexts: Contexts,
  ): Promise<StageResult> {
    this.started = true
    const { variables, warnings } = this.inputs(given, contexts)
    const state = Object.fromEntries(Object.entries(this.result.state).map(([name, value]) => [`STATE_${name}`, value]))
    const done = await runStage(job, {
      command: this.node,
      args: [file],
      identity: this.identity,
      variables: { ...env, ...variables, ...state },
      searchFirst: [dirname(this.node)],
      withServices: true,
    })
    // GitHub warns where the step runs, not again when it cleans up.
    if (file === this.manifest.main) done.annotations.unshift(...warnings)
    addStage(this.result, done)
    this.result.undeclaredOutputs = Object.keys(this.result.outputs).filter(
      (name) => !this.manifest.outputs.includes(name),
    )
    return done
  }

  async pre(
    job: JobState,
    given: Record<string, string>,
    env: Record<string, string>,
    contexts: Contexts,
    status: JobStatus,
  ) {
    const { pre, preIf } = this.manifest
    return pre && condition(preIf, contexts, status) ? this.stage(job, pre, given, env, contexts) : undefined
  }

  main(job: JobState, given: Record<string, string>, env: Record<string, string>, contexts: Contexts) {
    return this.stage(job, this.manifest.main, given, env, contexts)
  }

  /** Cleans up, if the action ever started. */
  async post(
    job: JobState,
    given: Record<string, string>,
    env: Record<string, string>,
    contexts: Contexts,
    status: JobStatus,
  ) {
    const { post, postIf } = this.manifest
    return this.started && post && condition(postIf, contexts, status)
      ? this.stage(job, post, given, env, contexts)
      : undefined
  }
}

/** Runs a JavaScript action alone in a job, as GitHub's runner does: pre, main (unless pre failed), post. */
export async function runAction(options: ActionOptions): Promise<StepResult> {
  const job = await startJob(options)
  const use = new ActionUse(
    await readManifest(options.action),
    options.node ?? findNode(),
    `__${basename(options.action)}`,
  )
  const inputs = options.inputs ?? {}
  const contexts = (status: JobStatus) => stepContexts(job, {}, status)
  const failed = (): JobStatus => (use.result.exitCode === 0 ? 'success' : 'failure')
  await use.pre(job, inputs, {}, contexts('success'), 'success')
  if (failed() === 'success') await use.main(job, inputs, {}, contexts('success'))
  await use.post(job, inputs, {}, contexts(failed()), failed())
  return use.result
}

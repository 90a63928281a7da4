import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { basename, isAbsolute, join, resolve } from 'node:path'
import {
  ActionUse,
  addStage,
  emptyResult,
  findNode,
  type JobPlace,
  type StepResult,
  startJob,
  stepContexts,
} from './action.ts'
import { type Contexts, condition, interpolate, type JobStatus } from './expressions.ts'
import { readManifest } from './manifest.ts'
import { type JobState, runStage } from './stage.ts'

interface CommonStep {
  id?: string
  env?: Record<string, string>
  /** As in a workflow; without it a step runs as long as nothing has failed. */
  if?: string
  /** Short for `if: always()`. */
  always?: boolean
  continueOnError?: boolean
}

export interface ActionStep extends CommonStep {
  /** The action's folder: absolute, or relative to the workspace. */
  uses: string
  with?: Record<string, string | number | boolean>
}

export interface ScriptStep extends CommonStep {
  run: string
  /** Given: `bash --noprofile --norc -eo pipefail`; not given: `bash -e`, as on GitHub. */
  shell?: 'bash'
  workingDirectory?: string
}

export type Step = ActionStep | ScriptStep

export interface JobOptions extends JobPlace {
  steps: Step[]
  /** The `inputs` context: of the workflow that was called or dispatched. */
  inputs?: Record<string, string | boolean>
  /** The Node 24 to run actions with. */
  node?: string
}

export interface JobResult {
  conclusion: JobStatus
  /** In the order of the steps. */
  steps: (StepResult & { id: string })[]
  /** Outputs by step id. */
  outputs: Record<string, Record<string, string>>
  /** Everything that was masked, the token first. */
  masks: string[]
}

interface Planned {
  step: Step
  id: string
  use?: ActionUse
  result: StepResult
}

async function runScript(job: JobState, step: ScriptStep, contexts: Contexts, env: Record<string, string>) {
  const file = join(job.places.temp, `${randomUUID()}.sh`)
  await writeFile(file, interpolate(step.run, contexts))
  const strict = ['--noprofile', '--norc', '-eo', 'pipefail', file]
  try {
    return await runStage(job, {
      command: 'bash',
      args: step.shell === 'bash' ? strict : ['-e', file],
      identity: { action: '__run' },
      variables: env,
      searchFirst: [],
      withServices: false,
      ...(step.workingDirectory ? { workingDirectory: resolve(job.places.workspace, step.workingDirectory) } : {}),
    })
  } finally {
    await rm(file, { force: true })
  }
}

/**
 * Runs the steps of one job in order: every action's `pre` first, then the steps until one fails (`if` decides
 * otherwise), then every started action's `post` in reverse. A failing step never throws: its result tells.
 */
export async function runSteps(options: JobOptions): Promise<JobResult> {
  const job = await startJob(options)
  const node = options.node ?? findNode()
  const planned: Planned[] = []
  for (const [index, step] of options.steps.entries()) {
    if ('run' in step) planned.push({ step, id: step.id ?? `__run_${index + 1}`, result: emptyResult() })
    else {
      const folder = isAbsolute(step.uses) ? step.uses : resolve(job.places.workspace, step.uses)
      const id = step.id ?? `__${basename(folder)}`
      const use = new ActionUse(await readManifest(folder), node, id)
      planned.push({ step, id, use, result: use.result })
    }
  }

  let status: JobStatus = 'success'
  const seen: Record<string, { outputs: Record<string, string>; outcome: string; conclusion: string }> = {}
  const contexts = () => ({ ...stepContexts(job, seen, status), inputs: options.inputs ?? {} })
  const substituted = (values: Record<string, string | number | boolean> = {}) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, interpolate(String(value), contexts(), status)]),
    )
  const inputs = ({ step }: Planned) => substituted('uses' in step ? step.with : {})

  for (const one of planned) {
    const done = await one.use?.pre(job, inputs(one), substituted(one.step.env), contexts(), status)
    if (done && done.exitCode !== 0) status = 'failure'
  }
  for (const one of planned) {
    const { step, id, use, result } = one
    if (condition(step.if ?? (step.always ? 'always()' : 'success()'), contexts(), status)) {
      const env = substituted(step.env)
      if (use) await use.main(job, inputs(one), env, contexts())
      else addStage(result, await runScript(job, step as ScriptStep, contexts(), env))
      if (result.exitCode !== 0 && !step.continueOnError) status = 'failure'
    }
    const conclusion = result.conclusion === 'failure' && step.continueOnError ? 'success' : result.conclusion
    seen[id] = { outputs: result.outputs, outcome: result.conclusion, conclusion }
  }
  for (const one of [...planned].reverse()) {
    const done = await one.use?.post(job, inputs(one), substituted(one.step.env), contexts(), status)
    if (done && done.exitCode !== 0) status = 'failure'
  }
  return {
    conclusion: status,
    steps: planned.map(({ id, result }) => ({ ...result, id })),
    outputs: Object.fromEntries(planned.map(({ id, result }) => [id, result.outputs])),
    masks: job.masks,
  }
}

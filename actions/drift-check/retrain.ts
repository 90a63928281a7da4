import { setTimeout as sleep } from 'node:timers/promises'
import { parseDocument } from '@mlops-actions/document'
import {
  cooldownWindow,
  type DriftResult,
  mayRetrain,
  type RetrainPolicy,
  retrainingsCountFrom,
  retrainPolicy,
} from '@mlops-actions/drift'
import { type GitHub, type Refs, Unclear, type WorkflowRun } from '@mlops-actions/github'
import type { Saved } from '@mlops-actions/runs'
import { UserError } from '@mlops-actions/verdict'
import * as z from 'zod'
import type { DriftContext } from './inputs.ts'
import { watchedModel } from './watched.ts'

/** What is started where the decision is `retrain`. */
export interface RetrainPlan {
  workflow: string
  policy: RetrainPolicy
  /** What the workflow is given, as the step says it. */
  inputs: Record<string, string>
}

export interface Retraining {
  /** Address of the run; empty where none was started. */
  url: string
  /** For the report: what was started, or why nothing was. */
  said: string
}

const scalar = z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number, true or false')
const givenInputs = z.record(z.string(), scalar.transform(String))

/**
 * What `on-drift: dispatch` starts. Cooldown and cap are the base's, so
 * that a branch cannot loosen them. A UserError where no workflow is named.
 */
export async function retrainPlan(a: DriftContext): Promise<RetrainPlan> {
  const policy = (await a.base()).values.retrain ?? retrainPolicy.parse({})
  const workflow = a.inputs.workflow ?? policy.workflow ?? a.settings.values.retrain?.workflow
  if (workflow === undefined)
    throw new UserError({
      code: 'INPUT_REQUIRED',
      message: 'With on-drift: dispatch the workflow to start must be named.',
      where: { key: 'workflow' },
      help: 'Give the input "workflow" (for example train.yml), or write retrain: { workflow: train.yml } in mlops.yaml.',
    })
  const given = a.inputs['workflow-inputs'] ?? ''
  return {
    workflow,
    policy,
    inputs: parseDocument(given, 'input "workflow-inputs"', givenInputs, 'INPUT_INVALID'),
  }
}

/**
 * Starts retraining where the check asks for it and cooldown and cap allow it. Whatever stands in the way is told, and
 * changes nothing else.
 */
export async function retrain(
  a: DriftContext,
  plan: RetrainPlan,
  found: DriftResult,
  saved: Saved,
): Promise<Retraining> {
  if (!saved.stored)
    return notStarted(`the check was not stored, and without that two checks could start it at once (${saved.reason})`)
  const started = await a.attempt('start retraining', async () => start(a, plan, found, saved.commit))
  return started ?? notStarted('see the warning')
}

const notStarted = (reason: string): Retraining => ({ url: '', said: `not started: ${reason}` })

async function start(a: DriftContext, plan: RetrainPlan, found: DriftResult, commit: string): Promise<Retraining> {
  const { workflow, policy } = plan
  const github = await a.github()
  const { dispatch, refs } = github
  const { defaultBranch } = await github.about()
  const declared = await dispatch.inputs(workflow, defaultBranch)
  const runs = await newestRuns(github, plan, a.now)
  const allowed = mayRetrain({ runs, now: a.now, policy })
  if (!allowed.ok) return notStarted(allowed.reason)

  const offered = Object.entries(offeredInputs(a, found)).filter(([name]) => declared.includes(name))
  const inputs = { ...Object.fromEntries(offered), ...plan.inputs }

  // Checks that run at once see the same runs: the one that creates this ref starts retraining.
  const claim = `refs/mlops/retrain/${workflow.replaceAll('.', '-')}/${cooldownWindow(policy, a.now)}`
  if (!(await take(refs, claim, commit)))
    return notStarted('another check has started it, or tried to, within this cooldown')
  let url = 'unknown'
  let answered = true
  try {
    url = await dispatch.workflow(workflow, defaultBranch, inputs)
  } catch (error) {
    if (!(error instanceof Unclear)) {
      await a.attempt(`delete ${claim}`, () => refs.remove(claim))
      throw error
    }
    answered = false
  }
  if (url === 'unknown') url = (await newRun(github, plan, a.now, runs))?.url ?? 'unknown'
  if (url !== 'unknown') return { url, said: `started: ${url}` }
  const page = `${github.serverUrl}/${github.repository}/actions/workflows/${workflow}`
  if (answered) return { url: page, said: `started: ${page}` }
  return notStarted(`GitHub gave no clear answer, and lists no new run of ${workflow}; look at ${page}`)
}

/**
 * What the workflow is told where it declares an input of that name. No names out of the data are among it: a workflow
 * may write its inputs into a shell.
 */
function offeredInputs(a: DriftContext, { drift, columns }: DriftResult): Record<string, string> {
  const many = columns.length === 1 ? '1 column' : `${columns.length} columns`
  return {
    model: watchedModel(a),
    reason: `${drift} drift in ${many}`,
    'drift-run-url': a.environment.runUrl ?? '',
  }
}

/** The newest runs that were dispatched: as many as cooldown and cap need. */
async function newestRuns({ dispatch }: GitHub, { workflow, policy }: RetrainPlan, now: Date): Promise<WorkflowRun[]> {
  const found: WorkflowRun[] = []
  for await (const run of dispatch.runs(workflow, 'workflow_dispatch', retrainingsCountFrom(policy, now))) {
    found.push(run)
    if (found.length === policy.max_per_week) break
  }
  return found
}

/** The run that was not there before; GitHub's listing may lag behind. */
async function newRun(
  github: GitHub,
  plan: RetrainPlan,
  now: Date,
  before: WorkflowRun[],
): Promise<WorkflowRun | undefined> {
  const known = new Set(before.map(({ id }) => id))
  for (const pause of [0, 1000, 3000]) {
    await sleep(pause)
    const [newest] = await newestRuns(github, plan, now)
    if (newest !== undefined && !known.has(newest.id)) return newest
  }
  return undefined
}

/** Whether the ref is ours: nobody had taken the name before. */
async function take(refs: Refs, name: string, commit: string): Promise<boolean> {
  try {
    if ((await refs.create(name, commit)) === 'created') return true
  } catch (error) {
    if (!(error instanceof Unclear)) throw error
  }
  return (await refs.get(name)) === commit
}

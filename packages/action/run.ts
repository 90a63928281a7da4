import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as core from '@actions/core'
import type { Need } from '@mlops-actions/github'
import { Job } from '@mlops-actions/runs'
import { loadSettings, readBase } from '@mlops-actions/settings'
import { type JsonObject, UserError, type Verdict } from '@mlops-actions/verdict'
import type { AnyInputs, Context, Definition, Finished, Outputs } from './definition.ts'
import { type Environment, readEnvironment } from './environment.ts'
import { inputVariable, readInputs } from './inputs.ts'
import { jobLog } from './log.ts'
import { concludeError, concludeVerdict } from './outcome.ts'

type CommonValues = {
  'config-file': string
  'github-token': string | undefined
  'fail-on': string
  'output-directory': string | undefined
}

/** Runs an action as a step of a job: outputs are set, files written and the exit code given on every path. */
export async function run<I extends AnyInputs, O extends Record<string, string>>(
  definition: Definition<I, O>,
  inputs: AnyInputs,
  outputNames: string[],
): Promise<void> {
  let exitCode = 2
  try {
    exitCode = await steps(definition, inputs, outputNames)
  } catch (thrown) {
    exitCode = await concludeError({ thrown, outputNames, title: definition.name })
  }
  // Open keep-alive sockets would hold the process for seconds after the work is done.
  process.exit(exitCode)
}

async function steps<I extends AnyInputs, O extends Record<string, string>>(
  definition: Definition<I, O>,
  inputs: AnyInputs,
  outputNames: string[],
): Promise<number> {
  const started = new Date()
  const notes: string[] = []
  const { name } = definition
  for (const [name, input] of Object.entries(inputs)) {
    const given = process.env[inputVariable(name)]
    if (input.secret && given) core.setSecret(given)
  }
  const environment = readEnvironment(process.env)
  const job = new Job(environment.temp)
  const step = await job.step(name)
  let folder = step
  try {
    const values = readInputs(inputs, process.env) as CommonValues
    const needs = definition.permissions.filter(({ when }) => when === undefined || when(values as never))
    folder = await outputFolder(values['output-directory'], environment, step)
    const context = await openContext(name, values, { environment, job, folder, started, notes, needs })
    const finished = await definition.run(context as unknown as Context<I, O>)
    const failOn = values['fail-on']
    const end = {
      finished,
      folder,
      workspace: context.environment.workspace,
      outputNames,
      failOn,
      notes,
      started,
      title: name,
      quiet: definition.showsOthers === true,
    }
    const exitCode = await concludeVerdict(end)
    if (!definition.showsOthers) await job.conclude(step, 'report', join(folder, `${finished.verdict.kind}.json`))
    return exitCode
  } catch (thrown) {
    const exitCode = await concludeError({ thrown, folder, outputNames, title: name })
    await job.conclude(step, 'error', join(folder, 'error.json'))
    return exitCode
  }
}

async function outputFolder(given: string | undefined, environment: Environment, step: string): Promise<string> {
  if (given === undefined) return step
  const { insidePath } = await import('@mlops-actions/files')
  const folder = await insidePath(given, environment)
  await mkdir(folder, { recursive: true })
  return folder
}

interface Opening {
  environment: Environment
  job: Job
  folder: string
  started: Date
  notes: string[]
  /** The rights that this step needs. */
  needs: Need[]
}

async function openContext(
  name: string,
  values: CommonValues,
  { environment, job, folder, started, notes, needs }: Opening,
): Promise<Context<AnyInputs, Record<string, string>>> {
  const roots = { workspace: environment.workspace, temp: environment.temp }
  const settings = await loadSettings(values['config-file'], roots)
  const github = once(async () => {
    const { openGitHub } = await import('@mlops-actions/github')
    const { repository, apiUrl, serverUrl } = environment
    if (!repository) throw noRepository()
    return openGitHub({ repository, apiUrl, serverUrl, token: values['github-token'] ?? '', needs, say: jobLog.info })
  })
  const context = (more: Record<string, unknown> = {}) =>
    asJson({
      action: name,
      at: started.toISOString(),
      repository: environment.repository ?? null,
      commit: environment.sha ?? null,
      ref: environment.ref ?? null,
      event: environment.event?.name ?? null,
      actor: environment.actor ?? null,
      run_url: environment.runUrl ?? null,
      ...more,
    })
  return {
    name,
    inputs: values as never,
    settings,
    environment,
    roots,
    job,
    folder,
    log: jobLog,
    now: started,
    github,
    base: once(() => readBase(settings, environment, github)),
    context,
    attempt: async (what, work) => {
      try {
        return await work()
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        const help = error instanceof UserError && error.code === 'GITHUB_PERMISSION' ? ` ${error.help}` : ''
        jobLog.warning(`Could not ${what}: ${reason}${help}`)
        notes.push(`Could not ${what}: ${reason}`)
        return undefined
      }
    },
    finish: (verdict: Verdict, outputs: Outputs<Record<string, string>>, report = {}): Finished => ({
      verdict,
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, asText(value)])),
      report,
    }),
  }
}

/** The value as JSON holds it: what is undefined is left out. */
function asJson(value: Record<string, unknown>): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function noRepository(): UserError {
  return new UserError({
    code: 'GITHUB_REPOSITORY_UNKNOWN',
    message: 'The repository is not known: GITHUB_REPOSITORY is not set.',
    help: 'Run this in a GitHub workflow, or set GITHUB_REPOSITORY to owner/name.',
  })
}

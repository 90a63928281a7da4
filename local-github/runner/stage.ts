import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { contextVariables, type JobContext, type Places } from './context.ts'
import { FileCommandError, parsePairs, parsePaths, SUMMARY_LIMIT } from './file-commands.ts'
import { execute } from './process.ts'
import { type Annotation, CommandReader } from './workflow-commands.ts'

/** What a job carries from step to step. */
export interface JobState {
  places: Places
  context: JobContext
  /** The job's own environment, with what steps wrote to GITHUB_ENV. */
  env: Record<string, string>
  /** Folders that steps put before PATH, the last one first. */
  path: string[]
  masks: string[]
  signal?: AbortSignal | undefined
}

export interface Stage {
  command: string
  args: string[]
  /** GITHUB_ACTION and, for an action from a repository, where it comes from. */
  identity: Record<string, string>
  /** Variables of this stage alone: inputs, state, the step's `env`. */
  variables: Record<string, string>
  /** Folders to search before everything else. */
  searchFirst: string[]
  /** `run:` steps get no ACTIONS_RUNTIME_TOKEN and no addresses of the services behind it. */
  withServices: boolean
  workingDirectory?: string
}

export interface StageResult {
  /** The process's exit code; 1 where it was 0 but a command of the step was malformed or disabled. */
  exitCode: number
  stdout: string
  stderr: string
  outputs: Record<string, string>
  /** The variables written to GITHUB_ENV. */
  env: Record<string, string>
  /** The folders written to GITHUB_PATH. */
  path: string[]
  state: Record<string, string>
  summary: string
  annotations: Annotation[]
  droppedAnnotations: number
  masks: string[]
  durationMs: number
}

const services = /^ACTIONS_(RUNTIME_TOKEN|RUNTIME_URL|RESULTS_URL|CACHE_URL|CACHE_SERVICE_V2|ID_TOKEN_.*)$/

/** The nearly empty environment that a runner's machine brings along. */
function machine(): Record<string, string> {
  const { PATH = '/usr/bin:/bin', HOME = '/', LANG = 'C.UTF-8' } = process.env
  return { PATH, HOME, LANG }
}

/** GITHUB_ENV may not set these. */
const refusedVariables = ['NODE_OPTIONS']

/** Runs one stage of a step: fresh command files, the exact environment, and the effects it asks for on the job. */
export async function runStage(job: JobState, stage: Stage): Promise<StageResult> {
  const folder = join(job.places.temp, '_runner_file_commands')
  await mkdir(folder, { recursive: true })
  const suffix = randomUUID()
  const files = {
    output: join(folder, `set_output_${suffix}`),
    env: join(folder, `set_env_${suffix}`),
    path: join(folder, `add_path_${suffix}`),
    state: join(folder, `save_state_${suffix}`),
    step_summary: join(folder, `step_summary_${suffix}`),
  }
  for (const file of Object.values(files)) await writeFile(file, '')

  const inherited = Object.entries(job.env).filter(([name]) => stage.withServices || !services.test(name))
  const base = machine()
  const env: Record<string, string> = {
    ...base,
    ...Object.fromEntries(inherited),
    ...stage.variables,
    ...contextVariables(job.context, { ...stage.identity, ...files }),
  }
  env.PATH = [...stage.searchFirst, ...job.path, env.PATH].join(delimiter)

  const reader = new CommandReader()
  const finished = await execute(stage.command, stage.args, {
    cwd: stage.workingDirectory ?? job.places.workspace,
    env,
    signal: job.signal,
    onLine: (line) => reader.line(line),
  })
  const result: StageResult = {
    ...finished,
    outputs: {},
    env: {},
    path: [],
    state: {},
    summary: '',
    annotations: reader.annotations,
    droppedAnnotations: 0,
    masks: reader.masks,
  }

  const apply = async (name: keyof typeof files, effect: (text: string) => void) => {
    try {
      effect(await readFile(files[name], 'utf8'))
    } catch (error) {
      // A step may delete its own command files: then there is nothing to do.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      if (!(error instanceof FileCommandError)) throw error
      reader.annotate({ level: 'error', message: `Unable to process file command '${name}' successfully.` })
      reader.annotate({ level: 'error', message: error.message })
      reader.failure ??= error.message
    }
  }
  await apply('path', (text) => {
    result.path = parsePaths(text)
  })
  await apply('env', (text) => {
    for (const [name, value] of parsePairs(text)) {
      if (refusedVariables.includes(name.toUpperCase()))
        reader.annotate({
          level: 'error',
          message: `Can't store ${name} output parameter using '$GITHUB_ENV' command.`,
        })
      else result.env[name] = value
    }
  })
  await apply('step_summary', (text) => {
    const size = Buffer.byteLength(text)
    if (size <= SUMMARY_LIMIT) result.summary = text
    else
      reader.annotate({
        level: 'error',
        message: `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${SUMMARY_LIMIT / 1024}k, got ${Math.ceil(size / 1024)}k.`,
      })
  })
  await apply('output', (text) => {
    for (const [name, value] of parsePairs(text)) result.outputs[name] = value
  })
  await apply('state', (text) => {
    for (const [name, value] of parsePairs(text)) result.state[name] = value
  })
  for (const file of Object.values(files)) await rm(file, { force: true })

  if (reader.failure !== undefined && result.exitCode === 0) result.exitCode = 1
  result.droppedAnnotations = reader.dropped
  Object.assign(job.env, result.env)
  job.path = [...[...result.path].reverse(), ...job.path]
  job.masks.push(...result.masks)
  return result
}

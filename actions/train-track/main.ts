import { cp, mkdir } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { action } from '@mlops-actions/action'
import { dataset, readText, shownPath } from '@mlops-actions/files'
import { newRunId, type RunRecord } from '@mlops-actions/runs'
import { type Check, check, UserError, verdict } from '@mlops-actions/verdict'
import { metricsOf, paramsOf } from './collect.ts'
import { type CommandEnd, runCommand } from './command.ts'
import { commitOf, dirtyOf } from './commit.ts'
import { inputs, outputs, type TrainContext } from './inputs.ts'
import { storeRun } from './store.ts'

export const main = action({
  name: 'train-track',
  description:
    'Runs a training command and keeps what it did: parameters, metrics, data, model and environment, with digests.',
  kind: 'training',
  inputs,
  outputs,
  async run(a) {
    const command = a.inputs.command ?? a.settings.values.train?.command
    if (!command) throw noCommand()
    const modelFile = a.inputs['model-file'] ?? resolved(a, a.settings.values.train?.model_file)
    const id = newRunId(a.now.getTime())
    const params = await readParams(a)
    const data = await lineage(a)

    const end = await a.log.group(`Run ${command}`, () =>
      runCommand(command, a.environment.workspace, { MLOPS_RUN_ID: id }),
    )
    const left =
      end.exitCode === 0 ? await collect(a, modelFile) : { metrics: {}, model: null, artifacts: [], checks: [] }
    const artifacts = await keep(a, join(a.job.runFolder(id), 'artifacts'), left.artifacts)
    const model = left.model === null ? null : artifacts[0]!
    const record: RunRecord = {
      ...(await describe(a, id, command, end)),
      params,
      metrics: left.metrics,
      data,
      model_file: model,
      artifacts,
    }
    const checks = [commandCheck(command, end), ...left.checks]
    const runFile = await a.job.adopt(record)
    const stored = await storeRun(a, record)

    const result = verdict('training', { run: id, model: model?.sha256 ?? null }, checks, a.context())
    return a.finish(
      result,
      {
        'run-id': id,
        status: record.status,
        params,
        metrics: Object.fromEntries(Object.entries(record.metrics).map(([name, { value }]) => [name, value])),
        'run-file': runFile,
        'artifact-id': stored.artifactId,
        'artifact-name': stored.artifactName,
        'model-file': model ? join(dirname(runFile), 'artifacts', model.path) : '',
        'cache-hit': false,
      },
      { title: `Training of ${record.experiment}`, run: record, notes: stored.notes },
    )
  },
})

function resolved(a: TrainContext, path: string | undefined): string | undefined {
  return path === undefined ? undefined : a.settings.resolve(path)
}

async function readParams(a: TrainContext): Promise<Record<string, string>> {
  const given = a.inputs.params
  if (given === undefined) return {}
  if (given.includes(':')) return paramsOf(given, 'input "params"')
  const files = given.split('\n').map((line) => line.trim())
  const each = await Promise.all(
    files.filter((file) => file !== '').map(async (file) => paramsOf(await readText(file, a.roots), file)),
  )
  return Object.assign({}, ...each) as Record<string, string>
}

async function lineage(a: TrainContext): Promise<RunRecord['data']> {
  const train = resolved(a, a.settings.values.data?.train)
  const patterns = a.inputs.data.length > 0 ? a.inputs.data : train ? [train] : []
  return Promise.all(
    patterns.map(async (pattern) => {
      const { files, fingerprint } = await dataset([pattern], a.roots)
      return { name: pattern, fingerprint, files }
    }),
  )
}

interface Left {
  metrics: RunRecord['metrics']
  model: RunRecord['model_file']
  /** The model first, where there is one. */
  artifacts: RunRecord['artifacts']
  checks: Check[]
}

/** What the command left behind; each file that was asked for and is not there is a failed check. */
async function collect(a: TrainContext, modelFile: string | undefined): Promise<Left> {
  const checks: Check[] = []
  const found = async (pattern: string, what: string) => {
    const files = await dataset([pattern], a.roots).then(
      (of) => of.files,
      (error) => {
        if (error instanceof UserError && ['FILE_MISSING', 'DATA_NO_MATCH'].includes(error.code)) return []
        throw error
      },
    )
    checks.push(
      check(files.length > 0, {
        id: `training.${what}.${pattern}`,
        title: `${what} ${pattern} was written`,
        subject: pattern,
        observed:
          files.length > 0
            ? `${files.length === 1 ? 'it is there' : `${files.length} files`}`
            : 'no such file after the command',
        expected: 'a file',
      }),
    )
    return files
  }
  const metrics: RunRecord['metrics'] = {}
  for (const file of a.inputs.metrics) {
    if ((await found(file, 'metrics file')).length > 0)
      Object.assign(metrics, metricsOf(await readText(file, a.roots), file))
  }
  const model = modelFile === undefined ? null : ((await found(modelFile, 'model file'))[0] ?? null)
  const others = (await Promise.all(a.inputs.artifacts.map((pattern) => found(pattern, 'artifact')))).flat()
  const artifacts = [...(model ? [model] : []), ...others.filter((file) => file.path !== model?.path)]
  return { metrics, model, artifacts, checks }
}

async function describe(a: TrainContext, id: string, command: string, end: CommandEnd) {
  const { environment, inputs: given, settings } = a
  return {
    schema: 'mlops-actions/run@1' as const,
    id,
    kind: 'training' as const,
    experiment: given.experiment ?? settings.values.model ?? environment.job ?? basename(environment.workspace),
    name: given['run-name'] ?? end.start.toISOString(),
    status: end.exitCode === 0 ? ('finished' as const) : ('failed' as const),
    start: end.start.toISOString(),
    end: end.end.toISOString(),
    user: environment.actor ?? 'unknown',
    run_url: environment.runUrl ?? null,
    commit: await commitOf(environment.workspace),
    dirty: await dirtyOf(environment.workspace),
    tags: given.tags === undefined ? {} : paramsOf(given.tags, 'input "tags"'),
    environment: {
      os: process.platform,
      arch: process.arch,
      cpu: cpus()[0]?.model ?? null,
      cpus: cpus().length,
      memory_bytes: totalmem(),
    },
    command,
    exit_code: end.exitCode,
    peak_memory_bytes: end.peakMemoryBytes,
    parent: null,
    children: [],
  }
}

/**
 * Copies the run's files to its folder, so that later commands cannot change what was tracked, under their paths in the
 * workspace; files of RUNNER_TEMP stand below `RUNNER_TEMP/`. Gives them by the paths they have there.
 */
async function keep(a: TrainContext, folder: string, files: RunRecord['artifacts']): Promise<RunRecord['artifacts']> {
  const kept: RunRecord['artifacts'] = []
  for (const file of files) {
    const source = join(a.environment.workspace, file.path)
    const outside = file.path.startsWith('../')
    const path = outside ? `RUNNER_TEMP/${await shownPath(source, { workspace: a.roots.temp })}` : file.path
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await cp(source, join(folder, path))
    kept.push({ ...file, path })
  }
  return kept
}

function commandCheck(command: string, end: CommandEnd): Check {
  const seconds = ((end.end.getTime() - end.start.getTime()) / 1000).toFixed(1)
  return check(end.exitCode === 0, {
    id: 'training.command',
    title: 'The command succeeded',
    subject: command,
    observed: `exit code ${end.exitCode} after ${seconds} s`,
    expected: 'exit code 0',
    evidence: { exit_code: end.exitCode, peak_memory_bytes: end.peakMemoryBytes },
  })
}

function noCommand(): UserError {
  return new UserError({
    code: 'COMMAND_MISSING',
    message: 'There is no command to run.',
    where: { key: 'command' },
    help: 'Give the input "command", or "train: { command: … }" in mlops.yaml.',
  })
}

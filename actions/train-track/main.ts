import { cpus, totalmem } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { action } from '@mlops-actions/action'
import { dataset, readText } from '@mlops-actions/files'
import { newRunId, type RunRecord } from '@mlops-actions/runs'
import { type Check, check, UserError, verdict } from '@mlops-actions/verdict'
import { collect, keep, nothing } from './artifacts.ts'
import { type CommandEnd, runCommand } from './command.ts'
import { commitOf, dirtyOf } from './commit.ts'
import { inputs, outputs, type TrainContext } from './inputs.ts'
import { paramsOf } from './params-and-metrics.ts'
import { storeRun } from './store.ts'

export const main = action({
  name: 'train-track',
  description:
    'Runs a training command and keeps what it did: parameters, metrics, data, model and environment, with digests.',
  kind: 'training',
  permissions: [
    {
      permission: 'contents: write',
      why: "write the run's ref",
      without: 'the run stays an artifact, and the report says so',
    },
  ],
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
    const left = end.exitCode === 0 ? await collect(a, modelFile) : nothing
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

import { cp, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dataset, readText, shownPath } from '@mlops-actions/files'
import type { RunRecord } from '@mlops-actions/runs'
import { type Check, check, UserError } from '@mlops-actions/verdict'
import type { TrainContext } from './inputs.ts'
import { metricsOf } from './params-and-metrics.ts'

export interface Left {
  metrics: RunRecord['metrics']
  model: RunRecord['model_file']
  /** The model first, where there is one. */
  artifacts: RunRecord['artifacts']
  checks: Check[]
}

export const nothing: Left = { metrics: {}, model: null, artifacts: [], checks: [] }

/** What the command left behind; each file that was asked for and is not there is a failed check. */
export async function collect(a: TrainContext, modelFile: string | undefined): Promise<Left> {
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

/**
 * Copies the run's files to its folder, so that later commands cannot change what was tracked, under their paths in the
 * workspace; files of RUNNER_TEMP stand below `RUNNER_TEMP/`. Gives them by the paths they have there.
 */
export async function keep(
  a: TrainContext,
  folder: string,
  files: RunRecord['artifacts'],
): Promise<RunRecord['artifacts']> {
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

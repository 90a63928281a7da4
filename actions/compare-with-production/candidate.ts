import { join } from 'node:path'
import { digestFile, insidePath, requireDigest } from '@mlops-actions/files'
import type { LocalModel } from '@mlops-actions/onnx'
import { downloadModel, namedVersion, parseReference } from '@mlops-actions/references'
import { UserError } from '@mlops-actions/verdict'
import type { CompareContext } from './inputs.ts'

/** The candidate's file: of the run of this job, a path in the workspace, or a registered version. */
export async function openCandidate(a: CompareContext): Promise<LocalModel & { run: string | null }> {
  const run = await a.job.run()
  if (a.inputs.candidate === undefined) {
    if (!run?.model_file) throw noCandidate()
    const { sha256 } = run.model_file
    const path = join(a.job.runFolder(run.id), 'artifacts', run.model_file.path)
    await requireDigest(path, sha256)
    return { path, sha256, run: run.id }
  }
  const reference = parseReference(a.inputs.candidate)
  if (reference.kind === 'path') {
    const path = await insidePath(reference.path, a.roots)
    const { sha256 } = await digestFile(path)
    return { path, sha256, run: run?.model_file?.sha256 === sha256 ? run.id : null }
  }
  if (reference.kind === 'run') throw notARun()
  const github = await a.github()
  const version = await namedVersion(github, reference)
  return { ...(await downloadModel(github, version, join(a.folder, 'candidate'))), run: version.manifest.run }
}

/** The model's name in the registry. */
export function modelOf(a: CompareContext): string {
  return (
    a.inputs.model ?? a.settings.values.model ?? missing('model', 'Give the input "model", or "model:" in mlops.yaml.')
  )
}

/** The data to run both models on. */
export function holdoutOf(a: CompareContext): string[] {
  const named = a.settings.values.data?.holdout
  if (a.inputs.holdout.length > 0) return a.inputs.holdout
  return named === undefined
    ? missing('holdout', 'Give the input "holdout", or "data: { holdout: … }" in mlops.yaml.')
    : [a.settings.resolve(named)]
}

function missing(key: string, help: string): never {
  throw new UserError({ code: 'INPUT_REQUIRED', message: `The input "${key}" is missing.`, where: { key }, help })
}

function noCandidate(): UserError {
  return new UserError({
    code: 'CANDIDATE_MISSING',
    message: 'There is no candidate: no input names one, and the run of this job has no model file.',
    where: { key: 'candidate' },
    help: 'Run train-track with "model-file" before, or give "candidate".',
  })
}

function notARun(): UserError {
  return new UserError({
    code: 'NOT_SUPPORTED',
    message: 'A run cannot be named as the candidate yet.',
    where: { key: 'candidate' },
    help: 'Name a model file or a version.',
  })
}

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Coding,
  codingOf,
  compareGolden,
  type Engine,
  type Golden,
  type InputLayout,
  inputLayout,
  loadEngine,
  parseGolden,
  type Runtime,
  readSignature,
  runsRowByRow,
  type Signature,
  tensorsFromJson,
} from '@mlops-actions/onnx'
import { type ProfileOptions, parseProfile } from '@mlops-actions/profile'
import { type Check, UserError } from '@mlops-actions/verdict'
import { classesOf, type Description, parseDescription } from '../description.ts'

/** A model that is ready to answer. */
export interface ServedModel {
  description: Description
  sha256: string
  signature: Signature
  layout: InputLayout[]
  /** How labels and probability columns map to the task's classes, settled on the golden rows. */
  coding: Coding | undefined
  engine: Engine
  rowByRow: boolean
  /** Which columns the reference profile hides and takes for categories. */
  profiled: ProfileOptions
  /** The golden rows' checks; empty where the folder holds no golden.json. */
  checks: Check[]
}

/**
 * Loads the model of a folder, runs it once on its golden rows, and compares its answers with those noted when it was
 * registered.
 * @throws UserError SERVING_INVALID, MODEL_NOT_FOUND, GOLDEN_MISMATCH, and what the model's own checks throw
 */
export async function loadModel(folder: string, runtime: Runtime): Promise<ServedModel> {
  const description = parseDescription(await readNeeded(folder, 'serving.json'), join(folder, 'serving.json'))
  const path = join(folder, 'model.onnx')
  const bytes = await readFile(path).catch((cause) => {
    throw notThere(path, cause)
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const signature = readSignature(bytes, path)
  const layout = inputLayout(signature, description.features)
  const golden = await readGolden(folder)
  if (golden !== undefined && golden.model_sha256 !== sha256) throw mismatch('golden.json belongs to another model')
  const engine = await loadEngine(runtime.directory, path)
  const answered = golden && (await engine.run(tensorsFromJson(golden.inputs)))
  const checks = golden && answered ? compareGolden(golden, answered) : []
  const failed = checks.find((check) => check.status !== 'passed')
  if (failed) throw mismatch(`${failed.title}: ${failed.observed}`)
  const classes = description.task && classesOf(description.task)
  return {
    description,
    sha256,
    signature,
    layout,
    coding: classes && answered && codingOf(answered, classes, signature.metadata),
    engine,
    rowByRow: runsRowByRow(signature),
    profiled: await readProfiled(folder),
    checks,
  }
}

async function readGolden(folder: string): Promise<Golden | undefined> {
  const path = join(folder, 'golden.json')
  const text = await readIfThere(path)
  return text === undefined ? undefined : parseGolden(text, path)
}

async function readProfiled(folder: string): Promise<ProfileOptions> {
  const path = join(folder, 'reference.profile.json')
  const text = await readIfThere(path)
  const columns = text === undefined ? [] : parseProfile(text, path).columns
  return {
    sensitive: columns.filter(({ sensitive }) => sensitive).map(({ name }) => name),
    categorical: columns.filter(({ kind }) => kind === 'categorical').map(({ name }) => name),
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

async function readNeeded(folder: string, name: string): Promise<string> {
  const path = join(folder, name)
  return await readFile(path, 'utf8').catch((cause) => {
    throw notThere(path, cause)
  })
}

function notThere(path: string, cause: Error): UserError {
  return new UserError({
    code: 'MODEL_NOT_FOUND',
    message: `${path} could not be read: ${cause.message}.`,
    where: { file: path },
    help: 'MODEL_DIR must name a folder with model.onnx and serving.json.',
    cause,
  })
}

function mismatch(reason: string): UserError {
  return new UserError({
    code: 'GOLDEN_MISMATCH',
    message: `The model does not answer its golden rows as it did when it was registered: ${reason}.`,
    help: 'The model file or onnxruntime is not the one that was registered; build the image again from the version.',
  })
}

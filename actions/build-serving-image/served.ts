import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestFile, insidePath } from '@mlops-actions/files'
import { settleTask, type Task } from '@mlops-actions/metrics'
import { type Golden, type LocalModel, parseGolden } from '@mlops-actions/onnx'
import { type Profile, parseProfile } from '@mlops-actions/profile'
import { downloadModel, namedVersion, parseReference } from '@mlops-actions/references'
import { download } from '@mlops-actions/registry'
import type { Description } from '@mlops-actions/serving'
import { UserError } from '@mlops-actions/verdict'
import type { ImageContext } from './inputs.ts'

/** What is to be served, and what it is bound to. */
export interface Served {
  model: LocalModel
  description: Description
  golden: Golden | undefined
  /** Text of the version's manifest.json. */
  manifest: string | undefined
  /** Text of its reference profile. */
  referenceProfile: string | undefined
  run: string | null
  tag: string | null
}

/** The version that `model` names, the file that `model-file` names, or the model of the run of this job. */
export async function openServed(a: ImageContext): Promise<Served> {
  const { model, 'model-file': file } = a.inputs
  if (model !== undefined && file !== undefined) throw both()
  return model === undefined ? await openFile(a, file) : await openVersion(a, model)
}

async function openVersion(a: ImageContext, text: string): Promise<Served> {
  const reference = parseReference(text)
  if (reference.kind !== 'version' && reference.kind !== 'stage') throw notAVersion(text)
  const github = await a.github()
  const version = await namedVersion(github, reference)
  if (version.manifest.format !== 'onnx') throw opaque(version.tag)
  const folder = join(a.folder, 'version')
  const read = async (name: string | undefined) => {
    if (name === undefined || version.digests[name] === undefined) return undefined
    const [path] = await download(github, version, folder, [name])
    return await readFile(path!, 'utf8')
  }
  const golden = await read('golden.json')
  const profileName = version.manifest.reference_profile?.path
  const profile = await read(profileName)
  const parsedGolden = golden === undefined ? undefined : parseGolden(golden, `golden.json of ${version.tag}`)
  const parsedProfile = profile === undefined ? undefined : parseProfile(profile, `${profileName} of ${version.tag}`)
  return {
    model: await downloadModel(github, version, folder),
    description: describe(a, version.model, version.version, parsedGolden, parsedProfile),
    golden: parsedGolden,
    manifest: await read('manifest.json'),
    referenceProfile: profile,
    run: version.manifest.run,
    tag: version.tag,
  }
}

async function openFile(a: ImageContext, file: string | undefined): Promise<Served> {
  const run = await a.job.run()
  let model: LocalModel
  if (file !== undefined) {
    const path = await insidePath(file, a.roots)
    model = { path, sha256: (await digestFile(path)).sha256 }
  } else {
    if (!run?.model_file) throw nothing()
    const path = join(a.job.runFolder(run.id), 'artifacts', run.model_file.path)
    model = { path, sha256: run.model_file.sha256 }
  }
  return {
    model,
    description: describe(a, a.settings.values.model ?? 'model', `sha256-${model.sha256.slice(0, 12)}`),
    golden: undefined,
    manifest: undefined,
    referenceProfile: undefined,
    run: run?.model_file?.sha256 === model.sha256 ? run.id : null,
    tag: null,
  }
}

function describe(a: ImageContext, name: string, version: string, golden?: Golden, profile?: Profile): Description {
  const { features } = a.settings.values
  const task = taskOf(a, profile)
  const withNulls = profile?.columns.filter((column) => column.nulls > 0).map((column) => column.name) ?? []
  const columnInputs = golden?.inputs.filter(({ shape, data }) => (shape[1] ?? 1) === 1 && data.includes(null)) ?? []
  return {
    schema: 'mlops-actions/serving@1',
    name,
    version,
    ...(task === undefined ? {} : { task }),
    ...(features === undefined ? {} : { features }),
    nullable: [...new Set([...withNulls, ...columnInputs.map((input) => input.name)])].sort(),
  }
}

/**
 * The task with its classes, as far as mlops.yaml and the reference profile tell them; undefined otherwise: the server
 * then answers the model's raw outputs.
 */
function taskOf(a: ImageContext, profile: Profile | undefined): Task | undefined {
  const { task = {} } = a.settings.values
  if (task.type === 'regression') return { type: 'regression', label: task.label ?? 'label' }
  const column = profile?.columns.find(({ name }) => name === task.label)
  if (column?.categories === undefined || column.categories.folded.categories > 0) return undefined
  const { type, label, positive } = task
  return settleTask(
    { type, label, positive },
    column.categories.values.map(({ value }) => value),
  )
}

function both(): UserError {
  return new UserError({
    code: 'INPUT_COMBINATION',
    message: 'The inputs "model" and "model-file" exclude each other.',
    where: { key: 'model-file' },
    help: 'Give the one that is to be served.',
  })
}

function notAVersion(text: string): UserError {
  return new UserError({
    code: 'INPUT_INVALID',
    message: `The input "model" is "${text}", which names no version.`,
    where: { key: 'model' },
    help: 'Name a version or a stage, such as churn@v1.4.0 or churn#production; a file goes into "model-file".',
  })
}

function opaque(tag: string): UserError {
  return new UserError({
    code: 'MODEL_NOT_SERVABLE',
    message: `${tag} is not an ONNX model: it was registered as bytes that are never loaded.`,
    where: { key: 'model' },
    help: 'Export the model to ONNX and register that.',
  })
}

function nothing(): UserError {
  return new UserError({
    code: 'MODEL_MISSING',
    message: 'There is nothing to serve: no input names a model, and the run of this job has no model file.',
    help: 'Give "model" (a version) or "model-file", or run train-track with "model-file" before.',
  })
}

import { largestAsset, unstorable } from '@mlops-actions/github'
import type { FileDigest, RunRecord } from '@mlops-actions/runs'
import { type JsonObject, UserError } from '@mlops-actions/verdict'

/** A file of a model: an asset of the release, or, where it is kept elsewhere, what its address must give. */
export interface ModelFile extends FileDigest {
  uri?: string
}

/**
 * manifest.json of a model version: what the version is. No version number, clock or verdict, and nothing that
 * onnxruntime computed, so that the same run gives the same bytes on every attempt.
 */
export interface Manifest {
  schema: 'mlops-actions/manifest@1'
  model: string
  run: string
  /** The model's own files, first the one that is loaded. Names are asset names: no folders. */
  files: ModelFile[]
  /** Digests of the other fixed assets. */
  run_file: FileDigest
  reference_profile: FileDigest | null
  /** `onnx`: signature is known. `opaque`: bytes that are never loaded. */
  format: 'onnx' | 'opaque'
  /** Inputs and outputs as ../onnx reads them; null for opaque files. */
  signature: JsonObject | null
  lineage: {
    repository: string
    commit: string | null
    data: { name: string; fingerprint: string }[]
    parent_run: string | null
  }
  metrics: Record<string, number>
}

/** Names of the assets that every version has beside its model files. */
export const fixedAssets = [
  'manifest.json',
  'run.json',
  'evidence.json',
  'reference.profile.json',
  'golden.json',
  'MODEL_CARD.md',
]

/** GitHub renames what holds other characters; a name that it keeps is asked for. */
const assetName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/

/** The manifest of a run's model. `files` are the model's, by asset name, the one that is loaded first. */
export function buildManifest(of: {
  model: string
  run: RunRecord
  files: ModelFile[]
  runFile: FileDigest
  referenceProfile: FileDigest | null
  signature: JsonObject | null
  repository: string
}): Manifest {
  const { model, run, files } = of
  if (files.length === 0)
    throw new UserError({
      code: 'MODEL_FILE_MISSING',
      message: `The run ${run.id} has no model file to register.`,
      help: 'Give model-file to train-track, or name files in the input "files".',
    })
  const names = new Set<string>()
  for (const { path, size, uri } of files) {
    if (uri === undefined && (size === 0 || size > largestAsset)) throw unstorable(path, size)
    const taken = names.has(path) || fixedAssets.includes(path)
    if (!assetName.test(path) || path.includes('..') || taken)
      throw new UserError({
        code: 'ASSET_NAME',
        message: taken ? `Two files of the version would be named ${path}.` : `"${path}" cannot name a release file.`,
        where: { file: path },
        help: 'Give the model’s files different names of letters, digits, ".", "_" and "-"; folders do not count.',
      })
    names.add(path)
  }
  return {
    schema: 'mlops-actions/manifest@1',
    model,
    run: run.id,
    files: files.map(({ path, sha256, size, uri }) => ({ path, sha256, size, ...(uri === undefined ? {} : { uri }) })),
    run_file: of.runFile,
    reference_profile: of.referenceProfile,
    format: of.signature === null ? 'opaque' : 'onnx',
    signature: of.signature,
    lineage: {
      repository: of.repository,
      commit: run.commit,
      data: run.data.map(({ name, fingerprint }) => ({ name, fingerprint })),
      parent_run: run.parent,
    },
    metrics: Object.fromEntries(Object.entries(run.metrics).map(([name, { value }]) => [name, value])),
  }
}

/** The files of a model that are kept elsewhere. */
export const kept = ({ files }: Pick<Manifest, 'files'>) =>
  files.flatMap(({ path: name, uri, ...digest }) => (uri === undefined ? [] : [{ name, uri, ...digest }]))

/** JSON as every file of a version is written. */
export const fileText = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** Whether two versions take and give the same: names, types and shapes of inputs and outputs. */
export function sameSignature(a: JsonObject | null, b: JsonObject | null): boolean {
  const shape = (of: JsonObject | null) => (of === null ? null : { inputs: of.inputs, outputs: of.outputs })
  return JSON.stringify(shape(a)) === JSON.stringify(shape(b))
}

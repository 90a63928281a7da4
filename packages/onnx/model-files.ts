import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, mkdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { UserError } from '@mlops-actions/verdict'
import { readSignature, type Signature } from './signature.ts'

/** A model file on this machine and the digest it must have. */
export interface LocalModel {
  path: string
  /** Hex. */
  sha256: string
}

/** A copy of a model: `model.onnx` in a folder, and beside it the files that hold some of its tensors. */
export interface ModelCopy {
  path: string
  signature: Signature
}

/**
 * Copies a model and its external data into a folder, and reads the copy: what is looked at is then what is run, whatever
 * happens to the original.
 * @throws UserError MODEL_NOT_FOUND, MODEL_CHANGED (another digest), MODEL_EXTERNAL_DATA_OUTSIDE,
 *   MODEL_EXTERNAL_DATA_MISSING; what readSignature throws
 */
export async function copyModel(model: LocalModel, folder: string): Promise<ModelCopy> {
  const path = join(folder, 'model.onnx')
  try {
    await copyFile(model.path, path, constants.COPYFILE_FICLONE)
  } catch (cause) {
    throw new UserError({
      code: 'MODEL_NOT_FOUND',
      message: `The model ${model.path} could not be read: ${(cause as Error).message}.`,
      where: { file: model.path },
      help: 'Check that the training step wrote the model there.',
      cause,
    })
  }
  const bytes = await readFile(path)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== model.sha256) {
    throw new UserError({
      code: 'MODEL_CHANGED',
      message: `${model.path} has the sha256 ${found}, not ${model.sha256}: it changed since it was looked at.`,
      where: { file: model.path },
      help: 'Run the job again; see that no other step writes this file.',
    })
  }
  const signature = readSignature(bytes, model.path)
  for (const location of signature.external_data) await copyExternal(model.path, location, folder)
  return { path, signature }
}

/** Links are resolved before they are believed to stay in the model's folder. */
async function copyExternal(model: string, location: string, folder: string): Promise<void> {
  const home = await realpath(dirname(model))
  const real = await realpath(join(home, location)).catch(() => undefined)
  if (real === undefined) {
    throw new UserError({
      code: 'MODEL_EXTERNAL_DATA_MISSING',
      message: `${model} keeps tensors in "${location}", which is not beside it.`,
      where: { file: model },
      help: 'Keep the file beside the model: a model with external data is both files.',
    })
  }
  const way = relative(home, real)
  if (way.startsWith(`..${sep}`) || way === '..' || way.startsWith(sep)) {
    throw new UserError({
      code: 'MODEL_EXTERNAL_DATA_OUTSIDE',
      message: `${model} reads tensors from "${location}", which is a link out of the model's own folder.`,
      where: { file: model },
      help: "Put the file itself into the model's folder.",
    })
  }
  const copy = join(folder, location)
  await mkdir(dirname(copy), { recursive: true })
  await copyFile(real, copy, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
}

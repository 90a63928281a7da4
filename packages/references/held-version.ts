import type { GitHub } from '@mlops-actions/github'
import type { LocalModel } from '@mlops-actions/onnx'
import {
  download,
  openVersion,
  readLog,
  type Slot,
  type StageLog,
  type Version,
  witnessCheck,
} from '@mlops-actions/registry'
import { type Check, UserError } from '@mlops-actions/verdict'
import type { Reference } from './reference.ts'

/** Who holds a stage, and how sure that is. */
export interface Holder {
  log: StageLog
  slot: Slot | 'none'
  /** Whether chain and deployments agree with the slots; where one fails, the holder is in doubt. */
  checks: Check[]
}

/** Reads who holds a stage of a model. A listing that fails is an error, never "nobody". */
export async function readHolder(github: GitHub, model: string, stage: string): Promise<Holder> {
  const log = await readLog(github, model)
  const checks = [...log.checks(stage), await witnessCheck(github, log, stage)]
  return { log, slot: log.holder(stage), checks }
}

/** The version that a reference names. UserError where there is none, or where the holder is in doubt. */
export async function namedVersion(
  github: GitHub,
  of: Extract<Reference, { kind: 'version' | 'stage' }>,
): Promise<Version> {
  if (of.kind === 'version') return openVersion(github, await readLog(github, of.model), of.version)
  const { log, slot, checks } = await readHolder(github, of.model, of.stage)
  const broken = checks.find((c) => c.status === 'failed' || c.status === 'errored')
  if (broken) {
    throw new UserError({
      code: 'HOLDER_IN_DOUBT',
      message: `Who holds ${of.model}#${of.stage} is in doubt: ${broken.observed}.`,
      help: broken.detail ?? 'Run register-promote with the operation show, which lists what does not agree.',
    })
  }
  const asked = of.slot === undefined ? slot : log.slots(of.stage).find((s) => s.n === of.slot)
  if (asked === undefined || asked === 'none' || asked.version === null) {
    throw new UserError({
      code: 'STAGE_EMPTY',
      message: `${of.model}#${of.stage}${of.slot === undefined ? '' : `#${of.slot}`} names no version.`,
      help: 'Promote a version to the stage first, or name a version, e.g. churn@v1.0.0.',
    })
  }
  return openVersion(github, log, asked.version)
}

/** The model file of a version, downloaded to a folder with its digest checked, its external data beside it. */
export async function downloadModel(github: GitHub, of: Version, folder: string): Promise<LocalModel> {
  const names = of.manifest.files.map((file) => file.path)
  const [path] = await download(github, of, folder, names)
  return { path: path!, sha256: of.manifest.files[0]!.sha256 }
}

import { createHash } from 'node:crypto'
import { readText } from '@mlops-actions/files'
import type { GitHub } from '@mlops-actions/github'
import { parseReference, readHolder } from '@mlops-actions/references'
import {
  boundTo,
  judged,
  newest,
  readEvidence,
  requireName,
  requireVersion,
  type Version,
} from '@mlops-actions/registry'
import { parseVerdict, UserError, type Verdict } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'

/** The model that is meant: of a full version reference, else of the input, else of mlops.yaml. */
export function modelOf(a: RegistryContext): string {
  const given = a.inputs.model ?? a.settings.values.model
  const named = /^([^@#]+)[@#]/.exec(a.inputs.version ?? '')?.[1]
  if (named !== undefined && a.inputs.model !== undefined && named !== a.inputs.model)
    throw new UserError({
      code: 'INPUT_COMBINATION',
      message: `The inputs "model" (${a.inputs.model}) and "version" (${a.inputs.version ?? ''}) name two models.`,
      where: { key: 'version' },
      help: 'Name the same model in both, or leave "model" out.',
    })
  const model = named ?? given
  if (model === undefined)
    throw new UserError({
      code: 'INPUT_REQUIRED',
      message: 'The name of the model is missing.',
      where: { key: 'model' },
      help: 'Give the input "model", or "model:" in mlops.yaml.',
    })
  return requireName('model', model)
}

export const stageOf = (a: RegistryContext) => requireName('stage', a.inputs.stage)

/** The version that the input names, as `v1.4.0`; undefined where it is empty. */
export async function namedVersion(a: RegistryContext, github: GitHub, model: string): Promise<string | undefined> {
  const given = a.inputs.version
  if (given === undefined) return undefined
  if (!/[@#]/.test(given)) return requireVersion(given)
  const reference = parseReference(given)
  if (reference.kind === 'version') return reference.version
  if (reference.kind !== 'stage') return requireVersion(given)
  const { slot, log } = await readHolder(github, model, reference.stage)
  const found = reference.slot === undefined ? slot : log.slots(reference.stage).find((s) => s.n === reference.slot)
  if (found !== undefined && found !== 'none' && found.version !== null) return found.version
  throw new UserError({
    code: 'STAGE_EMPTY',
    message: `${given} names no version.`,
    where: { key: 'version' },
    help: 'Promote a version to that stage first, or name a version.',
  })
}

/** The version that an earlier step of this job registered. */
export async function registeredHere(a: RegistryContext, model: string): Promise<string | undefined> {
  const registered = (await a.job.verdicts()).map((s) => s.verdict).filter((v) => v.kind === 'registry')
  const version = registered.findLast((v) => v.subject.registered === true && v.subject.name === model)?.subject.version
  return typeof version === 'string' ? version : undefined
}

export interface GatheredEvidence {
  verdicts: Verdict[]
  /** sha256 of evidence.json and of each file. */
  digests: string[]
}

/** Verdicts on a version: those registered with it, those of the input, and those of this job that are about it. */
export async function evidenceOn(a: RegistryContext, github: GitHub, version: Version): Promise<GatheredEvidence> {
  const registered = await readEvidence(github, version)
  const given = await evidenceFiles(a)
  const bound = boundTo(version.manifest)
  const here = (await a.job.verdicts()).map((s) => s.verdict).filter((v) => judged(v, bound))
  return {
    verdicts: [...registered.verdicts, ...here, ...given.verdicts],
    digests: [registered.sha256, ...given.digests],
  }
}

/** The verdicts in the files that the input `evidence` names. */
export async function evidenceFiles(a: RegistryContext): Promise<GatheredEvidence> {
  const verdicts: Verdict[] = []
  const digests: string[] = []
  for (const file of a.inputs.evidence) {
    const text = await readText(file, a.roots)
    verdicts.push(parseVerdict(text, file))
    digests.push(createHash('sha256').update(text).digest('hex'))
  }
  return { verdicts, digests }
}

/** The fence that the input gives: a slot, a version, or `none`; null where it is empty. */
export function givenFence(a: RegistryContext): number | string | null {
  const given = a.inputs.expect
  if (given === undefined) return null
  if (given === 'none') return 'none'
  return /^[1-9]\d{0,8}$/.test(given) ? Number(given) : requireVersion(given)
}

/** The slot that the newest comparison of this version with this stage compared with; null without one. */
export function comparedFence(verdicts: Verdict[], version: Version, stage: string): number | 'none' | null {
  const bound = boundTo(version.manifest)
  const about = verdicts.filter((v) => {
    const baseline = v.subject.baseline
    if (typeof baseline !== 'object' || baseline === null || Array.isArray(baseline)) return false
    return judged(v, bound) && baseline.model === version.model && baseline.stage === stage
  })
  const slot = (newest(about, 'comparison')?.subject.baseline as { slot?: unknown } | undefined)?.slot
  return typeof slot === 'number' || slot === 'none' ? slot : null
}

import type { GitHub } from '@mlops-actions/github'
import { parseReference, namedVersion as versionOf } from '@mlops-actions/references'
import { archivedStage, requireName, requireVersion } from '@mlops-actions/registry'
import { UserError } from '@mlops-actions/verdict'
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

/** The stage that is to change hands. */
export function changedStage(a: RegistryContext): string {
  const stage = stageOf(a)
  if (stage !== archivedStage) return stage
  throw new UserError({
    code: 'STAGE_RESERVED',
    message: `Nobody holds the stage ${archivedStage}: it lists the versions that were archived.`,
    where: { key: 'stage' },
    help: 'Use the operation "archive", or name another stage.',
  })
}

/** The version that the input names, as `v1.4.0`; undefined where it is empty. */
export async function namedVersion(a: RegistryContext, github: GitHub, model: string): Promise<string | undefined> {
  const given = a.inputs.version
  if (given === undefined) return undefined
  if (!/[@#]/.test(given)) return requireVersion(given)
  const reference = parseReference(given)
  if (reference.kind === 'version') return reference.version
  if (reference.kind !== 'stage') return requireVersion(given)
  return (await versionOf(github, { ...reference, model })).version
}

/** The version that an earlier step of this job registered. */
export async function registeredHere(a: RegistryContext, model: string): Promise<string | undefined> {
  const registered = (await a.job.verdicts()).map((s) => s.verdict).filter((v) => v.kind === 'registry')
  const version = registered.findLast((v) => v.subject.registered === true && v.subject.name === model)?.subject.version
  return typeof version === 'string' ? version : undefined
}

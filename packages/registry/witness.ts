import type { GitHub } from '@mlops-actions/github'
import { type Check, check, UserError } from '@mlops-actions/verdict'
import { listLog, type StageLog } from './log.ts'

const task = (model: string) => `mlops-promote:${model}`

export interface Witnessed {
  slot: number
  object: string
}

/** The slot that the newest deployment of a stage names; `absent` where there is none of ours. */
export async function newestWitness(github: GitHub, model: string, stage: string): Promise<Witnessed | 'absent'> {
  const found = await github.deployments.newest(task(model), stage)
  const payload = found === 'absent' ? null : (found.payload as { slot?: unknown; tag_object?: unknown } | null)
  if (typeof payload?.slot !== 'number' || typeof payload.tag_object !== 'string') return 'absent'
  return { slot: payload.slot, object: payload.tag_object }
}

/**
 * Whether the newest deployment agrees with the log: a deleted top slot shows only there. Where deployments may not be
 * read, the check is warned.
 */
export async function witnessCheck(github: GitHub, log: StageLog, stage: string): Promise<Check> {
  const of = {
    id: 'registry.witness',
    title: `The deployments agree with the log of ${log.model}#${stage}`,
    subject: `${log.model}#${stage}`,
    expected: 'the slot of the newest deployment among the tags',
  }
  let witness: Witnessed | 'absent'
  try {
    witness = await newestWitness(github, log.model, stage)
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'GITHUB_PERMISSION') throw error
    return check(false, { ...of, observed: 'deployments may not be read', severity: 'warned', detail: error.help })
  }
  if (witness === 'absent') return check(true, { ...of, observed: 'no deployment yet' })
  const { slot, object } = witness
  const stands = (in_: StageLog) => in_.slots(stage).some((s) => s.n === slot && s.object === object)
  // Somebody may have promoted between the two reads.
  const agrees = stands(log) || stands(await listLog(github, log.model))
  return check(agrees, {
    ...of,
    observed: agrees ? `slot ${slot}, and it is there` : `slot ${slot} was deployed, and its tag is gone or replaced`,
    ...(agrees
      ? {}
      : {
          detail: `Restore the tag ${log.model}#${stage}#${slot} (object ${object}) from a clone: it says who holds ${stage}.`,
        }),
    evidence: { slot, tag_object: object },
  })
}

/** Records a slot as a deployment, unless the newest one says so already. */
export async function writeWitness(
  github: GitHub,
  of: {
    model: string
    stage: string
    slot: number
    object: string
    version: string
    tag: string
    releaseUrl: string | null
    runUrl: string | null
  },
): Promise<'written' | 'there'> {
  const newest = await newestWitness(github, of.model, of.stage)
  if (newest !== 'absent' && newest.slot >= of.slot) return 'there'
  await github.deployments.create({
    ref: of.tag,
    task: task(of.model),
    environment: of.stage,
    description: `${of.model} ${of.version} holds ${of.stage} (slot ${of.slot})`,
    payload: { slot: of.slot, tag_object: of.object },
    production: of.stage === 'production',
    url: of.releaseUrl,
    logUrl: of.runUrl,
  })
  return 'written'
}

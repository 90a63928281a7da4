import { archivedStage, highestVersion, knownModels, readLogs, type StageLog } from '@mlops-actions/registry'
import { type Check, check, verdict } from '@mlops-actions/verdict'
import { holderText } from './holder.ts'
import { type RegistryContext, results } from './inputs.ts'
import { timelineOf } from './timeline.ts'

/** Who holds which stage of every model, or held it at a time, and whether the logs are whole. */
export async function showAll(a: RegistryContext, at: Date | undefined) {
  const github = await a.github()
  const logs = await a.log.group('Read the logs of all models', async () => readLogs(github, await knownModels(github)))
  const checks = logs.flatMap((log) => [
    holders(log, at),
    ...log.stages.flatMap((stage) => log.checks(stage)).filter((c) => c.status !== 'passed'),
  ])
  const result = verdict(
    'registry',
    { models: logs.map((log) => log.model) },
    [...(logs.length === 0 ? [empty()] : []), ...checks],
    a.context({ operation: 'show', at: at?.toISOString() ?? null }),
  )
  const timelines = logs.flatMap((log) =>
    log.stages.map((stage) => ({ ...timelineOf(log, stage), stage: `${log.model}#${stage}` })),
  )
  return a.finish(result, results({}), { title: 'The models of the registry', timelines })
}

function holders(log: StageLog, at: Date | undefined): Check {
  const stages = log.stages.filter((stage) => stage !== archivedStage)
  const held = stages.map((stage) => `${stage} ${holderText(log, stage, at)}`)
  const highest = highestVersion(log.versions.map((v) => v.version))!
  return check(true, {
    id: `registry.holders.${log.model}`,
    title: `Who ${at === undefined ? 'holds' : 'held'} the stages of ${log.model}`,
    subject: log.model,
    observed: `${held.join(', ') || 'no stage yet'}; ${log.versions.length} versions, the highest is ${highest}`,
    expected: 'as the logs say',
    evidence: {
      holders: stages.map((stage) => {
        const slot = log.holder(stage, at)
        return slot === 'none' ? { stage, slot: null, version: null } : { stage, slot: slot.n, version: slot.version }
      }),
    },
  })
}

function empty(): Check {
  const of = { id: 'registry.models', title: 'Models are registered', subject: 'registry', expected: 'a version' }
  return check(false, { ...of, observed: 'nothing is registered yet', severity: 'warned' })
}

import type { Check } from '@mlops-actions/verdict'
import type { Facts, ModelFacts } from './doctor/facts.ts'
import { harmless } from './doctor/finding.ts'
import { immutableCheck } from './doctor/immutable.ts'
import { lookalikes, otherTags } from './doctor/names.ts'
import { releaseChecks } from './doctor/releases.ts'
import { rulesetCheck } from './doctor/ruleset.ts'
import { stageChecks } from './doctor/stages.ts'
import { type WorkflowFile, workflowChecks } from './doctor/triggers.ts'
import { versionsOf } from './doctor/versions.ts'

export { type Facts, readFacts } from './doctor/facts.ts'
export type { WorkflowFile } from './doctor/triggers.ts'

/**
 * Whether tags, slots, chain, deployments, releases, files, digests and records agree. Every fault is a check of its own
 * that names the thing and says what to do; what is whole is one check a model, stage and kind. Pure.
 */
export function diagnose(facts: Facts, workflows: WorkflowFile[] = []): Check[] {
  return [
    ...(facts.models.length === 0 ? [empty()] : facts.models.flatMap((model) => examine(model, facts))),
    ...lookalikes(facts),
    ...unread(facts.models),
    rulesetCheck(facts),
    ...immutableCheck(facts.models),
    ...workflowChecks(workflows, facts.models),
  ]
}

function examine(model: ModelFacts, facts: Facts): Check[] {
  const { checks, sound } = versionsOf(model, facts.records)
  return [...checks, ...releaseChecks(model, sound, facts.later), ...stageChecks(model, facts), ...otherTags(model)]
}

/** Also what is left where everything was deleted: that is not to pass in silence. */
function empty(): Check {
  return harmless({
    id: 'registry.empty',
    title: 'There is a registry',
    subject: 'registry',
    observed: 'no tag or release of a model is there',
    expected: 'at least one version',
    detail: 'Register a model first. If there were versions before, restore their tags from a clone.',
  })
}

function unread(models: ModelFacts[]): Check[] {
  const names = models.filter((m) => m.witnesses === 'unread').map((m) => m.model)
  if (names.length === 0) return []
  return [
    harmless({
      id: 'registry.witness',
      title: 'The deployments agree with the logs',
      subject: names.join(', '),
      observed: 'deployments may not be read',
      expected: 'the newest deployment of each stage',
      detail: 'A deleted top slot shows only there. Give the job the permission "deployments: read".',
    }),
  ]
}

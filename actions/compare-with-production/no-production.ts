import { highestVersion, type StageLog } from '@mlops-actions/registry'
import type { Base, Settings } from '@mlops-actions/settings'
import { type Check, check, nearest } from '@mlops-actions/verdict'

/**
 * What it means that nobody holds a stage. A model's first version has nothing to be compared with: warned, and passed.
 * But a name that nothing confirms may be a typo that would let any model pass: then it fails.
 *
 * @param models every model that the registry knows
 */
export function noProduction(
  model: string,
  stage: string,
  log: StageLog,
  base: Base,
  settings: Settings,
  models: string[],
): Check {
  const newest = highestVersion(log.versions.map((v) => v.version))
  const named = base.values.model === model
  const near = nearest(
    model,
    models.filter((other) => other !== model),
  )
  const confirmed = newest !== undefined || named || (!settings.exists && near === undefined)
  return check(false, {
    id: 'comparison.production',
    title: `${model}#${stage} has a holder to compare with`,
    subject: `${model}#${stage}`,
    observed:
      newest === undefined ? `${model} has no version yet` : `nobody holds ${stage}; the newest version is ${newest}`,
    expected: 'a version in the stage',
    severity: confirmed ? 'warned' : 'failed',
    detail: confirmed
      ? 'There is nothing to be worse than: the candidate passes without a comparison.'
      : near === undefined
        ? `Nothing confirms that the model is called ${model}: write "model: ${model}" into mlops.yaml of the default branch.`
        : `Did you mean ${near}? If ${model} is a new model, write "model: ${model}" into mlops.yaml of the default branch.`,
    evidence: { decision: 'no-production', model, stage },
  })
}

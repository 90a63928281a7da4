import type { GitHub } from '@mlops-actions/github'
import { type Moved, writeWitness } from '@mlops-actions/registry'
import { announce } from './announce.ts'
import type { RegistryContext } from './inputs.ts'
import type { StageChange } from './wanted.ts'

/** What follows a change of a stage, none of which can undo it: its deployment, an event for workflows, the webhook. */
export async function followUp(
  a: RegistryContext,
  github: GitHub,
  change: StageChange,
  { outcome, log, version }: Moved,
  webhook: URL | undefined,
): Promise<void> {
  if (change.do === 'archive' || (outcome.kind !== 'moved' && outcome.kind !== 'held')) return
  const { model, stage } = change
  const { slot, object, version: holder } = outcome
  const { tag } = log.versions.find((v) => v.version === holder)!
  const releaseUrl = version === null || version.release === 'absent' ? null : version.release.url
  const runUrl = a.environment.runUrl ?? null
  await a.attempt('record the deployment', () =>
    writeWitness(github, { model, stage, slot, object, version: holder, tag, releaseUrl, runUrl }),
  )
  if (outcome.kind === 'held') return
  await announce(a, github, {
    occasion: change.do === 'promote' ? 'model-promoted' : 'model-rolled-back',
    about: {
      model,
      stage,
      version: holder,
      tag,
      slot,
      previous_version: outcome.previous,
      release_url: releaseUrl,
      run_url: runUrl,
      who: change.who ?? 'unknown',
      why: change.why,
    },
    dispatch: change.dispatch,
    webhook,
  })
}

import type { GitHub } from '@mlops-actions/github'
import { type Moved, move, waitsForApproval } from '@mlops-actions/registry'
import { asWarning, type Check } from '@mlops-actions/verdict'
import { webhookOf } from './announce.ts'
import { askForApproval } from './ask.ts'
import { followUp } from './follow-up.ts'
import type { RegistryContext } from './inputs.ts'
import { reportChange, type Waiting } from './stage-report.ts'
import type { StageChange } from './wanted.ts'

const titles = { promote: 'Promotion of', rollback: 'Rollback of', archive: 'Archiving of' }

/** Writes a change into the log of its stage, tells of it, or asks for the approval that it lacks, and reports what came of it. */
export async function changeStage(a: RegistryContext, github: GitHub, change: StageChange) {
  const webhook = webhookOf(a)
  const title = `${titles[change.do]} ${change.model}`
  const run = { who: change.who ?? 'unknown', runUrl: a.environment.runUrl ?? null, dryRun: a.inputs['dry-run'] }
  const done = await a.log.group(`${title} (${change.stage})`, () => move(github, { ...change, ...run }))
  await followUp(a, github, change, done, webhook)
  return reportChange(a, title, change, done, await approvalAwaited(a, github, change, done))
}

/** Asks for an approval where it is all that the change lacks; null where it lacks none, or more. */
async function approvalAwaited(
  a: RegistryContext,
  github: GitHub,
  change: StageChange,
  { outcome, log, version }: Moved,
): Promise<Waiting | null> {
  if (outcome.kind !== 'refused' || version === null || !waitsForApproval(outcome.checks)) return null
  if (change.do === 'archive' || change.consent !== null || a.inputs['dry-run']) return { issue: null }
  const { checks } = outcome
  const asked = { ...change, do: change.do, version: version.version, checks, log }
  return { issue: await askForApproval(a, github, asked) }
}

/** A holder that is no version, or no sound tag, is mended by a change of the stage: for that it is warned of, and no obstacle. */
export function replaceable(checks: Check[]): Check[] {
  return checks.map((one) => (/^registry\.holder-(version|tag)$/.test(one.id) ? asWarning(one) : one))
}

import type { Issue } from '@mlops-actions/github'
import { approvedBy, eventKinds, fenceCheck, type Moved } from '@mlops-actions/registry'
import { rulesDigest } from '@mlops-actions/settings'
import { asWarning, type Check, check, verdict } from '@mlops-actions/verdict'
import { holderSlot, holderText } from './holder.ts'
import { type RegistryContext, results } from './inputs.ts'
import { timelineOf, whoText } from './timeline.ts'
import type { StageChange } from './wanted.ts'

/** A change that waits for an approval, and the issue in which this step asked for it. */
export interface Waiting {
  issue: Issue | null
}

/** The verdict on a change of a stage, the outputs, and what the report shows. */
export function reportChange(
  a: RegistryContext,
  title: string,
  change: StageChange,
  done: Moved,
  waits: Waiting | null,
) {
  const { model, stage } = change
  const { outcome, log, version } = done
  const holds = outcome.kind === 'moved' || outcome.kind === 'held'
  const target = 'version' in outcome ? outcome.version : (version?.version ?? change.version)
  const tag = 'version' in outcome ? log.versions.find((v) => v.version === outcome.version)?.tag : undefined
  const release = version !== null && version.release !== 'absent' ? version.release : undefined
  const sha256 = version?.manifest.files[0]?.sha256 ?? null
  const subject = { name: model, stage, version: target, model: sha256, rules: rulesDigest(change.policy) }
  const context = a.context({ operation: change.do, outcome: waits === null ? outcome.kind : 'waiting' })
  return a.finish(
    verdict('registry', subject, checksOf(change, done, waits), context),
    results({
      version: target ?? '',
      tag: tag ?? '',
      'release-id': release?.id ?? '',
      'release-url': release?.url ?? '',
      stage,
      slot: String(holds ? outcome.slot : holderSlot(log, stage)),
      'previous-version': outcome.kind === 'refused' ? '' : (outcome.previous ?? 'none'),
      promoted: outcome.kind === 'moved',
    }),
    {
      title,
      model,
      facts: [
        { label: 'Stage', value: stage },
        {
          label: change.do === 'archive' ? 'Archived' : 'Holder',
          value: holds ? `${outcome.version} (slot ${outcome.slot})` : holderText(log, stage),
        },
      ],
      timelines: [timelineAfter(a, change, done)],
      links: [
        ...(release === undefined ? [] : [{ label: 'Release', url: release.url }]),
        ...(waits?.issue ? [{ label: `Issue #${waits.issue.number}`, url: waits.issue.url }] : []),
      ],
    },
  )
}

function checksOf(change: StageChange, done: Moved, waits: Waiting | null): Check[] {
  const { outcome, log } = done
  const judged = waits === null ? outcome.checks : outcome.checks.map((c) => waiting(c, waits))
  if (outcome.kind === 'refused') return judged
  if (outcome.kind === 'held') return [...judged, ...log.checks(change.stage), ...ending(change, done)]
  const fence = fenceCheck(change, log.view(change.stage))
  return [...judged, ...(fence === undefined ? [] : [fence]), ...ending(change, done)]
}

/** The log as it was read, and the slot that was written since. */
function timelineAfter(a: RegistryContext, change: StageChange, { outcome, log }: Moved) {
  const timeline = timelineOf(log, change.stage)
  if (outcome.kind !== 'moved') return timeline
  const { slot, version } = outcome
  const who = whoText(change.who ?? 'unknown', approvedBy(outcome.checks))
  const added = { slot, version, kind: eventKinds[change.do], who, why: change.why, date: a.now.toISOString() }
  return { ...timeline, entries: [...timeline.entries, added] }
}

/** An approval that may still come fails nothing. */
function waiting(of: Check, { issue: asked }: Waiting): Check {
  if (of.id !== 'policy.approved') return of
  const { detail: _, ...plain } = asWarning(of)
  if (asked === null) return asWarning(of)
  return { ...plain, observed: `asked for in #${asked.number}`, expected: 'an approval there, by somebody else' }
}

/** The last check: what the stage came to, where nothing refused it. */
function ending({ do: what, model, stage, expect }: StageChange, { outcome }: Moved): Check[] {
  if (outcome.kind === 'refused') return []
  const { version, slot, previous } = outcome
  const before = previous === null ? 'nobody held it before' : `${previous} held it before`
  const archived = {
    moved: `${version} is archived (slot ${slot})`,
    held: `${version} was archived already (slot ${slot}); nothing was written`,
    'would-move': `${version} would be archived; this was a dry run`,
  }
  const held = {
    moved: `${version} holds it since slot ${slot}; ${before}`,
    held: `${version} held it already (slot ${slot}); nothing was written`,
    'would-move': `${version} would take slot ${slot}; this was a dry run`,
  }
  const observed = (what === 'archive' ? archived : held)[outcome.kind]
  return [
    check(true, {
      id: 'registry.stage',
      title: `${model}#${stage}`,
      subject: `${model}#${stage}`,
      observed,
      expected: `${version} in ${stage}`,
      evidence: { slot, version, previous, outcome: outcome.kind, expect },
    }),
  ]
}

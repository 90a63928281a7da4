import { type Check, check } from '@mlops-actions/verdict'
import type { Slot } from './slot.ts'

/** Whether a stage's slots stand as they were written. No slots is in order too. */
export function chainChecks(model: string, stage: string, slots: Slot[]): Check[] {
  const subject = `${model}#${stage}`
  const checks = [chain(subject, slots)]
  const foreign = slots.filter((s) => s.event === null)
  if (foreign.length > 0)
    checks.push(
      check(false, {
        id: 'registry.foreign-slots',
        title: `All slots of ${subject} are ours`,
        subject,
        observed: `${foreign.map((s) => s.tag).join(', ')} ${foreign.length === 1 ? 'was' : 'were'} written by another tool`,
        expected: 'slots with our event in their message',
        severity: 'warned',
        detail: 'The highest slot holds the stage, whoever wrote it. Promote with this action to keep who and why.',
        evidence: { tags: foreign.map((s) => s.tag) },
      }),
    )
  const top = slots.at(-1)
  if (top !== undefined && top.version === null)
    checks.push(
      check(false, {
        id: 'registry.holder-version',
        title: `The holder of ${subject} is a version`,
        subject,
        observed: `${top.tag} names ${top.record.slice(0, 12)}, on which no version of ${model} is tagged`,
        expected: 'a commit with a version tag',
        detail:
          'The version’s tag was deleted, or the slot was put on another commit. Restore the tag, or promote a version.',
        evidence: { tag: top.tag, record: top.record },
      }),
    )
  return checks
}

function chain(subject: string, slots: Slot[]): Check {
  const broken: string[] = []
  for (const [i, slot] of slots.entries()) {
    const below = slots[i - 1]
    const said = slot.event?.previous
    // A slot of another tool says nothing of the one below; the next one of ours names it by its object.
    if (said === undefined) continue
    if (said === null) {
      if (below !== undefined) broken.push(`${slot.tag} was written as the first, but ${below.tag} stands below it`)
    } else if (below === undefined || below.n !== said.slot)
      broken.push(`${slot.tag} was written after slot ${said.slot}, which is gone`)
    else if (below.object !== said.object)
      broken.push(`${below.tag} is not the tag that ${slot.tag} was written after: it was replaced`)
  }
  return check(broken.length === 0, {
    id: 'registry.chain',
    title: `The log of ${subject} is whole`,
    subject,
    observed: broken.length === 0 ? `${slots.length} slots, each names the one below` : broken.join('; '),
    expected: 'each slot names the one below it',
    ...(broken.length === 0
      ? {}
      : {
          detail:
            'Tags of the registry were deleted or replaced. Restore them from a clone, and protect them with a tag ruleset.',
        }),
    evidence: { slots: slots.length, broken },
  })
}

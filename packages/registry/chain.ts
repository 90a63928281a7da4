import { type Check, check } from '@mlops-actions/verdict'
import type { Slot } from './slot.ts'
import { formText, tagForm } from './tag-form.ts'

/** A slot that is not the one that the slot above it was written after. */
export interface ChainFault {
  kind: 'gone' | 'replaced' | 'inserted'
  /** The slot that is gone, was replaced, or should not be there. */
  n: number
  /** The tag object that stood there; null where nothing did. */
  object: string | null
  observed: string
}

/** Where a stage's slots, lowest first, are not what those above them say. */
export function chainFaults(slots: Slot[]): ChainFault[] {
  return slots.flatMap((slot, i): ChainFault[] => {
    const below = slots[i - 1]
    const said = slot.event?.previous
    // A slot of another tool says nothing of the one below; the next one of ours names it by its object.
    if (said === undefined) return []
    if (said === null) {
      if (below === undefined) return []
      const observed = `${slot.tag} was written as the first, but ${below.tag} stands below it`
      return [{ kind: 'inserted', n: below.n, object: null, observed }]
    }
    const { slot: n, object } = said
    if (below === undefined || below.n < n)
      return [{ kind: 'gone', n, object, observed: `${slot.tag} was written after slot ${n}, which is gone` }]
    if (below.n > n) {
      const observed = `${slot.tag} was written after slot ${n}, but ${below.tag} stands between them`
      return [{ kind: 'inserted', n: below.n, object: null, observed }]
    }
    if (below.object === object) return []
    const observed = `${below.tag} is not the tag that ${slot.tag} was written after: it was replaced`
    return [{ kind: 'replaced', n, object, observed }]
  })
}

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
  if (top !== undefined) checks.push(...holder(subject, top))
  return checks
}

/** What puts the holder in doubt; a new slot on top mends it. */
function holder(subject: string, top: Slot): Check[] {
  const checks: Check[] = []
  const form = tagForm(top.tag, top.named, top.date)
  if (form !== 'sound')
    checks.push(
      check(false, {
        id: 'registry.holder-tag',
        title: `The highest slot of ${subject} is a tag as this action writes them`,
        subject,
        observed: `${top.tag} ${formText(form, top.named)}`,
        expected: 'an annotated tag with its own name and a tagger',
        detail:
          'Who holds the stage is in doubt. Put back the tag that stood there, or delete it if none did; or promote, the same version too, or roll back: that writes a slot on top of it.',
        evidence: { tag: top.tag, form },
      }),
    )
  if (top.version === null)
    checks.push(
      check(false, {
        id: 'registry.holder-version',
        title: `The holder of ${subject} is a version`,
        subject,
        observed: `${top.tag} names ${top.record.slice(0, 12)}, on which no version is tagged`,
        expected: 'a commit with a version tag',
        detail:
          'The version’s tag was deleted, or the slot was put on another commit. Restore the tag, or promote a version.',
        evidence: { tag: top.tag, record: top.record },
      }),
    )
  return checks
}

function chain(subject: string, slots: Slot[]): Check {
  const broken = chainFaults(slots).map((f) => f.observed)
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

import { type Check, check } from '@mlops-actions/verdict'
import { chainFaults } from '../chain.ts'
import { sha256 } from '../evidence.ts'
import { archivedStage, slotTag } from '../names.ts'
import type { Slot } from '../slot.ts'
import { formText, tagForm } from '../tag-form.ts'
import type { Facts, ModelFacts } from './facts.ts'
import { broken, deleting, harmless, orPassed, restoring } from './finding.ts'

/** Whether the log of every stage is whole, and the deployments agree with it. */
export function stageChecks(of: ModelFacts, facts: Facts): Check[] {
  const witnessed =
    of.witnesses === 'unread' ? [] : [...of.witnesses].flatMap(([stage, w]) => (w === 'absent' ? [] : [stage]))
  return [...new Set([...of.log.stages, ...witnessed])].sort().flatMap((stage) => {
    const slots = of.log.slots(stage)
    const subject = `${of.model}#${stage}`
    const faults = [
      ...slots.flatMap((slot, i) => slotFaults(slot, slots[i - 1], slot === slots.at(-1), facts)),
      ...chain(of.model, stage, slots),
    ]
    const whole = orPassed(faults, {
      id: 'registry.chain',
      title: `The log of ${subject} is whole`,
      subject,
      observed: `${slots.length} ${slots.length === 1 ? 'slot' : 'slots'}, each names the one below`,
      expected: 'each slot names the one below it',
      evidence: { slots: slots.length },
    })
    return [...(slots.length === 0 ? faults : whole), ...witness(of, stage, slots, facts.later)]
  })
}

function slotFaults(slot: Slot, below: Slot | undefined, top: boolean, { records }: Facts): Check[] {
  const form = tagForm(slot.tag, slot.named, slot.date)
  const subject = slot.tag
  const faults: Check[] = []
  if (form !== 'sound')
    faults.push(
      broken({
        id: 'registry.slot-tag',
        title: `${slot.tag} is a tag as this action writes them`,
        subject,
        observed: `${slot.tag} ${formText(form, slot.named)}`,
        expected: 'an annotated tag with its own name and a tagger',
        detail: top
          ? `Who holds the stage is in doubt. If a slot stood there, put that one back; if none did, delete it: ${deleting(slot.tag)}. Or promote another version, or roll back: that writes a slot on top of it.`
          : `If it took the place of a slot, put that one back; else it can stay${form === 'no-tagger' ? `, but gto needs it gone: ${deleting(slot.tag)}` : ''}.`,
        evidence: { form },
      }),
    )
  else if (slot.event === null) faults.push(foreign(slot, below))
  const manifest = records.get(slot.record)?.manifest ?? null
  const { event } = slot
  if (slot.version === null) faults.push(nameless(slot, top))
  else if (event !== null && manifest !== null && sha256(manifest) !== event.manifest_sha256)
    faults.push(
      broken({
        id: 'registry.slot-record',
        title: `${slot.tag} is on the record that it says`,
        subject,
        observed: `it says ${event.version}, and stands on the record of ${slot.version}`,
        expected: `a record with the manifest ${event.manifest_sha256.slice(0, 12)}…`,
        detail: 'The tag was written by hand. Promote the version that is meant.',
      }),
    )
  if (below?.date && slot.date && slot.date <= below.date)
    faults.push(
      harmless({
        id: 'registry.slot-clock',
        title: `${slot.tag} is dated after ${below.tag}`,
        subject,
        observed: `${slot.date}, and the slot below is of ${below.date}`,
        expected: 'a later second',
        detail:
          'This registry orders by number, but gto orders by date, and may show another holder until the next promotion.',
      }),
    )
  return faults
}

function foreign(slot: Slot, below: Slot | undefined): Check {
  const first = (below?.n ?? 0) + 1
  const gap = first === slot.n ? '' : `; slots ${first} to ${slot.n - 1} are not there, for gto counts over all stages`
  return harmless({
    id: 'registry.slot-foreign',
    title: `${slot.tag} was written by this action`,
    subject: slot.tag,
    observed: `another tool wrote it${gap}`,
    expected: 'a slot with our event in its message',
    detail: 'The highest slot holds the stage, whoever wrote it. Promote with this action to keep who and why.',
    evidence: { version: slot.version },
  })
}

function nameless(slot: Slot, top: boolean): Check {
  const said = slot.event?.version
  const of = {
    id: top ? 'registry.holder-version' : 'registry.slot-version',
    title: `The version that ${slot.tag} names is there`,
    subject: slot.tag,
    observed: `it is on ${slot.record.slice(0, 12)}${said === undefined ? '' : ` (${said})`}, which no version tag names`,
    expected: 'a commit with a version tag',
  }
  const how = said === undefined ? '' : ` ${restoring(`${slot.event!.model}@${said}`, null, 'gone')}`
  return top
    ? broken({ ...of, detail: `Nobody can say what holds the stage. Promote a version, or restore the tag.${how}` })
    : harmless({ ...of, detail: `The stage cannot be rolled back to it.${how}` })
}

function chain(model: string, stage: string, slots: Slot[]): Check[] {
  return chainFaults(slots).map(({ kind, n, object, observed }) => {
    const tag = slotTag(model, stage, n)
    return broken({
      id: `registry.slot-${kind}`,
      title: kind === 'gone' ? `${tag} is there` : `${tag} is the slot that was written`,
      subject: tag,
      observed,
      expected: object === null ? 'no such slot' : `the tag object ${object}`,
      detail:
        kind === 'inserted'
          ? `It was written by hand. Delete it: ${deleting(tag)}`
          : restoring(tag, object, kind === 'gone' ? 'gone' : 'moved'),
      evidence: { object },
    })
  })
}

/** A deleted top slot shows only in the deployments. Nobody is deployed by an archiving. */
function witness(of: ModelFacts, stage: string, slots: Slot[], later: Facts['later']): Check[] {
  if (of.witnesses === 'unread' || stage === archivedStage) return []
  const subject = `${of.model}#${stage}`
  const top = slots.at(-1)
  const said = of.witnesses.get(stage) ?? 'absent'
  const wanted = {
    id: 'registry.witness',
    title: `The deployments agree with the log of ${subject}`,
    subject,
    expected: 'the newest deployment names the highest slot',
  }
  if (said === 'absent' || (top !== undefined && said.slot < top.n)) {
    if (top === undefined) return []
    const observed =
      said === 'absent' ? 'there is no deployment' : `it names slot ${said.slot}, and slot ${top.n} is there`
    const again = top.version === null ? 'the holder' : top.version
    const detail = `If slot ${top.n} were deleted, nobody would notice. A promotion is running now, or could not write its deployment: promote ${again} to ${stage} once more, with "deployments: write".`
    return [harmless({ ...wanted, observed, detail })]
  }
  const tag = slotTag(of.model, stage, said.slot)
  const here = slots.find((s) => s.n === said.slot)
  if (here?.object === said.object || (here === undefined && later.get(tag) === said.object))
    return [check(true, { ...wanted, observed: `slot ${said.slot}` })]
  const what = here === undefined ? 'gone' : 'moved'
  return [
    broken({
      id: `registry.top-${what}`,
      title: `${tag} is there as it was deployed`,
      subject: tag,
      observed: `slot ${said.slot} was deployed, and its tag is ${here === undefined ? 'gone' : 'another one now'}`,
      expected: `the tag object ${said.object}`,
      detail: `Nobody can say what holds ${stage}, so it is not read or changed. ${restoring(tag, said.object, what)}`,
      evidence: { slot: said.slot, tag_object: said.object },
    }),
  ]
}

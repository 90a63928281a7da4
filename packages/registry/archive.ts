import { type Check, check } from '@mlops-actions/verdict'
import type { StageLog } from './log.ts'
import { archivedStage } from './names.ts'

/** Whether a version may be archived: one that holds a stage may not. */
export function judgeArchive(log: StageLog, version: string): Check[] {
  const subject = `${log.model}@${version}`
  const holds = log.stages.filter((stage) => {
    const holder = log.holder(stage)
    return stage !== archivedStage && holder !== 'none' && holder.version === version
  })
  return [
    check(holds.length === 0, {
      id: 'registry.in-use',
      title: `${subject} holds no stage`,
      subject,
      observed: holds.length === 0 ? 'it holds none' : `it holds ${holds.join(', ')}`,
      expected: 'a version that holds no stage',
      ...(holds.length === 0
        ? {}
        : { detail: `Promote another version to ${holds.join(' and ')}, or roll back, first.` }),
      evidence: { holds },
    }),
  ]
}

/** A warned check where a version that is to hold a stage was archived; none otherwise. */
export function archivedCheck(log: StageLog, version: string): Check[] {
  const slot = log.archived(version)
  if (slot === undefined) return []
  const subject = `${log.model}@${version}`
  const who = slot.event === null ? 'another tool' : slot.event.who
  return [
    check(false, {
      id: 'registry.archived',
      title: `${subject} is not archived`,
      subject,
      observed: `${who} archived it${slot.event?.why ? `: ${slot.event.why}` : ''}`,
      expected: 'a version that was not archived',
      severity: 'warned',
      detail: 'A rollback that names no version passes over it; it was named here, and that counts.',
      evidence: { slot: slot.n },
    }),
  ]
}

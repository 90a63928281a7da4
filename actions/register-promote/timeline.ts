import type { StageLog } from '@mlops-actions/registry'
import type { Timeline } from '@mlops-actions/report'

/** The log of a stage as the report draws it. */
export function timelineOf(log: StageLog, stage: string): Timeline {
  const entries = log.slots(stage).map(({ n, version, event, date }) => {
    const who = event === null ? null : whoText(event.who, event.approved_by ?? [])
    return { slot: n, version, kind: event?.kind ?? null, who, why: event?.why ?? null, date }
  })
  return { stage, entries }
}

/** Who changed a stage, and who agreed. */
export const whoText = (who: string, approvedBy: string[]) =>
  approvedBy.length === 0 ? who : `${who}, approved by ${approvedBy.join(', ')}`

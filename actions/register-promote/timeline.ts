import type { StageLog } from '@mlops-actions/registry'
import type { Timeline } from '@mlops-actions/report'

/** The log of a stage as the report draws it. */
export function timelineOf(log: StageLog, stage: string): Timeline {
  const entries = log.slots(stage).map(({ n, version, event, date }) => {
    return { slot: n, version, kind: event?.kind ?? null, who: event?.who ?? null, why: event?.why ?? null, date }
  })
  return { stage, entries }
}

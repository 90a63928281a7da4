import type { StageLog } from '@mlops-actions/registry'

/** The slot that holds a stage. */
export function holderSlot(log: StageLog, stage: string): number | 'none' {
  const holder = log.holder(stage)
  return holder === 'none' ? 'none' : holder.n
}

/** Who holds a stage, now or at a time, in words. */
export function holderText(log: StageLog, stage: string, at?: Date): string {
  const holder = log.holder(stage, at)
  return holder === 'none' ? 'nobody' : `${holder.version ?? holder.record.slice(0, 12)} (slot ${holder.n})`
}

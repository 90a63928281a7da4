import { type Check, check } from '@mlops-actions/verdict'
import * as z from 'zod'

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/, 'must be a day (2026-12-20) or a time in UTC (2026-12-20T18:00Z)')
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is no day of the calendar')

/** `freeze:` of a stage's policy: when nothing is promoted to it. */
export const freezeWindows = z
  .array(
    z.union([
      z.strictObject({ from: time, until: time, reason: z.string().optional() }),
      z.strictObject({ days: z.array(z.enum(weekdays)).min(1), reason: z.string().optional() }),
    ]),
  )
  .describe(
    'When nothing is promoted: { from, until } (a day ends with its last second) or { days: [sat, sun] }, in UTC.',
  )

export type FreezeWindow = z.output<typeof freezeWindows>[number]

/** Whether promotions are frozen now, and by which window. Who overrides a freeze gets a warned check in place of a failed one. */
export function freezeCheck(of: {
  subject: string
  stage: string
  windows: FreezeWindow[]
  now: Date
  /** Why it is overridden; null where it is not. */
  override: string | null
}): Check {
  const { subject, stage, windows, now, override } = of
  const window = windows.find((w) => covers(w, now))
  const frozen = window !== undefined
  return check(!frozen, {
    id: 'policy.freeze',
    title: `Promotions to ${stage} are not frozen`,
    subject,
    observed: frozen
      ? `frozen ${span(window)}${override === null ? '' : `; overridden: ${override}`}`
      : `${now.toISOString().slice(0, 16)}Z lies in none of ${windows.length} freezes`,
    expected: 'a time outside every freeze of mlops.yaml',
    ...(frozen && override !== null ? { severity: 'warned' as const } : {}),
    ...(frozen && override === null
      ? { detail: 'Wait, or set override-freeze with a reason. A rollback is never frozen.' }
      : {}),
    evidence: { window: frozen ? span(window) : null, override },
  })
}

function covers(window: FreezeWindow, now: Date): boolean {
  if ('days' in window) return window.days.includes(weekdays[now.getUTCDay()]!)
  return +now >= Date.parse(window.from) && +now < end(window.until)
}

/** A day alone means all of it. */
function end(until: string): number {
  return Date.parse(until) + (until.includes('T') ? 0 : 24 * 60 * 60 * 1000)
}

function span(window: FreezeWindow): string {
  const when = 'days' in window ? `every ${window.days.join(', ')}` : `from ${window.from} until ${window.until}`
  return `${when} (UTC)${window.reason === undefined ? '' : `: ${window.reason}`}`
}

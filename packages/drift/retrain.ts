import { duration, milliseconds } from '@mlops-actions/document'
import * as z from 'zod'

const week = milliseconds('7d')

/** The name of a workflow's file; the folder that GitHub keeps workflows in may stand before it. */
export const workflowFile = z
  .string()
  .regex(/^(\.github\/workflows\/)?[\w.-]+\.ya?ml$/, 'must name a file of .github/workflows, for example train.yml')
  .transform((path) => path.slice(path.lastIndexOf('/') + 1))

/** `retrain` of mlops.yaml: what a drift check may start, and how often. */
export const retrainPolicy = z.strictObject({
  workflow: workflowFile.optional().describe('The workflow that retrains: a file of .github/workflows.'),
  cooldown: duration
    .refine((text) => !/^0+\D$/.test(text), 'must be longer than no time')
    .default('24h')
    .describe('How long after one retraining the next may be started: 30m, 24h, 7d.'),
  max_per_week: z.int().min(1).default(3).describe('How many retrainings may be started in any seven days.'),
})

export type RetrainPolicy = z.output<typeof retrainPolicy>

/** A run of the workflow that retrains, as GitHub lists it. */
export interface RetrainRun {
  /** ISO 8601. */
  createdAt: string
}

/** The time from which a run of the workflow counts. */
export function retrainingsCountFrom(policy: RetrainPolicy, now: Date): Date {
  return new Date(now.getTime() - Math.max(week, milliseconds(policy.cooldown)))
}

/**
 * Whether retraining may be started now, by the runs of the workflow that were started by hand or by a check, in any
 * order: none within the cooldown, and fewer than `max_per_week` in the last seven days. A run whose time cannot be read,
 * or lies ahead, counts as one of just now.
 */
export function mayRetrain(of: {
  runs: RetrainRun[]
  now: Date
  policy: RetrainPolicy
}): { ok: true } | { ok: false; reason: string } {
  const { runs, now, policy } = of
  const ages = runs.map(({ createdAt }) => Math.max(0, now.getTime() - Date.parse(createdAt)) || 0)
  const latest = Math.min(...ages)
  if (latest < milliseconds(policy.cooldown)) {
    const at = new Date(now.getTime() - latest).toISOString()
    return { ok: false, reason: `the last retraining was started at ${at}, within the cooldown of ${policy.cooldown}` }
  }
  const recent = ages.filter((age) => age < week).length
  if (recent >= policy.max_per_week) {
    const times = recent === 1 ? 'once' : `${recent} times`
    return {
      ok: false,
      reason: `retraining was started ${times} in the last seven days, and max_per_week is ${policy.max_per_week}`,
    }
  }
  return { ok: true }
}

/**
 * Names the stretch of time, as long as the cooldown, that `now` lies in: `20261122T000000Z`. Times that are a cooldown
 * apart never share one, so that whoever takes the name first may start retraining and all others may not, however late
 * GitHub lists the run.
 */
export function cooldownWindow(policy: RetrainPolicy, now: Date): string {
  const length = milliseconds(policy.cooldown)
  const start = new Date(Math.floor(now.getTime() / length) * length)
  return start
    .toISOString()
    .replace(/\.000Z$/, 'Z')
    .replaceAll(/[-:]/g, '')
}

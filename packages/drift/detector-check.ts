import type { Check } from '@mlops-actions/verdict'
import type { DetectorName } from './concept-rules.ts'
import type { Alarm, DetectorCall, Watched } from './error-stream.ts'
import { short } from './figure.ts'
import type { Finding } from './loss-check.ts'
import type { LossLimit } from './metric-loss.ts'
import type { DriftLevel } from './outcome.ts'

const called: Record<DetectorName, string> = { adwin: 'ADWIN', ddm: 'DDM', eddm: 'EDDM', page_hinkley: 'Page-Hinkley' }

/**
 * The checks of the change detectors. ADWIN's alarm counts where the errors rose by more than the limit: moderate, beside
 * another detector's alarm significant. Where ADWIN runs, the others' word alone counts for nothing and is told; where it
 * does not, each one's drift is moderate, two are significant, and a warning is warned.
 */
export function judgeDetectors(watched: Watched, limit: LossLimit): Finding[] {
  const { calls } = watched
  const rises = new Map(calls.map((call) => [call, largestRise(call.alarms, limit)]))
  const hasBound = calls.some(({ detector }) => detector === 'adwin')
  const counts = (call: DetectorCall) =>
    call.alarms.length > 0 && (call.detector !== 'adwin' || rises.get(call)! > limit.limit)
  const counted = calls.filter(counts)
  const confirmed = !hasBound || counted.some(({ detector }) => detector === 'adwin')
  const level: DriftLevel =
    !confirmed || counted.length === 0 ? 'none' : counted.length === 1 ? 'moderate' : 'significant'
  return calls.map((call) => {
    const own = counted.includes(call) ? level : 'none'
    return { level: own, check: checkOf(call, own, rises.get(call), limit, { hasBound, watched }) }
  })
}

/** The largest rise of the errors over a detector's alarms, in the limit's unit; undefined where none is known. */
function largestRise(alarms: Alarm[], { relative }: LossLimit): number | undefined {
  const rises = alarms.flatMap(({ before, after }) => {
    if (before === undefined || after === undefined) return []
    if (!relative) return after - before
    // From no error at all any rise counts as one of all there is now.
    return (after - before) / (before > 0 ? before : Math.max(after, Number.MIN_VALUE))
  })
  return rises.length === 0 ? undefined : Math.max(...rises)
}

function checkOf(
  { detector, alarms, change, seen, mean, restarted }: DetectorCall,
  level: DriftLevel,
  rise: number | undefined,
  limit: LossLimit,
  { hasBound, watched }: { hasBound: boolean; watched: Watched },
): Check {
  const { rows, leftOut } = watched
  const name = called[detector]
  const last = alarms.at(-1)
  const isWarning = last === undefined && rows > 0 && change === 'warning'
  const status =
    level === 'significant' ? 'failed' : level === 'moderate' || (isWarning && !hasBound) ? 'warned' : 'passed'
  const errors = `mean error ${short(mean)} over ${seen} rows`
  const observed =
    rows === 0
      ? 'no new labelled row'
      : last === undefined
        ? `${isWarning ? 'a warning, no change called' : 'no change called'}; ${errors}`
        : `${alarms.length === 1 ? 'a change' : `${alarms.length} changes`} called, the last at ${last.time ?? `row ${last.row + 1}`}${moveText(last)}`
  const sentences = [
    last === undefined ? undefined : readingOf(detector, level, rise, limit, hasBound),
    restarted === undefined ? undefined : `${name} started afresh: ${restarted}.`,
    leftOut.late > 0
      ? `${leftOut.late} rows no later than the check before were left out: they were seen, or their labels came late.`
      : undefined,
    leftOut.untimed > 0 ? `${leftOut.untimed} rows without a time were left out.` : undefined,
  ].filter((text) => text !== undefined)
  return {
    id: `concept.detector.${detector}`,
    title:
      level !== 'none'
        ? `${name}: the errors rose`
        : last === undefined
          ? `${name}: no change`
          : `${name}: a change not called drift`,
    subject: 'stream of errors',
    observed,
    expected: 'no rise of the errors',
    status,
    severity: status === 'warned' ? 'warned' : 'failed',
    ...(sentences.length === 0 ? {} : { detail: sentences.join(' ') }),
    evidence: {
      drift_kind: 'concept',
      detector,
      change: last === undefined ? change : 'drift',
      effect:
        rise === undefined
          ? null
          : { name: limit.relative ? 'relative_error_rise' : 'error_rise', value: rise, threshold: limit.limit },
      n_current: rows,
      seen,
      mean_error: mean,
      late_rows: leftOut.late,
      untimed_rows: leftOut.untimed,
      alarms: alarms.slice(-20).map(({ row, time = null, before = null, after = null, rowsSince = null }) => ({
        row,
        time,
        before,
        after,
        rows_since: rowsSince,
      })),
      restarted: restarted ?? null,
      level,
    },
  }
}

function moveText({ before, after }: Alarm): string {
  return before === undefined || after === undefined ? '' : `: mean error ${short(before)} to ${short(after)}`
}

/** What an alarm comes to. */
function readingOf(
  detector: DetectorName,
  level: DriftLevel,
  rise: number | undefined,
  { limit, relative }: LossLimit,
  hasBound: boolean,
): string {
  if (level === 'significant') return 'Two detectors agree: look at what changed since, then retrain.'
  if (level === 'moderate') return 'Look at what changed since.'
  if (detector !== 'adwin' && hasBound) {
    return 'ADWIN, which seldom calls what is not there, does not call a rise that matters: this may be chance.'
  }
  if (rise !== undefined && rise < 0) return 'The errors became fewer.'
  return `The rise is within the limit of ${relative ? `${short(limit * 100)} %` : short(limit)}.`
}

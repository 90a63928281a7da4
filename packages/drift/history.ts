import type { Json } from '@mlops-actions/verdict'
import * as z from 'zod'
import type { DriftLevel } from './outcome.ts'

const level = z.enum(['none', 'moderate', 'significant'])
const rows = z.int().min(0)

/** A point as it is stored. Keys that a newer version adds are left out, so that its points stay readable. */
const stored = z.object({
  schema: z.literal('mlops-actions/monitor@1'),
  time: z.iso.datetime({ offset: true }),
  drift: level,
  decision: z.enum(['keep', 'investigate', 'retrain']),
  rows: z.object({ reference: rows, current: rows }),
  columns: z.record(
    z.string(),
    z.object({ level, effect: z.number().nullable(), p_adjusted: z.number().min(0).max(1).nullable() }),
  ),
  detectors: z.record(z.string(), z.json()).optional(),
})

/** What one earlier check found: all that a later one needs of it. */
export interface MonitorPoint {
  /** ISO 8601 of the check. */
  time: string
  drift: DriftLevel
  decision: 'keep' | 'investigate' | 'retrain'
  rows: { reference: number; current: number }
  /** By check id: what it found on its own rows, before hysteresis and baseline. */
  columns: Record<string, { level: DriftLevel; effect: number | null; p_adjusted: number | null }>
  /** Detector states by name: change detectors resume from them. */
  detectors?: Record<string, Json>
}

/** The point of a check that was just made. */
export function monitorPoint(of: {
  time: Date
  found: Pick<MonitorPoint, 'drift' | 'decision'> & { found: MonitorPoint['columns'] }
  rows: MonitorPoint['rows']
  detectors?: MonitorPoint['detectors'] | undefined
}): MonitorPoint {
  const { drift, decision, found } = of.found
  const detectors = of.detectors === undefined ? {} : { detectors: of.detectors }
  return { time: of.time.toISOString(), drift, decision, rows: of.rows, columns: found, ...detectors }
}

/** The text of monitor.json. */
export function serialiseMonitorPoint(point: MonitorPoint): string {
  return `${JSON.stringify({ schema: 'mlops-actions/monitor@1', ...point })}\n`
}

/** The point that the text of a monitor.json holds; undefined where it holds none, for anyone may have written it. */
export function parseMonitorPoint(text: string): MonitorPoint | undefined {
  const found = stored.safeParse(parseJson(text))
  if (!found.success) return undefined
  const { schema: _, detectors, ...point } = found.data
  return detectors === undefined ? point : { ...point, detectors: detectors as Record<string, Json> }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

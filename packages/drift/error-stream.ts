import { isRegression, type Predictions } from '@mlops-actions/metrics'
import {
  type AdwinState,
  adwin,
  type Change,
  type ChangeDetector,
  ddm,
  eddm,
  pageHinkley,
} from '@mlops-actions/statistics'
import type { Json, JsonObject } from '@mlops-actions/verdict'
import * as z from 'zod'
import type { DetectorName } from './concept-rules.ts'

/** A change that a detector called. */
export interface Alarm {
  /** Place in the stream that this check gave, from 0. */
  row: number
  /** ISO 8601 of the row, where rows have times. */
  time?: string
  /** Mean of the stream before the change and since, where the detector tells them apart. */
  before?: number
  after?: number
  /** Rows since the change, this one included: it is called some time after it was. */
  rowsSince?: number
}

/** What a detector said in the course of one check. */
export interface DetectorCall {
  detector: DetectorName
  alarms: Alarm[]
  /** Its word at the end of the stream. */
  change: Change
  /** Rows it has seen since it started or last called a change. */
  seen: number
  /** Mean of the stream over those. */
  mean: number
  /** Why it started afresh though it has a state; absent where it went on, or is new. */
  restarted?: string
}

export interface Watched {
  calls: DetectorCall[]
  /** By detector, and `stream`: to be stored with this check and given to the next. */
  states: Record<string, Json>
  /** What was not given to the detectors. */
  leftOut: { late: number; untimed: number }
  /** Rows given to them. */
  rows: number
}

export interface StreamOptions {
  detectors: readonly DetectorName[]
  /** Milliseconds since 1970, one a row, NaN where unknown. Without times rows are taken in the order they stand in. */
  times?: ArrayLike<number> | undefined
  /** States of the last check. */
  states?: Record<string, Json> | undefined
  /** What is watched, such as a version's name: the states of another one are not gone on from. */
  model?: string | undefined
  /** Root mean squared error of the reference, by which a regression's errors are scaled. */
  referenceError?: number | undefined
}

/**
 * Gives the errors of the rows, in time order, to change detectors that go on from their stored states. Of a classification
 * an error is 1 where the prediction is not the truth; of a regression it is the absolute error over three times the
 * reference's root mean squared error, at most 1: ADWIN's guarantee holds for values within [0, 1]. Only an increase of the
 * errors is looked for, but ADWIN also tells a decrease. Rows no later than the last one of the check before are left out,
 * so that windows that overlap count no row twice. A state that cannot be read starts its detector afresh, and is said.
 */
export function watchErrors(p: Predictions, options: StreamOptions): Watched {
  const past = pastOf(options)
  const { order, leftOut, until } = inTime(p.rows, options.times, past.stream?.until ?? null)
  const scale = isRegression(p) ? (past.stream?.scale ?? options.referenceError ?? ownError(p)) : null
  const errors = errorsOf(p, scale)
  const watches = options.detectors.map((name) => new Watch(name, past.states[name], past.restarted))
  order.forEach((row, place) => {
    const time = options.times?.[row]
    const stamp = time === undefined ? {} : { time: new Date(time).toISOString() }
    for (const watch of watches) watch.give(errors[row]!, { row: place, ...stamp })
  })
  const stream: JsonObject = { model: options.model ?? null, until, scale }
  const fresh = order.length === 0 && past.stream === undefined
  return {
    calls: watches.map((watch) => watch.call()),
    states: fresh ? {} : { stream, ...Object.fromEntries(watches.map((watch) => [watch.name, watch.stored()])) },
    leftOut,
    rows: order.length,
  }
}

const storedStream = z.object({
  model: z.string().nullable(),
  until: z.number().nullable(),
  scale: z.number().min(0).nullable(),
})

/** What is gone on from. */
function pastOf({ states = {}, model }: StreamOptions): {
  stream?: z.output<typeof storedStream>
  states: Record<string, Json>
  restarted?: string
} {
  if (Object.keys(states).length === 0) return { states: {} }
  const stream = storedStream.safeParse(states.stream)
  if (!stream.success) return { states: {}, restarted: 'its stored state could not be read' }
  if (stream.data.model !== (model ?? null)) return { states: {}, restarted: 'another model is watched now' }
  return { stream: stream.data, states }
}

/** The rows to be given, in time order; rows of one time in the order they stand in. */
function inTime(rows: number, times: ArrayLike<number> | undefined, since: number | null) {
  const all = Array.from({ length: rows }, (_, row) => row)
  if (times === undefined) return { order: all, leftOut: { late: 0, untimed: 0 }, until: since }
  const timed = all.filter((row) => isTime(times[row]!))
  const order = timed.filter((row) => since === null || times[row]! > since)
  order.sort((a, b) => times[a]! - times[b]! || a - b)
  return {
    order,
    leftOut: { late: timed.length - order.length, untimed: rows - timed.length },
    until: order.length === 0 ? since : times[order.at(-1)!]!,
  }
}

/** What a Date can hold. */
function isTime(time: number): boolean {
  return Math.abs(time) <= 8.64e15
}

function ownError(p: Predictions & { actual: Float64Array }): number {
  let squares = 0
  for (let i = 0; i < p.rows; i++) squares += (p.predicted[i]! - p.actual[i]!) ** 2
  return p.rows === 0 ? 0 : Math.min(Number.MAX_VALUE, Math.sqrt(squares / p.rows))
}

function errorsOf(p: Predictions, scale: number | null): Float64Array {
  return Float64Array.from({ length: p.rows }, (_, i) => {
    const difference = p.predicted[i]! - p.actual[i]!
    if (difference === 0) return 0
    // Divided one by one, so that no product of large numbers overflows.
    return scale === null || scale === 0 ? 1 : Math.min(1, Math.abs(difference) / scale / 3)
  })
}

const starts: Record<DetectorName, (state?: never) => ChangeDetector<unknown>> = {
  adwin: (state) => adwin({}, state),
  ddm: (state) => ddm({}, state),
  eddm: (state) => eddm({}, state),
  page_hinkley: (state) => pageHinkley({ mode: 'up' }, state),
}

const storedWatch = z.object({ seen: z.int().min(0), total: z.number().min(0), state: z.json() })

/** One detector over the stream. */
class Watch {
  readonly name: DetectorName
  private readonly detector: ChangeDetector<unknown>
  private readonly restarted: string | undefined
  private readonly alarms: Alarm[] = []
  private change: Change = 'none'
  private seen = 0
  private total = 0

  constructor(name: DetectorName, stored: Json | undefined, restarted: string | undefined) {
    this.name = name
    this.restarted = restarted
    if (stored === undefined) {
      this.detector = starts[name]()
      return
    }
    const held = storedWatch.safeParse(stored)
    let detector: ChangeDetector<unknown> | undefined
    try {
      if (held.success) detector = starts[name](held.data.state as never)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    this.detector = detector ?? starts[name]()
    if (detector === undefined) this.restarted = 'its stored state could not be read'
    else if (held.success) {
      this.seen = held.data.seen
      this.total = held.data.total
      this.change = (held.data.state as { change: Change }).change
    }
  }

  give(error: number, at: { row: number; time?: string }): void {
    if (this.change === 'drift') {
      this.seen = 0
      this.total = 0
    }
    this.change = this.detector.update(error)
    this.seen++
    this.total += error
    if (this.change === 'drift') this.alarms.push({ ...at, ...this.means() })
  }

  /** ADWIN's buckets tell where the change was; it drops too few of them to tell the means before and after by that. */
  private means(): Pick<Alarm, 'before' | 'after' | 'rowsSince'> {
    return this.name === 'adwin' ? widestCut(this.detector.state() as AdwinState, this.seen, this.total) : {}
  }

  call(): DetectorCall {
    return {
      detector: this.name,
      alarms: this.alarms,
      change: this.change,
      seen: this.seen,
      mean: this.seen === 0 ? 0 : this.total / this.seen,
      ...(this.restarted === undefined ? {} : { restarted: this.restarted }),
    }
  }

  stored(): JsonObject {
    return { seen: this.seen, total: this.total, state: this.detector.state() as Json }
  }
}

/**
 * Where the means before and since differ most for their rows, of all the cuts between the buckets that ADWIN keeps: the
 * likeliest place of one change (D. Hinkley, Biometrika 57, 1970).
 */
function widestCut({ rows }: AdwinState, seen: number, total: number): Pick<Alarm, 'before' | 'after' | 'rowsSince'> {
  let rowsSince = 0
  let sum = 0
  let widest = 0
  let found = {}
  rows.forEach(({ totals }, exponent) => {
    for (const bucket of totals.toReversed()) {
      rowsSince += 2 ** exponent
      sum += bucket
      if (rowsSince >= seen) return
      const before = Math.max(0, total - sum) / (seen - rowsSince)
      const after = sum / rowsSince
      const width = (after - before) ** 2 * rowsSince * (1 - rowsSince / seen)
      if (width > widest) {
        widest = width
        found = { before, after, rowsSince }
      }
    }
  })
  return found
}

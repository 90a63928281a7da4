import {
  type Change,
  type ChangeDetector,
  heldState,
  isChange,
  isCount,
  requireParameter,
  streamValue,
} from './change-detector.ts'

export interface AdwinParameters {
  /** The chance of a false alarm at one check of the window, about. */
  delta: number
  /** A check every so many values. */
  clock: number
  /** Buckets of one size before two of them are merged into the next. */
  maxBuckets: number
  /** Values that either side of a cut must hold. */
  minWindowLength: number
  /** Values after which changes are called. */
  gracePeriod: number
}

/** Buckets of 2^row values each, the oldest first: their sums and their squared deviations from their own mean. */
interface Row {
  totals: number[]
  variances: number[]
}

export interface AdwinState {
  ticks: number
  /** Values in the window, their sum and their squared deviations from its mean. */
  width: number
  total: number
  variance: number
  /** Row i holds the buckets of 2^i values. */
  rows: Row[]
  change: Change
}

/**
 * Adaptive windowing on a stream of numbers: a window of the latest values, kept as an exponential histogram, is cut
 * wherever its two parts' means differ by more than Bernstein's bound allows (A. Bifet and R. Gavaldà, "Learning from
 * Time-Changing Data with Adaptive Windowing", SDM 2007; variances after B. Babcock et al., PODS 2003). Defaults and change
 * points are those of river 0.26's `ADWIN`, which drops the whole window after a drift; it gives no warnings. The bound is
 * for values within a range of 1: bring others to it. RangeError for a parameter or a state that is none.
 */
export function adwin(parameters: Partial<AdwinParameters> = {}, state?: AdwinState): ChangeDetector<AdwinState> {
  const { delta = 0.002, clock = 32, maxBuckets = 5, minWindowLength = 5, gracePeriod = 10 } = parameters
  requireParameter(delta > 0 && delta < 1, 'The delta of ADWIN must be in (0, 1)')
  requireParameter(clock >= 1 && Number.isInteger(clock), 'The clock of ADWIN must be a whole number from 1')
  requireParameter(maxBuckets >= 2 && Number.isInteger(maxBuckets), 'ADWIN needs at least 2 buckets of a size')
  requireParameter(minWindowLength >= 1 && gracePeriod >= 0, 'ADWIN needs windows of at least 1 value')
  let now: AdwinState = state === undefined ? fresh() : held(state, maxBuckets)

  const isCut = (n0: number, n1: number, meanDifference: number) => {
    const logarithm = Math.log((2 * Math.log(now.width)) / delta)
    const reciprocal = 1 / (n0 - minWindowLength + 1) + 1 / (n1 - minWindowLength + 1)
    const bound = Math.sqrt(2 * reciprocal * (now.variance / now.width) * logarithm) + (2 / 3) * logarithm * reciprocal
    return Math.abs(meanDifference) > bound
  }
  const hasCut = () => {
    let n0 = 0
    let n1 = now.width
    let total0 = 0
    let total1 = now.total
    for (let row = now.rows.length - 1; row >= 0; row--) {
      for (const total of now.rows[row]!.totals) {
        n0 += 2 ** row
        n1 -= 2 ** row
        total0 += total
        total1 -= total
        if (n0 < minWindowLength || n1 < minWindowLength) continue
        if (isCut(n0, n1, total0 / n0 - total1 / n1)) return true
      }
    }
    return false
  }

  return {
    update(given) {
      const value = streamValue(given)
      if (now.change === 'drift') now = fresh()
      insert(now, value, maxBuckets)
      now.ticks++
      if (now.ticks % clock === 0 && now.width > gracePeriod) {
        while (hasCut()) {
          dropOldest(now)
          now.change = 'drift'
        }
      }
      return now.change
    },
    state: () => structuredClone(now),
  }
}

function insert(into: AdwinState, value: number, maxBuckets: number): void {
  into.rows[0]!.totals.push(value)
  into.rows[0]!.variances.push(0)
  into.width++
  if (into.width > 1) {
    const others = into.width - 1
    const distance = value - into.total / others
    into.variance += (others * distance * distance) / into.width
  }
  into.total += value
  for (let row = 0; into.rows[row]!.totals.length > maxBuckets; row++) mergeOldest(into.rows, row)
}

/** Makes of a row's two oldest buckets one of the next row. */
function mergeOldest(rows: Row[], row: number): void {
  const size = 2 ** row
  const [total0, total1] = rows[row]!.totals.splice(0, 2) as [number, number]
  const [variance0, variance1] = rows[row]!.variances.splice(0, 2) as [number, number]
  const difference = total0 / size - total1 / size
  if (rows[row + 1] === undefined) rows.push({ totals: [], variances: [] })
  rows[row + 1]!.totals.push(total0 + total1)
  rows[row + 1]!.variances.push(variance0 + variance1 + size * 0.5 * difference * difference)
}

function dropOldest(from: AdwinState): void {
  const oldest = from.rows.at(-1)!
  const size = 2 ** (from.rows.length - 1)
  const total = oldest.totals.shift()!
  const variance = oldest.variances.shift()!
  from.width -= size
  from.total -= total
  const distance = total / size - from.total / from.width
  from.variance -= variance + (size * from.width * distance * distance) / (size + from.width)
  if (oldest.totals.length === 0) from.rows.pop()
}

function fresh(): AdwinState {
  return { ticks: 0, width: 0, total: 0, variance: 0, rows: [{ totals: [], variances: [] }], change: 'none' }
}

function held(state: AdwinState, maxBuckets: number): AdwinState {
  const numbers = (values: number[]) =>
    Array.isArray(values) && values.length <= maxBuckets && values.every(Number.isFinite)
  return heldState('ADWIN', state, {
    ticks: isCount,
    width: (width) => width === widthOf(state.rows),
    total: Number.isFinite,
    variance: Number.isFinite,
    rows: (rows) =>
      rows.length > 0 &&
      rows.every((r) => numbers(r.totals) && numbers(r.variances) && r.totals.length === r.variances.length) &&
      rows.every((r, i) => r.totals.length > 0 || i === 0),
    change: isChange,
  })
}

function widthOf(rows: Row[]): number {
  return rows.reduce((width, { totals }, row) => width + totals.length * 2 ** row, 0)
}

import {
  type Change,
  type ChangeDetector,
  errorBit,
  heldState,
  isChange,
  isCount,
  requireParameter,
} from './change-detector.ts'

export interface DdmParameters {
  /** Values after which changes are called. */
  warmStart: number
  /** Standard deviations above the least error rate at which a warning begins. */
  warningThreshold: number
  /** The same of a drift. */
  driftThreshold: number
}

export interface DdmState {
  n: number
  errorRate: number
  /** Where error rate plus its standard deviation was least; null before the warm start is over. */
  least: { errorRate: number; deviation: number } | null
  change: Change
}

/**
 * The drift detection method on a stream of errors (1) and hits (0): the error rate p with deviation s = sqrt(p (1 - p) / n)
 * is held against the place where p + s was least (J. Gama et al., "Learning with Drift Detection", SBIA 2004). Defaults,
 * change points and warnings are those of river 0.26's `DDM`. RangeError for a parameter or a state that is none.
 */
export function ddm(parameters: Partial<DdmParameters> = {}, state?: DdmState): ChangeDetector<DdmState> {
  const { warmStart = 30, warningThreshold = 2, driftThreshold = 3 } = parameters
  requireParameter(warmStart >= 0, 'The warm start of DDM must be at least 0')
  requireParameter(warningThreshold > 0 && driftThreshold > 0, 'The thresholds of DDM must be above 0')
  let now: DdmState = state === undefined ? fresh() : held(state)
  return {
    update(value) {
      const bit = errorBit(value)
      if (now.change === 'drift') now = fresh()
      now.n++
      now.errorRate += (1 / now.n) * (bit - now.errorRate)
      if (now.n > warmStart) {
        const { errorRate } = now
        const deviation = Math.sqrt(Math.max(0, (errorRate * (1 - errorRate)) / now.n))
        const level = errorRate + deviation
        if (now.least === null || level <= now.least.errorRate + now.least.deviation) {
          now.least = { errorRate, deviation }
        }
        const limit = (threshold: number) => now.least!.errorRate + threshold * now.least!.deviation
        now.change = level > limit(driftThreshold) ? 'drift' : level > limit(warningThreshold) ? 'warning' : 'none'
      }
      return now.change
    },
    state: () => structuredClone(now),
  }
}

function fresh(): DdmState {
  return { n: 0, errorRate: 0, least: null, change: 'none' }
}

function held(state: DdmState): DdmState {
  const isShare = (value: number) => value >= 0 && value <= 1
  return heldState('DDM', state, {
    n: isCount,
    errorRate: isShare,
    least: (least) => least === null || (isShare(least?.errorRate) && isShare(least?.deviation)),
    change: isChange,
  })
}

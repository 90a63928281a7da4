import {
  type Change,
  type ChangeDetector,
  errorBit,
  heldState,
  isChange,
  isCount,
  requireParameter,
} from './change-detector.ts'

export interface EddmParameters {
  /** Errors after which changes are called. */
  warmStart: number
  /** The share of the widest spacing under which a warning begins. */
  alpha: number
  /** The same of a drift; at most alpha. */
  beta: number
}

export interface EddmState {
  n: number
  errors: number
  /** The place of the last error, from 1; 0 before the first. */
  lastError: number
  /** Mean of the distances between errors, and the sum of their squared deviations from it. */
  mean: number
  squares: number
  /** The largest mean plus two standard deviations so far; -1 before there is one. */
  widest: number
  change: Change
}

/**
 * The early drift detection method on a stream of errors (1) and hits (0): mean plus two standard deviations of the
 * distance between errors, held against its largest value (M. Baena-García et al., "Early Drift Detection Method", 2006).
 * Defaults, change points and warnings are those of river 0.26's `EDDM`; on streams without a change it warns often.
 * RangeError for a parameter or a state that is none.
 */
export function eddm(parameters: Partial<EddmParameters> = {}, state?: EddmState): ChangeDetector<EddmState> {
  const { warmStart = 30, alpha = 0.95, beta = 0.9 } = parameters
  requireParameter(warmStart >= 0, 'The warm start of EDDM must be at least 0')
  requireParameter(beta > 0 && alpha >= beta, 'EDDM needs alpha >= beta > 0')
  let now: EddmState = state === undefined ? fresh() : held(state)
  return {
    update(value) {
      const bit = errorBit(value)
      if (now.change === 'drift') now = fresh()
      now.n++
      if (bit === 1) {
        addError(now)
        if (now.n > warmStart) {
          const deviation = now.errors > 1 ? Math.sqrt(now.squares / (now.errors - 1)) : 0
          const width = now.mean + 2 * deviation
          if (width > now.widest) now.widest = width
          else if (now.errors > warmStart) {
            const level = width / now.widest
            now.change = level < beta ? 'drift' : level < alpha ? 'warning' : 'none'
          }
        }
      }
      return now.change
    },
    state: () => structuredClone(now),
  }
}

function addError(to: EddmState): void {
  const distance = to.n - to.lastError
  const before = to.mean
  to.errors++
  to.mean += (1 / to.errors) * (distance - before)
  to.squares += (distance - before) * (distance - to.mean)
  to.lastError = to.n
}

function fresh(): EddmState {
  return { n: 0, errors: 0, lastError: 0, mean: 0, squares: 0, widest: -1, change: 'none' }
}

function held(state: EddmState): EddmState {
  return heldState('EDDM', state, {
    n: isCount,
    errors: isCount,
    lastError: isCount,
    mean: (value) => Number.isFinite(value) && value >= 0,
    squares: (value) => Number.isFinite(value) && value >= 0,
    widest: (value) => Number.isFinite(value) && value >= -1,
    change: isChange,
  })
}

import {
  type Change,
  type ChangeDetector,
  heldState,
  isChange,
  isCount,
  requireParameter,
  streamValue,
} from './change-detector.ts'

export interface PageHinkleyParameters {
  /** Values from which on changes are called. */
  minInstances: number
  /** The change of the mean that is put up with, in the values' unit. */
  delta: number
  /** The cumulative deviation that is a change (lambda), in the values' unit. */
  threshold: number
  /** The forgetting factor of the cumulative deviation. */
  alpha: number
  /** Which changes of the mean are looked for. */
  mode: 'up' | 'down' | 'both'
}

export interface PageHinkleyState {
  n: number
  mean: number
  /** Cumulative deviations above the mean plus delta, and below the mean minus delta. */
  increase: number
  decrease: number
  /** The extremes that they are held against; null before there is one. */
  leastIncrease: number | null
  largestDecrease: number
  change: Change
}

/**
 * The two-sided Page-Hinkley test on a stream of numbers: the cumulative deviation from the running mean, held against its
 * own extreme (E. S. Page, "Continuous Inspection Schemes", Biometrika 41, 1954). Defaults and change points are those of
 * river 0.26's `PageHinkley`; it gives no warnings. RangeError for a parameter or a state that is none.
 */
export function pageHinkley(
  parameters: Partial<PageHinkleyParameters> = {},
  state?: PageHinkleyState,
): ChangeDetector<PageHinkleyState> {
  const { minInstances = 30, delta = 0.005, threshold = 50, alpha = 1 - 0.0001, mode = 'both' } = parameters
  requireParameter(minInstances >= 0, 'The least instances of Page-Hinkley must be at least 0')
  requireParameter(delta >= 0 && threshold > 0, 'Page-Hinkley needs delta >= 0 and a threshold above 0')
  requireParameter(alpha > 0 && alpha <= 1, 'The forgetting factor of Page-Hinkley must be in (0, 1]')
  requireParameter(['up', 'down', 'both'].includes(mode), 'The mode of Page-Hinkley is up, down or both')
  let now: PageHinkleyState = state === undefined ? fresh() : held(state)
  return {
    update(given) {
      const value = streamValue(given)
      if (now.change === 'drift') now = fresh()
      now.n++
      now.mean += (1 / now.n) * (value - now.mean)
      const deviation = value - now.mean
      now.increase = alpha * now.increase + deviation - delta
      now.decrease = alpha * now.decrease + deviation + delta
      now.leastIncrease = Math.min(now.leastIncrease ?? now.increase, now.increase)
      now.largestDecrease = Math.max(now.largestDecrease, now.decrease)
      if (now.n >= minInstances) {
        const up = mode !== 'down' && now.increase - now.leastIncrease > threshold
        const down = mode !== 'up' && now.largestDecrease - now.decrease > threshold
        now.change = up || down ? 'drift' : 'none'
      }
      return now.change
    },
    state: () => structuredClone(now),
  }
}

function fresh(): PageHinkleyState {
  // River starts the largest decrease at -1, the least increase at infinity: with its change points come its starts.
  return { n: 0, mean: 0, increase: 0, decrease: 0, leastIncrease: null, largestDecrease: -1, change: 'none' }
}

function held(state: PageHinkleyState): PageHinkleyState {
  return heldState('Page-Hinkley', state, {
    n: isCount,
    mean: Number.isFinite,
    increase: Number.isFinite,
    decrease: Number.isFinite,
    leastIncrease: (value) => value === null || Number.isFinite(value),
    largestDecrease: Number.isFinite,
    change: isChange,
  })
}

import {
  type Change,
  type ChangeDetector,
  heldState,
  isChange,
  isCount,
  requireParameter,
  streamValue,
} from './change-detector.ts'
import { ksTest } from './kolmogorov-smirnov.ts'
import { type MersenneTwisterState, mersenneTwister, sampleBelow } from './mersenne-twister.ts'

export interface KswinParameters {
  /** The p-value at which a change is called. */
  alpha: number
  windowSize: number
  /** Latest values that are held against as many earlier ones; at most half of the window. */
  statSize: number
  /** Of the choice of earlier values. */
  seed: number
}

export interface KswinState {
  window: number[]
  /** Null before the first choice since the start or a drift. */
  random: MersenneTwisterState | null
  change: Change
}

/**
 * Kolmogorov-Smirnov windowing on a stream of numbers: the latest values of a sliding window are held against a random
 * choice of its earlier ones by the two-sample test; a change is a p-value of at most alpha with a statistic above 0.1
 * (C. Raab, M. Heusinger and F.-M. Schleif, Neurocomputing 416, 2020). Defaults and, with the same seed, change points are
 * those of river 0.26's `KSWIN`; where river without a seed draws another choice at each run, the seed here is 1. It gives no
 * warnings. RangeError for a parameter or a state that is none.
 */
export function kswin(parameters: Partial<KswinParameters> = {}, state?: KswinState): ChangeDetector<KswinState> {
  const { alpha = 0.005, windowSize = 100, statSize = 30, seed = 1 } = parameters
  requireParameter(alpha >= 0 && alpha <= 1, 'The alpha of KSWIN must be in [0, 1]')
  requireParameter(isCount(windowSize) && isCount(statSize), 'The sizes of KSWIN must be whole numbers')
  requireParameter(
    statSize >= 1 && windowSize >= 2 * statSize,
    'The window of KSWIN must hold twice its statistic window',
  )
  let now: KswinState = state === undefined ? fresh() : held(state, windowSize)
  let random = mersenneTwister(now.random ?? seed)
  return {
    update(given) {
      const value = streamValue(given)
      if (now.change === 'drift') {
        now = fresh()
        random = mersenneTwister(seed)
      }
      now.window.push(value)
      if (now.window.length > windowSize) now.window.shift()
      if (now.window.length === windowSize) {
        const earlier = sampleBelow(random, windowSize - statSize, statSize).map((i) => now.window[i]!)
        const latest = now.window.slice(windowSize - statSize)
        const { statistic, p } = ksTest(Float64Array.from(earlier).sort(), Float64Array.from(latest).sort())
        now.change = p <= alpha && statistic > 0.1 ? 'drift' : 'none'
      }
      return now.change
    },
    state: () => structuredClone({ ...now, random: now.window.length < windowSize ? null : random.state() }),
  }
}

function fresh(): KswinState {
  return { window: [], random: null, change: 'none' }
}

function held(state: KswinState, windowSize: number): KswinState {
  return heldState('KSWIN', state, {
    window: (window) => Array.isArray(window) && window.length <= windowSize && window.every(Number.isFinite),
    random: (random) =>
      random === null ||
      (random.words.length === 624 && random.words.every(isCount) && isCount(random.next) && random.next <= 624),
    change: isChange,
  })
}

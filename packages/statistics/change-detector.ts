/** What a change detector says after a value. */
export type Change = 'none' | 'warning' | 'drift'

/**
 * Watches a stream of values for a change, one value at a time. After `drift` the next value starts it afresh, as river's
 * detectors do.
 */
export interface ChangeDetector<State> {
  /** Takes the next value of the stream. RangeError for a value that the detector is not made for. */
  update(value: number): Change
  /** Everything that later updates depend on: written as JSON and given back, it goes on exactly as if never interrupted. */
  state(): State
}

/** A bit of an error stream: 1 for an error, 0 for none. RangeError for anything else. */
export function errorBit(value: number): number {
  if (value !== 0 && value !== 1) throw new RangeError(`An error stream holds 0 and 1, not ${value}`)
  return value
}

/** A value whose square a double still holds, however many are added up. RangeError for anything else. */
export function streamValue(value: number): number {
  if (!(Math.abs(value) <= 1e140)) throw new RangeError(`A change detector cannot take ${value}`)
  return value
}

/** A copy of a state that came from outside, each part held against what it must be. RangeError where one is not that. */
export function heldState<State extends object>(
  detector: string,
  state: State,
  holds: { [Part in keyof State]: (value: State[Part]) => boolean },
): State {
  for (const part of Object.keys(holds) as (keyof State & string)[]) {
    if (!isHeld(part)) throw new RangeError(`This is no state of ${detector}: ${part}`)
  }
  return structuredClone(state)

  function isHeld(part: keyof State): boolean {
    try {
      return holds[part](state[part])
    } catch {
      // A part of another kind has not what its condition looks for.
      return false
    }
  }
}

/** Whether a part of a state is a whole number from 0. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

/** Whether a part of a state is one of the detector's words. */
export function isChange(value: Change): boolean {
  return value === 'none' || value === 'warning' || value === 'drift'
}

/** RangeError unless a parameter is as it must be. */
export function requireParameter(holds: boolean, must: string): void {
  if (!holds) throw new RangeError(must)
}

import type { Predictions } from './predictions.ts'

/** A metric that these rows do not define, with the reason as the end of `is not defined: …`. */
export interface Undefined {
  readonly undefined: string
}

export type Measured = number | Undefined
export type Measurements = Record<string, Measured>

/**
 * Metrics by name as a function of what each row weighs. Whatever does not depend on the weights (sorting, losses) was
 * done when it was made, so that a resample costs one pass.
 */
export type Measure = (weight: Float64Array) => Measurements

export type Binary = Extract<Predictions, { actual: Uint8Array }>
export type Multiclass = Extract<Predictions, { actual: Int32Array }>
export type Regression = Extract<Predictions, { actual: Float64Array }>

export function isBinary(p: Predictions): p is Binary {
  return p.task.type === 'binary'
}

export function isMulticlass(p: Predictions): p is Multiclass {
  return p.task.type === 'multiclass'
}

export function isRegression(p: Predictions): p is Regression {
  return p.task.type === 'regression'
}

export function undefinedFor(reason: string): Undefined {
  return { undefined: reason }
}

/** numerator / denominator, or why there is no such share. */
export function share(numerator: number, denominator: number, otherwise: Undefined): Measured {
  return denominator > 0 ? numerator / denominator : otherwise
}

/** The rows' own weights, all 1 where none were given. */
export function weights(p: Predictions): Float64Array {
  return p.weight ?? new Float64Array(p.rows).fill(1)
}

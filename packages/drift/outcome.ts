import type { Comparison } from './comparison.ts'
import type { Correction } from './correction.ts'
import { type Sensitivity, shareDifference } from './sensitivity.ts'

export type DriftLevel = 'none' | 'moderate' | 'significant'
const LEVELS: DriftLevel[] = ['none', 'moderate', 'significant']

/** Drift at a first limit, or beyond a second. */
export function atLeast(isSignificant: boolean): DriftLevel {
  return isSignificant ? 'significant' : 'moderate'
}

/** The lesser of two levels. */
export function lesserLevel(a: DriftLevel, b: DriftLevel): DriftLevel {
  return worseLevel(a, b) === a ? b : a
}

/** The worse of two levels. */
export function worseLevel(a: DriftLevel, b: DriftLevel): DriftLevel {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b
}

/** What a column is judged by: the rules that apply to it and the size of the family of tests. */
export interface Yardstick {
  alpha: number
  correction: Correction
  floor: number
  significant: number
  family: number
}

/** p-values after the correction over every test of the check. */
export interface Adjusted {
  value?: number | undefined
  nulls?: number | undefined
}

/** What a column's values, or its nulls, say. */
export interface Outcome {
  of: 'values' | 'nulls'
  level: DriftLevel
  /** How large the change is, and from where on it counts. */
  effect: { name: EffectName; value: number; threshold: number; significant: number }
  adjusted: number
  test: 'ks' | 'chi2'
  /** Where a preset decides by a limit of its own, what it measured and what it asks; the p-value is then only told. */
  limit?: { observed: string; expected: string }
  /** Why the preset has no number for the column: then nothing passes. */
  undefined?: string
}

export type EffectName = 'psi_above_null' | 'largest_share_difference' | 'null_share_difference' | 'psi' | 'mean_shift'

/** What the column's values and its nulls say, each on its own. */
export function outcomesOf(comparison: Comparison, adjusted: Adjusted, by: Yardstick): Outcome[] {
  const outcomes: Outcome[] = []
  const { value, nulls } = comparison
  const level = (p: number, effect: number): DriftLevel =>
    p >= by.alpha || effect < by.floor ? 'none' : atLeast(effect >= by.significant)
  const limits = { threshold: by.floor, significant: by.significant }
  if (value !== undefined) {
    const p = adjusted.value ?? 1
    const { test, effect } = value
    outcomes.push({ of: 'values', level: level(p, effect.value), effect: { ...effect, ...limits }, adjusted: p, test })
  }
  if (nulls !== undefined) {
    const p = adjusted.nulls ?? 1
    const effect = { name: 'null_share_difference' as const, value: Math.abs(nulls.difference), ...limits }
    outcomes.push({ of: 'nulls', level: level(p, effect.value), effect, adjusted: p, test: 'chi2' })
  }
  return outcomes
}

/** The test that decides what the column's rows can show: its values', or where a side has none its nulls'. */
export function decidingSensitivity(comparison: Comparison): Sensitivity {
  return comparison.value?.sensitivity ?? shareDifference(0.5, 1)
}

/** Rows that enter the deciding test, and n m / (n + m). */
export function sizes(comparison: Comparison): { n: number; m: number; size: number } {
  const { reference, current, value } = comparison
  const n = value === undefined ? reference.count + reference.nulls : reference.count
  const m = value === undefined ? current.count + current.nulls : current.count
  return { n, m, size: (n * m) / (n + m) }
}

/** The smallest effect that this column's rows could show as the first of the family to fall. */
export function detectableEffect(comparison: Comparison, by: Yardstick): number {
  return decidingSensitivity(comparison).effect(sizes(comparison).size, by.alpha / Math.max(1, by.family))
}

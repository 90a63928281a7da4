import type { Check } from '@mlops-actions/verdict'
import { isBreak } from './check-order.ts'
import { numberAt, objectAt, textAt } from './evidence.ts'
import { number, percent, pValue } from './number.ts'

/** The floors of a column, where its evidence names none. */
export const usualFloors = { floor: 0.1, significant: 0.25 }

/** The size of one check's change, and what it is held against. */
export interface DriftEffect {
  check: Check
  name: string
  value: number
  /** From here on it counts. */
  floor: number
  /** From here on it is significant. */
  significant: number
  /** The p-value after the correction over `family` tests; undefined where there was no test. */
  p: number | undefined
  family: number
  correction: string
  alpha: number
  /** A difference that is no chance, in the values or in the share of nulls. */
  real: boolean
}

/** The effect in a check's evidence; undefined where it has none. */
export function driftEffect(check: Check): DriftEffect | undefined {
  const { evidence } = check
  const effect = objectAt(evidence, 'effect')
  const value = numberAt(effect, 'value')
  if (value === undefined) return undefined
  const name = textAt(effect, 'name') ?? 'effect'
  // The worse of two outcomes decides: where that is the share of nulls, so does its own p-value.
  const nulls = numberAt(evidence, 'null_share_p_adjusted')
  const p =
    (name === 'null_share_difference' ? nulls : undefined) ??
    numberAt(evidence, 'p_adjusted') ??
    numberAt(evidence, 'p_value')
  const alpha = numberAt(evidence, 'alpha') ?? 0.05
  const limit = numberAt(effect, 'threshold')
  const floor = limit ?? usualFloors.floor
  return {
    check,
    name,
    value,
    floor,
    significant: Math.max(
      floor,
      numberAt(effect, 'significant') ?? (limit === undefined ? usualFloors.significant : floor),
    ),
    p,
    family: numberAt(evidence, 'family_size') ?? 1,
    correction: textAt(evidence, 'correction') ?? 'none',
    alpha,
    real: [p, nulls].some((of) => of !== undefined && of < alpha),
  }
}

/** The effects of checks, the largest against its own floors first. */
export function driftEffects(checks: Check[]): DriftEffect[] {
  return checks
    .map(driftEffect)
    .filter((effect) => effect !== undefined)
    .sort((a, b) => againstFloors(b.value, b) - againstFloors(a.value, a))
}

export type DriftLevel = 'none' | 'moderate' | 'significant'

/** How far a check drifted: the level that its evidence states, else by its effect where it does not hold. */
export function driftLevel(check: Check): DriftLevel {
  if (!isBreak(check)) return 'none'
  const level = textAt(check.evidence, 'level')
  if (level === 'none' || level === 'moderate' || level === 'significant') return level
  const effect = driftEffect(check)
  return effect === undefined ? 'none' : effect.value >= effect.significant ? 'significant' : 'moderate'
}

/** Whether the check says that something drifted, which a column with too few rows does not. */
export function hasDrifted(check: Check): boolean {
  return driftLevel(check) !== 'none'
}

/**
 * An effect on a scale that columns with different floors share: 1 is the floor from which it counts, 2 the floor from which
 * it is significant, straight between them and beyond.
 */
export function againstFloors(value: number, { floor, significant }: { floor: number; significant: number }): number {
  if (value < floor || significant <= floor) return Math.max(0, value / floor)
  return 1 + (value - floor) / (significant - floor)
}

/** Why what was found is not called: it is as usual in this season, or has not been found often enough in a row. */
export function heldBy({ evidence }: Check): 'baseline' | 'consecutive' | undefined {
  const named = textAt(evidence, 'held_by')
  const is = (by: string) => named === by || objectAt(evidence, by) !== undefined
  return is('baseline') ? 'baseline' : is('consecutive') ? 'consecutive' : undefined
}

const wordings: Record<string, (size: string) => string> = {
  psi: (size) => `PSI ${size}`,
  psi_above_null: (size) => `PSI ${size} above chance`,
  mean_shift: (size) => `the mean off by ${size}`,
  null_share_difference: (size) => `the share of nulls off by ${size}`,
  largest_share_difference: (size) => `a share off by ${size}`,
  loss: (size) => `worse by ${size}`,
  relative_loss: (size) => `worse by ${size}`,
  error_rise: (size) => `errors up by ${size}`,
  relative_error_rise: (size) => `errors up by ${size}`,
  relative_rate_change: (size) => `a rate changed by ${size}`,
}

/** The size in words, e.g. `PSI 0.151 above chance`. */
export function effectText({ name, value }: { name: string; value: number }): string {
  const size = name.endsWith('share_difference')
    ? points(value)
    : name.startsWith('relative_')
      ? percent(value)
      : effectSize(value)
  return Object.hasOwn(wordings, name) ? wordings[name]!(size) : `${name.replaceAll('_', ' ')} ${size}`
}

/** A limit of an effect in its own unit. */
export function limitText(name: string, limit: number): string {
  if (name.endsWith('share_difference')) return points(limit)
  return name.startsWith('relative_') ? percent(limit) : number(limit)
}

/** Three digits of an effect are enough to see which side of a floor it is on. */
export function effectSize(value: number): string {
  return value > 0 && value < 0.001 ? '< 0.001' : number(Number(value.toPrecision(3)))
}

/** A difference of two shares in percentage points. */
function points(difference: number): string {
  return percent(difference).replace('%', difference === 0.01 ? 'point' : 'points')
}

const correctionNames: Record<string, string> = {
  holm: "Holm's correction",
  bonferroni: "Bonferroni's correction",
  'benjamini-hochberg': "Benjamini and Hochberg's correction",
  'benjamini-yekutieli': "Benjamini and Yekutieli's correction",
}

/** The p-value with what it was corrected for, e.g. `p < 0.001 after Holm's correction over 13 tests`. */
export function significanceText({ p, correction, family }: DriftEffect): string {
  if (p === undefined) return 'not tested'
  const shown = `p ${pValue(p)}`
  if (family <= 1 || correction === 'none') return shown
  const named = correctionNames[correction.toLowerCase()] ?? `the correction ${correction}`
  return `${shown} after ${named} over ${number(family)} tests`
}

/** Whether the change is likely to be chance, in a few words; empty where nothing was tested. */
export function chanceText({ p, alpha, value, floor }: DriftEffect): string {
  if (p === undefined) return ''
  if (p >= alpha) return value >= floor ? 'may be chance' : 'within chance'
  return value >= floor ? 'hardly chance' : 'real but small'
}

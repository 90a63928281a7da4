import { chiSquareIsf, normalCdf, normalQuantile } from '@mlops-actions/statistics'

/**
 * How the smallest effect that a test can call, and the rows that an effect needs to be called, follow from its size.
 * `size` is n m / (n + m), the one number through which both samples' rows enter every test here; `level` is the
 * p-value that has to be reached.
 */
export interface Sensitivity {
  /** The size at which an effect seen to be this large reaches the level. */
  size(effect: number, level: number): number
  /** The smallest effect that reaches the level at this size. */
  effect(size: number, level: number): number
}

/** PSI above its null expectation, judged by chi-square: PSI times the size is about chi-square with df degrees of freedom. */
export function psiByChiSquare(df: number): Sensitivity {
  const excess = (level: number) => Math.max(0, chiSquareIsf(level, df) - df)
  return {
    size: (effect, level) => excess(level) / effect,
    effect: (size, level) => excess(level) / size,
  }
}

/**
 * PSI judged by Kolmogorov-Smirnov, for the shift of a normal distribution: a shift of s standard deviations has PSI s²
 * and moves the distribution function by 2 Phi(s / 2) - 1; its p-value is about 2 exp(-2 size D²).
 */
export const psiByKs: Sensitivity = {
  size: (effect, level) => Math.log(2 / level) / (2 * (2 * normalCdf(Math.sqrt(effect) / 2) - 1) ** 2),
  effect: (size, level) => {
    const distance = Math.min(1 - 1e-9, Math.sqrt(Math.log(2 / level) / (2 * size)))
    return (2 * normalQuantile((1 + distance) / 2)) ** 2
  },
}

/** A difference of one share, whose pooled value is `share`, judged by chi-square with df degrees of freedom. */
export function shareDifference(share: number, df: number): Sensitivity {
  const variance = share * (1 - share)
  return {
    size: (effect, level) => (chiSquareIsf(level, df) * variance) / effect ** 2,
    effect: (size, level) => Math.min(1, Math.sqrt((chiSquareIsf(level, df) * variance) / size)),
  }
}

/** Rows with which a size is reached: of the current side alone where the reference is large enough for that, else of both. */
export interface RowsNeeded {
  current: number
  /** Given where the reference has too few rows as well. */
  reference?: number
}

/** The rows needed for a size beside a reference of n rows. */
export function rowsNeeded(size: number, n: number): RowsNeeded {
  if (n > size) {
    const current = Math.ceil(1 / (1 / size - 1 / n) - 1e-9)
    // Close to the reference's own limit the current side would have to be vast; more rows on both sides are the better advice.
    if (current <= 10 * n) return { current }
  }
  const both = Math.ceil(2 * size - 1e-9)
  return n >= both ? { current: both } : { current: both, reference: both }
}

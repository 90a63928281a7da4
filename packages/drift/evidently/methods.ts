import { ksTest } from '@mlops-actions/statistics'
import { firstShareTest, fitToReference } from './category-tests.ts'
import { type CategoryCounts, countsOf, type EvidentlyColumn, type EvidentlyType, type Numbers } from './column.ts'
import {
  filledDivergence,
  filledStability,
  hellingerOfShares,
  jensenShannonOfShares,
  normedWasserstein,
} from './distances.ts'
import type { Score } from './score.ts'

/** One of Evidently's tests. */
export interface Method {
  /** The types that it may be asked for. */
  types: EvidentlyType[]
  kind: 'p_value' | 'distance'
  /** Evidently's default. */
  threshold: number
  /** Which scores drift, as Evidently compares them with the threshold. */
  drifts: '<' | '<=' | '>' | '>='
  score(column: EvidentlyColumn): Score
}

/** Evidently's tests by its own names, each as its version 0.7.23 defines it. */
export const METHODS = {
  ks: ofNumbers('p_value', 0.05, '<=', ({ reference, current }) => ksTest(reference, current).p),
  wasserstein: ofNumbers('distance', 0.1, '>=', normedWasserstein),
  chisquare: ofCategories('p_value', 0.05, '<', fitToReference),
  z: ofCategories('p_value', 0.05, '<', firstShareTest),
  jensenshannon: ofBoth(jensenShannonOfShares),
  psi: ofBoth(filledStability),
  kl_div: ofBoth(filledDivergence),
  hellinger: ofBoth(hellingerOfShares),
} satisfies Record<string, Method>

export type MethodName = keyof typeof METHODS

/** Its tests of free text, which train a classifier to tell the sides apart. */
export const TEXT_METHODS = ['perc_text_content_drift', 'abs_text_content_drift']

function ofNumbers(
  kind: Method['kind'],
  threshold: number,
  drifts: Method['drifts'],
  score: (numbers: Numbers) => Score,
): Method {
  const of = (column: EvidentlyColumn) => {
    if (column.type === 'cat') throw new Error('A test of numbers was given categories')
    return score(column.numbers)
  }
  return { types: ['num'], kind, threshold, drifts, score: of }
}

function ofCategories(
  kind: Method['kind'],
  threshold: number,
  drifts: Method['drifts'],
  score: (counts: CategoryCounts) => Score,
): Method {
  return { types: ['cat'], kind, threshold, drifts, score: (column) => score(countsOf(column)) }
}

function ofBoth(score: Method['score']): Method {
  return { types: ['cat', 'num'], kind: 'distance', threshold: 0.1, drifts: '>=', score }
}

import { energyDistance } from '@mlops-actions/statistics'
import { firstShareTest, fisher, fitToReference, likelihoodFit, totalVariationTest } from './category-tests.ts'
import { type CategoryCounts, countsOf, type EvidentlyColumn, type EvidentlyType, type Numbers } from './column.ts'
import {
  filledDivergence,
  filledStability,
  hellingerOfShares,
  jensenShannonOfShares,
  normedWasserstein,
} from './distances.ts'
import { meanDiscrepancyTest } from './mean-discrepancy.ts'
import type { MethodName } from './method-names.ts'
import {
  andersonDarling,
  cramerVonMises,
  eppsSingleton,
  kolmogorovSmirnov,
  mannWhitney,
  student,
} from './number-tests.ts'
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
  /** Gives the score; RangeError for a column that it cannot be computed of. */
  score(column: EvidentlyColumn): Score
  /** A p-value of permutations that are drawn by a stream of our own. */
  simulated?: true
}

/** Evidently's tests by its own names, each as its version 0.7.23 defines it. */
export const METHODS = {
  ks: testOfNumbers(0.05, '<=', kolmogorovSmirnov),
  anderson: testOfNumbers(0.1, '<', andersonDarling),
  cramer_von_mises: testOfNumbers(0.1, '<=', cramerVonMises),
  es: testOfNumbers(0.05, '<', eppsSingleton),
  t_test: testOfNumbers(0.05, '<', student),
  mannw: testOfNumbers(0.05, '<', mannWhitney),
  empirical_mmd: { ...testOfNumbers(0.1, '<', meanDiscrepancyTest), simulated: true },
  wasserstein: distanceOfNumbers('>=', normedWasserstein),
  ed: distanceOfNumbers('>', ({ reference, current }) => energyDistance(reference, current)),
  chisquare: testOfCategories(0.05, fitToReference),
  z: testOfCategories(0.05, firstShareTest),
  fisher_exact: testOfCategories(0.1, fisher),
  g_test: testOfCategories(0.1, likelihoodFit),
  TVD: { ...testOfCategories(0.1, totalVariationTest), simulated: true },
  jensenshannon: distanceOfShares(jensenShannonOfShares),
  psi: distanceOfShares(filledStability),
  kl_div: distanceOfShares(filledDivergence),
  hellinger: distanceOfShares(hellingerOfShares),
} satisfies Record<MethodName, Method>

function testOfNumbers(threshold: number, drifts: '<' | '<=', score: (numbers: Numbers) => Score): Method {
  return { types: ['num'], kind: 'p_value', threshold, drifts, score: ofNumbers(score) }
}

function distanceOfNumbers(drifts: '>' | '>=', score: (numbers: Numbers) => Score): Method {
  return { types: ['num'], kind: 'distance', threshold: 0.1, drifts, score: ofNumbers(score) }
}

function ofNumbers(score: (numbers: Numbers) => Score): Method['score'] {
  return (column) => {
    if (column.type === 'cat') throw new Error('A test of numbers was given categories')
    return score(column.numbers)
  }
}

function testOfCategories(threshold: number, score: (counts: CategoryCounts) => Score): Method {
  return { types: ['cat'], kind: 'p_value', threshold, drifts: '<', score: (column) => score(countsOf(column)) }
}

function distanceOfShares(score: Method['score']): Method {
  return { types: ['cat', 'num'], kind: 'distance', threshold: 0.1, drifts: '>=', score }
}

import {
  andersonDarlingTest,
  cramerVonMisesSf,
  cramerVonMisesTest,
  eppsSingletonTest,
  ksTest,
  mannWhitneyTest,
  tTest,
} from '@mlops-actions/statistics'
import { haveDistinct, type Numbers } from './column.ts'
import { noScore, type Score } from './score.ts'

const ONE_VALUE = 'all rows hold one number, which leaves nothing to tell apart'

/** Two-sample Kolmogorov-Smirnov, two-sided. */
export function kolmogorovSmirnov({ reference, current }: Numbers): Score {
  return ksTest(reference, current).p
}

/** k-sample Anderson-Darling with midranks; p ends at 0.001 and 0.25. */
export function andersonDarling(numbers: Numbers): Score {
  const { reference, current } = numbers
  return haveDistinct(2, numbers) ? andersonDarlingTest([reference, current]).p : noScore(ONE_VALUE)
}

/** Rows of the larger side up to which the exact p-value is asked for. */
const EXACT_UP_TO = 20

/**
 * Two-sample Cramer-von Mises by its asymptotic law, to more digits than Evidently's series, which ends at terms of 1e-7. Its own
 * copy of scipy's exact p-value counts in half precision, or raises.
 */
export function cramerVonMises(numbers: Numbers): Score {
  const { reference, current } = numbers
  if (Math.max(reference.length, current.length) <= EXACT_UP_TO) {
    return noScore(`up to ${EXACT_UP_TO} rows a side, what Evidently computes is too coarse to be a p-value`)
  }
  if (haveDistinct(2, numbers)) return cramerVonMisesTest(reference, current).p
  return ofOneValue(reference.length, current.length)
}

/**
 * What midranks make of samples that hold one and the same number: T = (n - m)² ((n + m)² - 1) / (12 n m (n + m)), by the sizes
 * alone; samples of very different sizes are drift to it.
 */
function ofOneValue(n: number, m: number): Score {
  const all = n + m
  const statistic = ((n - m) ** 2 * (all ** 2 - 1)) / (12 * n * m * all)
  const mean = (1 + 1 / all) / 6
  const variance = ((all + 1) * (4 * n * m * all - 3 * (n * n + m * m) - 2 * n * m)) / (180 * all * all * n * m)
  return cramerVonMisesSf(1 / 6 + (statistic - mean) / Math.sqrt(45 * variance))
}

/** Epps and Singleton's test. With fewer than five different numbers its matrix has no inverse but by rounding, nor p a meaning. */
export function eppsSingleton(numbers: Numbers): Score {
  const { reference, current } = numbers
  if (!haveDistinct(5, numbers)) return noScore('it takes five different numbers')
  return eppsSingletonTest(reference, current).p
}

/** Student's two-sided t-test with pooled variance. */
export function student(numbers: Numbers): Score {
  const { reference, current } = numbers
  if (!haveDistinct(2, numbers)) return noScore(ONE_VALUE)
  return tTest(reference, current, { equalVariance: true }).p
}

/** One-sided Mann-Whitney: whether the reference's numbers are the smaller. Numbers that fell are no drift to it. */
export function mannWhitney({ reference, current }: Numbers): Score {
  return mannWhitneyTest(reference, current, { alternative: 'less' }).p
}

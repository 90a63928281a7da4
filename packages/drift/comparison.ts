import { type ColumnKind, type ColumnProfile, countSorted, type Distribution } from '@mlops-actions/profile'
import {
  chiSquareSf,
  homogeneityTest,
  jensenShannon,
  type KsTest,
  ksAndWasserstein,
  ksTestOfRanked,
  populationStability,
  shares,
  totalVariation,
} from '@mlops-actions/statistics'
import type { ColumnType } from '@mlops-actions/table'
import { type Counts, countedBins, countedCategories, foldRare, sum } from './counts.ts'
import { psiByChiSquare, psiByKs, type Sensitivity, shareDifference } from './sensitivity.ts'

/** One column of both samples, and what its class floors ask: `classes` where it holds class labels or predictions. */
export interface Pair {
  reference: ColumnProfile
  current: ColumnProfile
  /** Sorted exact values without nulls (of text: the lengths). */
  referenceValues?: Float64Array | undefined
  currentValues?: Float64Array | undefined
  classes: boolean
  /** Where its values come later than their rows, as labels do, a row without one is no finding. */
  late?: boolean
}

export interface ValueComparison {
  test: 'ks' | 'chi2'
  statistic: number
  p: number
  /** Undefined where the test had something to tell apart. */
  untested?: 'constant' | 'folded'
  folded: number
  effect: { name: 'psi_above_null' | 'largest_share_difference'; value: number }
  sensitivity: Sensitivity
  /** Rows of the smaller side under which every category but one is folded, so that nothing is tested. */
  rowsToTest: number
  psi: { psi: number; nullExpectation: number; bins: number }
  distances: Record<string, number | null>
  counts: Counts
  /** Whether a numeric test had to do with the counts in bins. */
  binned: boolean
  /** The statistic of the very rows is at most so much larger: what stored distributions leave open. */
  statisticBound: number
}

export interface NullComparison {
  statistic: number
  p: number
  /** Difference of the shares of nulls, current minus reference. */
  difference: number
}

/** Everything that is measured of one column, before the correction over all columns. */
export interface Comparison {
  name: string
  kind: ColumnKind
  type: ColumnType
  reference: { count: number; nulls: number }
  current: { count: number; nulls: number }
  /** How far the mean of numbers moved, current minus reference. */
  meanShift?: number
  /** Absent for timestamps and where a side has no values. */
  value?: ValueComparison
  /** Absent for timestamps and where neither side has a null. */
  nulls?: NullComparison
}

/** Measures one column of both samples. */
export function compareColumn(pair: Pair): Comparison {
  const { reference, current } = pair
  const comparison: Comparison = {
    name: reference.name,
    kind: reference.count > 0 ? reference.kind : current.kind,
    type: jointType(reference, current),
    reference: { count: reference.count, nulls: reference.nulls },
    current: { count: current.count, nulls: current.nulls },
  }
  if (comparison.kind === 'timestamp') return comparison
  const meanShift = comparison.kind === 'numeric' && (current.numbers?.mean ?? NaN) - (reference.numbers?.mean ?? NaN)
  if (Number.isFinite(meanShift)) comparison.meanShift = meanShift as number
  const isToCome = pair.late && reference.count > 0 && current.count > 0
  if (reference.nulls + current.nulls > 0 && !isToCome) comparison.nulls = compareNulls(reference, current)
  if (reference.count > 0 && current.count > 0) comparison.value = compareValues(pair)
  return comparison
}

/** The type decided on both samples together: whole numbers on one side and fractions on the other are numbers. */
function jointType(reference: ColumnProfile, current: ColumnProfile): ColumnType {
  if (reference.count === 0) return current.type
  if (current.count === 0 || reference.type === current.type) return reference.type
  return [reference.type, current.type].includes('number') ? 'number' : 'integer64'
}

function compareNulls(reference: ColumnProfile, current: ColumnProfile): NullComparison {
  const { statistic, p } = homogeneityTest([reference.count, reference.nulls], [current.count, current.nulls])
  return { statistic, p, difference: nullShare(current) - nullShare(reference) }
}

export function nullShare({ count, nulls }: { count: number; nulls: number }): number {
  return nulls / (count + nulls)
}

function compareValues(pair: Pair): ValueComparison {
  const { reference, current } = pair
  return reference.kind === 'categorical'
    ? compareCounts(countedCategories(reference, current), pair.classes, false)
    : compareNumbers(pair, countedBins(reference, current))
}

function compareNumbers(pair: Pair, counts: Counts): ValueComparison {
  const binned = compareCounts(counts, false, true)
  const before = knownOf(pair.reference, pair.referenceValues)
  const after = knownOf(pair.current, pair.currentValues)
  if (before === undefined || after === undefined) return binned
  const found: KsTest & { wasserstein?: number } =
    before.values && after.values
      ? ksAndWasserstein(before.values, after.values)
      : ksTestOfRanked(ranked(before), ranked(after))
  const constant = before.min === before.max && after.min === after.max && before.min === after.min
  return {
    ...omitUntested(binned),
    ...(constant ? { untested: 'constant' } : {}),
    test: 'ks',
    statistic: found.statistic,
    p: found.p,
    folded: 0,
    sensitivity: psiByKs,
    rowsToTest: 0,
    distances: {
      ...binned.distances,
      ks: found.statistic,
      ...(found.wasserstein === undefined ? {} : { wasserstein: finite(found.wasserstein) }),
    },
    binned: false,
    statisticBound: 2 * (errorShare(before, pair.reference) + errorShare(after, pair.current)),
  }
}

/** What is known of a sample's numbers: every one of them or, where only a profile is left, their distribution. */
type Known = { min: number; max: number } & (
  | { values: Float64Array; distribution?: never }
  | { distribution: Distribution; values?: never }
)

function knownOf(profile: ColumnProfile, values: Float64Array | undefined): Known | undefined {
  if (values === undefined) {
    const { numbers } = profile
    return numbers?.distribution && { min: numbers.min, max: numbers.max, distribution: numbers.distribution }
  }
  if (values.length !== profile.count) {
    throw new Error(`Column ${profile.name}: ${values.length} exact values beside a profile of ${profile.count}`)
  }
  return { min: values[0]!, max: values.at(-1)!, values }
}

function ranked({ values, distribution }: Known): Distribution {
  return distribution ?? { ...countSorted(values), error: 0 }
}

function errorShare({ distribution }: Known, { count }: ColumnProfile): number {
  return distribution === undefined ? 0 : distribution.error / count
}

function omitUntested({ untested: _, ...rest }: ValueComparison): Omit<ValueComparison, 'untested'> {
  return rest
}

function compareCounts(counts: Counts, classes: boolean, binned: boolean): ValueComparison {
  const stability = populationStability(counts.reference, counts.current)
  const folded = foldRare(counts)
  const { statistic, df } = homogeneityTest(folded.reference, folded.current)
  const before = shares(counts.reference)
  const after = shares(counts.current)
  const pooled = shares(counts.reference.map((count, i) => count + counts.current[i]!))
  const widest = pooled.reduce((a, b) => (Math.abs(b - 0.5) < Math.abs(a - 0.5) ? b : a))
  const largestShare = Math.max(...pooled)
  // By all the categories, since with the rows that are asked for none may need folding any more.
  const freedom = Math.max(1, stability.bins - 1) + counts.hidden
  const untested = df > 0 ? undefined : stability.bins < 2 ? 'constant' : 'folded'
  return {
    test: 'chi2',
    statistic,
    // Which categories a profile folded depends on its counts, as chi-square allows no choice to do. Counting categories together
    // only lowers the statistic, so against the degrees of freedom that they had alone p is never too small.
    p: df > 0 ? chiSquareSf(statistic, df + counts.hidden) : 1,
    ...(untested === undefined ? {} : { untested }),
    folded: folded.folded,
    effect: classes
      ? { name: 'largest_share_difference', value: Math.max(...after.map((share, i) => Math.abs(share - before[i]!))) }
      : { name: 'psi_above_null', value: Math.max(0, stability.psi - stability.nullExpectation) },
    sensitivity: classes ? shareDifference(widest, freedom) : psiByChiSquare(freedom),
    rowsToTest: untested === 'folded' ? testableRows(largestShare, sum(counts.reference), sum(counts.current)) : 0,
    psi: stability,
    distances: {
      psi: stability.psi,
      js: jensenShannon(counts.reference, counts.current),
      total_variation: totalVariation(counts.reference, counts.current),
    },
    counts,
    binned,
    statisticBound: 0,
  }
}

/** Rows of the smaller side from which two categories expect 5 each: the largest one and the rest. */
function testableRows(largestShare: number, n: number, m: number): number {
  return Math.max(Math.min(n, m) + 1, Math.ceil(5 / largestShare), Math.ceil(5 / (1 - largestShare)))
}

function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null
}

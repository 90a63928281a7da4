import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  betaP,
  betaQ,
  betaQuantile,
  chiSquareIsf,
  chiSquareSf,
  gammaP,
  gammaQ,
  holm,
  homogeneityTest,
  jensenShannon,
  kolmogorovSf,
  ksAndWasserstein,
  ksStatistic,
  ksTest,
  ksTestOfRanked,
  lgamma,
  normalCdf,
  normalQuantile,
  normalSf,
  populationStability,
  totalVariation,
  wasserstein,
} from './index.ts'

type Row = Record<string, number>
interface Golden {
  two_samples: { a: number[]; b: number[]; statistic: number; p: number; wasserstein: number }[]
  grids: Row[]
  kolmogorov: Row[]
  counts: {
    a: number[]
    b: number[]
    statistic: number
    df: number
    p: number
    psi: number
    js: number
    total_variation: number
  }[]
  chi_square: Row[]
  beta: Row[]
  gamma: Row[]
  normal: Row[]
  holm: { p: number[]; adjusted: number[] }[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/statistics.golden.json', import.meta.url), 'utf8'))

/** Equal to `relative`, or both too small for a double to tell from zero. */
function near(actual: number, wanted: number, relative: number, absolute = 1e-300) {
  const error = Math.abs(actual - wanted)
  if (error <= absolute) return
  if (!(error <= relative * Math.abs(wanted))) expect.fail(`${actual} is not ${wanted}: ${error / Math.abs(wanted)}`)
}

const sorted = (values: number[]) => Float64Array.from(values).sort()

describe('agreement with mpmath', () => {
  test('the normal distribution', () => {
    for (const { z, cdf, sf } of golden.normal) {
      near(normalCdf(z!), cdf!, 1e-14)
      near(normalSf(z!), sf!, 1e-14)
      if (z! < 1) near(normalQuantile(cdf!), z!, 1e-13, 1e-15)
    }
  })
  test('the gamma functions', () => {
    for (const { a, x, p, q, lgamma: log } of golden.gamma) {
      near(lgamma(a!), log!, 1e-14)
      near(gammaP(a!, x!), p!, 1e-12)
      near(gammaQ(a!, x!), q!, 1e-12)
    }
  })
  test('the beta distribution and its quantile', () => {
    for (const { a, b, x, p, q } of golden.beta) {
      near(betaP(a!, b!, x!), p!, 1e-12)
      near(betaQ(a!, b!, x!), q!, 1e-12)
      if (p! < 0.9) near(betaQuantile(p!, a!, b!), x!, 1e-12)
    }
  })
  test('the tail of chi-square', () => {
    for (const { x, df, sf } of golden.chi_square) {
      near(chiSquareSf(x!, df!), sf!, 1e-12)
      if (sf! > 1e-100 && sf! < 0.99) near(chiSquareIsf(sf!, df!), x!, 1e-10)
    }
  })
})

describe('agreement with scipy', () => {
  test('two-sample Kolmogorov-Smirnov and Wasserstein, with ties, single values and disjoint samples', () => {
    for (const row of golden.two_samples) {
      const found = ksTest(sorted(row.a), sorted(row.b))
      near(found.statistic, row.statistic, 1e-12, 1e-15)
      near(found.p, row.p, 1e-9)
      expect(ksStatistic(sorted(row.b), sorted(row.a))).toBe(found.statistic)
      near(wasserstein(sorted(row.a), sorted(row.b)), row.wasserstein, 1e-12, 1e-14)
    }
  })
  test('the same on large samples, exact up to 10,000 values a side and asymptotic beyond', () => {
    for (const { n, m, shift, scale, statistic, p, wasserstein: area } of golden.grids) {
      const a = Float64Array.from({ length: n! }, (_, i) => i / n!)
      const b = Float64Array.from({ length: m! }, (_, j) => shift! + scale! * (j / m!))
      const found = ksTest(a, b)
      near(found.statistic, statistic!, 1e-12)
      near(found.p, p!, 1e-9)
      expect(found.method).toBe(Math.max(n!, m!) > 10_000 ? 'asymptotic' : 'exact')
      near(wasserstein(a, b), area!, 1e-11)
      expect(ksAndWasserstein(a, b)).toEqual({ ...ksTest(a, b), wasserstein: wasserstein(a, b) })
    }
  })
  test('the Kolmogorov distribution in every branch of its computation', () => {
    for (const { n, d, sf } of golden.kolmogorov) near(kolmogorovSf(d!, n!), sf!, 1e-9)
  })
  test('homogeneity, PSI, Jensen-Shannon and total variation', () => {
    for (const row of golden.counts) {
      const found = homogeneityTest(row.a, row.b)
      near(found.statistic, row.statistic, 1e-12)
      expect(found.df).toBe(row.df)
      near(found.p, row.p, 1e-9)
      near(populationStability(row.a, row.b).psi, row.psi, 1e-12)
      near(jensenShannon(row.a, row.b), row.js, 1e-12)
      near(totalVariation(row.a, row.b), row.total_variation, 1e-12)
    }
  })
  test('the published example of five categories', () => {
    const found = homogeneityTest([50, 30, 15, 5, 0], [40, 38, 12, 8, 2])
    near(found.statistic, 5.077928607340372, 1e-12)
    near(found.p, 0.27939459177450676, 1e-12)
    near(jensenShannon([50, 30, 15, 5, 0], [40, 38, 12, 8, 2]), 0.12105749597202797, 1e-12)
  })
})

test("Holm's adjustment", () => {
  for (const { p, adjusted } of golden.holm) expect(holm(p)).toEqual(adjusted.map((value) => expect.closeTo(value, 14)))
  expect(holm([])).toEqual([])
})

describe('edges are outcomes, never NaN', () => {
  test('nothing to tell apart', () => {
    expect(ksTest(sorted([1, 1]), sorted([1]))).toEqual({ statistic: 0, p: 1, method: 'exact' })
    expect(homogeneityTest([3, 0], [5, 0])).toEqual({ statistic: 0, df: 0, p: 1 })
    expect(populationStability([3, 0], [5, 0])).toEqual({ psi: 0, bins: 1, nullExpectation: 0 })
    expect(jensenShannon([1, 2], [2, 4])).toBe(0)
    expect(kolmogorovSf(0, 9)).toBe(1)
    expect(chiSquareSf(0, 0)).toBe(1)
  })
  test('no value on one side is refused', () => {
    const none = new Float64Array()
    expect(() => ksTest(none, sorted([1]))).toThrow(RangeError)
    const noRanks = { values: [], counts: [], error: 0 }
    expect(() => ksTestOfRanked({ values: [1], counts: [1], error: 0 }, noRanks)).toThrow(RangeError)
    expect(() => wasserstein(sorted([1]), none)).toThrow(RangeError)
    expect(() => homogeneityTest([0, 0], [1, 2])).toThrow(RangeError)
    expect(() => populationStability([1], [0])).toThrow(RangeError)
    expect(() => jensenShannon([0], [1])).toThrow(RangeError)
  })
  test('arguments outside a distribution are refused', () => {
    for (const wrong of [
      () => normalQuantile(Number.NaN),
      () => gammaP(0, 1),
      () => betaP(1, 1, 2),
      () => lgamma(-1),
    ]) {
      expect(wrong).toThrow(RangeError)
    }
  })
  test('infinite values', () => {
    expect(wasserstein(sorted([1, Infinity]), sorted([1, Infinity]))).toBe(0)
    expect(wasserstein(sorted([1, Infinity]), sorted([1, 2]))).toBe(Infinity)
  })
  test('any two samples give a statistic and a p-value in [0, 1], the same from either side', () => {
    const sample = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), { minLength: 1 })
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const found = ksTest(sorted(x), sorted(y))
        expect(found.p).toBeGreaterThanOrEqual(0)
        expect(found.p).toBeLessThanOrEqual(1)
        expect(found.statistic).toBeLessThanOrEqual(1)
        expect(ksTest(sorted(y), sorted(x)).p).toBeCloseTo(found.p, 12)
        expect(wasserstein(sorted(x), sorted(y))).toBeGreaterThanOrEqual(0)
      }),
    )
  })
  test('ranks known within bounds give no smaller p-value than the rows, and without bounds the same', () => {
    const side = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 })
    const rows = ({ values, counts }: { values: number[]; counts: number[] }) =>
      sorted(values.flatMap((value, i) => new Array<number>(counts[i]!).fill(value)))
    const counted = (cells: number[], error: number) => {
      const values = [...new Set(cells)].sort((a, b) => a - b)
      return { values, counts: values.map((value) => cells.filter((cell) => cell === value).length), error }
    }
    fc.assert(
      fc.property(side, side, fc.nat({ max: 3 }), (x, y, error) => {
        const exact = ksTest(sorted(x), sorted(y))
        expect(ksTestOfRanked(counted(x, 0), counted(y, 0))).toEqual(exact)
        // Every so many rows stand by the value in their middle: no rank is off by more than `error`.
        const every = 2 * error + 1
        const ascending = [...sorted(x)]
        const coarse = ascending.map((_, i) => ascending[Math.min(x.length - 1, i - (i % every) + error)]!)
        const found = ksTestOfRanked(counted(coarse, error), counted(y, 0))
        expect(rows(counted(coarse, error))).toHaveLength(x.length)
        expect(found.statistic).toBeLessThanOrEqual(exact.statistic)
        expect(found.statistic + (2 * error) / x.length).toBeGreaterThanOrEqual(exact.statistic - 1e-12)
        expect(found.p).toBeGreaterThanOrEqual(exact.p)
      }),
    )
  })
  test('the quantile of beta gives back the share', () => {
    const shape = fc.double({ min: 0.5, max: 500, noNaN: true })
    fc.assert(
      fc.property(shape, shape, fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (a, b, p) => {
        const x = betaQuantile(p, a, b)
        // Near 1 a double cannot hold the quantile any finer.
        if (x < 0.999) near(betaP(a, b, x), p, 1e-10)
      }),
    )
  })
})

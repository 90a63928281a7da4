import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  andersonDarlingTest,
  cramerVonMisesTest,
  eppsSingletonTest,
  fisherExact,
  goodnessOfFit,
  ksTest,
  mannWhitneyTest,
  proportionTest,
  tTest,
} from './index.ts'

interface Golden {
  two_samples: { a: number[]; b: number[]; tests: Record<string, [number, number]> }[]
  grids: {
    n: number
    m: number
    shift: number
    scale: number
    step: number
    tests: Record<string, [number, number]>
  }[]
  several_samples: { samples: number[][]; statistic: number; p: number }[]
  fisher: { table: [[number, number], [number, number]]; odds_ratio: number | null; p: number }[]
  goodness_of_fit: {
    seen: number[]
    wanted: number[]
    tests: Record<'pearson' | 'log-likelihood', [number, number]>
  }[]
  proportions: { x: number; n: number; y: number; m: number; statistic: number; p: number }[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/two-sample.golden.json', import.meta.url), 'utf8'))

interface Found {
  statistic: number
  p: number
}
const TESTS: Record<string, (a: Float64Array, b: Float64Array) => Found> = {
  greater: (a, b) => ksTest(a, b, 'greater'),
  less: (a, b) => ksTest(a, b, 'less'),
  mann_whitney: (a, b) => mannWhitneyTest(a, b),
  mann_whitney_greater: (a, b) => mannWhitneyTest(a, b, { alternative: 'greater' }),
  mann_whitney_less: (a, b) => mannWhitneyTest(a, b, { alternative: 'less' }),
  cramer_von_mises: cramerVonMisesTest,
  student: (a, b) => tTest(a, b, { equalVariance: true }),
  welch: (a, b) => tTest(a, b, { equalVariance: false }),
  anderson_darling: (a, b) => andersonDarlingTest([a, b]),
  epps_singleton: eppsSingletonTest,
}

function near(actual: number, wanted: number, relative: number, absolute: number, where: string) {
  const error = Math.abs(actual - wanted)
  if (!(error <= relative * Math.abs(wanted) + absolute)) expect.fail(`${where}: ${actual} is not ${wanted} (${error})`)
}

/**
 * Beyond 1e-12 and 1e-9, how far scipy's own digits go, absolutely, where it subtracts numbers that nearly cancel: its
 * Cramer-von Mises series moreover ends at terms of 1e-7, which is the whole of its tail. The covariance matrix of Epps
 * and Singleton is nearly singular for ten values, and its angles lose what the values are away from 0.
 */
const CANCELLED: Record<string, { relative?: number; relativeP?: number; statistic: number; p: number }> = {
  student: { statistic: 1e-11, p: 0 },
  welch: { statistic: 1e-11, p: 0 },
  anderson_darling: { statistic: 1e-12, p: 0 },
  cramer_von_mises: { statistic: 1e-11, p: 1e-7 },
  epps_singleton: { relative: 1e-9, relativeP: 1e-7, statistic: 1e-11, p: 0 },
}

/** The statistic to 1e-12, the p-value to 1e-9, relatively. */
function agree(name: string, found: Found, [statistic, p]: [number, number], where: string) {
  const { relative = 1e-12, relativeP = 1e-9, ...cancelled } = CANCELLED[name] ?? { statistic: 0, p: 0 }
  near(found.statistic, statistic, relative, cancelled.statistic, `${name} ${where}`)
  near(found.p, p, relativeP, cancelled.p + 1e-300, `p of ${name} ${where}`)
}

const sorted = (values: readonly number[]) => Float64Array.from(values).sort()

describe('agreement with scipy', () => {
  for (const name of Object.keys(TESTS)) {
    test(`${name} on small samples, ties and disjoint ones included`, () => {
      let compared = 0
      for (const { a, b, tests } of golden.two_samples) {
        if (tests[name] === undefined) continue
        compared++
        agree(name, TESTS[name]!(sorted(a), sorted(b)), tests[name], `of ${a.length} and ${b.length}`)
      }
      expect(compared).toBeGreaterThan(20)
    })
  }
  test('large samples', () => {
    for (const { n, m, shift, scale, step, tests } of golden.grids) {
      const onStep = (value: number) => (step === 0 ? value : Math.floor(value / step) * step)
      const a = Float64Array.from({ length: n }, (_, i) => onStep(i / n))
      const b = Float64Array.from({ length: m }, (_, j) => onStep(shift + scale * (j / m)))
      for (const [name, wanted] of Object.entries(tests)) agree(name, TESTS[name]!(a, b), wanted, `of ${n} and ${m}`)
    }
  })
  test('Anderson-Darling of several samples', () => {
    for (const { samples, statistic, p } of golden.several_samples) {
      const found = andersonDarlingTest(samples.map(sorted))
      near(found.statistic, statistic, 1e-12, 1e-12, 'statistic')
      near(found.p, p, 1e-9, 0, 'p')
      expect(found.clamped).toBe(p === 0.25 || p === 0.001)
    }
  })
  test("Fisher's test, against whole numbers", () => {
    for (const { table, odds_ratio, p } of golden.fisher) {
      const found = fisherExact(table)
      near(found.p, p, 1e-11, 0, JSON.stringify(table))
      expect(found.oddsRatio).toBe(odds_ratio ?? Infinity)
    }
  })
  test('goodness of fit', () => {
    for (const { seen, wanted, tests } of golden.goodness_of_fit) {
      for (const name of ['pearson', 'log-likelihood'] as const) {
        const found = goodnessOfFit(seen, wanted, name)
        near(found.statistic, tests[name][0], 1e-12, 1e-10, name)
        near(found.p, tests[name][1], 1e-9, 1e-300, name)
        expect(found.df).toBe(seen.length - 1)
      }
    }
  })
  test('two shares, as statsmodels', () => {
    for (const { x, n, y, m, statistic, p } of golden.proportions) {
      const found = proportionTest(x, n, y, m)
      near(found.statistic, statistic, 1e-12, 0, 'z')
      near(found.p, p, 1e-9, 1e-300, 'p')
    }
  })
})

describe('exact where scipy no longer is', () => {
  test('one-sided Kolmogorov-Smirnov of unequal sizes is half the two-sided one far out', () => {
    const a = Float64Array.from({ length: 3000 }, (_, i) => i / 3000)
    const b = Float64Array.from({ length: 1999 }, (_, j) => 0.06 + j / 1999)
    const one = ksTest(a, b, 'greater')
    const two = ksTest(a, b)
    expect(one.method).toBe('exact')
    near(one.p, two.p / 2, 1e-3, 0, 'p')
  })
  test('Mann-Whitney of a few values against very many', () => {
    const many = Float64Array.from({ length: 200_000 }, (_, i) => i)
    const found = mannWhitneyTest(Float64Array.of(-3, -2, -1), many)
    expect(found).toMatchObject({ statistic: 0, method: 'exact' })
    near(found.p, (2 * 6) / (200_001 * 200_002 * 200_003), 1e-12, 0, 'p')
  })
  test("Fisher's test of a million", () => {
    const found = fisherExact([
      [500_000, 500_000],
      [501_000, 499_000],
    ])
    expect(found.p).toBeGreaterThan(0.15)
    expect(found.p).toBeLessThan(0.16)
    expect(
      fisherExact([
        [1e6, 0],
        [0, 1e6],
      ]),
    ).toEqual({ oddsRatio: Infinity, p: 0 })
  })
})

describe('edges are outcomes, never NaN', () => {
  const same = sorted([2, 2, 2, 2, 2, 2])
  const few = sorted([2, 2])
  test('nothing to tell apart', () => {
    expect(mannWhitneyTest(same, few)).toEqual({ statistic: 6, p: 1, method: 'asymptotic' })
    expect(cramerVonMisesTest(same, few)).toEqual({ statistic: 0, p: 1, method: 'exact', tied: true })
    expect(andersonDarlingTest([same, few])).toMatchObject({ p: 1, clamped: false })
    expect(tTest(same, few, { equalVariance: true })).toEqual({ statistic: 0, df: 6, p: 1 })
    expect(ksTest(same, few, 'less')).toEqual({ statistic: 0, p: 1, method: 'exact' })
    expect(goodnessOfFit([3, 0], [3, 0], 'pearson')).toEqual({ statistic: 0, df: 0, p: 1 })
    expect(proportionTest(3, 3, 9, 9)).toEqual({ statistic: 0, p: 1 })
    expect(
      fisherExact([
        [0, 0],
        [3, 4],
      ]),
    ).toEqual({ oddsRatio: null, p: 1 })
  })
  test('Cramer-von Mises says where its law does not hold', () => {
    expect(cramerVonMisesTest(sorted([1, 2, 3]), sorted([4, 5])).tied).toBe(false)
    // The same shares of four values, and yet scipy's statistic calls 1,000 against 300 of them far apart.
    const cycle = (n: number) => sorted(Array.from({ length: n }, (_, i) => i % 4))
    expect(cramerVonMisesTest(cycle(1000), cycle(300))).toMatchObject({ tied: true, method: 'asymptotic' })
    expect(cramerVonMisesTest(cycle(1000), cycle(300)).p).toBeLessThan(1e-6)
    expect(cramerVonMisesTest(cycle(1000), cycle(1000)).statistic).toBe(0)
  })
  test('constants that differ are told apart', () => {
    expect(tTest(same, sorted([1, 1]), { equalVariance: false })).toEqual({ statistic: Infinity, df: 6, p: 0 })
    // Neither very small nor very large values leave a double's range when squared.
    for (const unit of [1e-200, 1, 1e200]) {
      const found = tTest(sorted([unit, 2 * unit]), sorted([unit, 2 * unit, 5 * unit]), { equalVariance: false })
      expect(found.statistic).toBeCloseTo(-0.8962581595302715, 12)
    }
    // The sum of many 0.1 is rounded; their spread is none all the same.
    const tenth = new Float64Array(1000).fill(0.1)
    expect(tTest(tenth, tenth.subarray(0, 7), { equalVariance: false }).p).toBe(1)
    expect(goodnessOfFit([1, 9], [0, 10], 'log-likelihood')).toEqual({ statistic: Infinity, df: 1, p: 0 })
  })
  test('what cannot be tested is refused', () => {
    const none = new Float64Array()
    const notNumbers = Float64Array.of(1, 2, 3, 4, 5, Number.NaN)
    for (const wrong of [
      () => mannWhitneyTest(none, few),
      () => mannWhitneyTest(few, notNumbers),
      () => ksTest(few, notNumbers),
      () => cramerVonMisesTest(few, sorted([1])),
      () => andersonDarlingTest([few]),
      () => andersonDarlingTest([few, none]),
      () => andersonDarlingTest([sorted([1]), few]),
      () => eppsSingletonTest(same, same),
      () => eppsSingletonTest(few, same),
      () => eppsSingletonTest(same, notNumbers),
      () => tTest(few, sorted([1]), { equalVariance: false }),
      () => tTest(sorted([2]), sorted([1]), { equalVariance: true }),
      () => tTest(few, sorted([1, Infinity]), { equalVariance: true }),
      () => goodnessOfFit([1, 2], [1, 3], 'pearson'),
      () => goodnessOfFit([0, 0], [0, 0], 'pearson'),
      () => goodnessOfFit([1], [0.5, 0.5], 'pearson'),
      () => goodnessOfFit([-1, 2], [0.5, 0.5], 'pearson'),
      () => proportionTest(3, 2, 1, 2),
      () => proportionTest(0, 0, 1, 2),
      () =>
        fisherExact([
          [1.5, 1],
          [1, 1],
        ]),
    ]) {
      expect(wrong).toThrow(RangeError)
    }
  })
  test('any two samples give a statistic, and a p-value in [0, 1] that does not depend on their order', () => {
    const sample = fc.array(
      fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
      { minLength: 5, maxLength: 40 },
    )
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [a, b] = [sorted(x), sorted(y)]
        for (const name of ['mann_whitney', 'cramer_von_mises', 'student', 'welch', 'anderson_darling']) {
          const found = TESTS[name]!(a, b)
          expect(Number.isNaN(found.statistic)).toBe(false)
          expect(found.p).toBeGreaterThanOrEqual(0)
          expect(found.p).toBeLessThanOrEqual(1)
          expect(TESTS[name]!(b, a).p).toBeCloseTo(found.p, 9)
        }
      }),
    )
  })
})

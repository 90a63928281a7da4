import { expect, test } from 'vitest'
import { randomStream } from './bootstrap.ts'
import { ksStatistic } from './kolmogorov-smirnov.ts'
import { permutationTest } from './permutation.ts'

const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length
const meanDifference = (a: Float64Array, b: Float64Array) => Math.abs(mean(a) - mean(b))

test('the p-value is the share of divisions at least as far apart', () => {
  // Of the 252 divisions of ten values into fives, 2 are as far apart as 1..5 and 6..10: p = 2 / 252.
  const { statistic, p } = permutationTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], meanDifference, { times: 20_000 })
  expect(statistic).toBe(5)
  expect(Math.abs(p - 2 / 252)).toBeLessThan(4 * Math.sqrt(2 / 252 / 20_000))
  // Summed in another order the same values give a mean that differs by rounding, and it still counts as reached.
  const rounded = permutationTest([0.1, 0.2, 0.3], [10.1, 10.2, 10.3], meanDifference, { times: 20_000 })
  expect(Math.abs(rounded.p - 2 / 20)).toBeLessThan(4 * Math.sqrt(0.09 / 20_000))
})

test('it is never 0, the same for a seed, and takes a statistic that sorts', () => {
  const a = Array.from({ length: 60 }, (_, i) => i)
  const b = a.map((value) => value + 100)
  const ks = (x: Float64Array, y: Float64Array) => ksStatistic(x.sort(), y.sort())
  expect(permutationTest(a, b, ks, { times: 99 })).toEqual({ statistic: 1, p: 0.01, times: 99 })
  const near = a.map((value) => value + 4)
  expect(permutationTest(a, near, ks, { seed: 3 })).toEqual(permutationTest(a, near, ks, { seed: 3 }))
})

test('without a difference it alarms as often as alpha says', () => {
  const random = randomStream(11)
  const draw = (n: number) => Array.from({ length: n }, () => random() % 7)
  const alarms = Array.from({ length: 400 }, (_, seed) =>
    permutationTest(draw(8), draw(13), meanDifference, { times: 39, seed }),
  )
  const rate = alarms.filter(({ p }) => p <= 0.1).length / 400
  expect(rate).toBeLessThan(0.1 + 4 * Math.sqrt(0.09 / 400))
  expect(rate).toBeGreaterThan(0.03)
})

test('what cannot be tested is refused', () => {
  expect(() => permutationTest([], [1], meanDifference)).toThrow(RangeError)
  expect(() => permutationTest([1], [1], meanDifference, { times: 0 })).toThrow(RangeError)
  expect(() => permutationTest([1], [1], () => Number.NaN)).toThrow(RangeError)
})

import { expect, test } from 'vitest'
import { basicInterval, bootstrapP, percentileInterval, randomStream, resample } from './bootstrap.ts'

test('the stream is the same for a seed and covers its range evenly', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, randomStream(seed))
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  expect(Math.min(...draw(3))).toBeGreaterThanOrEqual(0)
  const random = randomStream(9)
  const counts = new Array<number>(16).fill(0)
  for (let i = 0; i < 160_000; i++) counts[random() >>> 28]!++
  // Chi-square with 15 degrees of freedom: 44.3 is its quantile at 1 - 1e-4.
  expect(counts.reduce((sum, c) => sum + (c - 10_000) ** 2 / 10_000, 0)).toBeLessThan(44.3)
})

test('a resample has as many rows as there are, every row alike', () => {
  const seen = new Float64Array(20)
  resample(20, 4000, 1, (counts) => {
    expect(counts.reduce((a, b) => a + b)).toBe(20)
    counts.forEach((c, i) => {
      seen[i]! += c
    })
  })
  for (const total of seen) expect(Math.abs(total - 4000)).toBeLessThan(4 * Math.sqrt(4000))
})

test("the percentile interval takes numpy's linear quantiles", () => {
  const values = [5, 1, 4, 2, 3]
  const [low, high] = percentileInterval(values, 0.9)
  expect(low).toBeCloseTo(1.2, 12)
  expect(high).toBeCloseTo(4.8, 12)
  expect(percentileInterval([7], 0.9)).toEqual([7, 7])
  expect(() => percentileInterval([], 0.9)).toThrow(RangeError)
  const [mirroredLow, mirroredHigh] = basicInterval(2, values, 0.9)
  expect(mirroredLow).toBeCloseTo(-0.8, 12)
  expect(mirroredHigh).toBeCloseTo(2.8, 12)
})

test('the bootstrap p-value is two-sided and never 0', () => {
  expect(bootstrapP([0, 0, 0])).toBe(1)
  expect(bootstrapP(Array.from({ length: 999 }, () => 1))).toBe(0.002)
  expect(bootstrapP(Array.from({ length: 999 }, () => -1))).toBe(0.002)
})

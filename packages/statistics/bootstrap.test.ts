import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { basicInterval, bcaInterval, bootstrapP, percentileInterval, randomStream, resample } from './bootstrap.ts'

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

test("the BCa interval is scipy's", () => {
  const { bca } = JSON.parse(readFileSync(new URL('./golden/distances.golden.json', import.meta.url), 'utf8')) as {
    bca: { estimate: number; resampled: number[]; jackknife: number[]; confidence: number; interval: number[] }[]
  }
  for (const { estimate, resampled, jackknife, confidence, interval } of bca) {
    const found = bcaInterval(estimate, resampled, jackknife, confidence)!
    found.forEach((end, i) => {
      expect(Math.abs(end - interval[i]!)).toBeLessThanOrEqual(1e-11 * Math.abs(interval[i]!))
    })
  }
})

test('where BCa has nothing to correct by it says so, and never NaN', () => {
  expect(bcaInterval(9, [1, 2, 3], [1, 2, 3], 0.9)).toBeUndefined()
  expect(bcaInterval(2, [2, 2, 2], [2, 2], 0.9)).toEqual([2, 2])
  const symmetric = [1, 2, 3, 4, 5]
  const plain = percentileInterval(symmetric, 0.9)
  bcaInterval(3, symmetric, [3, 3, 3], 0.9)!.forEach((end, i) => {
    expect(end).toBeCloseTo(plain[i]!, 12)
  })
  expect(() => bcaInterval(1, [], [1], 0.9)).toThrow(RangeError)
  expect(() => bcaInterval(1, [1], [], 0.9)).toThrow(RangeError)
})

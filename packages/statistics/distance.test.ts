import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { energyDistance, hellinger, jensenShannon, kullbackLeibler, lInfinity, totalVariation } from './distance.ts'

interface Golden {
  counted: { a: number[]; b: number[]; kullback_leibler: number | null; hellinger: number; l_infinity: number }[]
  energy: { a: number[]; b: number[]; energy: number }[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/distances.golden.json', import.meta.url), 'utf8'))

const sorted = (values: number[]) => Float64Array.from(values).sort()

/** Equal to 1e-12 of the wanted value, or to an absolute error that rounding of the shares explains. */
function near(actual: number, wanted: number, absolute: number) {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(Math.max(1e-12 * Math.abs(wanted), absolute))
}

test('distances of counts are those of scipy and of 40 digits', () => {
  for (const row of golden.counted) {
    const divergence = kullbackLeibler(row.a, row.b)
    if (row.kullback_leibler === null) expect(divergence).toBe(Infinity)
    else near(divergence, row.kullback_leibler, 1e-15)
    near(hellinger(row.a, row.b), row.hellinger, 1e-15)
    near(lInfinity(row.a, row.b), row.l_infinity, 1e-15)
  }
})

test("the energy distance is scipy's", () => {
  for (const row of golden.energy) {
    near(energyDistance(sorted(row.a), sorted(row.b)), row.energy, 1e-15)
    expect(energyDistance(sorted(row.b), sorted(row.a))).toBe(energyDistance(sorted(row.a), sorted(row.b)))
  }
  expect(energyDistance(sorted([1, Infinity]), sorted([1, 2]))).toBe(Infinity)
  expect(energyDistance(sorted([1, Infinity]), sorted([1, Infinity]))).toBe(0)
})

test('equal shares are at distance 0, disjoint ones at the largest', () => {
  for (const distance of [kullbackLeibler, hellinger, lInfinity]) expect(distance([1, 2, 0], [2, 4, 0])).toBe(0)
  expect(hellinger([3, 0], [0, 9])).toBe(1)
  expect(lInfinity([3, 0], [0, 9])).toBe(1)
  expect(kullbackLeibler([3, 0], [0, 9])).toBe(Infinity)
  expect(kullbackLeibler([3, 0], [3, 9])).toBeCloseTo(Math.log(4), 15)
})

test('an empty sample and other bins are refused', () => {
  for (const distance of [kullbackLeibler, hellinger, lInfinity, jensenShannon, totalVariation]) {
    expect(() => distance([0, 0], [1, 2])).toThrow(RangeError)
    expect(() => distance([1], [1, 2])).toThrow(RangeError)
  }
  expect(() => energyDistance(new Float64Array(), sorted([1]))).toThrow(RangeError)
})

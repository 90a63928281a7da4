import { expect, test } from 'vitest'
import golden from './golden/comparison.golden.json' with { type: 'json' }
import { mcnemarP, tangoInterval, wilsonInterval } from './intervals.ts'

function close(found: number, wanted: number, tolerance: number) {
  expect(Math.abs(found - wanted), `${found} against ${wanted}`).toBeLessThanOrEqual(tolerance * Math.abs(wanted))
}

test("Wilson's interval agrees with scipy's", () => {
  for (const g of golden.wilson) {
    const [low, high] = wilsonInterval(g.successes, g.n, 0.9)
    close(low, g.low, 1e-11)
    close(high, g.high, 1e-12)
  }
  expect(() => wilsonInterval(0, 0, 0.9)).toThrow(RangeError)
})

test("Tango's interval agrees with a likelihood maximised numerically", () => {
  for (const g of golden.tango) {
    const [low, high] = tangoInterval(g.gained, g.lost, g.n, 0.9)
    close(low, g.low, 1e-5)
    close(high, g.high, 1e-5)
  }
})

test('no differing rows still leave room for a difference, less with more rows', () => {
  const z2 = 1.6448536269514722 ** 2
  for (const n of [5, 100, 10_000]) {
    const [low, high] = tangoInterval(0, 0, n, 0.9)
    close(high, z2 / (n + z2), 1e-9)
    close(low, -z2 / (n + z2), 1e-9)
  }
})

test('all rows differing one way', () => {
  const [low, high] = tangoInterval(8, 0, 8, 0.9)
  expect(high).toBeCloseTo(1, 9)
  expect(low).toBeGreaterThan(0.3)
})

test("McNemar's exact p agrees with scipy's binomial test", () => {
  for (const g of golden.mcnemar) close(mcnemarP(g.gained, g.lost), g.p, 1e-10)
  expect(mcnemarP(0, 0)).toBe(1)
})

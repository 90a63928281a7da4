import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aucDifference, aucInterval, delong, newcombeAuc } from './delong.ts'
import golden from './golden/comparison.golden.json' with { type: 'json' }

function close(found: number, wanted: number, tolerance = 1e-12) {
  expect(Math.abs(found - wanted), `${found} against ${wanted}`).toBeLessThanOrEqual(
    tolerance * Math.max(1e-3, Math.abs(wanted)),
  )
}

test('areas, covariance and p agree with the definition written out', () => {
  for (const g of golden.delong) {
    const found = delong(g.actual, g.scores)
    found.auc.forEach((auc, i) => {
      close(auc, g.auc[i]!)
    })
    found.covariance!.flat().forEach((c, i) => {
      close(c, g.covariance.flat()[i]!)
    })
    const difference = aucDifference(found, 0.9)
    close(difference.delta, g.delta)
    close(difference.low, g.low)
    close(difference.high, g.high)
    close(difference.p!, g.p)
  }
})

test('agrees with the figures published with the fast algorithm', () => {
  const found = delong(golden.delong[0]!.actual, golden.delong[0]!.scores)
  close(found.auc[0]!, 0.9027777777777776)
  close(found.auc[1]!, 0.888888888888889)
  close(found.covariance![0]![1]!, 0.004475308641975309)
  close(found.covariance![1]![1]!, 0.013580246913580245)
  close(aucDifference(found, 0.9).p!, 0.9043154028270193)
})

test('the same ranking twice differs by nothing, surely', () => {
  const { actual, scores } = golden.delong[1]!
  const squashed = scores[0]!.map((s) => Math.tanh(s))
  expect(aucDifference(delong(actual, [scores[0]!, squashed]), 0.9)).toEqual({
    delta: 0,
    low: 0,
    high: 0,
    p: 1,
    method: 'paired DeLong',
  })
})

test('a perfect ranking of few rows keeps an interval with width', () => {
  const found = delong(
    [0, 0, 0, 1, 1],
    [
      [1, 2, 3, 4, 5],
      [1, 1, 1, 1, 1],
    ],
  )
  const interval = aucInterval(found, 0, 0.9)
  expect(interval.high).toBe(1)
  expect(interval.low).toBeLessThan(0.9)
  const difference = aucDifference(found, 0.9)
  expect(difference).toMatchObject({ delta: -0.5, method: 'MOVER of Newcombe intervals' })
  expect(difference.p).toBeUndefined()
  expect(difference.low).toBeLessThan(-0.5)
  expect(difference.high).toBeGreaterThan(-0.5)
})

test("Newcombe's interval solves its own equation and narrows with rows", () => {
  const [low, high] = newcombeAuc(0.8, 30, 70, 0.95)
  const half = 50
  for (const theta of [low, high]) {
    const variance = (theta * (1 - theta) * (2 * half - 1 - (3 * half - 3) / ((2 - theta) * (1 + theta)))) / (30 * 70)
    close(Math.abs(0.8 - theta) / Math.sqrt(variance), 1.959963984540054, 1e-9)
  }
  const [narrow] = newcombeAuc(1, 3000, 7000, 0.9)
  expect(narrow).toBeGreaterThan(0.999)
})

test('a class without rows is refused', () => {
  expect(() => delong([1, 1], [[0.1, 0.2]])).toThrow(RangeError)
})

test('intervals stay in [0, 1] and hold the area; swapping the scores mirrors the difference', () => {
  const row = fc.record({ y: fc.boolean(), a: fc.integer({ min: 0, max: 6 }), b: fc.integer({ min: 0, max: 6 }) })
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
      const actual = rows.map((r) => (r.y ? 1 : 0))
      fc.pre(new Set(actual).size === 2)
      const a = rows.map((r) => r.a)
      const b = rows.map((r) => r.b)
      const there = delong(actual, [a, b])
      for (const i of [0, 1]) {
        const { low, high } = aucInterval(there, i, 0.9)
        expect(0 <= low && low <= there.auc[i]! + 1e-12 && there.auc[i]! <= high + 1e-12 && high <= 1).toBe(true)
      }
      const forth = aucDifference(there, 0.9)
      const back = aucDifference(delong(actual, [b, a]), 0.9)
      expect(forth.delta).toBeCloseTo(-back.delta, 12)
      expect(forth.low).toBeCloseTo(-back.high, 9)
      expect(forth.high).toBeCloseTo(-back.low, 9)
      expect(forth.low <= forth.delta + 1e-12 && forth.delta <= forth.high + 1e-12).toBe(true)
    }),
    { numRuns: 200 },
  )
})

import { describe, expect, it } from 'vitest'
import { predictionBound } from './prediction.ts'

/** The chance that n rows hold at most `seen` of the marked ones, by counting in whole numbers. */
function atMost(seen: number, n: number, all: number, marked: number): number {
  const choose = (a: number, b: number): bigint => {
    let ways = 1n
    for (let i = 0; i < b; i++) ways = (ways * BigInt(a - i)) / BigInt(i + 1)
    return b < 0 || b > a ? 0n : ways
  }
  let ways = 0n
  for (let x = 0; x <= seen; x++) ways += choose(marked, x) * choose(all - marked, n - x)
  return Number((ways * 10n ** 18n) / choose(all, n)) / 1e18
}

describe('predictionBound', () => {
  it('is the least number of later rows that makes the sample unlikely, by exact counting', () => {
    for (const [n, m] of [
      [10, 3],
      [40, 40],
      [60, 6],
      [25, 100],
    ] as const) {
      for (const seen of [0, 1, 5, n]) {
        const bound = predictionBound(seen, n, m, 0.99)
        if (bound < m) expect(atMost(seen, n, n + m, seen + bound + 1)).toBeLessThanOrEqual(0.01)
        if (bound > 0) expect(atMost(seen, n, n + m, seen + bound)).toBeGreaterThan(0.01)
      }
    }
  })

  it('holds for many rows, where nothing was seen or nearly all', () => {
    // (m / (n + m))^r <= 0.01: of one row in eleven, two in a row are rarer than 1 of 100.
    expect(predictionBound(0, 1_000_000, 100_000, 0.99)).toBe(1)
    expect(predictionBound(0, 1_000_000, 1_000_000, 0.99)).toBe(6)
    const bound = predictionBound(500_000, 1_000_000, 100_000, 0.99)
    expect(bound / 100_000).toBeGreaterThan(0.5)
    expect(bound / 100_000).toBeLessThan(0.505)
    const fifth = predictionBound(200_215, 1_000_000, 100_000, 0.99) / 100_000
    // 0.200215 + 2.33 standard deviations of the difference of two shares, 0.00133 each.
    expect(Math.abs(fifth - 0.2033)).toBeLessThan(0.0002)
    expect(predictionBound(7, 7, 3, 0.99)).toBe(3)
    expect(() => predictionBound(8, 7, 3, 0.99)).toThrow(RangeError)
  })
})

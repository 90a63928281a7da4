import { describe, expect, test } from 'vitest'
import { decide, defaultMargin, detectableDifference, rowsToSettle } from './comparison.ts'

const up = 'higher_is_better'
const down = 'lower_is_better'

test('better, non-inferior, worse, inconclusive, in this order', () => {
  expect(decide({ delta: 0.02, low: 0.01, high: 0.03 }, 0.02, up)).toBe('better')
  expect(decide({ delta: 0, low: -0.019, high: 0.02 }, 0.02, up)).toBe('non-inferior')
  expect(decide({ delta: -0.015, low: -0.019, high: -0.01 }, 0.02, up)).toBe('non-inferior')
  expect(decide({ delta: -0.05, low: -0.08, high: -0.01 }, 0.02, up)).toBe('worse')
  expect(decide({ delta: -0.01, low: -0.04, high: 0.02 }, 0.02, up)).toBe('inconclusive')
  expect(decide({ delta: -0.02, low: -0.02, high: 0 }, 0.02, up)).toBe('inconclusive')
  expect(decide({ delta: -2, low: -3, high: -1 }, 0.5, down)).toBe('better')
  expect(decide({ delta: 2, low: 1, high: 3 }, 0.5, down)).toBe('worse')
})

test('the default margin is 0.02 within [0, 1], else 5 % of production', () => {
  expect(defaultMargin('roc_auc', 0.9)).toBe(0.02)
  expect(defaultMargin('brier_score', 0.2)).toBe(0.02)
  expect(defaultMargin('root_mean_squared_error', 40)).toBe(2)
  expect(defaultMargin('log_loss', 0.4)).toBeCloseTo(0.02, 12)
  expect(defaultMargin('r2', -0.5)).toBe(0.025)
  expect(defaultMargin('matthews_corrcoef', 0.6)).toBeCloseTo(0.03, 12)
})

describe('rows to settle', () => {
  const at = (delta: number, half: number, factor = 1) => {
    const width = half / Math.sqrt(factor)
    return { delta, low: delta - width, high: delta + width }
  }
  test('with that many the same difference is clear, with far fewer it is not', () => {
    for (const [delta, half] of [
      [0, 0.05],
      [-0.01, 0.03],
      [-0.03, 0.05],
    ] as const) {
      const needed = rowsToSettle(at(delta, half), 0.02, up, 1000)!
      expect(decide(at(delta, half, needed / 1000), 0.02, up)).not.toBe('inconclusive')
      expect(decide(at(delta, half, (0.8 * needed) / 1000), 0.02, up)).toBe('inconclusive')
    }
  })
  test('none would for a difference of exactly the margin against it', () => {
    expect(rowsToSettle(at(0, 0.05), 0, up, 1000)).toBeUndefined()
  })
})

test('the detectable difference: 2.486 standard errors at 95 % and a power of 80 %', () => {
  expect(detectableDifference({ delta: 0, low: -1.6448536269514722, high: 1.6448536269514722 }, 0.95)).toBeCloseTo(
    2.4864748605243863,
    10,
  )
})

import { randomStream } from '@mlops-actions/statistics'
import { expect, test } from 'vitest'
import { measure } from './evaluate.ts'
import type { Binary } from './measure.ts'
import { calibrationByChance } from './probabilities.ts'

const task = { type: 'binary', label: 'y', positive: '1', negative: '0' } as const

function scored(rows: number, seed: number): Binary {
  const random = randomStream(seed)
  const uniform = () => random() / 4294967296
  const score = Float64Array.from({ length: rows }, uniform)
  const actual = Uint8Array.from(score, (s) => Number(uniform() < s))
  return { task, rows, slices: {}, score, actual, predicted: new Uint8Array(rows) }
}

test('what chance gives is what rows whose scores are right have', () => {
  const chance = calibrationByChance(scored(200, 1), 2000, 1).sort()
  const measured = Array.from({ length: 200 }, (_, i) => {
    const ece = 'expected_calibration_error'
    return measure(scored(200, 1000 + i), [ece])(new Float64Array(200).fill(1))[ece] as number
  })
  const share = measured.filter((value) => value <= chance[1000]!).length / 200
  expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 200))
})

test('it is the same for a seed, smaller with more rows, 0 where every score is sure', () => {
  expect(calibrationByChance(scored(50, 1), 5, 3)).toEqual(calibrationByChance(scored(50, 1), 5, 3))
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length
  const [few, many] = [
    mean(calibrationByChance(scored(100, 1), 200, 1)),
    mean(calibrationByChance(scored(10_000, 1), 200, 1)),
  ]
  // The square root of a hundred.
  expect(few / many).toBeGreaterThan(7)
  expect(few / many).toBeLessThan(14)
  expect([
    ...calibrationByChance({ ...scored(20, 1), score: new Float64Array(20).map((_, i) => i % 2) }, 3, 1),
  ]).toEqual([0, 0, 0])
})

test('scores that are no probabilities have none', () => {
  expect(calibrationByChance({ ...scored(20, 1), score: new Float64Array(20).fill(2) }, 3, 1)).toHaveLength(0)
})

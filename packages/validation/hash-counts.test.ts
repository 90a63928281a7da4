import { Hash } from '@mlops-actions/profile'
import { expect, it } from 'vitest'
import { HashCounts } from './hash-counts.ts'

const hash = new Hash()
const of = (value: number) => {
  hash.number(value)
  return hash
}

it('counts both sides exactly up to its bound', () => {
  const counts = new HashCounts(10_000)
  for (let i = 0; i < 10_000; i++) counts.add(of(i % 5000), i % 2 === 0 ? 0 : 1)
  expect(counts.share).toBe(1)
  expect([...counts.all()].map(([a, b]) => a + b)).toEqual(Array(5000).fill(2))
  expect([counts.count(of(7), 0) + counts.count(of(7), 1), counts.count(of(5000), 0)]).toEqual([2, 0])
})

it('keeps the same part of the hashes on both sides beyond it', () => {
  const counts = new HashCounts(1000)
  for (let i = 0; i < 20_000; i++) counts.add(of(i), 0)
  for (let i = 10_000; i < 12_000; i++) counts.add(of(i), 1)
  expect(counts.share).toBeLessThanOrEqual(1 / 16)
  const kept = [...counts.all()]
  expect(kept.length).toBeLessThanOrEqual(1000)
  expect(kept.every(([a]) => a === 1)).toBe(true)
  const both = kept.filter(([, b]) => b === 1).length
  expect(Math.abs(both - 2000 * counts.share)).toBeLessThan(5 * Math.sqrt(2000 * counts.share))
  const again = Array.from({ length: 20_000 }, (_, i) => i).filter((i) => counts.keeps(of(i)))
  expect(again.every((i) => counts.count(of(i), 0) === 1)).toBe(true)
  expect(again.length).toBe(kept.length)
})

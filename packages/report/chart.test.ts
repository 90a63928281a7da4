import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { histogram, rangeText } from './distribution.ts'
import { bytes, duration, number, percent, pValue } from './number.ts'
import { reference } from './report.fixture.ts'
import { scale, scaleOver } from './scale.ts'
import { sparkline } from './sparkline.ts'

describe('scale', () => {
  it('places values in percent and keeps those outside at the edge', () => {
    const s = scale(0, 2)
    expect([s.at(0), s.at(1), s.at(5), s.at(-1), s.width(0.5, 1)]).toEqual(['0%', '50%', '100%', '0%', '25%'])
    expect(s.ticks(4)).toEqual([0, 0.5, 1, 1.5, 2])
  })

  it('shows every value that it was made for, and has ticks within', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 8 }),
        (values) => {
          const s = scaleOver(values)
          expect(s.high).toBeGreaterThan(s.low)
          for (const v of values) expect(v >= s.low && v <= s.high).toBe(true)
          const ticks = s.ticks(5)
          expect(ticks.length).toBeLessThanOrEqual(7)
          for (const t of ticks) expect(Number.isFinite(t)).toBe(true)
        },
      ),
    )
  })
})

describe('histogram', () => {
  it('spreads uneven bins over even cells, and keeps what stands at a point together', () => {
    const of = {
      min: 0,
      max: 10,
      mean: 5,
      m2: 1,
      bins: { points: [10], edges: [2] },
      counts: [50, 20, 30],
      quantiles: [0, 10],
    }
    const { from, to, shares } = histogram(of, 5)
    expect([from, to]).toEqual([0, 10])
    expect(shares.map((s) => Math.round(s * 1000) / 1000)).toEqual([0.2, 0.075, 0.075, 0.075, 0.575])
  })

  it('is one bar for a constant column and none for an empty one', () => {
    const of = { min: 3, max: 3, mean: 3, m2: 0, bins: { points: [3], edges: [] }, counts: [9, 0], quantiles: [3, 3] }
    expect(histogram(of).shares).toEqual([1])
    expect(histogram({ ...of, counts: [0, 0] }).shares).toEqual([])
  })
})

describe('figures for people', () => {
  it('are short and never NaN', () => {
    expect([0.74123, 7043, 1234567.5, 0.00001234, 1e21, -0, Number.NaN, Infinity].map(number)).toEqual([
      '0.7412',
      '7,043',
      '1,234,570',
      '1.23e-5',
      '1e21',
      '0',
      'not a number',
      '∞',
    ])
    expect([0, 0.0004, 0.123, 0.9999, 1].map(percent).map((p) => p.replace('\u00a0', ' '))).toEqual([
      '0 %',
      '< 0.1 %',
      '12.3 %',
      '> 99.9 %',
      '100 %',
    ])
    expect([0.5, 0.0123, 1e-30].map(pValue)).toEqual(['0.5', '0.012', '< 0.001'])
    expect([0, 999, 412_345, 2_000_000_000].map(bytes)).toEqual(['0 bytes', '999 bytes', '412 kB', '2 GB'])
    expect(duration('2025-01-01T00:00:00Z', '2025-01-01T01:02:03Z')).toBe('1 h 2 min')
    expect(duration('2025-01-01T00:00:00Z', 'later')).toBeUndefined()
    expect(sparkline([0, 0.5, 1, Number.NaN])).toBe('▁▅█ ')
    expect(rangeText(reference.columns[2]!).replaceAll('\u00a0', ' ')).toBe(
      'Month-to-month 55 %, Two year 24.1 %, One year 20.9 %',
    )
  })
})

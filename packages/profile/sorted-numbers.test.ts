import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binsOf } from './bins.ts'
import { NumberKeeper } from './collect-numbers.ts'
import { numberProfile } from './number-profile.ts'
import { sketchOf } from './number-sketch.ts'
import { countSorted, Ranked, SortedRows } from './ranked.ts'
import { SortedNumbers } from './sorted-numbers.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)
/** Values with many ties, so that some hold more than a tenth of the rows, and values all of their own. */
const rows = fc
  .array(fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constantFrom(0, 0.1, 1.7e308), finite), {
    minLength: 1,
    maxLength: 200,
  })
  .map((values) => Float64Array.from(values, (x) => x + 0).sort())

describe('SortedNumbers', () => {
  it('gives the figures of its counted values, to the last digit', () => {
    fc.assert(
      fc.property(rows, rows, (sorted, other) => {
        const counted = countSorted(sorted)
        const sketch = sketchOf(counted, Number.POSITIVE_INFINITY)
        const numbers = new SortedNumbers(sorted)
        expect(numbers.distinct).toBe(counted.values.length)
        expect(numbers.moments).toEqual(sketch.moments)
        expect(numberProfile(numbers)).toEqual(numberProfile(sketch))
        const { bins } = numberProfile(new SortedNumbers(other))
        expect(numberProfile(numbers, bins)).toEqual(numberProfile(sketch, bins))
      }),
    )
  })
})

describe('binsOf', () => {
  it('makes a bin of every value that holds more than a tenth, and cuts the rest at its quantiles', () => {
    fc.assert(
      fc.property(rows, (sorted) => {
        const counted = countSorted(sorted)
        const points = [...counted.values].filter((_, i) => 10 * counted.counts[i]! > sorted.length)
        const rest = new SortedRows(sorted.filter((value) => !points.includes(value)))
        const parts = Math.max(1, Math.floor((10 * rest.rows) / sorted.length + 0.5))
        const whole = new Ranked(countSorted(sorted.filter((value) => !points.includes(value))))
        const cuts = rest.rows === 0 ? [] : Array.from({ length: parts - 1 }, (_, i) => whole.quantile((i + 1) / parts))
        expect(binsOf(new SortedRows(sorted))).toEqual({ points, edges: [...new Set(cuts)] })
        expect(binsOf(new Ranked(counted))).toEqual({ points, edges: [...new Set(cuts)] })
      }),
    )
  })
})

describe('NumberKeeper', () => {
  it('keeps the values of all batches, ascending, without nulls', () => {
    const keeper = new NumberKeeper()
    const kept: number[] = []
    for (const length of [0, 3, 5000, 1, 140_000, 70_000]) {
      const values = Float64Array.from({ length }, (_, i) => ((i * 7919) % 10_007) - 5000)
      const nulls = Uint8Array.from(values, (value) => (value % 3 === 0 ? 1 : 0))
      keeper.add({ name: 'x', type: 'number', values, nulls })
      kept.push(...values.filter((_, i) => nulls[i] === 0))
    }
    keeper.add({ name: 'x', type: 'number', values: Float64Array.of(-0), nulls: Uint8Array.of(0) })
    const sorted = keeper.sorted()
    expect(sorted).toEqual(Float64Array.from([...kept, 0]).sort())
    expect(keeper.sorted()).toHaveLength(0)
  })
})

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { benjaminiHochberg, benjaminiYekutieli, bonferroni, holm } from './multiplicity.ts'

interface Golden {
  multiplicity: { p: number[]; bonferroni: number[]; holm: number[]; hochberg: number[]; yekutieli: number[] }[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/distances.golden.json', import.meta.url), 'utf8'))

test("adjusted p-values are statsmodels', ties and tails included", () => {
  for (const row of golden.multiplicity) {
    const pairs = [
      [bonferroni(row.p), row.bonferroni],
      [holm(row.p), row.holm],
      [benjaminiHochberg(row.p), row.hochberg],
      [benjaminiYekutieli(row.p), row.yekutieli],
    ] as const
    for (const [ours, theirs] of pairs) {
      expect(ours).toHaveLength(theirs.length)
      ours.forEach((value, i) => {
        expect(Math.abs(value - theirs[i]!)).toBeLessThanOrEqual(1e-13 * theirs[i]!)
      })
    }
  }
})

test('no correction lowers a p-value, and each is as strict as it says', () => {
  const p = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })
  fc.assert(
    fc.property(p, (values) => {
      const [b, h, bh, by] = [bonferroni, holm, benjaminiHochberg, benjaminiYekutieli].map((adjust) => adjust(values))
      values.forEach((value, i) => {
        expect(b![i]!).toBeGreaterThanOrEqual(h![i]!)
        expect(h![i]! * (1 + 1e-12)).toBeGreaterThanOrEqual(bh![i]!)
        expect(by![i]! * (1 + 1e-12)).toBeGreaterThanOrEqual(bh![i]!)
        expect(bh![i]! * (1 + 1e-12)).toBeGreaterThanOrEqual(value)
        for (const adjusted of [b, h, bh, by]) expect(adjusted![i]!).toBeLessThanOrEqual(1)
      })
    }),
  )
})

test('no tests need no correction; what is no p-value is refused', () => {
  for (const adjust of [bonferroni, holm, benjaminiHochberg, benjaminiYekutieli]) {
    expect(adjust([])).toEqual([])
    expect(() => adjust([0.1, Number.NaN])).toThrow(RangeError)
    expect(() => adjust([1.5])).toThrow(RangeError)
  }
})

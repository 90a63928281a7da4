import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { correlationRatio, lambda, pearson, separation, spearman } from './association.ts'

interface Golden {
  groups: number[]
  classes: number[]
  values: number[]
  holed: (number | null)[]
  other: number[]
  lambda: number
  separation: number
  pearson: number
  spearman: number
  correlation_ratio: number
}
const cases: Golden[] = JSON.parse(readFileSync(new URL('./golden/association.golden.json', import.meta.url), 'utf8'))
const whole = (of: number[]) => Int32Array.from(of)
const numbers = (of: (number | null)[]) => Float64Array.from(of, (value) => value ?? Number.NaN)

describe.each(cases)('association, case %#', (of) => {
  it('agrees with scikit-learn, scipy and plain loops', () => {
    const [values, other] = [numbers(of.values), numbers(of.other)]
    expect(lambda(whole(of.groups), whole(of.classes))).toBeCloseTo(of.lambda, 12)
    expect(separation(numbers(of.holed), whole(of.classes))).toBeCloseTo(of.separation, 12)
    expect(pearson(values, other)).toBeCloseTo(of.pearson, 10)
    expect(spearman(values, other)).toBeCloseTo(of.spearman, 12)
    expect(correlationRatio(whole(of.groups), values)).toBeCloseTo(of.correlation_ratio, 10)
  })
})

const classes = whole(Array.from({ length: 200 }, (_, i) => (i % 7 < 2 ? 1 : 0)))
const identifier = whole([...classes.keys()])

describe('association', () => {
  it('is not fooled by identifiers, also where each stands in a few rows', () => {
    const byClass = [...classes.keys()].sort((a, b) => classes[a]! - classes[b]!)
    const inFours = new Int32Array(200)
    byClass.forEach((row, i) => {
      inFours[row] = i >> 2
    })
    expect(lambda(identifier, classes)).toBe(0)
    expect(lambda(inFours, classes)).toBe(0)
    expect(correlationRatio(identifier, Float64Array.from(classes))).toBeCloseTo(0, 12)
  })

  it('is 1 for a copy, a recoding and numbers that set the classes apart in any order', () => {
    const three = whole(Array.from({ length: 90 }, (_, i) => i % 3))
    const recoded = three.map((of) => [2, 0, 1][of]!)
    expect(lambda(recoded, three)).toBe(1)
    expect(
      separation(
        Float64Array.from(recoded, (of, i) => 10 * of + (i % 9)),
        three,
      ),
    ).toBe(1)
    expect(correlationRatio(recoded, Float64Array.from(three))).toBe(1)
  })

  it('says nothing of what is constant or too little', () => {
    const constant = new Int32Array(50)
    expect(lambda(identifier.subarray(0, 50), constant)).toBeUndefined()
    expect(separation(Float64Array.from(constant), constant)).toBeUndefined()
    const nine = whole(Array.from({ length: 50 }, (_, i) => (i < 9 ? 1 : 0)))
    expect(separation(Float64Array.from(nine), nine)).toBeUndefined()
    expect(pearson(Float64Array.of(1, 1), Float64Array.of(1, 2))).toBeUndefined()
    expect(correlationRatio(constant, new Float64Array(50))).toBeUndefined()
    expect(lambda(new Int32Array(0), new Int32Array(0))).toBeUndefined()
  })
})

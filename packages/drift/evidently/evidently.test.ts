import { readFileSync } from 'node:fs'
import { parseProfile, type Sample, serialiseProfile } from '@mlops-actions/profile'
import { UserError } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beside, type EvidentlyCase } from '../fixtures/evidently.ts'
import { type Cells, sampleOf } from '../fixtures/sample.ts'
import { sturgesEdges } from './histogram.ts'
import { evidentlyDrift, evidentlyRules } from './index.ts'
import { METHODS } from './methods.ts'

const golden: { cases: EvidentlyCase[] } = JSON.parse(
  readFileSync(new URL('../golden/evidently.golden.json', import.meta.url), 'utf8'),
)

function judge(before: Record<string, Cells>, after: Record<string, Cells>, rules: object = {}) {
  const reference = sampleOf(before)
  return evidentlyDrift(reference, sampleOf(after, reference), evidentlyRules.parse(rules))
}

function one(before: Cells, after: Cells, rules: object = {}) {
  return judge({ x: before }, { x: after }, rules).columns.get('x') ?? expect.fail('not judged')
}

const numbers = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + ((i * 37) % n) / n)
const words = (...counts: number[]) => counts.flatMap((count, i) => new Array<string>(count).fill(`c${i}`))

describe("agreement with Evidently's own report", () => {
  test.each(golden.cases.map((one, i) => ({ i, one })))('case $i', async ({ one }) => {
    expect((await beside(one)).differences).toEqual([])
  })

  test('by every method', async () => {
    const compared = await Promise.all(golden.cases.map(async (one) => (await beside(one)).compared))
    const methods = new Set(compared.flatMap((counts) => Object.keys(counts)))
    expect([...methods].sort()).toEqual([...Object.keys(METHODS), 'undefined'].sort())
  })
})

describe('the default test', () => {
  test('turns from p-values to distances above 1000 rows of the reference, whatever the current', () => {
    expect(one(numbers(1000), numbers(2000)).method).toBe('ks')
    expect(one(numbers(1001), numbers(50)).method).toBe('wasserstein')
    expect(one(words(500, 400, 100), words(2000, 1, 1)).method).toBe('chisquare')
    expect(one(words(500, 400, 101), words(20, 10)).method).toBe('jensenshannon')
  })

  test('counts the values of both sides', () => {
    expect(one([0.5, 1, 0.5, 1], [0.5, 1, 1.5]).method).toBe('chisquare')
    expect(one([0.5, 1, 0.5, 1], [0.5, 1, 1]).method).toBe('z')
    expect(one([0.5, 1, 2, 3], [4, 5.5]).method).toBe('ks')
  })
})

describe('where Evidently has no number', () => {
  test.each([
    ['no value in the current data', numbers(9), [null, null], {}, 'the current data have no value'],
    ['only infinities', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], numbers(9), {}, 'no finite value'],
    ['one category by chi-square', words(9), words(7), { method: 'chisquare' }, 'one category'],
    ['a range beyond the doubles', [-1.7e308, 1.7e308, ...numbers(30)], numbers(30), { method: 'psi' }, 'range'],
    ['free text', Array.from({ length: 9 }, (_, i) => `text ${i}`), ['a', 'b', 'c'], {}, 'free text'],
  ] as [string, Cells, Cells, object, string][])('%s is named, and is no pass', (_, before, after, rules, reason) => {
    const found = one(before, after, rules)
    expect(found).toMatchObject({ score: null, drifted: false, undefined: expect.stringContaining(reason) })
  })

  test('is never NaN, whatever the numbers', () => {
    const cell = fc.oneof(
      fc.double({ noNaN: true }),
      fc.constantFrom(0, 1, -1, 1e300, -1e300, 5e-324, Number.POSITIVE_INFINITY),
      fc.constant(null),
    )
    const cells = fc.array(cell, { minLength: 1, maxLength: 30 })
    const method = fc.constantFrom(
      undefined,
      ...Object.entries(METHODS).flatMap(([name, of]) => (of.types.includes('num') ? [name] : [])),
    )
    fc.assert(
      fc.property(cells, cells, method, (before, after, named) => {
        const rules = { numerical_columns: ['x'], ...(named === undefined ? {} : { method: named }) }
        fc.pre(before.some((x) => x !== null) && after.some((x) => x !== null))
        const { score, undefined: reason } = one(before, after, rules)
        expect(score === null ? typeof reason : Number.isFinite(score) && reason === undefined).toBe(
          score === null ? 'string' : true,
        )
      }),
    )
  })
})

describe('rules', () => {
  test("a column's own comes before its type's before that of all", () => {
    const before = { x: numbers(50), y: numbers(50), w: words(20, 30) }
    const found = judge(before, before, {
      method: 'psi',
      num_method: 'ks',
      per_column_method: { y: 'hellinger' },
      threshold: 0.3,
      cat_threshold: 0.2,
      per_column_threshold: { x: 0.4 },
    })
    const settled = [...found.columns].map(([name, { method, threshold }]) => [name, method, threshold])
    expect(settled).toEqual([
      ['x', 'ks', 0.4],
      ['y', 'hellinger', 0.3],
      ['w', 'psi', 0.2],
    ])
  })

  test('the share of drifted columns that is asked for is drift', () => {
    const before = { x: numbers(50), y: numbers(50) }
    const found = judge(before, { x: numbers(50, 5), y: numbers(50) })
    expect(found).toMatchObject({ drifted_columns: 1, share: 0.5, drift_share: 0.5, drifted: true })
    expect(judge(before, { x: numbers(50, 5), y: numbers(50) }, { columns: ['y'] }).drifted).toBe(false)
  })

  test.each([
    [{ method: 'perc_text_content_drift' }, 'trains a classifier'],
    [{ method: 'k-s' }, '"k-s" is no method'],
    [{ text_method: 'abs_text_content_drift' }, 'text_method is not supported'],
    [{ embeddings: ['e'] }, 'embeddings is not supported'],
  ])('%j is refused', (rules, message) => {
    expect(evidentlyRules.safeParse(rules).error?.issues[0]?.message).toContain(message)
  })

  test.each([
    [{ columns: ['z'] }, 'z, which is no column'],
    [{ method: 'chisquare' }, 'does not apply to x, which holds numbers'],
    [{ per_column_method: { w: 'ks' } }, 'does not apply to w, which holds categories'],
    [{ numerical_columns: ['w'] }, 'to be compared as numbers'],
  ])('%j is a mistake', (rules, message) => {
    const before = { x: numbers(50), w: words(20, 30) }
    const ask = () => judge(before, before, rules)
    expect(ask).toThrow(UserError)
    expect(ask).toThrow(message)
  })
})

describe('a stored profile as the reference', () => {
  const cells = { x: numbers(50), w: words(20, 30) }
  const stored = (of: Record<string, Cells>): Sample => {
    const { profile } = sampleOf(of)
    return { profile: parseProfile(serialiseProfile(profile), 'profile.json') }
  }
  const ask = (reference: Sample) => evidentlyDrift(reference, sampleOf(cells, reference), evidentlyRules.parse({}))

  test('serves where every category is counted', () => {
    const { columns } = ask(stored({ w: cells.w }))
    expect(columns.get('w')).toEqual(judge({ w: cells.w }, { w: cells.w }).columns.get('w'))
  })

  test('is refused for numbers', () => {
    expect(() => ask({ profile: sampleOf({ x: cells.x }).profile })).toThrow('needs the reference data of x themselves')
  })

  test('is refused where rare categories are folded', () => {
    const reference = stored({ w: [...words(500, 500), ...Array.from({ length: 8 }, (_, i) => `rare ${i}`)] })
    expect(reference.profile.columns[0]?.categories?.folded.count).toBeGreaterThan(0)
    expect(() => ask(reference)).toThrow('does not list every category')
  })
})

describe('its tests, one by one', () => {
  test('Mann-Whitney sees only numbers that rose', () => {
    const low = numbers(60)
    const high = numbers(60, 0.5)
    expect(one(low, high, { method: 'mannw' })).toMatchObject({ kind: 'p_value', drifted: true })
    expect(one(high, low, { method: 'mannw' })).toMatchObject({ drifted: false })
  })

  test('permutations are drawn by our own seed, and say so', () => {
    const [before, after] = [words(60, 40), words(30, 70)]
    const found = one(before, after, { method: 'TVD' })
    expect(found).toMatchObject({ simulated: true, drifted: true })
    expect(one(before, after, { method: 'TVD' })).toEqual(found)
    expect(one(numbers(60), numbers(60, 2), { method: 'empirical_mmd' })).toMatchObject({
      simulated: true,
      drifted: true,
    })
    expect(one(numbers(60), numbers(60), { method: 'ks' }).simulated).toBeUndefined()
  })

  test('the kernel of the mean discrepancy is not made of any number of rows', () => {
    expect(one(numbers(2001), numbers(2000), { method: 'empirical_mmd' }).undefined).toContain('at most 4000 rows')
  })

  test.each([
    ['fisher_exact', words(5, 5), words(5, 4), 'as many rows on both sides'],
    ['fisher_exact', words(5, 5), words(0, 5, 5), 'two categories'],
    ['g_test', words(5, 5), words(5, 4), 'as many rows on both sides'],
    ['cramer_von_mises', numbers(20), numbers(20, 1), 'up to 20 rows'],
    ['es', [0.5, 1, 1.5, 0.5, 1, 1.5], [0.5, 1, 1.5, 0.5, 1], 'five different numbers'],
    ['anderson', [7.5, 7.5, 7.5], [7.5, 7.5], 'one number'],
    ['t_test', [0.5], [1.5], 'more values'],
  ] as [string, Cells, Cells, string][])('%s takes not everything', (method, before, after, reason) => {
    expect(one(before, after, { method })).toMatchObject({ score: null, undefined: expect.stringContaining(reason) })
  })

  test('numpy 2 gives whole numbers no bin narrower than 1', () => {
    expect(sturgesEdges({ least: 0, greatest: 21, count: 420 }, true)?.length).toBe(11)
    expect(sturgesEdges({ least: 0, greatest: 5, count: 420 }, true)?.length).toBe(6)
    expect(sturgesEdges({ least: 0, greatest: 5, count: 420 }, false)?.length).toBe(11)
  })
})

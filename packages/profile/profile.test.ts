import { readTable, type Table } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import golden from './golden/profile.golden.json' with { type: 'json' }
import {
  countIn,
  countSorted,
  kindOf,
  numberProfile,
  type Profile,
  parseProfile,
  Ranked,
  rareCategoryHash,
  sameFamily,
  sampleTable,
  serialiseProfile,
  sketchOf,
  typesToCompare,
} from './index.ts'

/** A table of columns of cells; null is an empty cell. */
async function tableOf(columns: Record<string, (string | number | null)[]>, types = {}): Promise<Table> {
  const quote = (cell: string | number) => (typeof cell === 'number' ? String(cell) : `"${cell.replaceAll('"', '""')}"`)
  const names = ['_', ...Object.keys(columns)]
  const rows = Math.max(0, ...Object.values(columns).map((cells) => cells.length))
  const lines = Array.from({ length: rows }, (_, row) =>
    ['_', ...Object.values(columns).map((cells) => (cells[row] == null ? '' : quote(cells[row])))].join(','),
  )
  const bytes = new TextEncoder().encode([names.map(quote).join(','), ...lines, ''].join('\n'))
  return readTable(
    [
      {
        name: 'a.csv',
        open: async function* () {
          yield bytes
        },
      },
    ],
    { types },
  )
}

const columnOf = (profile: Profile, name: string) => profile.columns.find((column) => column.name === name)!

describe('numberProfile', () => {
  for (const [name, sample] of Object.entries(golden.samples)) {
    it(`is as numpy has it: ${name}`, () => {
      const found = numberProfile(sketchOf(countSorted(Float64Array.from(sample.values).sort())))
      expect(found.bins).toEqual(sample.bins)
      expect(found.counts).toEqual(sample.counts)
      expect(found.quantiles).toEqual(sample.quantiles)
      expect(Math.abs(found.mean - sample.mean)).toBeLessThanOrEqual(1e-15 * Math.abs(sample.mean))
      expect(Math.abs(found.m2 - sample.m2)).toBeLessThanOrEqual(1e-13 * sample.m2)
    })
  }

  it('stays finite for the largest numbers', () => {
    const found = numberProfile(sketchOf(countSorted(Float64Array.of(-1.7e308, -1.7e308, 1.7e308, 1.7e308, 1.7e308))))
    for (const value of [found.mean, found.m2, ...found.quantiles, ...found.bins.edges])
      expect(Number.isFinite(value)).toBe(true)
  })

  it('counts every value once, in any bins', () => {
    const value = fc.integer({ min: -5, max: 5 })
    const ascending = fc.uniqueArray(value, { maxLength: 5 }).map((values) => values.sort((a, b) => a - b))
    fc.assert(
      fc.property(fc.array(value), ascending, ascending, (values, points, edges) => {
        const inBin = (x: number) => {
          const point = points.indexOf(x)
          return point >= 0 ? point : points.length + edges.filter((edge) => edge <= x).length
        }
        const expected = Array(points.length + edges.length + 1).fill(0)
        for (const x of values) expected[inBin(x)]++
        const ranked = new Ranked(countSorted(Float64Array.from(values).sort()))
        expect(countIn({ points, edges }, ranked)).toEqual(expected)
      }),
    )
  })
})

describe('kindOf', () => {
  const text = (count: number, distinct: number) => ({ type: 'text' as const, count, distinct })

  it('takes text for free where it is varied', () => {
    expect(kindOf(text(200, 101))).toBe('text')
    expect(kindOf(text(202, 101))).toBe('categorical')
    expect(kindOf(text(100, 100))).toBe('categorical')
  })

  it('follows the reference where values can be compared', async () => {
    const { profile } = await sampleTable(await tableOf({ n: [1, 2], t: ['a', 'b'], z: [null, null] }))
    const reference = (name: string) => ({ reference: columnOf(profile, name) })
    const number = { type: 'number' as const, count: 3, distinct: 3 }
    expect(kindOf(text(200, 200), reference('t'))).toBe('categorical')
    expect(kindOf(number, reference('t'))).toBe('categorical')
    expect(kindOf(number, reference('n'))).toBe('numeric')
    expect(kindOf(text(200, 200), reference('n'))).toBe('text')
    expect(kindOf(text(200, 200), reference('z'))).toBe('text')
    expect(kindOf({ ...number, count: 0 }, reference('t'))).toBe('categorical')
    expect(kindOf(number, { categorical: true })).toBe('categorical')
    expect([sameFamily('integer', 'number'), sameFamily('integer', 'text')]).toEqual([true, false])
  })
})

describe('sampleTable', () => {
  it('describes every kind of column', async () => {
    const columns = {
      n: [3, 1, null, 2],
      b: ['true', 'false', null, 'true'],
      t: ['x', 'y', 'y', null],
      d: ['2013-01-02', '2013-01-01', null, null],
      z: [null, null, null, null],
      c: [1, 1, 2, null],
    }
    const { profile, values } = await sampleTable(await tableOf(columns), { categorical: ['c'] })
    expect(profile.rows).toBe(4)
    expect(columnOf(profile, 'n')).toMatchObject({ kind: 'numeric', type: 'integer', count: 3, nulls: 1 })
    expect(columnOf(profile, 'n').numbers).toMatchObject({ min: 1, max: 3, mean: 2, m2: 2 })
    expect([...values.n!]).toEqual([1, 2, 3])
    const folded = { categories: 0, count: 0 }
    const [one, two] = [(value: string) => ({ value, count: 1 }), (value: string) => ({ value, count: 2 })]
    expect(columnOf(profile, 'b').categories).toEqual({ values: [two('true'), one('false')], folded })
    expect(columnOf(profile, 't').categories).toEqual({ values: [two('y'), one('x')], folded })
    expect(columnOf(profile, 'c').categories).toEqual({ values: [two('1'), one('2')], folded })
    expect(columnOf(profile, 'd')).toMatchObject({ kind: 'timestamp', distinct: { count: 2, exact: true } })
    expect(columnOf(profile, 'd').numbers?.min).toBe(Date.UTC(2013, 0, 1))
    expect(columnOf(profile, 'z')).toEqual({
      ...{ name: 'z', type: 'number', kind: 'numeric', count: 0, nulls: 4 },
      distinct: { count: 0, exact: true },
    })
    expect(Object.keys(values)).toEqual(['n', 'z'])
  })

  it('takes the lengths of free text, in code points', async () => {
    const texts = Array.from({ length: 150 }, (_, i) => `${'😀'.repeat(i % 3)}${String(i).padStart(3, '0')}é`)
    const { profile, values } = await sampleTable(await tableOf({ t: texts }))
    expect(columnOf(profile, 't')).toMatchObject({ kind: 'text', distinct: { count: 150 } })
    expect(columnOf(profile, 't').numbers).toMatchObject({ min: 4, max: 6, mean: 5 })
    expect(values.t).toHaveLength(150)
  })

  it('counts in the bins of a reference, and in its kinds', async () => {
    const reference = await sampleTable(await tableOf({ n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], t: [...'aabbccddee'] }))
    const codes = Array.from({ length: 300 }, (_, i) => String(i))
    const table = await tableOf({ n: [-5, 5, 50], t: codes }, typesToCompare(reference.profile))
    const { profile } = await sampleTable(table, { bins: reference.profile })
    const [was, is] = [columnOf(reference.profile, 'n').numbers!, columnOf(profile, 'n').numbers!]
    expect(is.bins).toEqual(was.bins)
    expect(is.counts.reduce((a, b) => a + b)).toBe(3)
    expect([is.counts[0], is.counts.at(-1)]).toEqual([1, 1])
    expect(columnOf(profile, 't')).toMatchObject({ kind: 'categorical', type: 'text', distinct: { count: 300 } })
  })

  it('decides a type on both sides together', async () => {
    const reference = await sampleTable(await tableOf({ t: ['a', 'b'], u: ['a', 'b'], n: [1, 2] }))
    const table = await tableOf({ t: [1, 2], u: [null, null], n: ['x', 'y'] })
    const { profile } = await sampleTable(table, { bins: reference.profile })
    expect(columnOf(profile, 't')).toMatchObject({ kind: 'categorical', type: 'text' })
    expect(columnOf(profile, 'u')).toMatchObject({ kind: 'categorical', type: 'text', count: 0 })
    expect(columnOf(profile, 'n')).toMatchObject({ kind: 'categorical', type: 'text' })
  })

  it('hides the values of sensitive columns, the same value in the same way', async () => {
    const columns = { email: ['a@x.org', 'b@x.org', 'b@x.org'], age: [1, 50, 99] }
    const reference = await sampleTable(await tableOf(columns), { sensitive: ['email', 'age'] })
    expect(JSON.stringify(reference.profile)).not.toContain('x.org')
    expect(columnOf(reference.profile, 'age').numbers!.max).toBeLessThan(99)
    const later = await sampleTable(await tableOf(columns), { bins: reference.profile })
    expect(later.profile).toEqual(reference.profile)
    const stored = serialiseProfile((await sampleTable(await tableOf(columns))).profile, {
      sensitive: ['email', 'age'],
    })
    expect(stored).toBe(serialiseProfile(reference.profile))
  })
})

describe('serialiseProfile', () => {
  it('knows rare categories by a hash, in sensitive columns not at all, and is read back', async () => {
    const words = [...Array(12).fill('often'), ...Array(9).fill('seldom'), 'once']
    const { profile } = await sampleTable(await tableOf({ t: words, n: words.map((_, i) => i / 3) }))
    const text = serialiseProfile(profile)
    expect(text).not.toContain('seldom')
    const back = parseProfile(text, 'profile.json')
    expect(columnOf(back, 't').categories).toEqual({
      values: [{ value: 'often', count: 12 }],
      folded: { categories: 2, count: 10 },
      rare: [
        { hash: rareCategoryHash('t', 'once'), count: 1 },
        { hash: rareCategoryHash('t', 'seldom'), count: 9 },
      ].sort((a, b) => (a.hash < b.hash ? -1 : 1)),
    })
    expect(serialiseProfile(back)).toBe(text)
    const hidden = parseProfile(serialiseProfile(profile, { sensitive: ['t'] }), 'profile.json')
    expect(columnOf(hidden, 't').categories).toMatchObject({ folded: { categories: 2, count: 10 } })
    expect(columnOf(hidden, 't').categories).not.toHaveProperty('rare')
    const hiddenLater = serialiseProfile(back, { sensitive: ['t'] })
    expect(hiddenLater).not.toContain('"rare"')
    expect(parseProfile(serialiseProfile(profile, { minCategoryCount: 1 }), 'profile.json')).toEqual(profile)
  })

  it('keeps the thousand most frequent categories at most', async () => {
    const words = Array.from({ length: 4000 }, (_, i) => `w${i % 1500}`)
    const { profile } = await sampleTable(await tableOf({ t: words }))
    const { categories } = parseProfile(serialiseProfile(profile, { minCategoryCount: 1 }), '').columns[1]!
    expect(categories!.values).toHaveLength(1000)
    expect(categories!.folded).toEqual({ categories: 500, count: 4000 - 3000 })
  })
})

describe('parseProfile', () => {
  it('refuses figures that do not agree, naming the column', async () => {
    const { profile } = await sampleTable(await tableOf({ n: [1, 2, null], t: ['a', 'b', 'b'] }))
    const distribution = { values: [1, 2], counts: [1, 1], error: 0 }
    Object.assign(columnOf(profile, 'n').numbers!, { distribution })
    const folded = { values: [{ value: 'b', count: 1 }], folded: { categories: 2, count: 2 } }
    const change = (edit: (copy: Profile) => void) => {
      const copy = structuredClone(profile)
      edit(copy)
      return JSON.stringify(copy)
    }
    const n = (of: Profile) => columnOf(of, 'n')
    const texts = [
      '',
      'null',
      '[]',
      '{}',
      change((p) => Object.assign(p, { schema: 'mlops-actions/profile@2' })),
      change((p) => Object.assign(p, { rows: -1 })),
      change((p) => Object.assign(p, { rows: 4 })),
      change((p) => p.columns.push(p.columns[0]!)),
      change((p) => Object.assign(n(p), { name: '' })),
      change((p) => Object.assign(n(p), { kind: 'other' })),
      change((p) => Object.assign(n(p), { kind: 'categorical' })),
      change((p) => Object.assign(n(p), { numbers: undefined })),
      change((p) => Object.assign(n(p).numbers!, { mean: null })),
      change((p) => Object.assign(n(p).numbers!, { m2: -1 })),
      change((p) => Object.assign(n(p).numbers!, { quantiles: [1] })),
      change((p) => void n(p).numbers!.counts.push(0)),
      change((p) => void n(p).numbers!.counts[0]!++),
      change((p) => n(p).numbers!.bins.edges.unshift(9, 9)),
      ...[{ values: [2, 1] }, { values: [1, 3] }, { values: [1] }, { counts: [1, 2] }, { error: -1 }].map((part) =>
        change((p) => Object.assign(n(p).numbers!, { distribution: { ...distribution, ...part } })),
      ),
      change((p) => void columnOf(p, 't').categories!.values[0]!.count++),
      change((p) => Object.assign(columnOf(p, 't').categories!.values[0]!, { value: 'a' })),
      change((p) => Object.assign(columnOf(p, 't').categories!.folded, { categories: 1 })),
      ...[
        [
          { hash: 'b', count: 1 },
          { hash: 'a', count: 1 },
        ],
        [{ hash: 'a', count: 3 }],
        [{}],
        {},
      ].map((rare) => change((p) => Object.assign(columnOf(p, 't').categories!, folded, { rare }))),
    ]
    expect(
      parseProfile(
        change(() => {}),
        'p.json',
      ),
    ).toEqual(profile)
    for (const text of texts) expect(() => parseProfile(text, 'p.json'), text).toThrow(UserError)
  })

  it('gives a profile or a UserError for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => parseProfile(text, 'p.json')).toThrow(UserError)
      }),
    )
  })
})

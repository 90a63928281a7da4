import { randomStream } from '@mlops-actions/statistics'
import type { Column, ColumnType, Table } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HyperLogLog } from './hyper-log-log.ts'
import { merge, type Profile, parseProfile, profileTable, Ranked, serialiseProfile, serialiseShard } from './index.ts'
import { RadixSorter } from './sorting.ts'

type Cell = number | string | null

/** A table in memory, in batches of so many rows. */
function tableOf(columns: Record<string, Cell[]>, types: Record<string, ColumnType>, batch = 1 << 16): Table {
  const rows = Object.values(columns)[0]!.length
  const schema = Object.entries(columns).map(([name, cells]) => ({
    name,
    type: types[name]!,
    nulls: cells.filter((cell) => cell === null).length,
  }))
  return {
    schema,
    rows,
    async *batches() {
      for (let start = 0; start < rows; start += batch) {
        const parts = schema.map(({ name, type }) => columnOf(name, type, columns[name]!.slice(start, start + batch)))
        yield { start, rows: parts[0]!.nulls.length, columns: parts, lines: new Uint32Array(0), source: 0 }
      }
    },
  }
}

function columnOf(name: string, type: ColumnType, cells: Cell[]): Column {
  const nulls = Uint8Array.from(cells, (cell) => (cell === null ? 1 : 0))
  if (type === 'text') {
    const dictionary = [...new Set(cells.filter((cell) => cell !== null))].map(String)
    const codes = new Map(dictionary.map((word, code) => [word, code]))
    return { name, type, nulls, dictionary, codes: Int32Array.from(cells, (cell) => codes.get(String(cell)) ?? -1) }
  }
  if (type === 'integer64') throw new TypeError('not needed here')
  return { name, type, nulls, values: Float64Array.from(cells, (cell) => Number(cell ?? 0)) }
}

const mergeOf = (...parts: Profile[]) => merge(parts)
const named = (profile: Profile, name: string) => profile.columns.find((column) => column.name === name)!

/** Numbers from 0 to below 1, the same from the same seed. */
function generator(seed: number): () => number {
  const next = randomStream(seed)
  return () => next() / 2 ** 32
}

/** Rows cut at random places, and the parts in another order. */
function cut<T>(rows: T[], parts: number, random: () => number): T[][] {
  const places = Array.from({ length: parts - 1 }, () => Math.floor(random() * rows.length)).sort((a, b) => a - b)
  const pieces = [0, ...places].map((from, i) => rows.slice(from, [...places, rows.length][i]))
  return pieces.sort(() => random() - 0.5)
}

const types = { n: 'integer', x: 'number', t: 'text', d: 'timestamp', b: 'boolean' } as const
type Row = Record<keyof typeof types, Cell>
const columnsOf = (rows: Row[]) =>
  Object.fromEntries(Object.keys(types).map((name) => [name, rows.map((row) => row[name as keyof Row])]))
const profiled = (rows: Row[], batch?: number) => profileTable(tableOf(columnsOf(rows), types, batch))
const asStored = (profile: Profile) => parseProfile(serialiseShard(profile), 'shard.json')

describe('merge of what is listed whole', () => {
  const cell = <T extends Cell>(of: fc.Arbitrary<T>) => fc.option(of, { freq: 5 })
  const row: fc.Arbitrary<Row> = fc.record({
    n: cell(fc.integer({ min: -20, max: 20 })),
    x: cell(fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => x + 0)),
    t: cell(fc.oneof(fc.constantFrom('a', 'b', 'AB-12'), fc.string({ unit: 'binary', maxLength: 5 }))),
    d: cell(fc.integer({ min: 0, max: 4e12 })),
    b: cell(fc.constantFrom(0, 1)),
  })

  it('gives the profile of the whole, to the last digit, in any order and any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), fc.nat(), async (rows, seed) => {
        const random = generator(seed)
        const whole = await profiled(rows)
        const parts = cut(rows, 1 + Math.floor(random() * 5), random)
        const profiles = await Promise.all(parts.map((part) => profiled(part, 1 + Math.floor(random() * 9))))
        const [first, ...others] = profiles.map(asStored)
        const atOnce = serialiseShard(mergeOf(first!, ...others))
        expect(atOnce).toBe(serialiseShard(whole))
        expect(serialiseShard(others.reduce((a, b) => mergeOf(b, a), first!))).toBe(atOnce)
        expect(serialiseProfile(mergeOf(first!, ...others))).toBe(serialiseProfile(whole))
      }),
      { numRuns: 150 },
    )
  })

  it('reads back what it wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
        const text = serialiseShard(await profiled(rows))
        expect(serialiseShard(parseProfile(text, 'shard.json'))).toBe(text)
      }),
    )
  })
})

describe('merge of what is sketched', () => {
  const rows = 150_000
  const random = generator(11)
  const values: Record<string, () => number> = {
    uniform: random,
    heavy: () => random() ** -1.5,
    offset: () => 1e9 + random(),
    steps: () => Math.floor(random() * 3000) / 8,
    rising: (
      (i) => () =>
        i++
    )(0),
  }
  const columns = Object.fromEntries(
    Object.entries(values).map(([name, of]) => [name, Array.from({ length: rows }, () => of())]),
  )
  const numeric = Object.fromEntries(Object.keys(columns).map((name) => [name, 'number' as const]))
  const part = (from: number, to: number) =>
    Object.fromEntries(Object.entries(columns).map(([name, of]) => [name, of.slice(from, to)]))

  it('keeps its bound on ranks, and sums to 1e-12, however the rows were cut', async () => {
    const whole = await profileTable(tableOf(columns, numeric))
    const places = [0, 900, 70_000, 70_001, 100_000, rows]
    const shards = await Promise.all(
      places.slice(1).map((to, i) => profileTable(tableOf(part(places[i]!, to), numeric, 7001))),
    )
    const [first, ...others] = shards.map(asStored).reverse()
    const merged = [whole, mergeOf(first!, ...others), others.reduce((a, b) => mergeOf(b, a), first!)]
    for (const [name, given] of Object.entries(columns)) {
      const sorted = Float64Array.from(given).sort()
      const truth = new Ranked({ values: sorted, counts: new Float64Array(rows).fill(1) })
      for (const profile of merged) {
        const { numbers, sketch, distinct } = named(profile, name)
        const { error, moments, values: kept } = sketch!.numbers!
        expect(error, name).toBeGreaterThan(0)
        expect(error, name).toBeLessThanOrEqual(0.003 * rows)
        const told = new Ranked(sketch!.numbers!)
        expect(told.rows).toBe(rows)
        for (let i = 0; i < kept.length; i += 7) {
          const off = told.below(kept[i]!, true) - truth.below(kept[i]!, true)
          expect(Math.abs(off), name).toBeLessThanOrEqual(error)
        }
        expect([numbers!.min, numbers!.max]).toEqual([sorted[0], sorted.at(-1)])
        expect(numbers!.counts.reduce((a, b) => a + b)).toBe(rows)
        const exact = named(whole, name)
        expect(Math.abs(numbers!.mean / exact.numbers!.mean - 1), name).toBeLessThan(1e-12)
        expect(Math.abs(moments.m2 / exact.numbers!.m2 - 1), name).toBeLessThan(1e-12)
        expect(distinct, name).toEqual(exact.distinct)
        expect(String(sketch!.distinct)).toBe(String(exact.sketch!.distinct))
        const different = new Set(given).size
        expect(Math.abs(distinct.count / different - 1), name).toBeLessThan(4 * distinct.error!)
      }
    }
  })

  it('keeps its bound on categories, and what is frequent', async () => {
    // Zipf's law: the first words are everywhere, most are seen once or twice.
    const words = Array.from({ length: rows }, () => `word-${Math.floor(random() ** -2)}`)
    const counts = new Map<string, number>()
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    const of = (from: number, to: number, batch?: number) =>
      profileTable(tableOf({ t: words.slice(from, to) }, { t: 'text' }, batch))
    const parts = [await of(100_000, rows), await of(0, 30_000), await of(30_000, 100_000, 999)].map(asStored)
    for (const profile of [mergeOf(parts[0]!, ...parts.slice(1)), mergeOf(parts[2]!, mergeOf(parts[1]!, parts[0]!))]) {
      const { sketch, distinct, categories } = named(profile, 't')
      const { listed, error, lengths, shapes } = sketch!.words!
      expect(error).toBeGreaterThan(0)
      expect(error).toBeLessThanOrEqual(rows / 1000)
      const known = new Map(listed.map(({ value, count }) => [value, count]))
      for (const [word, count] of counts) {
        const told = known.get(word) ?? 0
        expect(told).toBeLessThanOrEqual(count)
        expect(told).toBeGreaterThanOrEqual(count - error)
      }
      expect(listed[0]!.value).toBe('word-1')
      expect(Math.abs(distinct.count / counts.size - 1)).toBeLessThan(4 * distinct.error!)
      expect(lengths.error).toBe(0)
      expect(shapes).toEqual([{ symbols: 'a-9', runs: [[4, 4], [1, 1], expect.anything()], count: rows }])
      expect(categories!.error).toBe(error)
      expect(parseProfile(serialiseProfile(profile), 'p.json').columns[0]!.sketch).toBeUndefined()
    }
  })

  it('counts in memory that does not grow with the rows', async () => {
    const unique = Array.from({ length: 200_000 }, (_, i) => `id ${i}`)
    const { sketch, distinct, kind } = (await profileTable(tableOf({ t: unique }, { t: 'text' }))).columns[0]!
    expect(kind).toBe('text')
    expect(sketch!.words!.listed.length).toBeLessThanOrEqual(1000)
    expect(Math.abs(distinct.count / unique.length - 1)).toBeLessThan(4 * distinct.error!)
    const text = serialiseShard(
      await profileTable(tableOf({ ...columns, t: unique.slice(0, rows) }, { ...numeric, t: 'text' })),
    )
    for (const line of text.split('\n')) expect(line.length).toBeLessThan(64 * 1024)
  })
})

describe('merge of sensitive columns', () => {
  it('shows no value that few rows hold, and counts the distinct ones', async () => {
    const ages = Array.from({ length: 5000 }, (_, i) => 1_000_000 + i * 7)
    const names = ages.map((age) => `person ${age % 1999}`)
    const shard = async (from: number, to: number) => {
      const table = tableOf(
        { age: ages.slice(from, to), name: names.slice(from, to) },
        { age: 'integer', name: 'text' },
      )
      return asStored(await profileTable(table, { sensitive: ['age', 'name'] }))
    }
    const parts = [await shard(0, 1200), await shard(1200, 5000)]
    const text = parts.map((part) => serialiseShard(part)).join('')
    expect(text).not.toContain('person')
    expect(ages.filter((age) => text.includes(`[${age},`) || text.includes(`,${age},`)).length).toBeLessThanOrEqual(220)
    const merged = mergeOf(parts[0]!, parts[1]!)
    expect(named(merged, 'age')).toMatchObject({ sensitive: true, count: 5000 })
    for (const [name, many] of [
      ['age', 5000],
      ['name', new Set(names).size],
    ] as const) {
      const { distinct } = named(merged, name)
      expect(Math.abs(distinct.count / many - 1)).toBeLessThan(4 * distinct.error!)
    }
    const median = named(merged, 'age').numbers!.quantiles[3]!
    expect(Math.abs((median - 1_000_000) / 7 - 2500)).toBeLessThanOrEqual(named(merged, 'age').numbers!.error!)
  })
})

describe('merge', () => {
  it('takes columns without values, and joins types', async () => {
    const of = (cells: Cell[], type: ColumnType) => profileTable(tableOf({ c: cells }, { c: type }))
    const integers = await of([1, 2, null], 'integer')
    expect(mergeOf(integers, await of([null], 'number')).columns[0]).toMatchObject({
      type: 'integer',
      count: 2,
      nulls: 2,
    })
    expect(mergeOf(await of([null], 'number'), await of(['x'], 'text')).columns[0]).toMatchObject({
      type: 'text',
      count: 1,
    })
    expect(mergeOf(integers, await of([0.5], 'number')).columns[0]).toMatchObject({
      type: 'number',
      numbers: { min: 0.5 },
    })
    expect(mergeOf(await of([null], 'number'), await of([null], 'number')).columns[0]).toMatchObject({
      count: 0,
      nulls: 2,
    })
  })

  it('refuses profiles that do not fit, or were stored to be kept', async () => {
    const of = (columns: Record<string, Cell[]>, types: Record<string, ColumnType>) =>
      profileTable(tableOf(columns, types))
    const numbers = await of({ n: [1, 2, 3] }, { n: 'integer' })
    const others = [
      await of({ n: ['x'] }, { n: 'text' }),
      await of({ n: [1] }, { n: 'timestamp' }),
      await of({ m: [1] }, { m: 'integer' }),
      await of({ n: [1], m: [1] }, { n: 'integer', m: 'integer' }),
      parseProfile(serialiseProfile(numbers), 'profile.json'),
      await profileTable(tableOf({ n: [4] }, { n: 'integer' }), { sensitive: ['n'] }),
    ]
    for (const other of others) {
      expect(() => mergeOf(numbers, other)).toThrow(UserError)
      expect(() => mergeOf(other, numbers)).toThrow(UserError)
    }
  })

  it('tells the distribution of numbers and of lengths to keep, of sensitive columns none', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 3000) / 8)
    const few = many.map((x) => Math.floor(x / 75))
    const columns = { many, few, t: many.map((x) => 'x'.repeat(x % 9) + x), d: many.map((x) => 1e12 + x), s: many }
    const types = { many: 'number', few: 'integer', t: 'text', d: 'timestamp', s: 'number' } as const
    const part = (from: number, to: number) => {
      const cut = Object.entries(columns).map(([name, cells]) => [name, cells.slice(from, to)])
      return profileTable(tableOf(Object.fromEntries(cut), types), { sensitive: ['s'] })
    }
    const kept = parseProfile(serialiseProfile(await part(0, 3000)), 'profile.json')
    const merged = parseProfile(
      serialiseProfile(mergeOf(asStored(await part(0, 1700)), asStored(await part(1700, 3000)))),
      'profile.json',
    )
    for (const profile of [kept, merged]) {
      const of = (name: string) => named(profile, name).numbers!.distribution
      expect(of('few')).toEqual({ values: [0, 1, 2, 3, 4], counts: Array(5).fill(600), error: 0 })
      expect(of('t')!.error).toBe(0)
      expect([of('d'), of('s')]).toEqual([undefined, undefined])
      const { values, counts, error } = of('many')!
      expect(values.length).toBeLessThanOrEqual(1000)
      expect(error).toBeLessThanOrEqual(4)
      const ranked = new Ranked({ values, counts })
      for (const x of many) {
        const rank = 8 * x + 1
        expect(Math.abs(ranked.below(x, true) - rank)).toBeLessThanOrEqual(error)
      }
    }
    expect(parseProfile(serialiseProfile(kept), 'profile.json')).toEqual(kept)
  })

  it('is given no sketch that does not agree with its column', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => i / 7)
    const profile = await profileTable(
      tableOf({ n: many, t: many.map((_, i) => (i < 9 ? 'a' : `b${i}`)) }, { n: 'number', t: 'text' }),
    )
    const text = serialiseShard(profile)
    expect(serialiseShard(parseProfile(text, 'p.json'))).toBe(text)
    // biome-ignore lint/suspicious/noExplicitAny: what is broken has no type
    type Sketch = Record<string, any>
    type Stored = { columns: { sketch: Sketch }[] }
    const change = (edit: (n: Sketch, t: Sketch) => void) => {
      const copy = JSON.parse(text) as Stored
      edit(copy.columns[0]!.sketch, copy.columns[1]!.sketch)
      return JSON.stringify(copy)
    }
    const broken = [
      change((n) => n.numbers.counts[0]++),
      change((n) => n.numbers.values.reverse()),
      change((n) => n.numbers.values.pop()),
      change((n) => Object.assign(n.numbers, { error: -1 })),
      change((n) => Object.assign(n.numbers, { sum: [1] })),
      change((n) => Object.assign(n.numbers, { m2: null })),
      change((n) => Object.assign(n.numbers, { min: 1 })),
      change((n) => Object.assign(n, { distinct: 'A' })),
      change((n) => Object.assign(n, { distinct: undefined })),
      change((n) => Object.assign(n, { words: {} })),
      change((_, t) => t.words.listed.push(t.words.listed[0])),
      change((_, t) => Object.assign(t.words.listed[0], { count: 9999 })),
      change((_, t) => Object.assign(t.words, { error: 0 })),
      change((_, t) => Object.assign(t.words.shapes[0], { symbols: 'é' })),
      change((_, t) => Object.assign(t.words.shapes[0], { runs: [[2, 1]] })),
      change((_, t) => Object.assign(t.words.shapes[0], { count: 1 })),
    ]
    for (const [i, stored] of broken.entries()) expect(() => parseProfile(stored, 'p.json'), `${i}`).toThrow(UserError)
  })
})

describe('RadixSorter', () => {
  it('sorts as Float64Array does', () => {
    const sorter = new RadixSorter()
    const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(0, -0, 1, Infinity, -Infinity))
    fc.assert(
      fc.property(fc.array(number, { maxLength: 2000 }), (given) => {
        const values = Float64Array.from(given)
        sorter.sort(values)
        expect([...values]).toEqual([...Float64Array.from(given).sort()])
      }),
    )
  })
})

describe('HyperLogLog', () => {
  it.each([10, 1000, 30_000, 400_000])('estimates %i numbers and texts within four standard errors', (many) => {
    const [numbers, texts] = [new HyperLogLog(), new HyperLogLog()]
    for (let i = 0; i < many; i++) {
      numbers.addNumber(i / 4)
      texts.addText(`customer ${i}`)
    }
    for (const of of [numbers, texts]) expect(Math.abs(of.estimate() / many - 1)).toBeLessThan(4 * 0.008125)
    expect(String(HyperLogLog.parse(String(texts)))).toBe(String(texts))
  })
})

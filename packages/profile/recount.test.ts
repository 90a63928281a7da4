import { readTable } from '@mlops-actions/table'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { source } from '../table/table.fixture.ts'
import {
  type Profile,
  parseProfile,
  profileTable,
  recount,
  sampleTable,
  serialiseProfile,
  serialiseShard,
} from './index.ts'

const table = (text: string) => readTable([source(text)])
const csv = (cells: (number | string)[]) => `x\n${cells.map((cell) => `${cell}\n`).join('')}`

/** As it comes back from where it was stored to be merged. */
async function stored(text: string, options = {}): Promise<Profile> {
  return parseProfile(serialiseShard(await profileTable(await table(text), options)), 'current')
}

const refused = (of: Profile, reference: Profile) => {
  try {
    return recount(of, reference, 'current.json')
  } catch (error) {
    return error
  }
}

describe('recount', () => {
  it('counts few distinct numbers as they are counted beside the reference', async () => {
    const numbers = fc.array(fc.integer({ min: -5, max: 40 }), { minLength: 1, maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(numbers, numbers, async (before, after) => {
        const { profile: reference } = await sampleTable(await table(csv(before)))
        const beside = await sampleTable(await table(csv(after)), { bins: reference })
        const [column] = recount(await stored(csv(after)), reference, 'current.json').columns
        expect(column!.numbers).toMatchObject(beside.profile.columns[0]!.numbers!)
      }),
    )
  })

  it('counts many distinct numbers within the bound that it states', async () => {
    const numbers = (from: number, rows: number) =>
      Array.from({ length: rows }, (_, i) => Math.sin(from + i) * 1e3 + (i % 7 === 0 ? 0 : from))
    const { profile: reference } = await sampleTable(await table(csv(numbers(0, 5000))))
    const after = csv(numbers(9, 40_000))
    const exact = (await sampleTable(await table(after), { bins: reference })).profile.columns[0]!.numbers!
    const [column] = recount(await stored(after), reference, 'current.json').columns
    const { counts, bins, error } = column!.numbers!
    expect(bins).toEqual(reference.columns[0]!.numbers!.bins)
    expect(error).toBeGreaterThan(0)
    expect(error).toBeLessThan(0.002 * 40_000)
    const cumulated = (of: number[]) => of.map((_, i) => of.slice(0, i + 1).reduce((a, b) => a + b, 0))
    const wanted = cumulated(exact.counts)
    const furthest = Math.max(...cumulated(counts).map((found, i) => Math.abs(found - wanted[i]!)))
    expect(furthest).toBeLessThanOrEqual(error!)
    expect(counts.reduce((a, b) => a + b, 0)).toBe(40_000)
  })

  it('judges in the reference’s kind: lengths of texts, and numbers that are categories there', async () => {
    const words = Array.from({ length: 400 }, (_, i) => 'a'.repeat(1 + (i % 30)) + i)
    const reference = (await sampleTable(await table(csv(words)))).profile
    expect(reference.columns[0]!.kind).toBe('text')
    const few = csv(['aa', 'aa', 'aaaa'])
    const beside = await sampleTable(await table(few), { bins: reference })
    expect(recount(await stored(few), reference, 'c').columns[0]!.numbers).toMatchObject(
      beside.profile.columns[0]!.numbers!,
    )

    const codes = csv([7, 7, 8, 10, 10, 10])
    const categorical = (await sampleTable(await table(codes), { categorical: ['x'] })).profile
    expect(recount(await stored(codes), categorical, 'c').columns[0]).toMatchObject({
      kind: 'categorical',
      categories: categorical.columns[0]!.categories,
    })
    const numeric = (await sampleTable(await table(codes))).profile
    expect(recount(await stored(codes, { categorical: ['x'] }), numeric, 'c').columns[0]).toMatchObject({
      kind: 'numeric',
      numbers: { bins: numeric.columns[0]!.numbers!.bins, counts: numeric.columns[0]!.numbers!.counts },
    })
  })

  it('keeps what is hidden hidden', async () => {
    const rows = csv(Array.from({ length: 500 }, (_, i) => i))
    const reference = (await sampleTable(await table(rows), { sensitive: ['x'] })).profile
    const [column] = recount(await stored(rows, { sensitive: ['x'] }), reference, 'c').columns
    expect(column).toMatchObject({ sensitive: true, numbers: { bins: reference.columns[0]!.numbers!.bins } })
    expect(column!.numbers!.min).toBeGreaterThan(0)
  })

  it('leaves alone what is counted so already, and what is not compared', async () => {
    const profile = await stored('x,day,none\n1,2024-01-01,\n2,2024-01-02,\n')
    expect(recount(profile, profile, 'c')).toMatchObject(profile as object)
    const kept = parseProfile(serialiseProfile(profile), 'c')
    expect(recount(kept, kept, 'c')).toEqual(kept)
    const texts = (await sampleTable(await table('x,new\na,1\n'))).profile
    expect(recount(kept, texts, 'c')).toEqual(kept)
  })

  it('counts a profile that was stored to be kept by its distributions', async () => {
    const after = csv(Array.from({ length: 900 }, (_, i) => (i * i) % 997))
    const reference = (await sampleTable(await table(csv([2, 4, 5, 600])))).profile
    const kept = parseProfile(serialiseProfile(await profileTable(await table(after))), 'c')
    const beside = await sampleTable(await table(after), { bins: reference })
    expect(recount(kept, reference, 'c').columns[0]!.numbers).toMatchObject(beside.profile.columns[0]!.numbers!)
    const codes = (await sampleTable(await table(csv([2, 4])), { categorical: ['x'] })).profile
    const few = parseProfile(serialiseProfile(await profileTable(await table(csv([4, 4, 2])))), 'c')
    expect(recount(few, codes, 'c').columns[0]!.categories!.values).toEqual([
      { value: '4', count: 2 },
      { value: '2', count: 1 },
    ])
  })

  it('says what to do where the bins cannot be told', async () => {
    const hidden = serialiseProfile(await profileTable(await table(csv([1, 2, 3]))), { sensitive: ['x'] })
    const reference = (await sampleTable(await table(csv([2, 4, 5, 6])))).profile
    expect(refused(parseProfile(hidden, 'c'), reference)).toMatchObject({
      code: 'PROFILE_BINS_DIFFER',
      where: { file: 'current.json', key: 'x' },
      help: expect.stringContaining('shard'),
    })
    const many = await stored(csv(Array.from({ length: 1500 }, (_, i) => i)))
    const codes = (await sampleTable(await table(csv([1, 2])), { categorical: ['x'] })).profile
    expect(refused(many, codes)).toMatchObject({ code: 'PROFILE_BINS_DIFFER' })
  })
})

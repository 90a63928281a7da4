import { readTable, type Table } from '@mlops-actions/table'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fewestSliceRows, leftOutText, mostSlices, sampleSlices, sampleTable, typesToCompare } from './index.ts'

type Row = Record<string, string | number | null>

async function tableOf(rows: Row[], types = {}, columns = Object.keys(rows[0]!)): Promise<Table> {
  const lines = rows.map((row) => columns.map((name) => row[name] ?? '').join(','))
  const bytes = new TextEncoder().encode([columns.join(','), ...lines, ''].join('\n'))
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

const regions = ['EU', 'US', 'rare', null]
const row = fc.record({
  region: fc.constantFrom(...regions.slice(0, 2), ...regions),
  x: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(null)),
  word: fc.constantFrom('a', 'b', null),
})
const rows = fc.array(row, { minLength: 150, maxLength: 250 })

describe('sampleSlices', () => {
  it('is sampleTable of the rows of each group alone', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (before, after) => {
        const whole = await sampleTable(await tableOf(before))
        const types = typesToCompare(whole.profile)
        const { slices, leftOut } = await sampleSlices(await tableOf(before), await tableOf(after, types), ['region'])
        const of = (all: Row[], region: string) => all.filter((one) => one.region === region)
        const large = ['EU', 'US', 'rare'].filter((region) =>
          [before, after].every((all) => of(all, region).length >= fewestSliceRows),
        )
        expect(slices.map(({ name }) => name).sort()).toEqual(large.map((region) => `region=${region}`))
        for (const region of large) {
          const { reference, current } = slices.find(({ name }) => name === `region=${region}`)!
          const alone = await sampleTable(await tableOf(of(before, region), {}, ['x', 'word']))
          expect(reference).toEqual(alone)
          const bins = alone.profile
          expect(current).toEqual(await sampleTable(await tableOf(of(after, region), types, ['x', 'word']), { bins }))
        }
        expect(leftOut.map(({ column }) => column)).toEqual(large.length === 3 ? [] : ['region'])
      }),
      { numRuns: 30 },
    )
  })

  const repeated = (values: (string | number)[], times: number): Row[] =>
    values.flatMap((g) => Array.from({ length: times }, (_, x) => ({ g, x, h: x % 2 })))

  it('compares the groups with the most rows on the side where they have fewer, and says which are left out', async () => {
    const many = Array.from({ length: mostSlices + 2 }, (_, i) => `g${i}`)
    const before = [...repeated(many, 40), ...repeated(['only before'], 35), ...repeated(['few'], 3)]
    const after = [...repeated(many.slice(0, 4), 31), ...repeated(many.slice(4), 33), ...repeated(['new'], 50)]
    const found = await sampleSlices(await tableOf(before), await tableOf(after), ['g', 'h', 'g'])
    const names = found.slices.map(({ name }) => name)
    expect(names).toHaveLength(mostSlices + 2)
    expect(names.slice(-2)).toEqual(['h=0', 'h=1'])
    expect(names).not.toContain('g=g2')
    expect(found.leftOut).toEqual([
      {
        column: 'g',
        groups: 5,
        reference: 2 * 40 + 35 + 3,
        current: 2 * 31 + 50,
        named: ['g=new', 'g=g2', 'g=g3', 'g=only before'],
      },
    ])
    expect(leftOutText(found.leftOut[0]!)).toMatch(/^5 groups of g \(g=new, g=g2, g=g3, g=only before, …\) with 118 /)
    expect(found.slices.at(-1)!.current.profile.columns.map(({ name }) => name)).toEqual(['g', 'x'])
  })

  it('hides the values of a sensitive column', async () => {
    const table = await tableOf(repeated(['secret', 'rest'], 30))
    const other = await tableOf(repeated(['secret'], 40))
    const { slices, leftOut } = await sampleSlices(table, other, ['g'], { sensitive: ['g'] })
    expect(slices[0]!.name).toMatch(/^g=sha256:[0-9a-f]{16}$/)
    expect(JSON.stringify([slices, leftOut])).not.toMatch(/secret|rest/)
  })

  it('leaves a column out that the current data lack, and refuses one that nobody has or that names rows', async () => {
    const table = await tableOf(repeated(['a', 'b'], 600))
    const without = await tableOf([{ x: 1 }, { x: 2 }])
    expect(await sampleSlices(table, without, ['g'])).toEqual({
      slices: [],
      leftOut: [{ column: 'g', groups: 2, reference: 1200, current: 0, named: ['g=a', 'g=b'] }],
    })
    expect(await sampleSlices(table, table, [])).toEqual({ slices: [], leftOut: [] })
    await expect(sampleSlices(table, table, ['G'])).rejects.toMatchObject({ code: 'COLUMN_UNKNOWN' })
    const ids = await tableOf(Array.from({ length: 1001 }, (_, id) => ({ id })))
    await expect(sampleSlices(ids, ids, ['id'])).rejects.toMatchObject({ code: 'SLICES_TOO_MANY' })
  })
})

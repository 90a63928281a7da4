import { sampleTable } from '@mlops-actions/profile'
import { collect, readTable, type Table, timestampText } from '@mlops-actions/table'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newestRows, windowRules } from './window.ts'

const hour = 3_600_000
const start = Date.UTC(2026, 0, 1)

/** A table of a time in hours and the number of the row, which is null where it is odd. */
async function tableOf(hours: (number | null)[]): Promise<Table> {
  const lines = hours.map(
    (at, row) => `${at === null ? '' : timestampText(start + at * hour)},${row % 2 ? '' : row},r${row}`,
  )
  const bytes = new TextEncoder().encode(['at,n,id', ...lines, ''].join('\n'))
  return readTable([
    {
      name: 'a.csv',
      open: async function* () {
        yield bytes
      },
    },
  ])
}

async function rowsIn(table: Table): Promise<number[]> {
  const { id } = await collect(table, ['id'])
  return id!.type === 'text'
    ? Array.from(id!.codes, (code) => Number((id as { dictionary: string[] }).dictionary[code]!.slice(1)))
    : []
}

const hours = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(null)), { minLength: 1, maxLength: 60 })
/** The rows that have a time, oldest first; of equal times the one further down is newer. */
const inOrder = (of: (number | null)[]) =>
  of.flatMap((at, row) => (at === null ? [] : [{ at, row }])).sort((a, b) => a.at - b.at || a.row - b.row)

describe('newestRows', () => {
  it('takes the rows of the last while, in whatever order they stand', async () => {
    await fc.assert(
      fc.asyncProperty(hours, fc.integer({ min: 1, max: 30 }), async (of, length) => {
        const timed = inOrder(of)
        const newest = timed.at(-1)?.at ?? 0
        const expected = timed.filter(({ at }) => at > newest - length).map(({ row }) => row)
        const found = await newestRows(await tableOf(of), { column: 'at', last: `${length}h` })
        expect(found.table.rows).toBe(expected.length)
        expect(await rowsIn(found.table)).toEqual(expected.sort((a, b) => a - b))
        expect(found).toMatchObject({ of: of.length, withoutTime: of.length - timed.length, later: 0 })
      }),
    )
  })

  it('takes the newest so many rows', async () => {
    await fc.assert(
      fc.asyncProperty(hours, fc.integer({ min: 1, max: 70 }), async (of, most) => {
        const expected = inOrder(of)
          .slice(-most)
          .map(({ row }) => row)
        const { table } = await newestRows(await tableOf(of), { column: 'at', rows: most })
        expect(await rowsIn(table)).toEqual(expected.sort((a, b) => a - b))
        const byPlace = await newestRows(await tableOf(of), { rows: most })
        expect(await rowsIn(byPlace.table)).toEqual(of.map((_, row) => row).slice(-most))
        expect(byPlace.withoutTime).toBe(0)
      }),
    )
  })

  it('ends at now, and says what it left out', async () => {
    const of = [5, 9, null, 3, 4, 1]
    const found = await newestRows(await tableOf(of), { column: 'at', last: '2h' }, start + 5 * hour)
    expect(await rowsIn(found.table)).toEqual([0, 4])
    expect(found.text).toBe(
      '2 of 6 rows are in the window, from 2026-01-01T04:00:00Z to 2026-01-01T05:00:00Z; 1 without a time are left out; 1 of a later time are left out.',
    )
    const empty = await newestRows(await tableOf([null, null]), { column: 'at', last: '2h' })
    expect([empty.table.rows, empty.text]).toEqual([0, '0 of 2 rows are in the window; 2 without a time are left out.'])
    expect((await sampleTable(empty.table)).profile.rows).toBe(0)
  })

  it('is a table like any other: its sample is that of its rows', async () => {
    const of = [5, 9, null, 3, 4, 1, 7]
    const { table } = await newestRows(await tableOf(of), { column: 'at', rows: 4 })
    const { profile, values } = await sampleTable(table)
    expect(profile.rows).toBe(4)
    expect(profile.columns.map(({ name, count, nulls }) => [name, count, nulls])).toEqual([
      ['at', 4, 0],
      ['n', 3, 1],
      ['id', 4, 0],
    ])
    expect([...values.n!]).toEqual([0, 4, 6])
    expect(table.schema.find(({ name }) => name === 'n')!.nulls).toBe(1)
  })

  it('refuses a while without times', async () => {
    const table = await tableOf([1, 2])
    await expect(newestRows(table, { last: '1h' })).rejects.toMatchObject({ code: 'WINDOW_COLUMN' })
    await expect(newestRows(table, { last: '1h', column: 'n' })).rejects.toMatchObject({ code: 'WINDOW_COLUMN' })
    await expect(newestRows(table, { rows: 1, column: 'On' })).rejects.toMatchObject({ code: 'COLUMN_UNKNOWN' })
    for (const wrong of [{}, { last: '1 week' }, { rows: 0 }, { last: '1h', rows: 3 }])
      expect(windowRules.safeParse(wrong).success).toBe(false)
  })
})

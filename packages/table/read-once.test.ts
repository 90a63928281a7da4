import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Batch, type ReadOptions, readOnce, readTable, type Source, type Table, textAt } from './index.ts'
import { refusal, source } from './table.fixture.ts'

/** Everything that a table tells, and how often it was read. */
async function seen(table: Table) {
  const rows: (string | null)[][] = []
  const lines: number[] = []
  const runs: number[] = []
  for await (const batch of table.batches()) {
    runs.push(batch.start)
    for (let row = 0; row < batch.rows; row++) rows.push(batch.columns.map((column) => textAt(column, row)))
    lines.push(...batch.lines)
  }
  return { rows, lines, runs, count: table.rows, schema: structuredClone(table.schema) }
}

async function bothWays(sources: Source[], options: ReadOptions = {}) {
  let passes = 0
  const once = await readOnce(sources, options, (table) => {
    passes++
    return seen(table)
  })
  return { once, twice: await seen(await readTable(sources, options)), passes }
}

const late = (rows: number, last: string) => source(`a,b\n${'1,x\n'.repeat(rows)}${last}`)

describe('files that are read once', () => {
  it('take one pass where the first rows show the types of all', async () => {
    const { once, twice, passes } = await bothWays([late(40_000, '7,\n')])
    expect(once).toEqual(twice)
    expect(passes).toBe(1)
    expect(once.schema).toEqual([
      { name: 'a', type: 'integer', nulls: 0 },
      { name: 'b', type: 'text', nulls: 1 },
    ])
  })

  it.each([
    ['a decimal', '1.5,x\n'],
    ['a text', 'y,x\n'],
    ['a date', '2024-01-05,x\n'],
    ['a null among whole numbers', ',x\n'],
  ])('take another pass where %s comes late', async (_, last) => {
    const { once, twice, passes } = await bothWays([late(40_000, last)])
    expect(once).toEqual(twice)
    expect(passes).toBe(2)
  })

  it('take another pass where a key of JSON comes late', async () => {
    const lines = `${'{"a":1}\n'.repeat(40_000)}{"a":1,"b":2}\n`
    const { once, twice, passes } = await bothWays([source(lines, 'data.jsonl')])
    expect(once).toEqual(twice)
    expect(passes).toBe(2)
  })

  it('are the same as files that are read twice', async () => {
    const cell = fc.constantFrom(
      '',
      '0',
      '-12',
      '3.5',
      'x',
      'true',
      'False',
      '2024-01-05',
      '""',
      'NA',
      '9007199254740993',
    )
    const files = fc.array(fc.array(fc.tuple(cell, cell), { maxLength: 6 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), async (rows, words) => {
        const sources = rows.map((of, i) =>
          source(`a,b\n${of.map((row) => `${row.join(',')}\n`).join('')}`, `${i}.csv`),
        )
        const { once, twice } = await bothWays(sources, words ? { nullWords: ['NA', '0'] } : {})
        expect(once).toEqual(twice)
      }),
    )
  })

  it('are refused with the first fault, after one reading', async () => {
    let readings = 0
    const counted = late(40_000, 'a,b,c\n')
    const open: Source['open'] = (...part) => {
      readings++
      return counted.open(...part)
    }
    const fault = await refusal(readOnce([{ ...counted, open }], {}, seen))
    expect(fault).toEqual({ code: 'TABLE_RAGGED', where: { file: 'data.csv', line: 40_002 } })
    // The first rows, then all of them.
    expect(readings).toBe(2)
  })

  it('are read again where the pass wanted to know too early, or not to the end', async () => {
    const sources = [late(40_000, '')]
    expect(await readOnce(sources, {}, async (table) => table.rows)).toBe(40_000)
    const first = await readOnce(sources, {}, async (table) => {
      const batches: Batch[] = []
      for await (const batch of table.batches(['b'])) {
        batches.push(batch)
        break
      }
      return batches
    })
    expect(first).toHaveLength(1)
  })

  it('throw what the pass throws', async () => {
    const fails = readOnce([late(2, '')], {}, async (table) => {
      await seen(table)
      throw new Error('of the pass')
    })
    await expect(fails).rejects.toThrow('of the pass')
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '@mlops-actions/verdict'
import fc from 'fast-check'
import type { SchemaElement } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { readTable, type Source } from './index.ts'
import { kindOf } from './parquet-types.ts'
import { readAll, refusal, source } from './table.fixture.ts'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name))

function file(bytes: Buffer, name = 'data.parquet'): Source {
  return {
    name,
    size: bytes.length,
    async *open(start = 0, end = bytes.length) {
      // In two pieces, as a disk may give it.
      const middle = start + ((end - start) >> 1)
      yield bytes.subarray(start, middle)
      yield bytes.subarray(middle, end)
    },
  }
}

const open = (name: string) => file(fixture(name), name)
const expected = JSON.parse(fixture('parquet.json').toString()) as Record<string, Record<string, (string | null)[]>>

describe('Parquet', () => {
  it.each(Object.keys(expected))('%s holds what its writer put in', async (name) => {
    const { table, rows } = await readAll([open(name)])
    expect(table.schema.map((column) => column.name)).toEqual(Object.keys(expected[name]!))
    for (const [i, { name: column, type, nulls }] of table.schema.entries()) {
      const wanted = expected[name]![column]!
      const found = rows.map((row) => row[i]!)
      const comparable = (text: string | null) => (type === 'number' && text !== null ? Number(text) : text)
      expect([column, found.map(comparable)]).toEqual([column, wanted.map(comparable)])
      expect([column, nulls]).toEqual([column, wanted.filter((text) => text === null).length])
    }
  })

  it("has its columns' types from the file's own", async () => {
    for (const name of ['arrow.parquet', 'arrow-none.parquet', 'arrow-v2.parquet']) {
      const { schema } = await readTable([open(name)])
      expect(Object.fromEntries(schema.map((column) => [column.name, column.type]))).toEqual({
        int8: 'integer',
        uint32: 'integer',
        int64: 'integer',
        long: 'integer64',
        uint64: 'text',
        float16: 'number',
        float32: 'number',
        double: 'number',
        decimal: 'number',
        big: 'number',
        whole: 'integer',
        bool: 'boolean',
        text: 'text',
        category: 'text',
        empty: 'text',
        nothing: 'number',
        date: 'timestamp',
        ms: 'timestamp',
        us: 'timestamp',
        ns: 'timestamp',
        time: 'text',
        required: 'integer',
      })
    }
  })

  it('comes a row group at a time, with the rows numbered', async () => {
    const table = await readTable([open('arrow.parquet')])
    const runs: number[][] = []
    for await (const batch of table.batches(['required'])) runs.push([batch.start, batch.rows, batch.lines[0]!])
    expect(runs).toEqual([
      [0, 15, 1],
      [15, 15, 16],
      [30, 10, 31],
    ])
  })

  it('is known by its first and last bytes, whatever its name', async () => {
    expect((await readTable([file(fixture('gzip.parquet'), 'part-0')])).rows).toBe(40)
    expect((await readTable([file(Buffer.from('PAR1,b\n1,PAR1'), 'a.csv')])).rows).toBe(1)
    expect(await refusal(readTable([source(fixture('gzip.parquet'), 'a.csv')]))).toMatchObject({
      code: 'FORMAT_NOT_SUPPORTED',
    })
    expect(await refusal(readTable([source(fixture('gzip.parquet'), 'a.parquet.gz')]))).toMatchObject({
      code: 'FORMAT_NOT_SUPPORTED',
    })
  })

  it('takes types that the caller gives, and makes one table with other files', async () => {
    const { rows, types } = await readAll([open('polars.parquet')], {
      types: { int64: 'text', required: 'number' },
    })
    expect(types).toEqual(['text', 'text', 'number', 'number'])
    expect(rows[1]![0]).toBe('-9007199254740991')
    expect(await refusal(readTable([open('polars.parquet')], { types: { text: 'number' } }))).toEqual({
      code: 'TABLE_TYPE',
      where: { file: 'polars.parquet', line: 1, key: 'text' },
    })
    const csv = source('required,double,text,int64\n0.5,1,x,9007199254740993\n', 'a.csv')
    const both = await readAll([open('polars.parquet'), csv, open('duckdb.parquet')])
    expect(both.types).toEqual(['integer64', 'text', 'number', 'number'])
    expect(both.rows[40]).toEqual(['9007199254740993', 'x', '1', '0.5'])
    expect(both.rows.slice(41)).toEqual(both.rows.slice(0, 40))
    expect((await readAll([open('nan.parquet'), source('a,b\nx,1\n', 'a.csv')])).rows).toEqual([
      ['1', 'x'],
      [null, 'NA'],
      [null, '7'],
      ['x', '1'],
    ])
  })

  it('is refused by column where it is no plain table', async () => {
    const error = await readTable([open('nested.parquet')]).catch((error: Error) => error)
    expect(error).toMatchObject({
      code: 'TABLE_NESTED',
      message: 'nested.parquet has nested columns: list, struct.',
      where: { file: 'nested.parquet', key: 'list' },
    })
    expect(await refusal(readAll([open('bytes.parquet')]))).toEqual({
      code: 'TABLE_VALUE',
      where: { file: 'bytes.parquet', line: 2, key: 'bytes' },
    })
    expect(await refusal(readTable([open('infinite.parquet')]))).toEqual({
      code: 'TABLE_VALUE',
      where: { file: 'infinite.parquet', line: 2, key: 'a' },
    })
  })

  it('takes no column whose two types contradict each other', () => {
    const element = (type: SchemaElement['type'], logical: object): SchemaElement =>
      ({ name: 'a', type, logical_type: logical }) as SchemaElement
    expect(kindOf(element('BYTE_ARRAY', { type: 'TIME', unit: 'MICROS' }))).toBeUndefined()
    expect(kindOf(element('INT64', { type: 'TIME', unit: 'MICROS' }))).toBeDefined()
    expect(kindOf(element('INT64', { type: 'DECIMAL', scale: 2 ** 30 }))).toBeUndefined()
    expect(kindOf(element('INT64', { type: 'DECIMAL', scale: -(2 ** 30) }))).toBeUndefined()
  })

  it('that is damaged gives a UserError or a table, and never another', async () => {
    const names = fc.constantFrom(...Object.keys(expected).filter((name) => name !== 'no-rows.parquet'))
    const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    })
    let refused = 0
    await fc.assert(
      fc.asyncProperty(names, changes, fc.boolean(), async (name, bytes, isCut) => {
        const damaged = Buffer.from(fixture(name))
        for (const [at, byte] of bytes) damaged[Math.floor(at * (damaged.length - 1))] = byte
        const content = isCut ? damaged.subarray(0, Math.floor(bytes[0]![0] * damaged.length)) : damaged
        try {
          await readAll([file(content)])
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
          refused++
        }
      }),
      { numRuns: 1500 },
    )
    expect(refused).toBeGreaterThan(500)
  })
})

import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import type { ReadOptions } from './index.ts'
import { readAll, refusal, source } from './table.fixture.ts'

describe('CSV', () => {
  it('is read with the delimiter that is named; TSV keeps its tabs', async () => {
    const files = [source('a;b\n1;x,y\n', '1.csv'), source('a\tb\n2\tz\n', '2.tsv')]
    expect((await readAll(files, { delimiter: ';' })).rows).toEqual([
      ['1', 'x,y'],
      ['2', 'z'],
    ])
    expect((await readAll([source('a;b\n', '1.csv')], { delimiter: ',' })).table.schema).toHaveLength(1)
    for (const delimiter of ['"', '\n', '\r', '', ';;', 'é', '\0', '7', '.', '-']) {
      expect(await refusal(readAll([source('a,b\n')], { delimiter }))).toMatchObject({ code: 'TABLE_DELIMITER' })
    }
  })

  it('is read as Latin-1 where that is named', async () => {
    const content = Buffer.from('straße,b\ncafé,"\xa0\xff"\n', 'latin1')
    const { table, rows } = await readAll([source(content, 'a.csv', [1, 3])], { encoding: 'latin-1' })
    expect(table.schema[0]!.name).toBe('straße')
    expect(rows).toEqual([['café', '\xa0\xff']])
  })

  it('is refused where it holds a zero byte, by line and column', async () => {
    expect(await refusal(readAll([source('a,b\n1,2\n\n3,x\0y\n')]))).toEqual({
      code: 'TABLE_ZERO_BYTE',
      where: { file: 'data.csv', line: 4, key: 'b' },
    })
    expect(await refusal(readAll([source('a,b\0\n1,2\n')]))).toMatchObject({ where: { line: 1 } })
  })

  it('is refused where it is wider than any table of features, before there is room for it', async () => {
    const header = Array.from({ length: 1_000_000 }, (_, i) => `c${i}`).join(',')
    expect(await refusal(readAll([source(header)]))).toMatchObject({ code: 'TABLE_TOO_WIDE' })
  })
})

describe('numbers in CSV', () => {
  it('are the same however they are cut and wherever the file ends', async () => {
    const cell = fc.oneof(
      fc.constantFrom('', '-', '-0', '0', '007', '5.', '.5', '-.5', '1.', '1e5', '+1', '1-2', '12345678901', '-1.00'),
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.tuple(fc.integer({ min: -99999, max: 99999 }), fc.nat(9999)).map(([a, b]) => `${a}.${b}`),
    )
    const cells = fc.array(cell, { minLength: 1, maxLength: 6 })
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(cells, sizes, fc.boolean(), async (cells, cuts, isEnded) => {
        // The same cells in quotes are never cut as numbers.
        const text = (quote: string) =>
          `a,b\n${cells.map((of) => `x,${of === '' ? '' : quote + of + quote}`).join('\n')}${isEnded ? '\n' : ''}`
        const plain = await readAll([source(text(''), 'a.csv', cuts)])
        const inQuotes = await readAll([source(text('"'))])
        expect(plain.types).toEqual(inQuotes.types)
        expect(plain.columns.b).toEqual(inQuotes.columns.b)
      }),
      { numRuns: 2000 },
    )
  })

  it('may be words for null', async () => {
    const { rows } = await readAll([source('a,b\n-999,1\n2,-999.0\n')], { nullWords: ['-999'] })
    expect(rows).toEqual([
      [null, '1'],
      ['2', '-999'],
    ])
  })
})

describe('many files', () => {
  it('have their columns in the order of the first', async () => {
    const { table, rows } = await readAll([source('a,b\n1,x\n', '1.csv'), source('b,a\ny,2\n', '2.csv')])
    expect(table.schema.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'integer'],
      ['b', 'text'],
    ])
    expect(rows).toEqual([
      ['1', 'x'],
      ['2', 'y'],
    ])
  })

  it('are refused where one lacks columns or has more, by name', async () => {
    const error = await readAll([source('a,b,c\n', '1.csv'), source('a,d,b\n', '2.csv')]).catch((error: Error) => error)
    expect(error).toMatchObject({
      code: 'TABLE_HEADER_DIFFERS',
      message: '2.csv has other columns than 1.csv: it lacks "c" and has "d" besides.',
      where: { file: '2.csv', line: 1, key: 'c' },
    })
    expect(await refusal(readAll([source('a,b\n', '1.csv'), source('a,a\n', '2.csv')]))).toMatchObject({
      code: 'TABLE_COLUMN_DOUBLE',
      where: { file: '2.csv' },
    })
  })

  it('hold more distinct texts than one dictionary', async () => {
    const cells = Array.from({ length: 150_000 }, (_, i) => `text ${i % 70_000}`)
    const half = cells.length / 2
    const parts = [cells.slice(0, half), cells.slice(half)].map((part, i) =>
      source(`a,b\n${part.map((c) => `${c},1\n`).join('')}`, `${i}.csv`),
    )
    const { rows, columns } = await readAll(parts)
    expect(rows.map(([a]) => a)).toEqual(cells)
    expect((columns.a as { dictionary: string[] }).dictionary).toHaveLength(70_000)
  })
})

describe('any CSV', () => {
  const asText: ReadOptions = { types: { a: 'text', b: 'text' } }
  const oracle = (text: string, relaxed: boolean): string[][] =>
    parse(text, {
      bom: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_quotes: relaxed,
    }) as unknown as string[][]

  /** Our rows, header first, or the code of the refusal. */
  async function ours(text: string): Promise<string[][] | string> {
    try {
      const { table, rows } = await readAll([source(text, 'a.csv', [1, 7, 2])], asText)
      return [table.schema.map((column) => column.name), ...rows.map((row) => row.map((cell) => cell ?? ''))]
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  const piece = fc.constantFrom(
    'x',
    '1',
    'é',
    ' ',
    ',',
    ',',
    '"',
    '""',
    '"y"',
    '\n',
    '\r\n',
    '\r',
    'p,q\n',
    '"a\n""b",c\n',
  )
  const soup = fc.array(piece, { maxLength: 14 }).map((pieces) => `a,b\n${pieces.join('')}`)

  it('is read as csv-parse reads it, or refused by both', async () => {
    await fc.assert(
      fc.asyncProperty(soup, async (text) => {
        let expected: string[][] | undefined
        let fault = ''
        try {
          expected = oracle(text, false)
        } catch (error) {
          fault = (error as { code: string }).code
        }
        const found = await ours(text)
        // A quote inside a cell that does not begin with one is a character to us, as it is to pandas.
        if (fault === 'INVALID_OPENING_QUOTE' && typeof found !== 'string') expect(found).toEqual(oracle(text, true))
        else if (expected === undefined) expect(found).toMatch(/^TABLE_(RAGGED|QUOTE|QUOTE_OPEN)$/)
        else expect(found).toEqual(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('that is well formed is read as Papa Parse and csv-parse read it', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '7', ' ', ',', '"', '\n', '\r', 'ß', '😀', ';', '\t'),
      maxLength: 6,
    })
    const written = fc
      .tuple(cell, fc.boolean())
      .map(([text, inQuotes]) => (inQuotes || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
    const table = fc.tuple(fc.array(fc.tuple(written, written), { maxLength: 8 }), fc.constantFrom('\n', '\r\n', '\r'))
    await fc.assert(
      fc.asyncProperty(table, async ([rows, end]) => {
        const text = ['a,b', ...rows.map((row) => row.join(','))].map((line) => line + end).join('')
        const found = await ours(text)
        expect(found).toEqual(Papa.parse<string[]>(text, { newline: end, delimiter: ',', skipEmptyLines: true }).data)
        expect(found).toEqual(oracle(text, false))
      }),
      { numRuns: 1000 },
    )
  })
})

import { UserError } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect, type ReadOptions, readTable, type Source, textAt, timestampText, valueAt } from './index.ts'
import { readAll, refusal, source } from './table.fixture.ts'

const read = (content: string | Uint8Array, options?: ReadOptions) => readAll([source(content)], options)

const codeOf = async (content: string | Uint8Array, options?: ReadOptions) =>
  (await refusal(read(content, options))).code

describe('rows', () => {
  it('follow RFC 4180', async () => {
    const { rows } = await read('a,b\r\n"x, ""y""\nz",1\r\n"",2\r\n5" disk,3')
    expect(rows).toEqual([
      ['x, "y"\nz', '1'],
      ['', '2'],
      ['5" disk', '3'],
    ])
  })

  it('end with LF, CRLF or CR; blank lines are none; a byte order mark is no part of the first name', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const { rows, table } = await read(`\ufeff${end}a,b${end}1,x${end}${end}2,y${end}${end}`)
      expect(table.schema[0]!.name).toBe('a')
      expect(rows).toEqual([
        ['1', 'x'],
        ['2', 'y'],
      ])
    }
  })

  it('carry their line numbers, with line breaks in cells counted', async () => {
    const table = await readTable([source('a,b\n"1\r\n2",x\n\n3,"y\ny"\r4,z')])
    for await (const batch of table.batches(['b'])) expect([...batch.lines]).toEqual([2, 5, 7])
  })

  it('may be none', async () => {
    const { table, columns } = await read('a,b\n')
    expect(table).toMatchObject({ rows: 0, schema: [{ name: 'a', nulls: 0 }, { name: 'b' }] })
    expect(columns.a!.nulls).toHaveLength(0)
  })

  it('of several files make one table', async () => {
    const table = await readTable([source('a,b\n1,x\n', '1.csv'), source('a\tb\n2.5\ty\n\tx\n', '2.tsv')])
    expect(table.schema).toEqual([
      { name: 'a', type: 'number', nulls: 1 },
      { name: 'b', type: 'text', nulls: 0 },
    ])
    const { a, b } = await collect(table)
    expect([0, 1, 2].map((row) => textAt(a!, row))).toEqual(['1', '2.5', null])
    expect(b).toMatchObject({ dictionary: ['x', 'y'], codes: Int32Array.of(0, 1, 0) })
    const sources: number[] = []
    for await (const batch of table.batches([])) sources.push(batch.source, batch.start, batch.rows)
    expect(sources).toEqual([0, 0, 1, 1, 1, 2])
  })

  it('are numbers where a double holds them, else texts, null where empty', async () => {
    const { columns } = await read('i,n,w,b,t,x\n7,2.5,9007199254740993,True,2024-01-05,a\n,,,,,\n')
    const row = (at: number) => Object.values(columns).map((column) => valueAt(column, at))
    expect(row(0)).toEqual([7, 2.5, '9007199254740993', 'true', '2024-01-05', 'a'])
    expect(row(1)).toEqual(Array(6).fill(null))
  })

  it('come in the columns asked for, in that order', async () => {
    const table = await readTable([source('a,b,c\n1,x,true\n')])
    for await (const batch of table.batches(['c', 'a'])) expect(batch.columns.map((c) => c.name)).toEqual(['c', 'a'])
    expect(() => table.batches(['tenur'])).toThrow(UserError)
  })
})

describe('types', () => {
  const typeOf = async (...cells: string[]) =>
    (await read(`a,b\n${cells.map((cell) => `${cell},1\n`).join('')}`)).types[0]

  it('are decided by all rows', async () => {
    expect(await typeOf('1', '-2', '+3', '', '9007199254740991', ' 7 ')).toBe('integer')
    expect(await typeOf('1', '9007199254740992')).toBe('integer64')
    expect(await typeOf('-9223372036854775808', '9223372036854775807')).toBe('integer64')
    expect(await typeOf('9223372036854775808')).toBe('text')
    expect(await typeOf('1', '.5', '5.', '-1e-7', '+2E5', '9007199254740992')).toBe('number')
    expect(await typeOf('true', 'false', '')).toBe('boolean')
    expect(await typeOf('TRUE', 'FALSE')).toBe('boolean')
    expect(await typeOf('True')).toBe('boolean')
    expect(await typeOf('True', 'false')).toBe('text')
    expect(await typeOf('"1"', '"2"')).toBe('integer')
    expect(await typeOf('', '')).toBe('number')
    expect(await typeOf('', '""')).toBe('text')
    expect(await typeOf(...Array(20000).fill('1'), 'x')).toBe('text')
  })

  it('leave as text what is no number that could be kept', async () => {
    for (const cell of [
      '007',
      '00',
      '1e400',
      '-',
      '+',
      '.',
      'e5',
      '1e',
      '1e+',
      '--1',
      '1 2',
      '0x10',
      '1_000',
      'NaN',
      'inf',
      ' ',
      '1,5'.replace(',', '.5.'),
    ])
      expect([cell, await typeOf('1', cell)]).toEqual([cell, 'text'])
    expect(await typeOf(`${'9'.repeat(400)}.5`)).toBe('text')
  })

  it('know dates and times, in UTC where no zone is given', async () => {
    const cells: [string, string, string][] = [
      ['2013-01-31', '2013-01-31T00:00:00.000Z', '2013-01-31'],
      ['2024-02-29T05:00', '2024-02-29T05:00:00.000Z', '2024-02-29T05:00:00Z'],
      ['1969-12-31 23:59:59.5', '1969-12-31T23:59:59.500Z', '1969-12-31T23:59:59.500Z'],
      ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z', '0001-01-01'],
      ['2013-01-31T00:30:00+01:00', '2013-01-30T23:30:00.000Z', '2013-01-30T23:30:00Z'],
      ['2013-01-31T00:30:00-0130', '2013-01-31T02:00:00.000Z', '2013-01-31T02:00:00Z'],
      ['1900-03-01', '1900-03-01T00:00:00.000Z', '1900-03-01'],
    ]
    const { columns, types } = await read(`t,x\n${cells.map(([cell]) => `${cell},1\n`).join('')}`)
    expect(types[0]).toBe('timestamp')
    cells.forEach(([, iso, shown], row) => {
      expect((columns.t as { values: Float64Array }).values[row]).toBe(Date.parse(iso))
      expect(textAt(columns.t!, row)).toBe(shown)
    })
    for (const cell of [
      '2013-02-29',
      '2013-13-01',
      '2013-00-10',
      '2013-01-00',
      '2013-01-01T24:00',
      '2013-01-01T5:00',
      '2013-01-01T05',
      '2013-1-1',
      '2013-01-01T05:00:60',
      '2013-01-01T05:00:00.1234567',
      '2013-01-01Z',
      '0000-01-01',
      '2013-01-01T05:00+1',
      '2013-01-01T05:00:',
    ])
      expect([cell, await typeOf('2013-01-01', cell)]).toEqual([cell, 'text'])
  })

  it('are no dates where the caller wants none', async () => {
    const { types } = await read('t,x\n2024-01-05,1\n', { timestamps: false })
    expect(types).toEqual(['text', 'integer'])
    const json = source('{"t":"2024-01-05"}\n', 'a.jsonl')
    expect((await readAll([json], { timestamps: false })).types).toEqual(['text'])
    const given = await read('t,x\n2024-01-05,1\n', { timestamps: false, types: { t: 'timestamp' } })
    expect(given.types).toEqual(['timestamp', 'integer'])
  })

  it('keep microseconds apart', async () => {
    const { rows } = await read('t,x\n2026-07-01T10:00:00.123456Z,1\n2026-07-01T10:00:00.123457000Z,1\n')
    expect(rows.map(([t]) => t)).toEqual(['2026-07-01T10:00:00.123456Z', '2026-07-01T10:00:00.123457Z'])
  })

  it('can be given', async () => {
    const { rows, types } = await read('zip,n\n007,1\n12,2\n', { types: { zip: 'text', n: 'number' } })
    expect(types).toEqual(['text', 'number'])
    expect(rows).toEqual([
      ['007', '1'],
      ['12', '2'],
    ])
    expect(await refusal(read('a,b\n1,2\nx,3\n', { types: { a: 'number' } }))).toEqual({
      code: 'TABLE_TYPE',
      where: { file: 'data.csv', line: 3, key: 'a' },
    })
  })

  it('let an empty cell in quotes be an empty text, and null in a column of another type', async () => {
    const { table, rows } = await read('a,b\n"",""\n1,x\n,\n')
    expect(table.schema.map((column) => column.nulls)).toEqual([2, 1])
    expect(rows).toEqual([
      [null, ''],
      ['1', 'x'],
      [null, null],
    ])
  })

  it('do not count words that the caller calls null', async () => {
    const options = { nullWords: ['', 'NA', 'NaN', '-999', 'sí'] }
    const { table, rows } = await read('a,b,c\nNA,"NaN",-999\n1,"",sí\n2,NAN,3\n', options)
    expect(table.schema).toEqual([
      { name: 'a', type: 'integer', nulls: 1 },
      { name: 'b', type: 'text', nulls: 2 },
      { name: 'c', type: 'integer', nulls: 2 },
    ])
    expect(rows[0]).toEqual([null, null, null])
  })
})

describe('refusals', () => {
  it('name the fault', async () => {
    expect(await codeOf('')).toBe('TABLE_EMPTY')
    expect(await codeOf('\ufeff\n\n')).toBe('TABLE_EMPTY')
    expect(await codeOf('a,b\n1,2\n3\n')).toBe('TABLE_RAGGED')
    expect(await codeOf('a,b\n1,2,3\n')).toBe('TABLE_RAGGED')
    expect(await codeOf(`${'n'.repeat(5000)}\n1\n`)).toBe('TABLE_COLUMN_NAME')
    expect(await codeOf('a,b,\n1,2,\n')).toBe('TABLE_COLUMN_UNNAMED')
    expect(await codeOf(',a\n0,2\n')).toBe('TABLE_COLUMN_UNNAMED')
    expect(await codeOf('a,a\n0,2\n')).toBe('TABLE_COLUMN_DOUBLE')
    expect(await codeOf('a,b\n"x"y,2\n')).toBe('TABLE_QUOTE')
    expect(await codeOf('a;b\n1;2\n')).toBe('TABLE_DELIMITER')
    expect(await codeOf('a,b\n1,2\n', { delimiter: '"' })).toBe('TABLE_DELIMITER')
    for (const bytes of [
      [0xff, 0xfe, 97, 0],
      [0x1f, 0x8b, 8],
      [0x28, 0xb5, 0x2f, 0xfd],
      [0x50, 0x41, 0x52, 0x31, 0x15],
    ])
      expect(await codeOf(Uint8Array.from(bytes))).toBe('FORMAT_NOT_SUPPORTED')
    for (const name of ['a.xlsx', 'a.json', 'a', 'a.constructor', 'gz'])
      expect((await refusal(readTable([source('a,b\n', name)]))).code).toBe('FORMAT_NOT_SUPPORTED')
    expect((await refusal(readTable([]))).code).toBe('TABLE_NO_FILE')
    expect((await refusal(readTable([source('a,b\n', '1.csv'), source('a,c\n', '2.csv')]))).code).toBe(
      'TABLE_HEADER_DIFFERS',
    )
  })

  it('say where', async () => {
    const where = async (content: string | Uint8Array) => (await refusal(read(content))).where
    expect(await where('a,b\n"1\n",2\n3\n')).toEqual({ file: 'data.csv', line: 4 })
    expect(await where('a,b\n1,2\n3,"x\n\n')).toEqual({ file: 'data.csv', line: 3 })
    expect(await where('a,b\n1,"2\n" 3\n')).toEqual({ file: 'data.csv', line: 3 })
    expect(await where(Buffer.from('a,b\n1,2\n3,caf\xe9\n', 'latin1'))).toEqual({ file: 'data.csv', line: 3, key: 'b' })
    expect(await where(Buffer.from('a,caf\xe9\n1,2\n', 'latin1'))).toEqual({ file: 'data.csv', line: 1 })
  })

  it('notice a file that changed between the passes', async () => {
    for (const later of ['a,b\n1,x\n2,y\n', 'a,b\nx,x\n', 'a,c\n1,x\n', 'a,b\n']) {
      const contents = ['a,b\n1,x\n', later]
      const table = await readTable([{ name: 'a.csv', open: () => source(contents.shift()!).open() }])
      expect((await refusal(collect(table))).code).toBe('TABLE_CHANGED')
    }
  })

  it('stop a quote that is never closed before the whole file is in memory', async () => {
    let pieces = 0
    const endless: Source = {
      name: 'a.csv',
      async *open() {
        yield new TextEncoder().encode('a,b\n1,"')
        const piece = new Uint8Array(1 << 22).fill(120)
        for (; ; pieces++) yield piece
      },
    }
    expect(await refusal(readTable([endless]))).toEqual({
      code: 'TABLE_ROW_TOO_LONG',
      where: { file: 'a.csv', line: 2 },
    })
    expect(pieces).toBeLessThan(100)
  })
})

describe('any table', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', '0')),
    fc.constantFrom('', '"', '""', ',', '\n', '\r\n', '\r', '\ufeff', 'x"y', ' ', 'é', '😀'),
  )
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
  const wellFormed = (value: string) => value.isWellFormed()
  const end = fc.constantFrom('\n', '\r\n', '\r')
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`

  it('of texts is read back as it was written, at any cut of the bytes', async () => {
    const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.record({
        names: fc.uniqueArray(
          text.filter((name) => name !== '' && wellFormed(name)),
          { minLength: width, maxLength: width },
        ),
        rows: fc.array(fc.array(fc.option(text.filter(wellFormed)), { minLength: width, maxLength: width }), {
          maxLength: 6,
        }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(table, sizes, end, fc.boolean(), async ({ names, rows }, cuts, newline, lastEnds) => {
        // A lone empty cell is a blank line, which is no row; a first name of U+FEFF alone would be a byte order mark.
        const lines = [names.map(quote), ...rows.map((row) => row.map((cell) => (cell === null ? '' : quote(cell))))]
          .filter((cells) => cells.join(',') !== '')
          .map((cells) => cells.join(','))
        const expected = rows.filter((row) => row.length > 1 || row[0] !== null)
        const content = lines.join(newline) + (lastEnds ? newline : '')
        const types = Object.create(null)
        for (const name of names) types[name] = 'text'
        const found = await readTable([source(content, 'a.csv', cuts)], { delimiter: ',', types })
        expect(found.schema.map((column) => column.name)).toEqual(names)
        const columns = await collect(found)
        const back = Array.from({ length: found.rows }, (_, row) => names.map((name) => textAt(columns[name]!, row)))
        expect(back).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('of numbers is read to the nearest double', async () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc
        .tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 25 }))
        .map(([n, d]) => `${n}.${'0'.repeat(d)}${Math.abs(n)}`),
      fc
        .tuple(fc.bigInt({ min: 0n, max: 10n ** 21n }), fc.integer({ min: -320, max: 280 }))
        .map(([m, e]) => `${m}.0E${e}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 20 }), async (cells) => {
        const { columns, types } = await read(`a,b\n0.5,1\n${cells.map((cell) => `${cell},1\n`).join('')}`)
        expect(types[0]).toBe('number')
        cells.forEach((cell, i) => {
          expect((columns.a as { values: Float64Array }).values[i + 1]).toBe(Number(cell) + 0)
        })
      }),
    )
  })

  it('of timestamps is read back', async () => {
    const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    await fc.assert(
      fc.asyncProperty(fc.array(date, { minLength: 1, maxLength: 5 }), async (dates) => {
        const { columns, types } = await read(`a,b\n${dates.map((d) => `${d.toISOString()},1\n`).join('')}`)
        expect(types[0]).toBe('timestamp')
        dates.forEach((d, i) => {
          expect((columns.a as { values: Float64Array }).values[i]).toBe(d.getTime())
          expect(Date.parse(timestampText(d.getTime()))).toBe(d.getTime())
        })
      }),
    )
  })

  it('that is none gives a UserError, and never another', async () => {
    const bit = fc.constantFrom('a', 'b', '1', '-', '.', 'e', ',', '"', '\n', '\r', ' ', 'true', '2013-01-01', 'é', ';')
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(bit, { maxLength: 40 }).map((bits) => new TextEncoder().encode(bits.join(''))),
      fc.array(bit, { maxLength: 40 }).map((bits) => new TextEncoder().encode(`a,b\n${bits.join('')}`)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, sizes, async (content, cuts) => {
        try {
          const table = await readTable([source(content, 'a.csv', cuts)])
          const columns = await collect(table)
          for (const { name, nulls } of table.schema) {
            expect(columns[name]!.nulls.reduce((sum, isNull) => sum + isNull, 0)).toBe(nulls)
            for (let row = 0; row < table.rows; row++) textAt(columns[name]!, row)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
      { numRuns: 1500 },
    )
  })
})

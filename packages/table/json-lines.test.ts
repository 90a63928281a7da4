import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTable } from './index.ts'
import { readAll, refusal, source } from './table.fixture.ts'

const read = (text: string | Uint8Array, sizes?: number[]) => readAll([source(text, 'a.jsonl', sizes)])

describe('JSON Lines', () => {
  it("has its columns' types from JSON's own", async () => {
    const { table, rows } = await read(
      [
        '{"i":1,"n":1.5,"b":true,"t":"7","d":"2024-01-05T10:00:00+02:00","e":"","z":"a\\u00e9\\n\\"","w":12345678901234567}',
        '{ "i" : -2 ,\t"n": 1e3, "b": false, "t": "x", "d": "2024-01-06", "e": "x", "z": null, "w": 1 }\r',
      ].join('\n'),
    )
    expect(table.schema.map(({ name, type, nulls }) => [name, type, nulls])).toEqual([
      ['i', 'integer', 0],
      ['n', 'number', 0],
      ['b', 'boolean', 0],
      ['t', 'text', 0],
      ['d', 'timestamp', 0],
      ['e', 'text', 0],
      ['z', 'text', 1],
      ['w', 'integer64', 0],
    ])
    expect(rows).toEqual([
      ['1', '1.5', 'true', '7', '2024-01-05T08:00:00Z', '', 'aé\n"', '12345678901234567'],
      ['-2', '1000', 'false', 'x', '2024-01-06', 'x', null, '1'],
    ])
  })

  it('never takes a string for a number', async () => {
    expect((await read('{"a":"1"}\n{"a":"2"}\n')).types).toEqual(['text'])
    expect((await read('{"a":"true"}\n{"a":"false"}\n')).types).toEqual(['text'])
    expect((await read('{"a":1}\n{"a":""}\n')).types).toEqual(['text'])
    const options = { types: { a: 'number' as const } }
    expect(await refusal(readTable([source('{"a":1}\n{"a":"2"}\n', 'a.jsonl')], options))).toEqual({
      code: 'TABLE_TYPE',
      where: { file: 'a.jsonl', line: 2, key: 'a' },
    })
  })

  it('has null where a key is not there, null or NaN', async () => {
    const { table, rows } = await read('{}\n{"a":null,"b":1}\n\n{"c":"x","b":NaN}\n{"b":3,"a":2,"c":"y"}\n')
    expect(table.schema.map(({ name, nulls }) => [name, nulls])).toEqual([
      ['a', 3],
      ['b', 2],
      ['c', 2],
    ])
    expect(rows).toEqual([
      [null, null, null],
      [null, '1', null],
      [null, null, 'x'],
      ['2', '3', 'y'],
    ])
    const lines: number[] = []
    for await (const batch of table.batches([])) lines.push(...batch.lines)
    expect(lines).toEqual([1, 2, 4, 5])
  })

  it('makes one table with other files: keys of other JSON Lines are added, a header settles them', async () => {
    const one = source('{"a":1}\n', '1.jsonl')
    expect((await readAll([one, source('{"b":2}\n', '2.jsonl')])).rows).toEqual([
      ['1', null],
      [null, '2'],
    ])
    expect((await readAll([source('b,a\n1,2\n', '0.csv'), one])).rows).toEqual([
      ['1', '2'],
      [null, '1'],
    ])
    expect(await refusal(readAll([source('b\n1\n', '0.csv'), one]))).toEqual({
      code: 'TABLE_HEADER_DIFFERS',
      where: { file: '1.jsonl', line: 1, key: 'a' },
    })
  })

  it('is refused by line, column and key', async () => {
    const where = async (text: string) => (await refusal(read(text))).where
    const at = (line: number, column: number, key?: string) => ({ file: 'a.jsonl', line, column, ...(key && { key }) })
    expect(await where('{"a":1}\n{"a":{"b":2}}\n')).toEqual(at(2, 6, 'a'))
    expect(await where('{"a":[1]}')).toEqual(at(1, 6, 'a'))
    expect(await where('[{"a":1}]')).toEqual(at(1, 1))
    expect(await where('{"a":1')).toEqual(at(1, 7, 'a'))
    expect(await where('{"a":1}\n\n{"a":1,"a":2}')).toEqual(at(3, 8, 'a'))
    expect(await where('{"a":-Infinity}')).toEqual(at(1, 6, 'a'))
    expect(await where('{"a":"x')).toEqual(at(1, 6, 'a'))
    expect(await where('{"a":"\\ud800"}')).toEqual(at(1, 7, 'a'))
    expect(await refusal(read('{"":1}'))).toMatchObject({ code: 'TABLE_COLUMN_UNNAMED' })
    expect(await refusal(read('\n'))).toMatchObject({ code: 'TABLE_EMPTY' })
    expect(await refusal(read(Buffer.from('{"a":1}\n{"a":"caf\xe9"}', 'latin1')))).toEqual({
      code: 'TABLE_ENCODING',
      where: { file: 'a.jsonl', line: 2, key: 'a' },
    })
    expect(await refusal(read(Buffer.from('{"a":1}\n{"a":1,"\xe9":1}', 'latin1')))).toMatchObject({
      code: 'TABLE_ENCODING',
      where: { line: 2 },
    })
  })
})

describe('any JSON Lines', () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => text.isWellFormed()),
    fc.constantFrom('', '\\', '"', '2024-01-05', '7', 'a\u2028b'),
  )
  const key = fc.oneof(fc.constantFrom('a', 'b', '__proto__', '1', 'é"'), fc.string({ minLength: 1, maxLength: 3 }))
  const row = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, minLength: 1, maxLength: 5 })
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })

  it('is read as JSON.parse reads its lines', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        sizes,
        fc.boolean(),
        async (rows, cuts, spaced) => {
          const lines = rows.map(
            (cells) =>
              `{${cells.map(([name, of]) => `${JSON.stringify(name)}${spaced ? ' : ' : ':'}${JSON.stringify(of)}`).join(spaced ? ' , ' : ',')}}`,
          )
          const found = await read(lines.join('\n'), cuts)
          const names = [...new Set(rows.flatMap((cells) => cells.map(([name]) => name)))]
          expect(found.table.schema.map((column) => column.name)).toEqual(names)
          rows.forEach((cells, at) => {
            names.forEach((name, i) => {
              const expected = cells.find(([of]) => of === name)?.[1] ?? null
              const text = found.rows[at]![i]!
              if (expected === null) expect(text).toBeNull()
              else if (found.types[i] === 'text')
                expect(text).toBe(typeof expected === 'string' ? expected : JSON.stringify(expected))
              else if (typeof expected === 'number') expect(Number(text)).toBe(expected + 0)
              else expect(text).toBe(String(expected))
            })
          })
        },
      ),
      { numRuns: 400 },
    )
  })

  it('is taken only where JSON.parse takes its lines', async () => {
    const bit = fc.constantFrom(
      '{',
      '}',
      '"a"',
      '"b"',
      ':',
      ',',
      '1',
      '-0',
      '01',
      '1.',
      '.5',
      '1e5',
      '+1',
      'true',
      'tru',
      'null',
      '"x"',
      '"\\n"',
      '"\\x"',
      ' ',
      '[',
      ']',
      '{"a":1}',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(bit, { maxLength: 9 }), sizes, async (bits, cuts) => {
        const line = bits.join('')
        const found = await refusal(read(`{"a":1}\n${line}`, cuts))
        let parsed: unknown
        try {
          parsed = line.trim() === '' ? {} : JSON.parse(line)
        } catch {}
        const isFlat =
          typeof parsed === 'object' &&
          parsed !== null &&
          !Array.isArray(parsed) &&
          Object.values(parsed).every((of) => typeof of !== 'object' || of === null)
        const isTwice = [...line.matchAll(/"(a|b)"\s*:/g)].length > Object.keys(Object(parsed)).length
        expect([line, found.code]).toEqual([line, isFlat && !isTwice ? 'nothing was refused' : 'TABLE_JSON'])
      }),
      { numRuns: 3000 },
    )
  })

  it('has no more keys than a table has columns, in one line or over many', async () => {
    const keys = Array.from({ length: 9000 }, (_, i) => `"k${i}":1`)
    const tooWide = { code: 'TABLE_TOO_WIDE', where: { file: 'a.jsonl', line: 1 } }
    expect(await refusal(read(`{${keys.join(',')}}`))).toEqual(tooWide)
    // Each of the lines after the first brings one more.
    const lines = [`{${keys.slice(0, 8000).join(',')}}`, ...keys.slice(8000).map((key) => `{${key}}`)].join('\n')
    expect(await refusal(read(lines))).toEqual({ ...tooWide, where: { file: 'a.jsonl', line: 194 } })
  })
})

import { readFileSync } from 'node:fs'
import type { Column, ReadOptions, Table } from '@mlops-actions/table'
import { type Check, verdict } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validateFiles } from './reading.ts'
import { source } from './source.fixture.ts'
import { parseSuite } from './suite.ts'
import { validate } from './validate.ts'

/** The checks of a suite over CSV texts, by id. */
async function judge(csv: string | string[], suiteText: string, options?: ReadOptions): Promise<Record<string, Check>> {
  const suite = parseSuite(suiteText, 'suite.yaml')
  const sources = [csv].flat().map((text, i) => source(text, `data-${i}.csv`))
  return Object.fromEntries(
    (await validateFiles(sources, suite, { reading: options })).map((check) => [check.id, check]),
  )
}

const between = 'expect_column_values_to_be_between.a'

describe('a check', () => {
  it('carries the figures, the values and the lines, and keeps values out of its texts', async () => {
    const checks = await judge('a,b\n1,x\n,x\n101,x\n50,x\n-7,x\n', 'columns: { a: { between: [0, 100] } }')
    expect(checks).toEqual({
      [between]: {
        id: between,
        title: 'a is between 0 and 100',
        subject: 'a',
        observed: 'not so in 2 of 4 values (50.0 %)',
        expected: 'is between 0 and 100',
        status: 'failed',
        severity: 'failed',
        evidence: {
          expectation: 'expect_column_values_to_be_between',
          kwargs: { column: 'a', min_value: 0, max_value: 100 },
          success: false,
          element_count: 5,
          missing_count: 1,
          unexpected_count: 2,
          unexpected_percent: 50,
          partial_unexpected_list: [101, -7],
          unexpected_rows: [4, 6],
        },
      },
      'guard.rows': expect.objectContaining({ status: 'passed' }),
    })
  })

  it('shows the beginning of a long text', async () => {
    const long = `x${'y'.repeat(100_000)}`
    const checks = await judge(`a\n${long}\n`, 'columns: { a: { in_set: [x], max: [null, b], unique: true } }')
    const { partial_unexpected_list: list } = checks['expect_column_values_to_be_in_set.a']!.evidence
    expect(list).toEqual([`x${'y'.repeat(999)}… (100001 characters)`])
    expect(JSON.stringify(checks).length).toBeLessThan(10_000)
  })

  it('rounds a figure to read, but never across a bound, and keeps it exact as evidence', async () => {
    const csv = 'a\n1\n1\n2\n'
    const mean = async (bounds: string) =>
      (await judge(csv, `columns: { a: { mean: ${bounds} } }`))['expect_column_mean_to_be_between.a']!
    expect(await mean('[1, 2]')).toMatchObject({ observed: '1.33333', evidence: { observed_value: 4 / 3 } })
    expect(await mean('[1.333333, 2]')).toMatchObject({ observed: String(4 / 3), status: 'passed' })
  })

  it('is warned where a break only warns, and stays in order when repeated', async () => {
    const suite = parseSuite(
      'expectations:\n' +
        '  - { type: expect_column_values_to_be_between, column: a, max_value: 1, severity: warning }\n' +
        '  - { type: expect_column_values_to_be_dateutil_parseable, column: a }\n' +
        '  - { type: expect_column_values_to_be_between, column: a, max_value: 3 }',
      'suite.yaml',
    )
    const checks = await validateFiles([source('a\n2\n3\n')], suite)
    expect(checks.map(({ id, status }) => [id, status])).toEqual([
      [between, 'warned'],
      ['expect_column_values_to_be_dateutil_parseable.a', 'errored'],
      [`${between}#2`, 'passed'],
      ['guard.rows', 'passed'],
    ])
    expect(verdict('validation', {}, checks).status).toBe('failed')
  })

  it('lists at most twenty offenders, and every line of a group of duplicates in order', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => (i < 25 ? i : 49 - i))
    const checks = await judge(`a\n${rows.join('\n')}\n`, 'columns: { a: { unique: true } }')
    expect(checks['expect_column_values_to_be_unique.a']!.evidence).toMatchObject({
      unexpected_count: 50,
      partial_unexpected_list: rows.slice(0, 20),
      unexpected_rows: Array.from({ length: 20 }, (_, i) => i + 2),
    })
  })

  it.each([
    [0.6666, 'passed'],
    [0.6667, 'failed'],
  ])('mostly %d of three values with one bad is %s', async (mostly, status) => {
    const checks = await judge('a\n1\n2\n9\n', `columns: { a: { between: [0, 5], mostly: ${mostly} } }`)
    expect(checks[between]!.status).toBe(status)
  })

  it('counts over several files', async () => {
    const checks = await judge(['a\nx\ny\n', 'a\ny\nz\n'], 'columns: { a: { unique: true } }\nrows: { equal: 4 }')
    expect(checks['expect_column_values_to_be_unique.a']!.evidence).toMatchObject({
      unexpected_count: 2,
      unexpected_rows: [3, 2],
    })
    expect(checks.expect_table_row_count_to_equal!.status).toBe('passed')
  })

  it('names the file of each line', async () => {
    const suite = parseSuite(
      'columns: { a: { unique: true, between: [0, 5] } }\n' +
        'expectations: [{ type: expect_column_values_to_not_be_outliers, column: a, multiplier: 0 }, ' +
        '{ type: expect_column_values_to_be_increasing, column: a, row_condition: "a > 8", condition_parser: pandas }]',
      'suite.yaml',
    )
    const sources = [source('a\n1\n9\n'), source('a\n2\n9\n9\n')]
    const checks = await validateFiles(sources, suite, { showing: { files: ['x.csv', 'y.csv'] } })
    const places = checks.map(({ evidence }) => [evidence.unexpected_rows, evidence.unexpected_files])
    expect(places).toEqual([
      [
        [3, 3, 4],
        ['x.csv', 'y.csv', 'y.csv'],
      ],
      [
        [3, 3, 4],
        ['x.csv', 'y.csv', 'y.csv'],
      ],
      [[2], ['x.csv']],
      [[], undefined],
      [undefined, undefined],
    ])
  })
})

describe('what cannot be judged fails', () => {
  it.each([
    ['columns: { aa: { unique: true } }', 'did you mean "a"'],
    ["columns: { a: { matches: '(?x) a' } }", 'not supported'],
    ["columns: { a: { matches: '(' } }", 'not valid'],
    ['columns: { b: { mean: [0, 1] } }', 'holds texts'],
    ['columns: { a: { between: [x, y] } }', 'holds numbers'],
    ['columns: { a: { between: [3, 1] } }', 'greater than'],
    ['columns: { d: { between: [2024-01-01, soon] } }', '"soon"'],
    [
      'expectations: [{ type: expect_column_values_to_be_of_type, column: a, type_: integre }]',
      'did you mean "integer"',
    ],
  ])('%s', async (suite, detail) => {
    const [check] = Object.values(await judge('a,b,d\n1,x,2024-01-01\n2,y,2024-01-02\n', suite))
    expect(check).toMatchObject({ status: 'errored', evidence: { success: false } })
    expect(check!.detail).toContain(detail)
  })

  it.each([
    ['{ pattern: "^(a+)+$" }', 'took longer than'],
    ['{ pattern: "(" }', 'cannot be applied'],
    ['{ $ref: "#/nowhere" }', 'cannot be applied'],
    ['{ $ref: "#" }', 'without end'],
  ])('the JSON Schema %s', async (schema, detail) => {
    const [check] = Object.values(
      await judge(
        `a\n"""${'a'.repeat(50)}!"""\n`,
        `expectations: [{ type: expect_column_values_to_match_json_schema, column: a, json_schema: ${schema} }]`,
      ),
    )
    expect(check).toMatchObject({ status: 'errored', detail: expect.stringContaining(detail) })
  })

  it('one that cannot be judged leaves the others alone', async () => {
    const checks = await judge('a\n1\n', 'columns: { zzz: { unique: true }, a: { between: [0, 5] } }')
    expect(checks[between]!.status).toBe('passed')
  })
})

describe('result_format', () => {
  const csv = `a\n${Array.from({ length: 50 }, (_, i) => `secret ${i}\n`).join('')}`
  const shown = async (format: string) => {
    const suite = `expectations: [{ type: expect_column_values_to_be_in_set, kwargs: { column: a, value_set: [x], result_format: ${format} } }]`
    return Object.values(await judge(csv, suite))[0]!
  }

  it('BOOLEAN_ONLY lets neither counts nor values nor lines out', async () => {
    for (const format of ['BOOLEAN_ONLY', '{ result_format: BOOLEAN_ONLY }']) {
      const check = await shown(format)
      expect(check).toMatchObject({ status: 'failed', observed: 'not as expected' })
      expect(Object.keys(check.evidence)).toEqual(['expectation', 'kwargs', 'success'])
      expect(JSON.stringify(check)).not.toMatch(/secret|50|Line/)
    }
  })

  it('lists as many as it says, and never more than twenty', async () => {
    const three = await shown('{ result_format: SUMMARY, partial_unexpected_count: 3 }')
    expect(three.evidence).toMatchObject({
      unexpected_count: 50,
      unexpected_rows: [2, 3, 4],
      partial_unexpected_list: ['secret 0', 'secret 1', 'secret 2'],
    })
    const many = await shown('{ partial_unexpected_count: 100, unexpected_index_column_names: [a] }')
    expect(many.evidence.unexpected_rows).toHaveLength(20)
    expect((await shown('COMPLETE')).evidence).toEqual((await shown('BASIC')).evidence)
  })

  it('exclude_unexpected_values keeps counts and lines', async () => {
    const { evidence } = await shown('{ result_format: COMPLETE, exclude_unexpected_values: true }')
    expect(evidence).toMatchObject({ unexpected_count: 50, unexpected_rows: expect.any(Array) })
    expect(evidence.partial_unexpected_list).toBeUndefined()
  })

  it('is refused where it is none', async () => {
    await expect(shown('BOOLEAN')).rejects.toMatchObject({ code: 'SUITE_INVALID', where: { line: 1 } })
  })
})

describe('parse_strings_as_datetimes', () => {
  const dates = 'a\n2024-01-05\n2024-02-10T10:00:00\n2024-02-10 11:00\n'
  const told = async (csv: string, type: string) => {
    const bound = type.includes('between') ? ', max_value: "2024-03-01"' : ''
    const of = `{ type: ${type}, column: a, parse_strings_as_datetimes: true${bound} }`
    const check = Object.values(await judge(csv, `compat: great-expectations\nexpectations: [${of}]`))[0]!
    return [check.status, check.evidence.unexpected_count ?? check.evidence.observed_value ?? check.detail]
  }

  it('compares texts as the dates that they spell', async () => {
    expect(await told(dates, 'expect_column_values_to_be_between')).toEqual(['passed', 0])
    expect(await told(dates, 'expect_column_max_to_be_between')).toEqual(['passed', '2024-02-10 11:00'])
    expect(await told(dates, 'expect_column_values_to_be_increasing')).toEqual(['passed', 0])
    expect(await told(dates, 'expect_column_values_to_be_decreasing')).toEqual(['failed', 2])
  })

  it('is not judged where a text is no such date, or only some name a zone', async () => {
    const between = 'expect_column_values_to_be_between'
    expect(await told('a\n2024-01-05\nJan 6 2024\n', between)).toEqual([
      'errored',
      '"a" holds texts that are no dates of the form YYYY-MM-DD',
    ])
    expect(await told('a\n2024-01-05T10:00Z\n2024-01-06T10:00\n', between)).toEqual([
      'errored',
      'Only some of the dates and bounds of "a" name a zone',
    ])
    expect((await told('a\n2024-01-05T10:00Z\n', between))[0]).toBe('errored')
    expect((await told('a\n1\n', between))[0]).toBe('errored')
  })
})

describe('guards', () => {
  const suite = 'columns: { a: { between: [0, 5] }, b: { empty: true } }'
  const empty = 'a,b\n,\n,\n'

  it('fail a table without rows, and a column without values', async () => {
    const none = await judge('a,b\n', suite)
    expect(none[between]!.status).toBe('passed')
    expect(none['guard.rows']!.status).toBe('failed')
    const checks = await judge(empty, suite)
    expect(checks[between]!.evidence).toMatchObject({ missing_count: 2, unexpected_percent: null, success: true })
    expect(checks['guard.column.a']!.status).toBe('failed')
    expect(checks['guard.column.b']).toBeUndefined()
  })

  it('are skipped where the suite allows empty data', async () => {
    expect((await judge('a,b\n', `${suite}\nallow_empty: true`))['guard.rows']!.status).toBe('skipped')
    expect((await judge(empty, `${suite}\nallow_empty: true`))['guard.column.a']!.status).toBe('skipped')
    const column = suite.replace('[0, 5] }', '[0, 5], allow_empty: true }')
    expect((await judge(empty, column))['guard.column.a']!.status).toBe('skipped')
    expect((await judge('a,b\n', column))['guard.rows']!.status).toBe('failed')
  })
})

describe('reading', () => {
  const status = async (csv: string, suite: string) =>
    Object.values(await judge(csv, suite)).map((check) => check.status)

  it('one bad cell is one unexpected row, not a column of another type', async () => {
    const checks = await judge('a\n1\n2\noops\n200\n', 'columns: { a: { type: integer, between: [0, 100] } }')
    expect(checks['expect_column_values_to_be_of_type.a']).toMatchObject({
      status: 'failed',
      observed: 'text, not so in 1 of 4 values (25.0 %)',
      evidence: { observed_value: 'text', unexpected_rows: [4], partial_unexpected_list: ['oops'] },
    })
    expect(checks[between]!.evidence).toMatchObject({ unexpected_count: 2, unexpected_rows: [4, 5] })
  })

  it('an integer with nulls is an integer, and pandas makes it a float on request', async () => {
    const suite = "columns: { a: { type: integer, matches: '^\\d$' } }"
    expect(await status('a\n1\n\n3\n', suite.replace('type: integer, ', ''))).toEqual(['passed', 'passed'])
    expect(await status('a,b\n1,\n,\n3,\n', suite)).toEqual(['passed', 'passed', 'passed'])
    expect(await status('a,b\n1,\n,\n3,\n', `${suite}\ncompat: great-expectations`)).toEqual([
      'failed',
      'failed',
      'passed',
    ])
    expect(await status('a\n1\nNA\n3\n', 'columns: { a: { not_null: true } }')).toEqual(['passed', 'passed'])
    expect(await status('a\n1\nNA\n3\n', 'columns: { a: { not_null: true } }\ncompat: great-expectations')).toEqual([
      'failed',
      'passed',
    ])
  })

  it('patterns, lengths and sets see the cell as the file writes it', async () => {
    const csv = 'zip,day\n10007,2024-01-05\n10115,2024-02-29\n'
    const suite =
      "columns: { zip: { length: 5, in_set: ['10007', '10115'] }, day: { matches: '^2024-\\d\\d-\\d\\d$' } }"
    expect(await status(csv, suite)).toEqual(['passed', 'passed', 'passed', 'passed'])
  })

  it('dates compare as dates', async () => {
    const csv = 'd\n2024-01-05\n2024-03-01T12:00:00\n'
    const suite = (last: string) =>
      `columns: { d: { type: timestamp, between: [2024-01-05, '${last}'], max: [null, '${last}'] } }`
    expect(await status(csv, suite('2024-03-01T12:00Z'))).toEqual(['passed', 'passed', 'passed', 'passed'])
    expect(await status(csv, suite('2024-03-01T12:30+01:00'))).toEqual(['passed', 'failed', 'failed', 'passed'])
  })

  it('a set of texts that are dates stands for the dates, however they are written', async () => {
    const csv = 'd,n\n2024-01-05,1\n2024-03-01T12:00:00,2\n2024-01-05,3\n'
    const suite = (set: string) => `
columns: { d: { type: timestamp, in_set: ${set} } }
expectations:
  - { type: expect_column_distinct_values_to_equal_set, column: d, value_set: ${set} }
  - { type: expect_column_most_common_value_to_be_in_set, column: d, value_set: ${set} }
`
    const checks = await judge(csv, suite("['2024-01-05T00:00Z', '2024-03-01T13:00+01:00']"))
    expect(Object.values(checks).map((check) => check.status)).toEqual(Array(5).fill('passed'))
    const beyond = await judge(csv, suite("['2024-01-05', '2024-04-01']"))
    expect(beyond['expect_column_distinct_values_to_equal_set.d']!.evidence).toMatchObject({
      partial_unexpected_list: ['2024-03-01T12:00:00Z'],
    })
    expect(beyond['expect_column_values_to_be_in_set.d']!.status).toBe('failed')
    expect(beyond['expect_column_most_common_value_to_be_in_set.d']!.status).toBe('passed')
  })

  it('a set is typed: the number 1 is no text, true is 1', async () => {
    expect(await status('a\n1\n', 'columns: { a: { in_set: [1.0] } }')).toEqual(['passed', 'passed'])
    expect(await status('a\n1\nx\n', 'columns: { a: { in_set: [1, x] } }')).toEqual(['failed', 'passed'])
    expect(await status('a\ntrue\n', 'columns: { a: { in_set: [true, false], type: boolean } }')).toEqual([
      'passed',
      'passed',
      'passed',
    ])
    expect(
      await status(
        'a\n9007199254740993\n',
        'columns: { a: { between: [9007199254740992, null], unique: true, mean: [0, null] } }',
      ),
    ).toEqual(['passed', 'passed', 'passed', 'passed'])
  })
})

it('gives the same whatever the batches, reading only the columns it needs', async () => {
  const suite = parseSuite(
    'columns: { n: { between: [-3, 3], unique: true, mean: [-1, 1], median: [-1, 1], stdev: [0, 2] }, t: { in_set: [a, b], not_null: true, unique: true } }',
    'suite.yaml',
  )
  const cells = fc.array(
    fc.tuple(fc.option(fc.integer({ min: -5, max: 5 })), fc.option(fc.constantFrom('a', 'b', 'c'))),
    { minLength: 1, maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(cells, fc.integer({ min: 1, max: 7 }), async (rows, size) => {
      const whole = await validate(tableOf(rows, rows.length), suite)
      expect(await validate(tableOf(rows, size), suite)).toEqual(whole)
      const numbers = rows.map(([n]) => n).filter((n) => n !== null)
      expect(whole[0]!.evidence.unexpected_count).toBe(numbers.filter((n) => Math.abs(n) > 3).length)
      expect(whole[1]!.evidence.unexpected_count).toBe(
        numbers.filter((n) => numbers.indexOf(n) !== numbers.lastIndexOf(n)).length,
      )
      expect(JSON.parse(JSON.stringify(whole))).toEqual(whole)
    }),
  )
})

/** A table in memory, handed out in batches of a size. */
function tableOf(rows: [number | null, string | null][], size: number): Table {
  const nullsOf = (i: 0 | 1) => rows.filter((row) => row[i] === null).length
  const dictionary = ['a', 'b', 'c']
  const part = (of: typeof rows): Column[] => [
    {
      name: 'n',
      type: 'integer',
      nulls: Uint8Array.from(of, ([n]) => +(n === null)),
      values: Float64Array.from(of, ([n]) => n ?? 0),
    },
    {
      name: 't',
      type: 'text',
      nulls: Uint8Array.from(of, ([, t]) => +(t === null)),
      codes: Int32Array.from(of, ([, t]) => (t === null ? -1 : dictionary.indexOf(t))),
      dictionary,
    },
  ]
  return {
    schema: [
      { name: 'n', type: 'integer', nulls: nullsOf(0) },
      { name: 't', type: 'text', nulls: nullsOf(1) },
      { name: 'unused', type: 'text', nulls: 0 },
    ],
    rows: rows.length,
    async *batches(columns) {
      expect(columns).toEqual(['n', 't'])
      for (let start = 0; start < rows.length; start += size) {
        const of = rows.slice(start, start + size)
        yield {
          start,
          rows: of.length,
          columns: part(of),
          lines: Uint32Array.from(of, (_, i) => start + i + 2),
          source: 0,
        }
      }
    },
  }
}

describe('the churn example', () => {
  const read = (name: string) => readFileSync(new URL(`../../examples/churn/${name}`, import.meta.url), 'utf8')

  it.each(['train.csv', 'holdout.csv', 'churn.csv', 'churn-current.csv'])('%s passes its suite', async (name) => {
    const checks = Object.values(await judge(read(`data/${name}`), read('suite.yaml')))
    expect(checks.filter((check) => check.status !== 'passed')).toEqual([])
  })

  it('a month of new customers is warned, a broken file fails', async () => {
    const drifted = Object.values(await judge(read('data/churn-current-drifted.csv'), read('suite.yaml')))
    expect(drifted.filter((check) => check.status !== 'passed').map((check) => [check.id, check.status])).toEqual([
      ['expect_column_mean_to_be_between.tenure', 'warned'],
    ])
    const broken = Object.values(
      await judge(read('data/train.csv').replace('One year', 'Three years'), read('suite.yaml')),
    )
    expect(broken.filter((check) => check.status === 'failed').map((check) => check.id)).toEqual([
      'expect_column_values_to_be_in_set.contract',
    ])
  })
})

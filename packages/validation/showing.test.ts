import { readTable } from '@mlops-actions/table'
import type { Check, JsonObject } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import type { Definition } from './definition.ts'
import { definitions } from './definitions.ts'
import { validateFiles } from './reading.ts'
import { source } from './source.fixture.ts'
import { parseSuite } from './suite.ts'

/** A column of each type that holds one value only: whatever is told of it, an average too, tells the secret. */
const columns = { word: 'hunter2', amount: '73019.5', day: '1987-03-14', code: '73019' }
const secret = /hunter2|73019|73,019|1987-03-14|146\d{3}|219058/
const csv = `${Object.keys(columns).join(',')},plain,at\n${`${Object.values(columns).join(',')},7,1980-01-01\n`.repeat(3)}`
const data = source(csv)
const files = new Map([['other.csv', await readTable([source(csv.replaceAll(/hunter2|73019/g, '5'), 'other.csv')])]])

/** Rules that the data break, with a value for every kwarg that an expectation can have. */
function kwargsFor({ kwargs, schema }: Definition, column: string): JsonObject {
  const isText = column === 'word' || column === 'day'
  const all: JsonObject = {
    column,
    column_A: column,
    column_B: 'plain',
    column_list: [column, 'plain'],
    value: 1,
    value_set: ['nothing', 5],
    value_pairs_set: [['nothing', 5]],
    regex: '^$',
    regex_list: ['^$'],
    type_: 'boolean',
    type_list: ['boolean'],
    quantile_ranges: { quantiles: [0.5], value_ranges: [[0, 1]] },
    partition_object: { values: ['nothing'], weights: [1] },
    threshold: 0,
    double_sided: true,
    strictly: true,
    multiplier: 0,
    strftime_format: '%H',
    json_schema: { type: 'null' },
    sum_total: 1,
    max_age: '1 day',
    file: 'other.csv',
    file_column: column,
    label: 'plain',
    time: 'at',
    feature: column,
    event: 'at',
  }
  // Bounds are of the column's type, where an expectation takes more than numbers.
  const bounds = [
    ...(isText ? [{ min_value: '1900-01-01', max_value: '1900-01-02' }] : []),
    { min_value: 0, max_value: 1 },
  ]
  const candidates = bounds.map((of) =>
    Object.fromEntries(Object.entries({ ...all, ...of }).filter(([name]) => kwargs.includes(name))),
  )
  return candidates.find((of) => schema.safeParse(of).success) ?? candidates[0]!
}

async function judge(type: string, kwargs: JsonObject, sensitive: string[]): Promise<Check> {
  const suite = parseSuite(JSON.stringify({ expectations: [{ type, kwargs }] }), 'suite.json')
  const [check] = await validateFiles([data], suite, {
    beside: { now: Date.UTC(2026, 0), files },
    showing: { files: ['data.csv'], sensitive },
  })
  return check!
}

const aboutColumns = [...definitions].filter(([type]) => !type.startsWith('expect_table_'))
const cases = aboutColumns.flatMap(([type, definition]) =>
  Object.keys(columns).map((column) => [type, column, kwargsFor(definition, column)] as const),
)

describe('a check of a sensitive column', () => {
  it.each(cases)('%s of %s holds none of its values', async (type, column, kwargs) => {
    const plain = await judge(type, kwargs, [])
    // What is about the whole table names no column of which it would show the values.
    const isNamed = JSON.stringify(kwargs).includes(`"${column}"`)
    const check = await judge(type, kwargs, isNamed ? [column] : Object.keys(columns))
    expect(JSON.stringify(check)).not.toMatch(secret)
    // What was judged is the same, and where the rows stand is told.
    expect([check.id, check.status, check.severity]).toEqual([plain.id, plain.status, plain.severity])
    for (const key of ['unexpected_rows', 'unexpected_files', 'unexpected_count', 'element_count'])
      expect(check.evidence[key]).toEqual(plain.evidence[key])
  })

  it('would hold them otherwise', async () => {
    const shown = await Promise.all(cases.map(([type, , kwargs]) => judge(type, kwargs, [])))
    const types = new Set(shown.filter((c) => secret.test(JSON.stringify(c))).map((c) => c.evidence.expectation))
    expect(types.size).toBeGreaterThan(30)
  })

  it('shows the names of columns', async () => {
    const kwargs = { column_list: ['plain', 'word'] }
    const check = await judge('expect_table_columns_to_match_ordered_list', kwargs, ['word'])
    expect(check.evidence.observed_value).toEqual([...Object.keys(columns), 'plain', 'at'])
  })
})

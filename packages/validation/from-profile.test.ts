import {
  merge,
  type Profile,
  parseProfile,
  profileTable,
  serialiseProfile,
  serialiseShard,
} from '@mlops-actions/profile'
import { readTable } from '@mlops-actions/table'
import type { Check } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heldBetween, quantileBounds, validateProfile } from './from-profile.ts'
import { validateFiles } from './reading.ts'
import { source } from './source.fixture.ts'
import { parseSuite } from './suite.ts'
import { validate } from './validate.ts'

const header = 'n,x,t,b,d'
const types = { n: 'integer', x: 'number', t: 'text', b: 'boolean', d: 'timestamp' } as const
const csvOf = (rows: string[]) => `${[header, ...rows].join('\n')}\n`

/** The merged profile of the shards, each through its file. */
async function merged(shards: string[][], sensitive: string[] = []): Promise<Profile> {
  const profiles: Profile[] = []
  for (const rows of shards) {
    const profile = await profileTable(await readTable([source(csvOf(rows))], { types }), { sensitive })
    profiles.push(parseProfile(serialiseShard(profile), 'shard.json'))
  }
  return merge(profiles)
}

const everything = `
rows: { between: [3, 40] }
columns:
  n: { type: integer, not_null: true, unique: true, between: [-3, 8], in_set: [1, 2, 3, 4, 5], min: [-5, 0], max: [2, 9], mean: [-1, 3], median: [0, 2], stdev: [0, 6], sum: [-20, 40], distinct: [2, 9], mostly: 0.8 }
  x: { type: integer, between: [-0.5, 2.5], not_in_set: [0.5, 1], mean: [0.2, 1.3], median: [0, 1] }
  t: { type: integer, empty: true, in_set: [ab, AB-12, 'é'], not_in_set: [zz], matches: '^[a-z]+$', not_matches: '[0-9]', length: [1, 3], unique: true, mostly: 0.5 }
  b: { type: boolean, in_set: [true], not_null: true, mostly: 0.4 }
  d: { type: timestamp, between: ['2020-01-02', '2020-02-01'], min: ['2020-01-01', null], max: [null, '2020-02-20'], unique: true }
expectations:
  - { type: expect_table_columns_to_match_set, column_set: [n, x, t, b, d] }
  - { type: expect_table_column_count_to_equal, value: 5 }
  - { type: expect_column_to_exist, column: n, column_index: 0 }
  - { type: expect_column_values_to_be_in_type_list, column: x, type_list: [integer, text] }
  - { type: expect_column_value_lengths_to_equal, column: t, value: 2 }
  - { type: expect_column_values_to_match_regex_list, column: t, regex_list: ['^a', 'z$'], mostly: 0.3 }
  - { type: expect_column_distinct_values_to_be_in_set, column: n, value_set: [0, 1, 2, 3] }
  - { type: expect_column_distinct_values_to_contain_set, column: t, value_set: [ab] }
  - { type: expect_column_distinct_values_to_equal_set, column: b, value_set: [true, false] }
  - { type: expect_column_proportion_of_unique_values_to_be_between, column: t, min_value: 0.2, max_value: 0.8 }
  - { type: expect_column_most_common_value_to_be_in_set, column: t, value_set: [ab, zz], ties_okay: true }
  - { type: expect_column_mean_to_be_between, column: t, min_value: 0 }
  - { type: expect_column_type_to_be, column: x, type_: integer }
  - { type: expect_column_values_to_match_strftime_format, column: t, strftime_format: "%M", mostly: 0.3 }
  - { type: expect_column_values_to_be_json_parseable, column: t, mostly: 0.2 }
  - { type: expect_column_values_to_match_json_schema, column: t, json_schema: { minimum: 12 }, mostly: 0.2 }
  - { type: expect_column_proportion_of_non_null_values_to_be_between, column: n, min_value: 0.8 }
  - { type: expect_column_max_to_be_between, column: missing, max_value: 1 }
`

const compared = ({ id, status, evidence }: Check) => ({
  id,
  status,
  success: evidence.success,
  element_count: evidence.element_count,
  missing_count: evidence.missing_count,
  unexpected_count: evidence.unexpected_count,
})

describe('validateProfile', () => {
  const cell = <T>(of: fc.Arbitrary<T>) => fc.option(of, { freq: 6 })
  const row = fc.record({
    n: cell(fc.integer({ min: -4, max: 9 })),
    x: cell(fc.constantFrom(-1, 0, 0.5, 1, 1.25, 2)),
    t: cell(fc.constantFrom('ab', 'AB-12', 'zz', 'é', '😀x', '12')),
    b: cell(fc.boolean()),
    d: cell(fc.constantFrom('2020-01-01', '2020-01-15', '2020-02-01T10:00', '2020-03-01')),
  })
  const written = fc.array(
    row.map(({ n, x, t, b, d }) => [n, x, t, b, d].map((of) => of ?? '').join(',')),
    { minLength: 1, maxLength: 50 },
  )

  it('says of merged shards what validate says of all their rows', async () => {
    const suite = parseSuite(everything, 'suite.yaml')
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(written, { minLength: 1, maxLength: 4 }), async (shards) => {
        const whole = await validate(await readTable([source(csvOf(shards.flat()))], { types }), suite)
        const checks = validateProfile(await merged(shards), suite)
        expect(checks.map(compared)).toEqual(whole.map(compared))
        for (const { id, status } of checks) seen.add(`${id} ${status}`)
      }),
      { numRuns: 80 },
    )
    // So that the comparison is of both outcomes of nearly every expectation.
    const outcomes = suite.expectations.filter(
      ({ type, kwargs: { column } }) =>
        [...seen].some((of) => of.startsWith(`${type}${column ? `.${column}` : ''} passed`)) &&
        [...seen].some((of) => of.startsWith(`${type}${column ? `.${column}` : ''} failed`)),
    )
    expect(outcomes.length).toBeGreaterThan(35)
  })

  /** One row in `n` distinct ones: more than a sketch lists. */
  const many = (n: number) =>
    Array.from(
      { length: n },
      (_, i) => `${i},${(i * 7919) % n},id-${i},${i % 3 === 0},${new Date(1.6e12 + i * 6e7).toISOString()}`,
    )

  it('passes or fails only what its bounds settle, and never passes the rest', async () => {
    const rows = many(6000)
    const profile = await merged([rows.slice(0, 2500), rows.slice(2500)])
    const judge = async (suite: string) => {
      const parsed = parseSuite(suite, 'suite.yaml')
      const whole = await validateFiles([source(csvOf(rows))], parsed)
      const checks = validateProfile(profile, parsed)
      return checks.slice(0, 1).map(({ status, detail }, i) => ({ status, whole: whole[i]!.status, detail }))[0]!
    }
    const settled = [
      'n: { between: [0, 5999] }',
      'n: { between: [1, 5999] }',
      'n: { between: [600, 5999], mostly: 0.8 }',
      'n: { between: [600, 5999], mostly: 0.95 }',
      'n: { type: integer }',
      'x: { type: number }',
      'n: { median: [2900, 3100] }',
      'n: { median: [3100, null] }',
      'n: { mean: [2999.5, 2999.5] }',
      'n: { max: [5999, 5999] }',
      'n: { distinct: [5000, 7000] }',
      'n: { distinct: [7000, null] }',
      't: { length: [4, 7] }',
      't: { length: 7 }',
      'd: { between: ["2020-01-01", "2021-01-01"] }',
      'b: { in_set: [true], mostly: 0.3 }',
    ]
    for (const column of settled) {
      const { status, whole, detail } = await judge(`columns: { ${column} }`)
      expect([column, detail, status]).toEqual([column, status === 'passed' ? undefined : detail, whole])
    }
    const open = [
      'n: { between: [600, 5999], mostly: 0.9 }',
      'n: { median: [2999, 3000] }',
      'n: { distinct: [6000, 6000] }',
      'n: { unique: true }',
      't: { unique: true }',
      't: { type: timestamp }',
      't: { in_set: [a, b] }',
      'n: { in_set: [1, 2] }',
      'n: { matches: "^[0-9]+$" }',
      'n: { length: [1, 4] }',
      't: { matches: "^id-" }',
      't: { not_in_set: [id-6000] }',
    ]
    for (const column of open) {
      const { status, detail } = await judge(`columns: { ${column} }`)
      expect([column, status], detail).toEqual([column, 'errored'])
      expect(detail).toMatch(/^A profile cannot tell: /)
    }
  })

  it('settles quantiles by where they must lie, whatever the method', async () => {
    const rows = many(6000)
    const profile = await merged([rows.slice(0, 1700), rows.slice(1700)])
    const quantiles = (ranges: string) =>
      `expectations: [{ type: expect_column_quantile_values_to_be_between, column: n, quantile_ranges: { quantiles: [0.1, 0.5, 0.99], value_ranges: ${ranges} } }]`
    const outcomes = {
      '[[500, 700], [2900, 3100], [null, 6000]]': 'passed',
      '[[500, 700], [3100, 3200], [null, 6000]]': 'failed',
    }
    for (const [ranges, outcome] of Object.entries(outcomes)) {
      const suite = parseSuite(quantiles(ranges), 's.yaml')
      const whole = await validate(await readTable([source(csvOf(rows))], { types }), suite)
      expect([whole[0]!.status, validateProfile(profile, suite)[0]!.status]).toEqual([outcome, outcome])
    }
    const narrow = parseSuite(quantiles('[[599, 601], [2999, 3000], [null, null]]'), 's.yaml')
    expect(validateProfile(profile, narrow)[0]).toMatchObject({
      status: 'errored',
      detail: expect.stringMatching(/^A profile cannot tell: the quantiles/),
    })
  })

  it('judges nothing that needs rows, another reading, or values that are hidden', async () => {
    const rows = many(30)
    const profile = await merged([rows], ['n', 't'])
    const statuses = (of: Profile, suite: string) =>
      validateProfile(of, parseSuite(suite, 's.yaml')).map(({ status }) => status)
    for (const rule of ['between: [0, 99]', 'in_set: [1]', 'unique: true', 'min: [0, 0]'])
      expect(statuses(profile, `columns: { n: { ${rule} } }`)[0], rule).toBe('errored')
    expect(statuses(profile, 'columns: { n: { not_null: true, mean: [10, 20] } }')).toEqual([
      'passed',
      'passed',
      'passed',
    ])
    expect(statuses(profile, 'columns: { t: { in_set: [id-1] } }')[0]).toBe('errored')
    for (const rule of [
      'expect_column_values_to_be_increasing, column: x',
      'expect_column_pair_values_to_be_equal, column_A: x, column_B: n',
    ])
      expect(statuses(profile, `expectations: [{ type: ${rule} }]`)[0], rule).toBe('errored')
    const some =
      'expectations: [{ type: expect_column_values_to_not_be_null, column: x, row_condition: "x>0", condition_parser: pandas }]'
    expect(statuses(profile, some)[0]).toBe('errored')
    const theirs = 'name: theirs\nexpectations: [{ type: expect_column_values_to_not_be_null, kwargs: { column: x } }]'
    expect(statuses(profile, theirs)[0]).toBe('errored')
    const kept = parseProfile(serialiseProfile(profile), 'profile.json')
    expect(statuses(kept, 'columns: { x: { between: [0, 99] } }')[0]).toBe('errored')
    expect(statuses(kept, 'columns: { x: { not_null: true } }')[0]).toBe('passed')
  })

  it('fails a table without rows, and a column without values', async () => {
    const empty = await merged([[]])
    expect(validateProfile(empty, parseSuite('columns: { n: { between: [0, 1] } }', 's')).map((c) => c.status)).toEqual(
      ['passed', 'failed'],
    )
    const nothing = await merged([[',1,a,true,2020-01-01']])
    expect(validateProfile(nothing, parseSuite('columns: { n: { between: [0, 1] } }', 's')).at(-1)).toMatchObject({
      id: 'guard.column.n',
      status: 'failed',
    })
  })
})

describe('quantileBounds', () => {
  it('holds every quantile of the rows', async () => {
    const values = Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 20_011) ** 1.5)
    const rows = values.map((value) => `1,${value},a,true,2020-01-01`)
    const profile = await merged([rows.slice(0, 700), rows.slice(700)])
    const column = profile.columns.find(({ name }) => name === 'x')!
    const sorted = values.sort((a, b) => a - b)
    for (let p = 0; p <= 1; p += 0.01) {
      const [low, high] = quantileBounds(column, p)
      const place = (sorted.length - 1) * p
      expect(low).toBeLessThanOrEqual(sorted[Math.floor(place)]!)
      expect(high).toBeGreaterThanOrEqual(sorted[Math.ceil(place)]!)
    }
  })
})

describe('heldBetween', () => {
  it('is true only where all of the range is within, and false only where none is', () => {
    const of = { min_value: 0, max_value: 10, strict_max: true }
    expect(heldBetween([0, 9], of)).toBe(true)
    expect(heldBetween([0, 10], of)).toBe(undefined)
    expect(heldBetween([10, 12], of)).toBe(false)
    expect(heldBetween([-3, -1], of)).toBe(false)
    expect(heldBetween([-3, 12], of)).toBe(undefined)
    expect(heldBetween([-3, 12], {})).toBe(true)
  })
})

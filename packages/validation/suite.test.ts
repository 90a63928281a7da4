import { readFileSync } from 'node:fs'
import { UserError } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definitions } from './definitions.ts'
import { known, retired } from './known.ts'
import { filesOf, parseSuite } from './suite.ts'

const said = (text: string) =>
  parseSuite(text, 'suite.yaml').expectations.map(({ type, kwargs, severity }) => [type, kwargs, severity])

function mistakeIn(text: string): UserError {
  try {
    parseSuite(text, 'suite.yaml')
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('the suite was taken')
}

describe('the short form', () => {
  it('says what it says in the order of the file, with the long form beside it', () => {
    const text = `
columns:
  tenure: { type: integer, mean: [1, 2], between: [0, null], mostly: 0.99, severity: warned, not_null: true }
  plan: { in_set: [a, b], unique: false, matches: '^.$', length: 1 }
  id:
rows: { between: [1, 10] }
expectations:
  - type: expect_column_values_to_be_unique
    column: id
    severity: info
`
    const warned = 'warned'
    expect(said(text)).toEqual([
      ['expect_column_values_to_be_of_type', { column: 'tenure', type_: 'integer', mostly: 0.99 }, warned],
      ['expect_column_mean_to_be_between', { column: 'tenure', min_value: 1, max_value: 2 }, warned],
      ['expect_column_values_to_be_between', { column: 'tenure', min_value: 0, mostly: 0.99 }, warned],
      ['expect_column_values_to_not_be_null', { column: 'tenure', mostly: 0.99 }, warned],
      ['expect_column_values_to_be_in_set', { column: 'plan', value_set: ['a', 'b'] }, 'failed'],
      ['expect_column_values_to_match_regex', { column: 'plan', regex: '^.$' }, 'failed'],
      ['expect_column_value_lengths_to_equal', { column: 'plan', value: 1 }, 'failed'],
      ['expect_column_to_exist', { column: 'id' }, 'failed'],
      ['expect_table_row_count_to_be_between', { min_value: 1, max_value: 10 }, 'failed'],
      ['expect_column_values_to_be_unique', { column: 'id' }, warned],
    ])
    expect(parseSuite(text, 'suite.yaml').compat).toBe('none')
  })

  it('has words of our own for what looks beyond one column or file', () => {
    const text = `
rows: { of_reference: [0.5, null] }
columns: { id: { in_file: { file: data/ids.csv, column: key }, fresh: 7 days, mostly: 0.9, severity: warned } }
leaks: { holdout: data/h.csv, label: y, time: at, except: [z] }
point_in_time: { feature: f, event: at }
`
    expect(said(text)).toEqual([
      ['expect_table_row_count_of_reference_to_be_between', { min_value: 0.5 }, 'failed'],
      [
        'expect_column_values_to_be_in_file',
        { column: 'id', file: 'data/ids.csv', file_column: 'key', mostly: 0.9 },
        'warned',
      ],
      ['expect_column_to_be_fresh', { column: 'id', max_age: '7 days' }, 'warned'],
      ['expect_columns_to_not_tell_label', { label: 'y', except: ['z'] }, 'failed'],
      ['expect_columns_to_not_be_later_than', { time: 'at', except: ['z'] }, 'failed'],
      ['expect_rows_to_not_be_in_file', { file: 'data/h.csv', except: ['z'] }, 'failed'],
      ['expect_features_to_be_known_at_event', { feature: 'f', event: 'at' }, 'failed'],
    ])
    const suite = parseSuite(text, 'suite.yaml')
    expect(filesOf(suite).map(({ file, where }) => [file, where.key])).toEqual([
      ['data/ids.csv', 'columns.id.in_file'],
      ['data/h.csv', 'leaks.holdout'],
    ])
  })

  it('gives what is not of Great Expectations a name that is not theirs', () => {
    const own = [...definitions.keys()].filter((name) => !known.has(name))
    expect(own).toEqual([
      'expect_table_row_count_of_reference_to_be_between',
      'expect_column_to_be_fresh',
      'expect_features_to_be_known_at_event',
      'expect_columns_to_not_be_later_than',
      'expect_column_values_to_be_in_file',
      'expect_rows_to_not_be_in_file',
      'expect_columns_to_not_tell_label',
    ])
    expect(own.filter((name) => retired.has(name))).toEqual([])
  })

  it('is what the churn example uses', () => {
    const text = readFileSync(new URL('../../examples/churn/suite.yaml', import.meta.url), 'utf8')
    expect(parseSuite(text, 'suite.yaml').expectations.length).toBeGreaterThan(15)
  })

  it.each([
    ['columns:\n  a: { betwen: [0, 1] }', 2, 8, 'betwen', 'between'],
    ['colums: {}', 1, 1, 'colums', 'columns'],
    ['columns:\n  a:\n    type: integre', 3, 11, '"type"', ''],
    ['columns:\n  a:\n    between: [0]', 3, 14, '"between"', ''],
    ['columns:\n  a: { between: [null, null] }', 2, 17, 'cannot both be missing', ''],
    ['columns:\n  a: { in_set: 3 }', 2, 16, 'a list of values', ''],
    ['columns:\n  a: { fresh: a week }', 2, 15, 'such as 7 days', ''],
    ['columns:\n  a: { in_file: { file: b.csv } }', 2, 6, 'column', ''],
    ['leaks: { lable: y }', 1, 10, 'lable', 'label'],
    ['leaks: { except: [y] }', 1, 8, 'expected label, time or holdout', ''],
    ['point_in_time: { feature: a }', 1, 16, 'event', ''],
    ['rows: { of_reference: [null, null] }', 1, 23, 'cannot both be missing', ''],
    ['columns:\n  a: { mostly: 2, unique: true }', 2, 16, 'from 0 to 1', ''],
    ['columns:\n  a: { severity: fatal }', 2, 18, 'no severity', 'failed'],
    ['rows: { betwen: [0, 1] }', 1, 9, 'betwen', 'between'],
    ['rows: { between: [2, 1] }', 1, 18, 'less than or equal', ''],
    ['compat: pandas\ncolumns: {a: }', 1, 9, 'compat', 'great-expectations'],
    ['columns: {a: }\nallow_empty: maybe', 2, 14, 'allow_empty', ''],
    ['columns: [a]', 1, 10, 'columns', ''],
    ['columns:\n  a: {unique: true\n  b: {}', 3, 3, 'not valid YAML', ''],
  ])('refuses %j at %i:%i', (text, line, column, message, help) => {
    const mistake = mistakeIn(text)
    expect(mistake.code).toBe('SUITE_INVALID')
    expect(mistake.where).toMatchObject({ file: 'suite.yaml', line, column })
    expect(mistake.message).toContain(message)
    expect(mistake.help).toContain(help)
  })

  it.each(['', 'null', '3', '{}', 'expectations: []', 'columns: {}', '- 1', 'a: &a [*a]'])(
    'refuses %j: nothing would be judged',
    (text) => {
      expect(() => parseSuite(text, 'suite.yaml')).toThrow(UserError)
    },
  )
})

describe('the long form', () => {
  const both = { column: 'a', min_value: 0 }

  it.each([
    [
      '1.x',
      {
        name: 's',
        meta: { great_expectations_version: '1.2.0' },
        expectations: [{ type: 'T', kwargs: both, id: 'x', severity: 'warning' }],
      },
    ],
    [
      '0.x',
      {
        expectation_suite_name: 's',
        data_asset_type: null,
        meta: {},
        expectations: [{ expectation_type: 'T', kwargs: { ...both, result_format: 'BASIC' }, meta: {} }],
      },
    ],
  ])('reads a suite file of Great Expectations %s, indented by tabs too', (version, of) => {
    const text = JSON.stringify(of, null, '\t').replace('"T"', '"expect_column_values_to_be_between"')
    const suite = parseSuite(text, 'suite.json')
    expect(suite).toMatchObject({ name: 's', compat: 'great-expectations' })
    expect(suite.expectations).toMatchObject([
      {
        type: 'expect_column_values_to_be_between',
        kwargs: both,
        severity: version === '1.x' ? 'warned' : 'failed',
        where: { line: expect.any(Number) },
      },
    ])
  })

  it('reads a bare list, and the Infinity that Python writes', () => {
    const text =
      '[{"expectation_type": "expect_column_max_to_be_between", "kwargs": {"column": "a", "min_value": -Infinity, "max_value": 3}}]'
    expect(said(text)).toEqual([
      ['expect_column_max_to_be_between', { column: 'a', min_value: Number.NEGATIVE_INFINITY, max_value: 3 }, 'failed'],
    ])
  })

  it.each([
    ['type: expect_column_values_to_be_betwen, column: a', 'expect_column_values_to_be_between'],
    ['type: expect_column_values_to_be_between, kwargs: {column: a, minvalue: 3}', 'min_value'],
    ['type: expect_column_values_to_be_between, kwargs: {min_value: 3}', 'column'],
    ['type: expect_column_values_to_be_between, column: a, min_value: [3]', 'Change'],
    ['column: a', 'type: expect_'],
    ['type: expect_column_to_exist, kwargs: 3', 'name: value'],
    ['type: expect_column_values_to_be_null, column: a, row_condition: x, condition_parser: panda', 'pandas'],
  ])('refuses {%s}, on its line', (of, help) => {
    const mistake = mistakeIn(`expectations:\n  - { type: expect_column_to_exist, column: a }\n  - { ${of} }`)
    expect(mistake.where.line).toBe(3)
    expect(mistake.help).toContain(help)
  })

  it.each([
    ['type: expect_column_values_to_be_dateutil_parseable, column: a', 'dateutil'],
    ['type: expect_column_values_to_match_like_pattern, column: a, like_pattern: x', 'SQL'],
    ['type: expect_column_chisquare_test_p_value_to_be_greater_than, column: a', 'dropped'],
    [
      'type: expect_column_values_to_be_null, column: a, row_condition: b + 1 > 3, condition_parser: pandas',
      'row_condition',
    ],
    ['type: expect_column_mean_to_be_between, column: a, auto: true', 'auto'],
    ['type: expect_column_values_to_be_in_set, column: a, value_set: [x], parse_strings_as_datetimes: true', 'parse'],
  ])('keeps {%s} and says that it is not supported', (of, reason) => {
    const [expectation] = parseSuite(`expectations: [{ ${of} }]`, 'suite.yaml').expectations
    expect(expectation!.unsupported).toMatch(/^not supported/)
    expect(expectation!.unsupported).toContain(reason)
  })
})

it('throws nothing but UserErrors, whatever the text', () => {
  const word = fc.constantFrom(
    'columns',
    'rows',
    'expectations',
    'type',
    'kwargs',
    'column',
    'between',
    'expect_column_to_exist',
    'mostly',
    'a',
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      word,
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(word, tie('tree'), { maxKeys: 4 }),
    ),
  }))
  const taken = (text: string) => {
    try {
      return parseSuite(text, 'suite.yaml').expectations.length > 0
    } catch (error) {
      return error instanceof UserError
    }
  }
  fc.assert(
    fc.property(fc.dictionary(word, tree), (of) => taken(JSON.stringify(of))),
    { numRuns: 500 },
  )
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'columns:expect-[]{}&*!|>\'"% \n\t,a1') }), taken))
})

import { describe, expect, it } from 'vitest'
import { parseSuite } from './suite.ts'
import { ParameterError, withParameters } from './suite-parameters.ts'

const values = { low: -2, high: 7.5, start: '2024-02-28', at: '2024-01-05T10:30:00+02:00', set: ['a'], E: 3, yes: true }
const now = new Date('2026-03-01T12:00:00.250Z')
const of = (expression: string) => withParameters({ of: { $PARAMETER: expression } }, { values, now }).of

// What great_expectations 1.24.1 gives; test/interop/great-expectations.ts compares thousands with it.
it.each([
  ['high', 7.5],
  ['set', ['a']],
  ['yes', true],
  ['E', 3],
  ['+low', -2],
  ['low * 3 - 1', -7],
  ['-2 ^ 2', 4],
  ['2 ^ 3 ^ 2', 512],
  ['+-4', 4],
  ['7 / 2 * 2', 7],
  ['round(2.5) + round(-3.5)', -2],
  ['round(2.675, 2) + 0', 2.67],
  ['trunc(-high)', -7],
  ['1 + trunc()', 1],
  ['sgn(low) * abs(low)', -2],
  ['now()', '2026-03-01T12:00:00.250000'],
  ['now() - timedelta(days=1, hours=12)', '2026-02-28T00:00:00.250000'],
  ['start + timedelta(2)', '2024-03-01T00:00:00'],
  ['at + timedelta(hours=1)', '2024-01-05T11:30:00+02:00'],
  ['(datetime(2024, 3, 1) - start) / timedelta(days=1)', 2],
])('%s is %j', (expression, value) => {
  expect(of(expression)).toEqual(value)
})

describe('refused by name', () => {
  it.each([
    ['lower', 'no value was found under suite_parameters'],
    ['5', 'no value was found'],
    ['lower + 1', 'no value of lower'],
    ['set + 1', 'neither a number nor a text'],
    ['(high)', 'nothing but parentheses'],
    ['high +', 'ends too early'],
    ['high low', 'not understood (character 6)'],
    ['1 / (low + 2)', 'divides by zero'],
    ['9 ^ 9 ^ 9', 'too large'],
    ['low ^ 0.5', 'no real number'],
    ['start * 2', 'Python has no datetime * int'],
    ['now() - start', 'span of time'],
    ['start - at', 'names a zone'],
    ['datetime(2024, 2, 30)', 'no date'],
    ['timedelta(dayz=1)', 'days'],
    ['exec(1)', 'no function exec'],
    ['__import__("os")', 'not understood'],
    ['constructor', 'no value was found'],
    [`${'('.repeat(1000)}1`, 'nested too deeply'],
    ['urn:great_expectations:validations:other:expect_column_mean_to_be_between.result.observed_value', 'store'],
  ])('%s', (expression, why) => {
    expect(() => of(expression)).toThrow(ParameterError)
    expect(() => of(expression)).toThrow(why)
  })

  it('now() where no clock was given', () => {
    expect(() => withParameters({ of: { $PARAMETER: 'now()' } }, { values, now: undefined })).toThrow('no clock')
  })
})

it('takes the values of a suite of 1.x and of 0.x, and a default beside the parameter', () => {
  const expectation = '{"type": "expect_column_max_to_be_between", "kwargs": {"column": "a", "max_value": '
  const read = (head: string, parameter: string) =>
    parseSuite(`{${head} "expectations": [${expectation}${parameter}}}]}`, 'suite.json').expectations[0]!
  const doubled = '{"$PARAMETER": "most * 2"}'
  expect(read('"suite_parameters": {"most": 4},', doubled).kwargs).toEqual({ column: 'a', max_value: 8 })
  expect(read('"evaluation_parameters": {"most": 5},', doubled).kwargs).toEqual({ column: 'a', max_value: 10 })
  expect(read('', '{"$PARAMETER": "most", "$PARAMETER.most": 6}').kwargs).toEqual({ column: 'a', max_value: 6 })
  expect(read('', doubled).unsupported).toContain('`max_value` is the suite parameter "most * 2": no value of most')
})

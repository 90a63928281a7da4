import type { Source } from '@mlops-actions/table'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConditionError, columnsOf, parseCondition } from './condition.ts'
import { validateFiles } from './reading.ts'
import { parseSuite } from './suite.ts'

const csv = 'n,m,word,flag,day\n1,,cat,true,2024-01-01\n2,5,dog,false,2024-02-01\n3,3,,true,2024-03-01\n'
const source: Source = {
  name: 'data.csv',
  async *open() {
    yield Buffer.from(csv)
  },
}

/** The lines of the rows that a condition lets through, by an expectation that no row fulfils. */
async function lines(condition: unknown, parser: string | null = 'pandas'): Promise<unknown> {
  const rule = { type: 'expect_column_values_to_be_in_set', column: 'n', value_set: [99] }
  const expectation = { ...rule, row_condition: condition, ...(parser === null ? {} : { condition_parser: parser }) }
  const suite = parseSuite(JSON.stringify({ expectations: [expectation] }), 'suite.json')
  const [check] = await validateFiles([source], suite)
  return check!.status === 'errored' ? check!.detail : check!.evidence.unexpected_rows
}

describe('a condition on rows', () => {
  it.each([
    ['n > 1', [3, 4]],
    ['n > 1 and m == 5', [3]],
    ['n == 1 or n == 3', [2, 4]],
    ['(n == 1) | (n == 2) & (m == 5)', [2, 3]],
    ['not n == 1', [3, 4]],
    ['~(n < 3)', [4]],
    ['1 < n <= 3', [3, 4]],
    ['n in [1, 3.0]', [2, 4]],
    ['n not in (1, 3)', [3]],
    ['n == [1, 2]', [2, 3]],
    ['`n` == m', [4]],
    ['m != 5', [2, 4]],
    ['m < 5', [4]],
    ['word != "cat"', [3, 4]],
    ["word == 'cat'", [2]],
    ['word.isnull()', [4]],
    ['word.notna() and flag', [2]],
    ['flag == False', [3]],
    ['n == "1"', []],
    ['n != "1"', [2, 3, 4]],
    ['n > -1.5e0', [2, 3, 4]],
    ['day >= "2024-02-01"', [3, 4]],
  ])('%s', async (condition, expected) => {
    expect(await lines(condition)).toEqual(expected)
  })

  it.each([
    ['col("n") >= 2', [3, 4]],
    ["col('n') >= 2", 'does not begin'],
    ['col("word").notNull()', [2, 3]],
    ['col("word") == "cat"', [2]],
    ['col("word") != "cat"', [3]],
    ['col("day") < date("2024-02-01")', [2]],
  ])('%s, in the dialect that Great Expectations made', async (condition, expected) => {
    const found = await lines(condition, 'great_expectations')
    if (typeof expected === 'string') expect(found).toContain(expected)
    else expect(found).toEqual(expected)
  })

  it('may be an object of 1.x', async () => {
    const comparison = { type: 'comparison', column: { name: 'n' }, operator: 'IN', parameter: [1, 2] }
    const nullity = { type: 'nullity', column: { name: 'm' }, is_null: false }
    expect(await lines({ type: 'and', conditions: [comparison, nullity] }, null)).toEqual([3])
    expect(await lines({ type: 'or', conditions: [comparison, nullity] }, null)).toEqual([2, 3, 4])
    expect(await lines({ type: 'xor', conditions: [] }, null)).toContain('no type of condition')
    expect(await lines({ ...comparison, parameter: [1, 'a'] }, null)).toContain('parameter')
  })

  it.each([
    ['n > 1', null, 'condition_parser is needed'],
    ['n + 1 > 2', 'pandas', '"+" is not supported here'],
    ['word.str.len() > 2', 'pandas', '.str is not supported'],
    ['@limit < n', 'pandas', '"@"'],
    ['n >', 'pandas', 'ends too early'],
    ['(n > 1', 'pandas', '")" is expected'],
    ['n > 1 n', 'pandas', '"n" is not understood (character 7)'],
    ['__import__("os")', 'pandas', 'not understood'],
    ['q > 1', 'pandas', 'no column "q"'],
    ['word > 1', 'pandas', 'compares texts with numbers'],
    ['word', 'pandas', 'holds no true and false'],
  ])('%s (%s) is not judged', async (condition, parser, why) => {
    expect(await lines(condition, parser)).toContain(why)
  })

  it('that no row meets fails its guard, but where the expectation is about the number of rows', async () => {
    const rule = (type: string, more: object) =>
      ({ type, ...more, row_condition: 'n > 9', condition_parser: 'pandas' }) as object
    const suite = parseSuite(
      JSON.stringify({
        expectations: [
          rule('expect_column_values_to_not_be_null', { column: 'n' }),
          rule('expect_table_row_count_to_equal', { value: 0 }),
        ],
      }),
      'suite.json',
    )
    const checks = await validateFiles([source], suite)
    expect(checks.map(({ id, status }) => [id, status])).toEqual([
      ['expect_column_values_to_not_be_null.n', 'passed'],
      ['expect_table_row_count_to_equal', 'passed'],
      ['guard.rows', 'passed'],
      ['guard.condition.1', 'failed'],
    ])
    expect(checks[0]!.title).toBe('n is not empty where n > 9')
  })

  it('is read or refused, whatever the text', () => {
    const word = fc.constantFrom(
      'n',
      'm',
      '>',
      '==',
      '(',
      ')',
      'and',
      'not',
      'in',
      '[',
      ']',
      ',',
      '1',
      '"a"',
      '.',
      '-',
      '`',
      "'",
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word).map((words) => words.join(' ')),
          fc.string(),
        ),
        (text) => {
          for (const parser of ['pandas', 'great_expectations']) {
            try {
              expect(columnsOf(parseCondition(text, parser)).length).toBeGreaterThanOrEqual(0)
            } catch (error) {
              expect(error).toBeInstanceOf(ConditionError)
            }
          }
        },
      ),
    )
    expect(() => parseCondition('('.repeat(100_000), 'pandas')).toThrow(ConditionError)
    expect(() => parseCondition(`${'not '.repeat(100_000)}a`, 'pandas')).toThrow(ConditionError)
  })
})

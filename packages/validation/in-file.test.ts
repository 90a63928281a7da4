import { describe, expect, it } from 'vitest'
import { firstCheck, firstOfProfile } from './beside.fixture.ts'

const suite = 'columns: { k: { in_file: { file: keys.csv, column: id } } }'
const against = (csv: string, keys: string, text = suite) => firstCheck(csv, text, { files: { 'keys.csv': keys } })

describe('in_file', () => {
  it('finds every value that the file lacks; nulls are neither', async () => {
    const check = await against('k\n1\n\n3\n9\n9\n'.replace('\n\n', '\n""\n'), 'id,x\n1,a\n2,b\n3,\n,c\n3,d\n')
    expect(check).toMatchObject({
      status: 'failed',
      id: 'expect_column_values_to_be_in_file.k',
      title: 'k is one of id in keys.csv',
      evidence: {
        element_count: 5,
        missing_count: 1,
        unexpected_count: 2,
        partial_unexpected_list: [9, 9],
        unexpected_rows: [5, 6],
      },
    })
    expect(await against('k\n1\n3\n', 'id\n1\n2\n3\n')).toMatchObject({ status: 'passed' })
  })

  it.each([
    ['7\n8', '7\nx\n8', 'integers beside texts'],
    ['7\nx', '7\n8\n9.5\n', 'texts beside numbers'],
    ['7.0\n8.50', '7\n8.5', 'decimals beside whole numbers'],
    ['9007199254740993\n1', '1\n9007199254740993\nx', '64 bits beside texts'],
    ['True\nFalse', 'true\nfalse\nmaybe', 'booleans beside texts'],
    ['2024-01-05T00:00:00Z', '2024-01-05\nnever', 'times beside texts'],
    ['007\n008', '008\n007', 'zeros in front on both sides'],
    ['-0.0\n0.5', '0\n0.5', 'both zeros'],
  ])('compares what is written: %j in %j (%s)', async (own, others) => {
    const wanted = own.includes('x') ? { evidence: { unexpected_count: 1 } } : { status: 'passed' }
    expect(await against(`k\n${own}\n`, `id\n${others}\n`)).toMatchObject(wanted)
  })

  it('says what both sides look like where nothing is found, without a value, whatever share is asked for', async () => {
    const lax = 'columns: { k: { in_file: { file: keys.csv, column: id }, mostly: 0 } }'
    const check = await against('k\nC-007\nC-008\n', 'id\n7\n8\n', lax)
    expect(check.status).toBe('failed')
    expect(check.detail).toContain('None is there: k holds text like A-999, id of keys.csv integer like 9.')
    expect(await against('k\n007\n', 'id\n7\n')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('text like 999, id of keys.csv integer like 9'),
    })
    expect(await against('k\n1\n', 'id,x\n,a\n')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('no values'),
    })
  })

  it('heeds mostly and a condition on rows', async () => {
    const long = (more: string) =>
      `expectations: [{ type: expect_column_values_to_be_in_file, column: k, file: keys.csv, file_column: id, ${more} }]`
    const [csv, keys] = ['k,t\n1,a\n2,a\n3,b\n9,b\n', 'id\n1\n2\n3\n']
    expect(await against(csv, keys, long('mostly: 0.75'))).toMatchObject({ status: 'passed' })
    expect(await against(csv, keys, long('mostly: 0.76'))).toMatchObject({ status: 'failed' })
    const some = long(`row_condition: 't == "a"', condition_parser: pandas`)
    expect(await against(csv, keys, some)).toMatchObject({ status: 'passed', evidence: { element_count: 2 } })
  })

  it('is errored where the file is not at hand, lacks the column, or a profile is judged', async () => {
    expect(await firstCheck('k\n1\n', suite)).toMatchObject({
      status: 'errored',
      detail: 'The file keys.csv is not at hand',
    })
    expect(await against('k\n1\n', 'ids\n1\n')).toMatchObject({
      status: 'errored',
      detail: 'keys.csv has no column "id"; did you mean "ids"?',
    })
    expect(await firstOfProfile('k\n1\n', suite)).toMatchObject({
      status: 'errored',
      detail: expect.stringContaining('needs the rows'),
    })
  })

  it('leaves a column without values to its guard', async () => {
    const check = await against('k,b\n,1\n,2\n', 'id\n1\n')
    expect(check).toMatchObject({ status: 'passed', observed: 'no values' })
  })
})

import { expect, it } from 'vitest'
import { firstCheck, firstOfProfile } from './beside.fixture.ts'

const suite = 'rows: { of_reference: [0.5, 2] }'
const csv = 'a\n1\n2\n3\n'

it.each([
  [6, 'passed', '0.5 times: 3 rows, and 6 in the reference'],
  [7, 'failed', '0.429 times: 3 rows, and 7 in the reference'],
  [1, 'failed', '3 times: 3 rows, and 1 in the reference'],
])('compares the rows with a reference of %i', async (referenceRows, status, observed) => {
  const title = 'the table has between 0.5 and 2 times the rows of the reference'
  expect(await firstCheck(csv, suite, { referenceRows })).toMatchObject({ status, observed, title })
  expect(await firstOfProfile(csv, suite, { referenceRows })).toMatchObject({ status, observed })
})

it('is errored where there is nothing to compare with', async () => {
  const errored = (why: string) => ({ status: 'errored', detail: expect.stringContaining(why) })
  expect(await firstCheck(csv, suite)).toMatchObject(errored('give the input "reference"'))
  expect(await firstOfProfile(csv, suite)).toMatchObject(errored('give the input "reference"'))
  expect(await firstCheck(csv, suite, { referenceRows: 0 })).toMatchObject(errored('no rows'))
  const some =
    'expectations: [{ type: expect_table_row_count_of_reference_to_be_between, min_value: 1, row_condition: a > 1, condition_parser: pandas }]'
  expect(await firstCheck(csv, some, { referenceRows: 3 })).toMatchObject(errored('no counterpart'))
})

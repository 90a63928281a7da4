import { readFileSync } from 'node:fs'
import { UserError } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { validateFiles } from './reading.ts'
import { source } from './source.fixture.ts'
import { type Expectation, parseSuite } from './suite.ts'

interface Case {
  title: string
  success: boolean
  error: boolean
  result: Record<string, unknown>
}
const read = (name: string) => JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8'))
const suites: { name: string; csv: string; suite: string; cases: Case[] }[] = read('great-expectations.json')

/** Where the answers differ on purpose: text is of the types that it has under pandas 2 and 3, in either list. */
const onPurpose = ({ type, kwargs }: Expectation) =>
  (type === 'expect_column_values_to_be_of_type' && ['object', 'object_', 'O'].includes(String(kwargs.type_))) ||
  (type === 'expect_column_values_to_be_in_type_list' && JSON.stringify(kwargs.type_list).includes('"str"'))

/** dateutil's lax reading of dates has no equal outside Python. */
const notJudged = new Set(['expect_column_values_to_be_dateutil_parseable'])

describe.each(suites)('$name', ({ csv, suite: text, cases }) => {
  it("gives Great Expectations' own answers", async () => {
    const suite = parseSuite(text, 'suite.json')
    const checks = await validateFiles([source(csv)], suite)
    for (const [i, of] of cases.entries()) {
      const check = checks[i]!
      const { type, kwargs } = suite.expectations[i]!
      const about = `${of.title} ${JSON.stringify(kwargs)} ${check.detail ?? ''}`
      expect(check.evidence.expectation).toBe(type)
      if (notJudged.has(type)) {
        expect(check, about).toMatchObject({ status: 'errored', detail: expect.stringContaining('not supported') })
        continue
      }
      if (onPurpose(suite.expectations[i]!)) {
        expect(check.evidence.success, about).toBe(!of.success || kwargs.type_list === null)
        continue
      }
      expect(check.status, about).toBe(of.error ? 'errored' : of.success ? 'passed' : 'failed')
      for (const [key, value] of Object.entries(of.result)) {
        // It gives the greatest date as a date although the column is text; here text stays as it is written.
        const same = key === 'observed_value' && kwargs.column === 'ts' ? String(value).replace(' ', 'T') : value
        const found = check.evidence[key]
        if (typeof same === 'number' && typeof found === 'number') expect(found, about).toBeCloseTo(same, 9)
        else expect(found, `${key}: ${about}`).toEqual(same)
      }
    }
  })
})

it.each(read('refused.json') as { type: string; kwargs: object; why: string }[])(
  'refuses $type $kwargs as Great Expectations does',
  ({ type, kwargs }) => {
    expect(() => parseSuite(JSON.stringify({ expectations: [{ type, kwargs }] }), 'suite.json')).toThrow(UserError)
  },
)

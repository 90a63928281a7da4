import { readFileSync } from 'node:fs'
import type { Source } from '@mlops-actions/table'
import { expect, it } from 'vitest'
import { validateFiles } from './reading.ts'
import { strptime } from './strftime.ts'
import { parseSuite } from './suite.ts'

type Golden = { format: string; taken: string[] } | { texts: string[] }
const golden = JSON.parse(readFileSync(new URL('./strftime.golden.json', import.meta.url), 'utf8')) as Golden[]
const { texts } = golden.find((one) => 'texts' in one)!
const formats = golden.filter((one) => 'format' in one)

it.each(formats)('takes for $format what Python takes', ({ format, taken }) => {
  expect(texts.filter(strptime(format))).toEqual(taken)
})

it.each(['%Y %Y', '%D', '%Y-%', '%q'])('refuses the format %s, as Python does', (format) => {
  const suite = `expectations: [{ type: expect_column_values_to_match_strftime_format, column: a, strftime_format: "${format}" }]`
  expect(() => parseSuite(suite, 'suite.yaml')).toThrow(/cannot be used/)
})

it('judges what the file writes, also where it looks like numbers; a column that is compared as well keeps its type', async () => {
  const source: Source = {
    name: 'data.csv',
    async *open() {
      yield Buffer.from('day,doc,n\n20240105,3,7\n20241305,x,8\n')
    },
  }
  const date = 'type: expect_column_values_to_match_strftime_format, column: day, strftime_format: "%Y%m%d"'
  const rules = [
    `{ ${date} }`,
    '{ type: expect_column_values_to_be_json_parseable, column: doc }',
    '{ type: expect_column_values_to_match_regex, column: n, regex: "^[78]$", row_condition: "n > 7", condition_parser: pandas }',
  ]
  const suite = parseSuite(`expectations: [${rules.join(', ')}]`, 'suite.yaml')
  const checks = await validateFiles([source], suite)
  expect(checks.slice(0, 3).map(({ status, evidence }) => [status, evidence.partial_unexpected_list])).toEqual([
    ['failed', ['20241305']],
    ['failed', ['x']],
    ['passed', []],
  ])
})

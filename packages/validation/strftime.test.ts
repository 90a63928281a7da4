import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
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

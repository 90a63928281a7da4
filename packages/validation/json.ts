import { type Schema, Validator } from '@cfworker/json-schema'
import type { Json, JsonObject } from '@mlops-actions/verdict'
import * as z from 'zod'
import { type Cell, textOf } from './cell.ts'
import { columnOf, type Definition, define, NotJudgeable } from './definition.ts'
import { mostlyText, rowWise, rowWiseKwargs } from './row-wise.ts'
import { withinTime } from './time-limit.ts'

/** Text as Python's json module reads it: with the bare words NaN, Infinity and -Infinity. undefined where it is no JSON. */
function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    if (!/NaN|Infinity/.test(text)) return undefined
    const finite = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs, (token) =>
      token.startsWith('"') ? token : '0',
    )
    try {
      return JSON.parse(finite) as Json
    } catch {
      return undefined
    }
  }
}

const drafts: Record<string, '4' | '7' | '2019-09' | '2020-12'> = {
  'draft-04': '4',
  'draft-06': '7',
  'draft-07': '7',
  '2019-09': '2019-09',
  '2020-12': '2020-12',
}

/** A schema without `$schema` is one of 2020-12, as jsonschema takes it. */
function validator(schema: JsonObject): (value: Json) => boolean {
  const named = typeof schema.$schema === 'string' ? schema.$schema : '2020-12'
  const draft = Object.keys(drafts).find((key) => named.includes(key))
  if (draft === undefined) throw new NotJudgeable(`The JSON Schema is of a draft that is not supported: ${named}`)
  const reference = outsideReference(schema)
  if (reference !== undefined) throw new NotJudgeable(`The JSON Schema refers to ${reference}: nothing is fetched`)
  const compiled = judged(() => new Validator(schema as unknown as Schema, drafts[draft]!))
  return (value) => judged(() => compiled.validate(value).valid)
}

/** What the library gives; it throws where a pattern is none, a reference leads nowhere or into itself. */
function judged<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const why = error instanceof RangeError ? 'it, or a value, is nested without end' : (error as Error).message
    throw new NotJudgeable(`The JSON Schema cannot be applied: ${why.split('\n')[0]}`)
  }
}

function outsideReference(of: Json): string | undefined {
  if (typeof of !== 'object' || of === null) return undefined
  if (Array.isArray(of)) return of.map(outsideReference).find((found) => found !== undefined)
  if (typeof of.$ref === 'string' && !of.$ref.startsWith('#')) return of.$ref
  return outsideReference(Object.values(of))
}

const schemaObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected a JSON Schema',
)

/** The expectations over columns of JSON texts. */
export const jsonDefinitions: Record<string, Definition> = {
  expect_column_values_to_be_json_parseable: define({
    schema: z.strictObject(rowWiseKwargs),
    says: ({ mostly }) => `is JSON${mostlyText(mostly)}`,
    open({ column: name, mostly }, context) {
      const column = columnOf(name, context)
      // pandas has made numbers of these texts, and a number is no text that could be parsed.
      if (context.compat === 'great-expectations' && column.type !== 'text') return rowWise(column, mostly, () => false)
      const text = textOf(column, 'none')
      return rowWise(column, mostly, (cell) => column.type !== 'timestamp' && parseJson(text(cell)) !== undefined)
    },
  }),
  expect_column_values_to_match_json_schema: define({
    schema: z.strictObject({ ...rowWiseKwargs, json_schema: schemaObject }),
    says: ({ mostly }) => `matches the JSON Schema${mostlyText(mostly)}`,
    open({ column: name, json_schema, mostly }, context) {
      const column = columnOf(name, context)
      if (column.type !== 'text') throw new NotJudgeable(`"${name}" holds ${column.type}s, not JSON texts`)
      const valid = validator(json_schema)
      const test = (cell: Cell) => {
        const value = parseJson(cell as string)
        if (value === undefined) throw new NotJudgeable(`"${name}" holds texts that are no JSON`)
        return valid(value)
      }
      return rowWise(column, mostly, test, (work) => withinTime(work, 'of the JSON Schema'))
    },
  }),
}

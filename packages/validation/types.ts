import type { ColumnSchema, ColumnType } from '@mlops-actions/table'
import { nearest } from '@mlops-actions/verdict'
import * as z from 'zod'
import { parseNumber } from './bounds.ts'
import { type Cell, parseDate } from './cell.ts'
import { atTheEnd, type Context, columnOf, type Definition, define, type Judge, NotJudgeable } from './definition.ts'
import { mostlyText, rowWise, rowWiseKwargs } from './row-wise.ts'
import { listText } from './values.ts'

export type Kind = 'integer' | 'number' | 'boolean' | 'timestamp' | 'text'

const aliases: Record<Kind, string> = {
  integer:
    'integer int int8 int16 int32 int64 int_ uint8 uint16 uint32 uint64 long bigint smallint integertype longtype',
  number: 'number float float16 float32 float64 float_ double decimal numeric real floattype doubletype decimaltype',
  boolean: 'boolean bool bool_ booleantype',
  timestamp: 'timestamp datetime datetime64 datetime64[ns] date timestamptype datetype',
  text: 'text string str object object_ o varchar char category stringtype',
}
const kinds = new Map<string, Kind>(
  (Object.keys(aliases) as Kind[]).flatMap((kind) => aliases[kind].split(' ').map((name) => [name, kind] as const)),
)

/** What a type name means, whichever library's word it is; undefined where it means nothing. */
export function kindOf(name: string): Kind | undefined {
  return kinds.get(name.toLowerCase())
}

/** Whether the cells of such a column are of a kind: true or false for all of them, or cell by cell. */
function fits(type: ColumnType, kind: Kind): boolean | ((cell: Cell) => boolean) {
  if (kind === 'text') return true
  switch (type) {
    case 'integer':
    case 'integer64':
      return kind === 'integer' || kind === 'number'
    case 'number':
      return kind === 'number' || (kind === 'integer' && ((cell) => Number.isInteger(cell)))
    case 'boolean':
    case 'timestamp':
      return kind === type
    case 'text':
      return (cell) => spells(cell as string, kind)
  }
}

function spells(text: string, kind: Kind): boolean {
  if (kind === 'boolean') return /^(true|false)$/i.test(text)
  if (kind === 'timestamp') return parseDate(text) !== undefined
  return kind === 'integer' ? /^\s*[+-]?\d+\s*$/.test(text) : parseNumber(text) !== undefined
}

interface PandasType {
  /** The dtype, and the names that it has. */
  name: string
  names: string[]
  /** Where the dtype is object: names of the type of each value. */
  values?: string[]
}

/** What pandas' read_csv makes of a column, by the names under which Great Expectations knows it. */
function pandasType({ type, nulls }: ColumnSchema, rows: number): PandasType {
  if (nulls === rows && rows > 0) return float
  switch (type) {
    case 'integer':
    case 'integer64':
      return nulls > 0 ? float : { name: 'int64', names: ['int64', 'int', 'int_', 'intp', 'long', 'i8', '<i8'] }
    case 'number':
      return float
    case 'boolean':
      if (nulls === 0) return { name: 'bool', names: ['bool', 'bool_', '?'] }
      // Python's truth values, each of which is also an int.
      return { name: 'object', names: ['object', 'object_', 'O'], values: ['bool', 'int'] }
    // Text is `object` in pandas 2 and `str` in pandas 3, and a suite written on one should hold on the other.
    case 'timestamp':
    case 'text':
      return { name: 'str', names: ['str', 'object', 'object_', 'O'] }
  }
}
const float = { name: 'float64', names: ['float64', 'float', 'float_', 'double', 'f8', '<f8'] }

function judgeType(
  of: { column: string; mostly?: number | undefined },
  wanted: string[] | null,
  context: Context,
): Judge {
  const column = columnOf(of.column, context)
  if (wanted === null || context.compat === 'great-expectations') {
    return dtypeJudge(
      column,
      context,
      (names, values = []) => wanted === null || wanted.some((type) => [...names, ...values].includes(type)),
    )
  }
  const tests = wanted.map((name) => {
    const kind = kindOf(name)
    if (kind !== undefined) return fits(column.type, kind)
    const meant = nearest(name, kinds.keys())
    throw new NotJudgeable(`"${name}" is no type${meant === undefined ? '' : `; did you mean "${meant}"?`}`)
  })
  const judge = rowWise(column, of.mostly, (cell) =>
    tests.some((test) => (typeof test === 'boolean' ? test : test(cell))),
  )
  return {
    ...judge,
    conclude() {
      const finding = judge.conclude()
      const observed = finding.success ? column.type : `${column.type}, ${finding.observed}`
      return { ...finding, observed, evidence: { ...finding.evidence, observed_value: column.type } }
    },
  }
}

/** Judges by what pandas would have made of a column, which goes by its nulls as well. */
function dtypeJudge(
  column: ColumnSchema,
  { table }: Context,
  held: (names: string[], values: string[] | undefined) => boolean,
): Judge {
  return atTheEnd(() => {
    const { name, names, values } = pandasType(column, table.rows)
    return { success: held(names, values), observed: name, evidence: { observed_value: name } }
  })
}

/** The expectations over a column's type. */
export const typeDefinitions: Record<string, Definition> = {
  expect_column_type_to_be: define({
    schema: z.strictObject({ column: rowWiseKwargs.column, type_: z.string('expected the name of a type') }),
    says: ({ type_ }) => `is of type ${type_}`,
    open({ column: name, type_ }, context) {
      if (context.compat === 'none') return judgeType({ column: name }, [type_], context)
      return dtypeJudge(columnOf(name, context), context, (names) => names.includes(type_))
    },
  }),
  expect_column_values_to_be_of_type: define({
    schema: z.strictObject({ ...rowWiseKwargs, type_: z.string('expected the name of a type').nullable() }),
    says: ({ type_, mostly }) => `is of type ${type_}${mostlyText(mostly)}`,
    open: ({ type_, ...of }, context) => judgeType(of, type_ === null ? null : [type_], context),
  }),
  expect_column_values_to_be_in_type_list: define({
    schema: z.strictObject({ ...rowWiseKwargs, type_list: z.array(z.string()).nullable() }),
    says: ({ type_list, mostly }) => `is of a type in ${listText(type_list ?? [])}${mostlyText(mostly)}`,
    open: ({ type_list, ...of }, context) => judgeType(of, type_list, context),
  }),
}

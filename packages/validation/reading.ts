import { type ReadOptions, readOnce, readTable, type Source, type Table } from '@mlops-actions/table'
import type { Check, Json } from '@mlops-actions/verdict'
import { columnsOf } from './condition.ts'
import type { Suite } from './suite.ts'
import { kindOf } from './types.ts'
import { type ValidateOptions, validate } from './validate.ts'

/** What pandas' read_csv takes for null by default, exactly and in this case. */
const pandasNulls = [
  '',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '-1.#IND',
  '-1.#QNAN',
  '-NaN',
  '-nan',
  '1.#IND',
  '1.#QNAN',
  '<NA>',
  'N/A',
  'NA',
  'NULL',
  'NaN',
  'None',
  'n/a',
  'nan',
  'null',
]

/** How pandas' read_csv sees cells: dates stay text. */
const asPandas = { nullWords: pandasNulls, timestamps: false }

export interface FileOptions extends ValidateOptions {
  reading?: ReadOptions | undefined
  /** The files as `reading` reads them, where the caller has done that already. */
  known?: Table | undefined
}

/**
 * Judges files by a suite, which also says how they are read. Columns of which it expects nothing but what is true of texts
 * (patterns, lengths, sets of texts, `type: text`) are read as text, so that `007` and `2024-01-05` are judged as the file
 * writes them. With `compat: great-expectations`, pandas' words for null are null, and dates stay text in formats that have
 * no type for them.
 */
export async function validateFiles(
  sources: Source[],
  suite: Suite,
  { reading = {}, known, ...options }: FileOptions = {},
): Promise<Check[]> {
  const judge = (table: Table) => validate(table, suite, options)
  if (suite.compat === 'great-expectations') return readOnce(sources, { ...asPandas, ...reading }, judge)
  const texts = onlyTexts(suite)
  if (known?.schema.every(({ name, type }) => type === 'text' || !texts.has(name))) return judge(known)
  const types = Object.fromEntries([...texts].map((name) => [name, 'text' as const]))
  return readOnce(sources, { ...reading, types: { ...types, ...reading.types } }, judge)
}

/** Another file that a suite names, with the same words for null. */
export function readBeside(sources: Source[], suite: Suite, options: ReadOptions = {}): Promise<Table> {
  return readTable(sources, { ...(suite.compat === 'great-expectations' ? asPandas : {}), ...options })
}

const aboutText = /^expect_column_(?:value_lengths_|values_to_(?:(?:not_)?match_|be_json_parseable))/v
const indifferent = /^expect_column_(?:to_exist|values_to_(?:not_)?be_null|values_to_be_unique)$/v

function onlyTexts(suite: Suite): Set<string> {
  const asText = new Set<string>()
  const otherwise = new Set<string>()
  for (const { type, kwargs, condition, unsupported } of suite.expectations) {
    if (unsupported !== undefined) continue
    for (const name of condition === undefined ? [] : columnsOf(condition.parsed)) otherwise.add(name)
    const { column, column_A, column_B, column_list } = kwargs
    for (const name of [column_A, column_B, column_list].flat()) if (typeof name === 'string') otherwise.add(name)
    if (typeof column !== 'string' || indifferent.test(type)) continue
    const takesText =
      aboutText.test(type) ||
      allTexts(kwargs.value_set) ||
      (typeof kwargs.type_ === 'string' && kindOf(kwargs.type_) === 'text')
    ;(takesText ? asText : otherwise).add(column)
  }
  return new Set([...asText].filter((name) => !otherwise.has(name)))
}

function allTexts(values: Json | undefined): boolean {
  return Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'string')
}

import type { JsonObject } from '@mlops-actions/verdict'
import type { Finding } from './definition.ts'

/** What checks may show of the data. */
export interface Showing {
  /** The files of the table by name, in its order: evidence names the file of each line. */
  files?: string[]
  /** Columns none of whose values may show. */
  sensitive?: string[]
}

/** Figures that say nothing of a value: counts of rows, and where these stand; which columns tell a label, and how well. */
const counts = [
  'element_count',
  'missing_count',
  'unexpected_count',
  'unexpected_percent',
  'unexpected_bounds',
  'unexpected_rows',
  'sampled_share',
  'file_count',
  'shared_count',
  'repeated_count',
  'label_as',
  'features',
]
/** What these observe is a count, a share of rows, a type, a place among the columns, or which of them. */
const observesNoValue = new Set([
  'expect_column_to_exist',
  'expect_column_type_to_be',
  'expect_column_values_to_be_of_type',
  'expect_column_values_to_be_in_type_list',
  'expect_column_unique_value_count_to_be_between',
  'expect_column_proportion_of_unique_values_to_be_between',
  'expect_column_proportion_of_non_null_values_to_be_between',
  'expect_columns_to_not_tell_label',
  'expect_rows_to_not_be_in_file',
])

/** The columns that an expectation is about. */
export function columnsAbout({ column, column_A, column_B, column_list }: JsonObject): string[] {
  return [column, column_A, column_B, column_list].flat().filter((name) => typeof name === 'string')
}

/** A finding without anything that came from a cell. What is not known to be harmless is left out. */
export function withoutValues(type: string, { success, observed, evidence, detail, ...of }: Finding): Finding {
  const plain = observesNoValue.has(type)
  const kept: JsonObject = { redacted: true }
  for (const key of plain ? [...counts, 'observed_value'] : counts)
    if (evidence[key] !== undefined) kept[key] = evidence[key]
  // Judged row by row, what is observed is how many.
  const tells = plain || evidence.element_count !== undefined
  const told = success ? 'as expected' : 'not as expected'
  const said = plain && detail !== undefined ? { detail } : {}
  return { ...of, ...said, success, observed: tells ? observed : `${told}; the column is sensitive`, evidence: kept }
}

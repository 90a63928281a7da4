import type { Table } from '@mlops-actions/table'
import { type Check, check } from '@mlops-actions/verdict'
import type { Suite } from './suite.ts'

/**
 * The checks that keep an expectation from passing because it had nothing to judge: a table without rows, a column without
 * a value. `allow_empty` makes them skipped.
 * @param judged the columns whose values were judged
 * @param conditions the conditions on rows, and how many rows met each
 */
export function guards(
  table: Pick<Table, 'schema' | 'rows'>,
  suite: Suite,
  judged: string[],
  conditions: { text: string; rows: number }[],
): Check[] {
  const rows = guard(table.rows > 0, suite.allowEmpty, {
    id: 'guard.rows',
    title: 'the table has rows',
    subject: 'table',
    observed: `${table.rows} rows`,
    expected: 'at least one row',
    detail: 'On a table without rows every expectation over values holds, which says nothing.',
    evidence: { element_count: table.rows },
  })
  if (table.rows === 0) return [rows]
  const empty = table.schema.filter(({ name, nulls }) => nulls === table.rows && judged.includes(name))
  const columns = empty.map(({ name, nulls }) =>
    guard(false, suite.allowEmpty || suite.allowEmptyColumns.includes(name), {
      id: `guard.column.${name}`,
      title: `${name} has values`,
      subject: name,
      observed: `all ${nulls} cells are empty`,
      expected: 'at least one value',
      detail: 'Its expectations had nothing to judge. If the column may be empty, set allow_empty: true.',
      evidence: { element_count: table.rows, missing_count: nulls },
    }),
  )
  const met = conditions.map(({ text, rows: found }, i) =>
    guard(found > 0, suite.allowEmpty, {
      id: `guard.condition.${i + 1}`,
      title: 'rows meet the condition',
      subject: text,
      observed: `${found} rows`,
      expected: 'at least one row',
      detail: 'Its expectation had nothing to judge. If no row may meet it, set allow_empty: true.',
      evidence: { element_count: found, row_condition: text },
    }),
  )
  return [rows, ...columns, ...met.filter((of) => of.status !== 'passed')]
}

function guard(held: boolean, allowEmpty: boolean, of: Parameters<typeof check>[1]): Check {
  const { detail, ...rest } = of
  if (held) return check(true, rest)
  const judged = check(false, of)
  return allowEmpty ? { ...judged, status: 'skipped', detail: `Skipped by allow_empty. ${detail}` } : judged
}

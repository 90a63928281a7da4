import type { Batch, Table } from '@mlops-actions/table'
import { type Check, check, type JsonObject } from '@mlops-actions/verdict'
import { jsonSafe } from './cell.ts'
import { type Beside, type Context, type Definition, type Judge, NotJudgeable } from './definition.ts'
import { definitions } from './definitions.ts'
import { guards } from './guards.ts'
import { KeptKeys } from './kept-keys.ts'
import { formatted } from './result-format.ts'
import { type RowFilter, rowFilter } from './row-filter.ts'
import { columnsAbout, type Showing, withoutValues } from './showing.ts'
import type { Expectation, Suite } from './suite.ts'

export interface ValidateOptions {
  beside?: Beside | undefined
  showing?: Showing | undefined
}

/** One expectation on its way through the table; `reason` once it cannot be judged. */
export interface Running {
  expectation: Expectation
  definition?: Definition
  judge?: Judge
  filter?: RowFilter
  reason?: NotJudgeable
}

/**
 * Judges a table by a suite in one pass over its rows, reading only the columns that are expected something of. Gives one
 * check an expectation, in the suite's order (errored where it cannot be judged), then the guards. In a check of a sensitive
 * column stands nothing that came from a cell.
 */
export async function validate(
  table: Table,
  suite: Suite,
  { beside = {}, showing = {} }: ValidateOptions = {},
): Promise<Check[]> {
  const context = { table, compat: suite.compat, beside, kept: new KeptKeys() }
  const running = suite.expectations.map((expectation) =>
    start(expectation, { ...context, filtered: expectation.condition !== undefined }),
  )
  for (const of of running) await seeFirst(of)
  const columns = [
    ...new Set(running.flatMap(({ judge, filter }) => (judge ? [...judge.columns, ...(filter?.columns ?? [])] : []))),
  ]
  if (columns.length > 0) {
    const valued = new Set(running.flatMap(valuesOf))
    const nullsOnly = columns.filter((name) => !valued.has(name))
    for await (const batch of table.batches(columns, nullsOnly)) see(running, batch)
  }
  const ids = new Map<string, number>()
  const checks = running.map((of) => conclude(of, ids, showing))
  const judged = running.filter(({ reason, definition }) => reason === undefined && definition?.needsValues === true)
  const conditions = judged.flatMap(({ filter, expectation }) =>
    filter === undefined ? [] : [{ text: conditionText(expectation.condition), rows: filter.kept() }],
  )
  const columnsJudged = judged.flatMap(({ judge }) => judge!.columns)
  return [...checks, ...guards(table, suite, columnsJudged, conditions)]
}

function start(expectation: Expectation, context: Context): Running {
  const definition = definitions.get(expectation.type)
  if (expectation.unsupported !== undefined || definition === undefined) {
    return { expectation, reason: new NotJudgeable(expectation.unsupported ?? 'not supported') }
  }
  const of: Running = { expectation, definition }
  const { condition, kwargs } = expectation
  attempt(of, () => {
    of.judge = definition.open(kwargs, context)
    if (condition !== undefined) of.filter = rowFilter(condition.parsed, context)
  })
  return of
}

/** The columns of which more is looked at than the nulls. */
function valuesOf({ judge, filter }: Running): string[] {
  return judge === undefined ? [] : [...(judge.nullsOnly === true ? [] : judge.columns), ...(filter?.columns ?? [])]
}

/** Shows a judge the other table that it wants to see first. */
async function seeFirst(of: Running): Promise<void> {
  const first = of.judge?.first
  if (first === undefined) return
  for await (const batch of first.table.batches(first.columns)) {
    attempt(of, () => first.see(new Map(batch.columns.map((column) => [column.name, column])), batch))
    if (of.judge === undefined) return
  }
}

function see(running: Running[], batch: Batch): void {
  const columns = new Map(batch.columns.map((column) => [column.name, column]))
  for (const of of running) {
    const { judge, filter } = of
    if (judge === undefined) continue
    if (filter === undefined) {
      if (judge.columns.length > 0) attempt(of, () => judge.see(columns, batch))
      continue
    }
    attempt(of, () => {
      const some = filter.apply(batch, judge.columns)
      judge.see(new Map(some.columns.map((column) => [column.name, column])), some)
    })
  }
}

/** Does some of an expectation's work; from the first failure on it is errored. */
function attempt(of: Running, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof NotJudgeable)) throw error
    of.reason = error
    delete of.judge
  }
}

/** The check of an expectation: what its judge found, as far as it may show. */
export function conclude(
  { expectation, definition, judge, reason }: Running,
  ids: Map<string, number>,
  { files, sensitive = [] }: Showing,
): Check {
  const { type, kwargs, severity } = expectation
  const about = columnsAbout(kwargs)
  const column = about.length === 0 ? undefined : about.join(', ')
  // What is expected of a table's shape is about names.
  const hides =
    !type.startsWith('expect_table_') && [...about, ...(judge?.columns ?? [])].some((name) => sensitive.includes(name))
  const under = expectation.condition === undefined ? '' : ` where ${conditionText(expectation.condition)}`
  const says = `${reason === undefined ? definition!.says(kwargs) : saysAnyway(expectation, definition)}${under}`
  const common = {
    id: unique(column === undefined ? type : `${type}.${column}`, ids),
    title: `${column ?? 'the table'} ${says}`,
    subject: column ?? 'table',
    expected: says,
    severity,
  }
  const shownKwargs = {
    ...kwargs,
    ...(expectation.condition === undefined ? {} : { row_condition: expectation.condition.written }),
  }
  const evidence: JsonObject = { expectation: type, kwargs: jsonSafe(shownKwargs), success: false }
  if (judge === undefined) {
    const detail = reason === undefined ? 'not judged' : reason.message + (hides ? '' : reason.figures)
    return { ...common, status: 'errored', observed: 'not judged', detail, evidence }
  }
  const found = formatted(judge.conclude(), expectation.format)
  const { severity: broken = severity } = found
  const { success, observed, evidence: figures, detail } = hides ? withoutValues(type, found) : found
  const named = files === undefined ? [] : (found.sources ?? []).map((source) => files[source]!)
  return check(success, {
    ...common,
    severity: broken,
    observed,
    ...(detail === undefined ? {} : { detail }),
    evidence: {
      ...evidence,
      success,
      ...figures,
      ...(named.length === 0 ? {} : { unexpected_files: named }),
    },
  })
}

function conditionText(condition: Expectation['condition']): string {
  const written = condition?.written
  return typeof written === 'string' ? written : JSON.stringify(written)
}

function saysAnyway({ type, kwargs, unsupported }: Expectation, definition: Definition | undefined): string {
  if (definition !== undefined && unsupported === undefined) return definition.says(kwargs)
  return type.replace(/^expect_(column_|table_)?/, '').replaceAll('_', ' ')
}

/** The id, with `#2`, `#3`, … where the suite repeats an expectation. */
function unique(id: string, ids: Map<string, number>): string {
  const times = (ids.get(id) ?? 0) + 1
  ids.set(id, times)
  return times === 1 ? id : `${id}#${times}`
}

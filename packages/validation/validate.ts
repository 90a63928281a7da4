import type { Batch, Table } from '@mlops-actions/table'
import { type Check, check, type JsonObject } from '@mlops-actions/verdict'
import { jsonSafe } from './cell.ts'
import { type Compat, type Context, type Definition, type Judge, NotJudgeable } from './definition.ts'
import { definitions } from './definitions.ts'
import { guards } from './guards.ts'
import { KeptKeys } from './kept-keys.ts'
import { formatted } from './result-format.ts'
import { type RowFilter, rowFilter } from './row-filter.ts'
import type { Expectation, Suite } from './suite.ts'

/** One expectation on its way through the table; `reason` once it cannot be judged. */
export interface Running {
  expectation: Expectation
  definition?: Definition
  judge?: Judge
  filter?: RowFilter
  reason?: string
}

/**
 * Judges a table by a suite in one pass over its rows, reading only the columns that are expected something of. Gives one
 * check an expectation, in the suite's order (errored where it cannot be judged), then the guards.
 */
export async function validate(table: Table, suite: Suite): Promise<Check[]> {
  const kept = new KeptKeys()
  const running = suite.expectations.map((expectation) => start(expectation, table, suite.compat, kept))
  const columns = [
    ...new Set(running.flatMap(({ judge, filter }) => (judge ? [...judge.columns, ...(filter?.columns ?? [])] : []))),
  ]
  if (columns.length > 0) {
    for await (const batch of table.batches(columns)) see(running, batch)
  }
  const ids = new Map<string, number>()
  const checks = running.map((of) => conclude(of, ids))
  const judged = running.filter(({ reason, definition }) => reason === undefined && definition?.needsValues === true)
  const conditions = judged.flatMap(({ filter, expectation }) =>
    filter === undefined ? [] : [{ text: conditionText(expectation.condition), rows: filter.kept() }],
  )
  const columnsJudged = judged.flatMap(({ judge }) => judge!.columns)
  return [...checks, ...guards(table, suite, columnsJudged, conditions)]
}

function start(expectation: Expectation, table: Table, compat: Compat, kept: KeptKeys): Running {
  const definition = definitions.get(expectation.type)
  if (expectation.unsupported !== undefined || definition === undefined) {
    return { expectation, reason: expectation.unsupported ?? 'not supported' }
  }
  const of: Running = { expectation, definition }
  const { condition, kwargs } = expectation
  const context: Context = { table, compat, filtered: condition !== undefined, kept }
  attempt(of, () => {
    of.judge = definition.open(kwargs, context)
    if (condition !== undefined) of.filter = rowFilter(condition.parsed, context)
  })
  return of
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
    of.reason = error.message
    delete of.judge
  }
}

export function conclude({ expectation, definition, judge, reason }: Running, ids: Map<string, number>): Check {
  const { type, kwargs, severity } = expectation
  const column = columnsText(kwargs)
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
    return { ...common, status: 'errored', observed: 'not judged', detail: reason ?? 'not judged', evidence }
  }
  const { success, observed, evidence: found, detail } = formatted(judge.conclude(), expectation.format)
  const lines = found.unexpected_rows
  const where =
    !success && Array.isArray(lines) && lines.length > 0
      ? linesText(lines as number[], found.unexpected_count)
      : undefined
  const said = [where, detail].filter((text) => text !== undefined).join(' ')
  return check(success, {
    ...common,
    observed,
    ...(said === '' ? {} : { detail: said }),
    evidence: { ...evidence, success, ...found },
  })
}

/** The column or columns that an expectation is about. */
function columnsText({ column, column_A, column_B, column_list }: JsonObject): string | undefined {
  if (typeof column === 'string') return column
  if (typeof column_A === 'string' && typeof column_B === 'string') return `${column_A}, ${column_B}`
  return Array.isArray(column_list) ? column_list.join(', ') : undefined
}

function conditionText(condition: Expectation['condition']): string {
  const written = condition?.written
  return typeof written === 'string' ? written : JSON.stringify(written)
}

function saysAnyway({ type, kwargs, unsupported }: Expectation, definition: Definition | undefined): string {
  if (definition !== undefined && unsupported === undefined) return definition.says(kwargs)
  return type.replace(/^expect_(column_|table_)?/, '').replaceAll('_', ' ')
}

function linesText(lines: number[], count: unknown): string {
  const more = Number(count) - lines.length
  return `Line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

/** The id, with `#2`, `#3`, … where the suite repeats an expectation. */
function unique(id: string, ids: Map<string, number>): string {
  const times = (ids.get(id) ?? 0) + 1
  ids.set(id, times)
  return times === 1 ? id : `${id}#${times}`
}

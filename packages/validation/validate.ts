import type { Batch, Table } from '@mlops-actions/table'
import { type Check, check, type JsonObject } from '@mlops-actions/verdict'
import { jsonSafe } from './cell.ts'
import { type Context, type Definition, type Judge, NotJudgeable } from './definition.ts'
import { definitions } from './definitions.ts'
import { guards } from './guards.ts'
import type { Expectation, Suite } from './suite.ts'

/** One expectation on its way through the table; `reason` once it cannot be judged. */
export interface Running {
  expectation: Expectation
  definition?: Definition
  judge?: Judge
  reason?: string
}

/**
 * Judges a table by a suite in one pass over its rows, reading only the columns that are expected something of. Gives one
 * check an expectation, in the suite's order (errored where it cannot be judged), then the guards.
 */
export async function validate(table: Table, suite: Suite): Promise<Check[]> {
  const context: Context = { table, compat: suite.compat }
  const running = suite.expectations.map((expectation) => start(expectation, context))
  const columns = [...new Set(running.flatMap(({ judge }) => judge?.columns ?? []))]
  if (columns.length > 0) {
    for await (const batch of table.batches(columns)) see(running, batch)
  }
  const ids = new Map<string, number>()
  const checks = running.map((of) => conclude(of, ids))
  const judged = running.filter(({ reason, definition }) => reason === undefined && definition?.needsValues === true)
  return [
    ...checks,
    ...guards(
      table,
      suite,
      judged.map(({ expectation }) => String(expectation.kwargs.column)),
    ),
  ]
}

function start(expectation: Expectation, context: Context): Running {
  const definition = definitions.get(expectation.type)
  if (expectation.unsupported !== undefined || definition === undefined) {
    return { expectation, reason: expectation.unsupported ?? 'not supported' }
  }
  const of: Running = { expectation, definition }
  attempt(of, () => {
    of.judge = definition.open(expectation.kwargs, context)
  })
  return of
}

function see(running: Running[], batch: Batch): void {
  const columns = new Map(batch.columns.map((column) => [column.name, column]))
  for (const of of running) {
    const { judge } = of
    if (judge !== undefined && judge.columns.length > 0) attempt(of, () => judge.see(columns, batch))
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
  const column = typeof kwargs.column === 'string' ? kwargs.column : undefined
  const says = reason === undefined ? definition!.says(kwargs) : saysAnyway(expectation, definition)
  const common = {
    id: unique(column === undefined ? type : `${type}.${column}`, ids),
    title: `${column ?? 'the table'} ${says}`,
    subject: column ?? 'table',
    expected: says,
    severity,
  }
  const evidence: JsonObject = { expectation: type, kwargs: jsonSafe(kwargs), success: false }
  if (judge === undefined) {
    return { ...common, status: 'errored', observed: 'not judged', detail: reason ?? 'not judged', evidence }
  }
  const { success, observed, evidence: found, detail } = judge.conclude()
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

import { type Batch, type Column, type Table, textAt, valueAt } from '@mlops-actions/table'
import { nearest, UserError, type Where } from '@mlops-actions/verdict'
import { assemble, type Cell, type Observed } from './assemble.ts'
import type { Predictions, Task } from './predictions.ts'
import { classText, listed, settleTask, sortedClasses, type TaskGiven } from './task.ts'

/** What each role's column is called in the file, where not by the role's own name. */
export type ColumnNames = Partial<Record<'id' | 'label' | 'prediction' | 'score' | 'weight', string>>

type Role = keyof ColumnNames

/**
 * Predictions from a table with the columns `label`, `prediction`, for binary tasks `score` (or `score_<positive>`), for
 * multiclass `score_<class>`, and `id`, `weight`; every other column is a slice. Columns may be named otherwise by
 * `names`; where there is no `label` or `id`, the task's own column names are taken.
 *
 * @param origin how people name the file, for messages
 * @throws UserError for a column that is missing or a row that cannot be read (see `assemble`). A table without rows is
 *   none: every metric of it is undefined, as long as the task is known.
 */
export async function readPredictions(
  table: Table,
  given: TaskGiven & { id?: string | undefined },
  names: ColumnNames = {},
  origin?: string,
): Promise<Predictions> {
  const columns = table.schema.map((column) => column.name)
  const roles = findRoles(columns, given, names, origin)
  const scoreColumns = columns.filter(
    (name) => name.startsWith('score_') && name.length > 6 && !Object.values(roles).includes(name),
  )
  const read = await readColumns(table, new Set([...Object.values(roles), ...scoreColumns]), columns)
  const lines = read.lines
  const where = (row: number): Where => ({ ...(origin ? { file: origin } : {}), line: lines[row]! })
  const cells = (role: Role) => (roles[role] === undefined ? undefined : read.cells.get(roles[role]))
  const actual = cells('label')!
  const predicted = cells('prediction')
  const task = taskOf(given, actual, predicted, roles, scoreColumns)
  const observed: Observed = {
    actual,
    predicted,
    ids: cells('id')?.map((cell, row) => textOfId(cell, where(row))),
    weight: asNumbers(cells('weight'), roles.weight, where),
    where,
  }
  const used = new Set(Object.values(roles))
  if (task.type === 'binary') {
    const name = roles.score ?? scoreColumns.find((column) => column === `score_${task.positive}`)
    observed.score = name === undefined ? undefined : asNumbers(read.cells.get(name), name, where)
    for (const other of [task.positive, task.negative]) used.add(`score_${other}`)
  } else if (task.type === 'multiclass') {
    observed.scores = new Map(
      scoreColumns.map((name) => [name.slice('score_'.length), asNumbers(read.cells.get(name), name, where)!]),
    )
    for (const name of scoreColumns) used.add(name)
  }
  observed.slices = Object.fromEntries(
    columns
      .filter((name) => !used.has(name))
      .map((name) => [
        name,
        read.texts.get(name) ?? read.cells.get(name)!.map((cell) => (cell === null ? '' : classText(cell))),
      ]),
  )
  return assemble(task, observed)
}

function findRoles(
  columns: string[],
  given: { label?: string | undefined; id?: string | undefined },
  names: ColumnNames,
  origin: string | undefined,
): ColumnNames {
  const roles: ColumnNames = {}
  for (const role of ['id', 'label', 'prediction', 'score', 'weight'] as const) {
    const named = names[role]
    if (named !== undefined && !columns.includes(named)) throw missingColumn(role, named, columns, origin)
    const fallback = role === 'label' ? given.label : role === 'id' ? given.id : undefined
    const found = [named, role, fallback].find((name) => name !== undefined && columns.includes(name))
    if (found !== undefined) roles[role] = found
  }
  if (roles.label === undefined) throw missingColumn('label', 'label', columns, origin)
  return roles
}

function missingColumn(role: Role, name: string, columns: string[], origin: string | undefined): UserError {
  const near = nearest(name, columns)
  return new UserError({
    code: 'COLUMN_MISSING',
    message: `${origin ?? 'The predictions'} ${origin ? 'has' : 'have'} no column "${name}" for the ${role}.`,
    where: { ...(origin ? { file: origin } : {}), key: `predictions.${role}` },
    help: `${near ? `Did you mean "${near}"? ` : ''}Columns: ${listed(columns)}. Name them under \`predictions:\` in mlops.yaml.`,
  })
}

/** Score columns and a `score` column say more of the task than the labels do, where the user said nothing. */
function taskOf(
  given: TaskGiven,
  actual: Cell[],
  predicted: Cell[] | undefined,
  roles: ColumnNames,
  scoreColumns: string[],
): Task {
  const seen = distinct(actual)
  const said = distinct(predicted ?? [])
  const quantities = [...said].some((value) => typeof value === 'number' && !Number.isInteger(value))
  const type =
    given.type ??
    (roles.score !== undefined
      ? 'binary'
      : scoreColumns.length > 2
        ? 'multiclass'
        : quantities && seen.size > 2
          ? 'regression'
          : undefined)
  const label = given.label ?? 'label'
  if (type === 'multiclass') {
    const scored = scoreColumns.map((name) => name.slice('score_'.length))
    return { type, label, classes: sortedClasses([...[...seen, ...said].map(classText), ...scored]) }
  }
  if (type === 'binary' && actual.length === 0 && given.positive === undefined) {
    return { type, label, positive: '(none)', negative: '(none)' }
  }
  // Two labels are the classes, and a prediction of another word is a mistake; else predictions name classes as well.
  const labelsSettle = type === 'regression' || quantities || seen.size === 2
  return settleTask({ ...given, type }, labelsSettle ? seen : new Set([...seen, ...said]))
}

function distinct(cells: Cell[]): Set<string | number> {
  const values = new Set<string | number>()
  for (const cell of cells) if (cell !== null) values.add(cell)
  return values
}

interface ReadColumns {
  /** Columns with a role. */
  cells: Map<string, Cell[]>
  /** Slice columns. */
  texts: Map<string, string[]>
  lines: Uint32Array
}

async function readColumns(table: Table, roles: Set<string>, columns: string[]): Promise<ReadColumns> {
  const cells = new Map<string, Cell[]>()
  const texts = new Map<string, string[]>()
  for (const name of columns) {
    if (roles.has(name)) cells.set(name, [])
    else texts.set(name, [])
  }
  const lines = new Uint32Array(table.rows)
  for await (const batch of table.batches()) {
    lines.set(batch.lines.subarray(0, batch.rows), batch.start)
    for (const column of batch.columns) append(column, batch, cells.get(column.name), texts.get(column.name))
  }
  return { cells, texts, lines }
}

function append(column: Column, batch: Batch, cells: Cell[] | undefined, texts: string[] | undefined): void {
  for (let row = 0; row < batch.rows; row++) {
    cells?.push(valueAt(column, row))
    texts?.push(textAt(column, row) ?? '')
  }
}

function textOfId(cell: Cell, where: Where): string {
  if (cell !== null) return classText(cell)
  throw new UserError({
    code: 'VALUE_MISSING',
    message: 'A row has no id.',
    where,
    help: 'Give every row an id, or leave the column out.',
  })
}

function asNumbers(
  cells: Cell[] | undefined,
  name: string | undefined,
  where: (row: number) => Where,
): Float64Array | undefined {
  return cells === undefined
    ? undefined
    : Float64Array.from(cells, (cell, row) => {
        if (cell === null) return Number.NaN
        if (typeof cell === 'number') return cell
        throw new UserError({
          code: 'VALUE_NOT_NUMERIC',
          message: `The column "${name}" holds "${cell}", which is not a number.`,
          where: where(row),
          help: 'Scores and weights are numbers.',
        })
      })
}

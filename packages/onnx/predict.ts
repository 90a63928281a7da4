import type { Predictions, Task } from '@mlops-actions/metrics'
import { type Batch, type Column, type Table, textAt } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { feedsOf, missing, place } from './feeds.ts'
import { inputLayout } from './layout.ts'
import type { LocalModel } from './model-files.ts'
import { codingOf, readClassifier, readRegression } from './outputs.ts'
import type { Runtime } from './runtime.ts'
import { openSession } from './session.ts'
import type { Signature } from './signature.ts'
import { stack, type Tensors } from './tensor.ts'

export interface ScoreOptions {
  runtime: Runtime
  /** Order of a matrix input's columns; the model's metadata `mlops.features` where absent. */
  features?: string[]
  /** Longest time for one batch, in milliseconds. */
  timeLimit?: number
}

export interface PredictOptions extends ScoreOptions {
  /** Columns to keep beside the predictions. */
  slices?: string[]
  /** The column that names a row. */
  id?: string
}

/** A model's raw answers to a table. */
export interface Scores {
  signature: Signature
  rows: number
  outputs: Tensors
}

/**
 * A model's raw outputs for every row of a table, in order.
 * @throws UserError what openSession, inputLayout and feedsOf throw
 */
export async function score(model: LocalModel, table: Table, options: ScoreOptions): Promise<Scores> {
  return await scoreWith(model, table, options, [], () => {})
}

/**
 * A model's predictions for every row of a table, beside what was true. Labels of the data are compared as text; how a
 * model's own labels map to them is told at codingOf.
 * @throws UserError DATA_LABEL_MISSING, DATA_LABEL_UNKNOWN, DATA_COLUMN_MISSING; what score, readClassifier and
 *   readRegression throw
 */
export async function predict(
  model: LocalModel,
  table: Table,
  task: Task,
  options: PredictOptions,
): Promise<Predictions> {
  const { slices = [], id } = options
  const label: number[] = []
  const kept = new Map<string, string[]>([...slices, ...(id === undefined ? [] : [id])].map((name) => [name, []]))
  const labelOf = labelReader(task)
  const { signature, rows, outputs } = await scoreWith(model, table, options, [task.label, ...kept.keys()], (batch) => {
    const column = (name: string) => batch.columns.find((c) => c.name === name)!
    const truth = column(task.label)
    for (let row = 0; row < batch.rows; row++) label.push(labelOf(truth, row, batch))
    for (const [name, texts] of kept) appendTexts(texts, column(name), batch.rows)
  })
  const common = {
    rows,
    slices: Object.fromEntries(slices.map((name) => [name, kept.get(name)!])),
    ...(id === undefined ? {} : { ids: kept.get(id)! }),
  }
  if (task.type === 'regression') {
    const predicted = rows === 0 ? new Float64Array(0) : readRegression(outputs, rows)
    return { ...common, task, actual: Float64Array.from(label), predicted }
  }
  const classes = task.type === 'binary' ? [task.negative, task.positive] : task.classes
  const said =
    rows === 0
      ? { predicted: new Int32Array(0) }
      : readClassifier(outputs, rows, classes, codingOf(outputs, classes, signature.metadata))
  if (task.type === 'multiclass') return { ...common, task, actual: Int32Array.from(label), ...said }
  return {
    ...common,
    task,
    actual: Uint8Array.from(label),
    predicted: Uint8Array.from(said.predicted),
    ...(said.scores ? { score: said.scores[1]! } : {}),
  }
}

/** Scores a table in one pass; `visit` sees every batch, with the columns `besides` in it. */
async function scoreWith(
  model: LocalModel,
  table: Table,
  options: ScoreOptions,
  besides: string[],
  visit: (batch: Batch) => void,
): Promise<Scores> {
  const session = await openSession(model, options)
  try {
    const layout = inputLayout(session.signature, options.features)
    const known = table.schema.map((column) => column.name)
    const wanted = [...new Set([...layout.flatMap(({ columns }) => columns), ...besides])]
    for (const name of wanted) {
      if (known.includes(name)) continue
      if (layout.some(({ columns }) => columns.includes(name))) missing(name, known)
      throw absent(name, known)
    }
    const parts: Tensors[] = []
    let rows = 0
    for await (const batch of table.batches(wanted)) {
      if (batch.rows === 0) continue
      visit(batch)
      parts.push(await session.run(feedsOf(layout, batch)))
      rows += batch.rows
    }
    const names = Object.keys(parts[0] ?? {})
    const outputs = Object.fromEntries(names.map((name) => [name, stack(parts.map((part) => part[name]!))]))
    return { signature: session.signature, rows, outputs }
  } finally {
    await session.close()
  }
}

function appendTexts(texts: string[], column: Column, rows: number): void {
  for (let row = 0; row < rows; row++) texts.push(textAt(column, row) ?? '')
}

/** The label of a row as a number: the value itself, or the index of its class. */
function labelReader(task: Task): (column: Column, row: number, batch: Batch) => number {
  const classes =
    task.type === 'binary' ? [task.negative, task.positive] : task.type === 'multiclass' ? task.classes : []
  const indices = new Map(classes.map((name, index) => [name, index]))
  return (column, row, batch) => {
    if (column.nulls[row]) {
      throw new UserError({
        code: 'DATA_LABEL_MISSING',
        message: `The label column "${column.name}" has an empty cell.`,
        where: place(column, row, batch),
        help: 'Judge a model on rows whose label is known: leave the others out.',
      })
    }
    const value =
      task.type !== 'regression'
        ? indices.get(labelText(column, row, indices))
        : column.type === 'text' || column.type === 'timestamp'
          ? undefined
          : Number(column.values[row])
    if (value !== undefined) return value
    throw new UserError({
      code: 'DATA_LABEL_UNKNOWN',
      message: `The label column "${column.name}" holds "${textAt(column, row)?.slice(0, 40)}", which is ${task.type === 'regression' ? 'no number' : `none of ${classes.join(', ')}`}.`,
      where: place(column, row, batch),
      help: 'Check `task` in mlops.yaml: its type, its label column, and `positive`.',
    })
  }
}

/** A boolean column has lost the spelling of its cells: the class that spells the same value is meant. */
function labelText(column: Column, row: number, classes: Map<string, number>): string {
  const text = textAt(column, row) ?? ''
  if (column.type !== 'boolean' || classes.has(text)) return text
  return [...classes.keys()].find((name) => name.toLowerCase() === text) ?? text
}

function absent(name: string, known: string[]): UserError {
  return new UserError({
    code: 'DATA_COLUMN_MISSING',
    message: `The data do not have the column "${name}".`,
    where: { key: name },
    help: `Their columns are: ${known.join(', ').slice(0, 300)}.`,
  })
}

import { UserError, type Where } from '@mlops-actions/verdict'
import type { Predictions, Task } from './predictions.ts'
import { classText, listed } from './task.ts'

export type Cell = string | number | null

/** What is known row by row, before it is held against a task. */
export interface Observed {
  actual: readonly Cell[]
  /** May be absent where scores settle it. */
  predicted?: readonly Cell[] | undefined
  /** Of the positive class. */
  score?: Float64Array | undefined
  /** By class. */
  scores?: ReadonlyMap<string, Float64Array> | undefined
  ids?: string[] | undefined
  weight?: Float64Array | undefined
  slices?: Record<string, string[]> | undefined
  /** Where a row stands, for messages. */
  where?: ((row: number) => Where) | undefined
}

/**
 * Predictions out of rows and a settled task. Without predicted labels they follow from the scores: binary score >= 0.5,
 * multiclass the first largest.
 *
 * UserError: a label or prediction that is empty or no class of the task, a score that is not a finite number, a weight
 * that is negative, scores outside [0, 1] without predicted labels.
 */
export function assemble(task: Task, of: Observed): Predictions {
  const rows = of.actual.length
  const where = of.where ?? (() => ({}))
  if (of.score) checkFinite(of.score, 'score', where)
  for (const [name, scores] of of.scores ?? []) checkFinite(scores, `score_${name}`, where)
  if (of.weight) checkWeights(of.weight, where)
  const common = {
    rows,
    slices: of.slices ?? {},
    ...(of.ids ? { ids: of.ids } : {}),
    ...(of.weight ? { weight: of.weight } : {}),
  }
  if (task.type === 'regression') {
    if (!of.predicted) throw missingPrediction('A regression needs a column "prediction".')
    return {
      ...common,
      task,
      actual: numbers(of.actual, 'label', where),
      predicted: numbers(of.predicted, 'prediction', where),
    }
  }
  if (task.type === 'binary') {
    const classes = [task.negative, task.positive]
    return {
      ...common,
      task,
      actual: Uint8Array.from(codes(of.actual, classes, 'label', where)),
      predicted: Uint8Array.from(
        of.predicted ? codes(of.predicted, classes, 'prediction', where) : byThreshold(of.score, where),
      ),
      ...(of.score ? { score: of.score } : {}),
    }
  }
  const scores = of.scores === undefined || of.scores.size === 0 ? undefined : classScores(task.classes, of.scores)
  return {
    ...common,
    task,
    actual: codes(of.actual, task.classes, 'label', where),
    predicted: of.predicted ? codes(of.predicted, task.classes, 'prediction', where) : byLargest(scores, rows),
    ...(scores ? { scores } : {}),
  }
}

function codes(cells: readonly Cell[], classes: string[], column: string, where: (row: number) => Where): Int32Array {
  const byText = new Map(classes.map((name, i) => [name, i]))
  return Int32Array.from(cells, (cell, row) => {
    if (cell === null) throw empty(column, where(row))
    const code = byText.get(classText(cell))
    if (code !== undefined) return code
    throw new UserError({
      code: 'CLASS_UNKNOWN',
      message: `The ${column} "${cell}" is not a class of this task; the classes are ${listed(classes)}.`,
      where: where(row),
      help:
        typeof cell === 'number' && column === 'prediction' && !Number.isInteger(cell)
          ? 'A probability belongs in the column "score"; "prediction" holds classes. For a regression set task.type.'
          : 'Write labels and predictions in the same words.',
    })
  })
}

function numbers(cells: readonly Cell[], column: string, where: (row: number) => Where): Float64Array {
  return Float64Array.from(cells, (cell, row) => {
    if (cell === null) throw empty(column, where(row))
    if (typeof cell === 'number' && Number.isFinite(cell)) return cell
    throw new UserError({
      code: 'VALUE_NOT_FINITE',
      message: `The ${column} "${cell}" is not a finite number.`,
      where: where(row),
      help: 'Mend the row, or leave it out of the file.',
    })
  })
}

function byThreshold(score: Float64Array | undefined, where: (row: number) => Where): Uint8Array {
  if (!score) throw missingPrediction('A binary task needs a column "prediction" or "score".')
  return Uint8Array.from(score, (s, row) => {
    if (s >= 0 && s <= 1) return s >= 0.5 ? 1 : 0
    throw new UserError({
      code: 'SCORE_NOT_PROBABILITY',
      message: `The score ${s} is outside [0, 1], so no predicted class follows from it.`,
      where: where(row),
      help: 'Add a column "prediction" with the predicted class.',
    })
  })
}

function byLargest(scores: Float64Array[] | undefined, rows: number): Int32Array {
  if (!scores)
    throw missingPrediction('A multiclass task needs a column "prediction" or a "score_<class>" for every class.')
  const predicted = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    for (let c = 1; c < scores.length; c++) if (scores[c]![row]! > scores[predicted[row]!]![row]!) predicted[row] = c
  }
  return predicted
}

function classScores(classes: string[], scores: ReadonlyMap<string, Float64Array>): Float64Array[] {
  return classes.map((name) => {
    const found = scores.get(name)
    if (found) return found
    throw new UserError({
      code: 'SCORES_MISSING',
      message: `There is no column "score_${name}", though "${name}" is a class and other classes have scores.`,
      help: 'Write one score column for every class, or none.',
    })
  })
}

function checkFinite(scores: Float64Array, column: string, where: (row: number) => Where): void {
  const row = scores.findIndex((s) => !Number.isFinite(s))
  if (row < 0) return
  throw new UserError({
    code: 'SCORE_NOT_FINITE',
    message: `The column "${column}" holds an empty or not finite score.`,
    where: where(row),
    help: 'Look why the model gives no score there: a gate never passes on it.',
  })
}

function checkWeights(weight: Float64Array, where: (row: number) => Where): void {
  const row = weight.findIndex((w) => !(w >= 0 && Number.isFinite(w)))
  if (row < 0) return
  throw new UserError({
    code: 'WEIGHT_INVALID',
    message: 'The column "weight" holds a value that is empty, negative or not finite.',
    where: where(row),
    help: 'Weights are numbers from 0 up; leave the column out if all rows count the same.',
  })
}

function empty(column: string, where: Where): UserError {
  return new UserError({
    code: 'VALUE_MISSING',
    message: `A row has no ${column}.`,
    where,
    help: 'Fill the cell, or leave rows without one out of the file.',
  })
}

function missingPrediction(message: string): UserError {
  return new UserError({
    code: 'PREDICTION_MISSING',
    message,
    help: 'Add the column, or name it under `predictions:` in mlops.yaml.',
  })
}

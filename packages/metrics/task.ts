import { nearest, UserError } from '@mlops-actions/verdict'
import type { Task } from './predictions.ts'

/** What the user said about the task; whatever is absent is settled by the data. */
export interface TaskGiven {
  type?: Task['type'] | undefined
  label?: string | undefined
  positive?: string | number | boolean | undefined
}

/** A class as text: `1` for 1.0 and 1, booleans as `true` and `false`. */
export function classText(value: string | number): string {
  return String(value)
}

/**
 * The task, from what was given and the label's values (numbers of a numeric column, texts of any other, without nulls).
 *
 * Text labels make a classification: two classes binary, more multiclass. Numbers with a fraction make a regression,
 * two whole numbers a binary task; more than two whole numbers could be classes or quantities, and are a UserError that
 * asks for `type`. `positive` is by default the second of the two classes in sorted order (scikit-learn's classes_[1]).
 */
export function settleTask(given: TaskGiven, values: Iterable<string | number>): Task {
  const label = given.label ?? 'label'
  const distinct = new Set(values)
  const type = given.type ?? inferredType(distinct, label)
  if (type === 'regression') return regressionTask(distinct, label)
  const classes = sortedClasses(distinct)
  if (type === 'multiclass') return { type, label, classes }
  if (classes.length > 2) {
    throw new UserError({
      code: 'TASK_NOT_BINARY',
      message: `The label "${label}" has ${classes.length} values (${listed(classes)}), and the task is binary.`,
      where: { key: 'task.type' },
      help: 'Set task.type to multiclass, or give a label with two values.',
    })
  }
  return binaryTask(given.positive, classes, label)
}

function inferredType(distinct: Set<string | number>, label: string): Task['type'] {
  if (distinct.size === 0) {
    throw new UserError({
      code: 'TASK_UNKNOWN',
      message: `The label "${label}" has no values, so the kind of task is not known.`,
      where: { key: 'task.type' },
      help: 'Set task.type to binary, multiclass or regression, and look why there are no rows.',
    })
  }
  const numbers = [...distinct].filter((value) => typeof value === 'number')
  if (numbers.length === distinct.size && numbers.some((value) => !Number.isInteger(value))) return 'regression'
  if (distinct.size <= 2) return 'binary'
  if (numbers.length < distinct.size) return 'multiclass'
  throw new UserError({
    code: 'TASK_AMBIGUOUS',
    message: `The label "${label}" has ${distinct.size} different whole numbers (${listed(sortedClasses(distinct))}): they could be classes (multiclass) or quantities (regression).`,
    where: { key: 'task.type' },
    help: 'Set task.type to multiclass or regression.',
  })
}

function regressionTask(distinct: Set<string | number>, label: string): Task {
  for (const value of distinct) {
    if (typeof value === 'number') continue
    throw new UserError({
      code: 'TASK_NOT_NUMERIC',
      message: `The label "${label}" holds "${value}", and a regression needs numbers.`,
      where: { key: 'task.type' },
      help: 'Set task.type to binary or multiclass, or mend the column.',
    })
  }
  return { type: 'regression', label }
}

function binaryTask(given: TaskGiven['positive'], classes: string[], label: string): Task {
  const positive = given === undefined ? classes[1] : settlePositive(String(given), classes, label)
  if (positive === undefined) {
    throw new UserError({
      code: 'POSITIVE_UNKNOWN',
      message: `The label "${label}" has ${classes.length === 0 ? 'no values' : `only the value "${classes[0]}"`}, so the positive class is not known.`,
      where: { key: 'task.positive' },
      help: 'Set task.positive to the class of interest.',
    })
  }
  return { type: 'binary', label, positive, negative: classes.find((name) => name !== positive) ?? `not ${positive}` }
}

/** The class that the user means: as written, as a number, or as a boolean in another letter case. */
function settlePositive(given: string, classes: string[], label: string): string {
  const asNumber = given.trim() === '' ? Number.NaN : Number(given)
  const found =
    classes.find((name) => name === given) ??
    classes.find((name) => Number(name) === asNumber) ??
    classes.find((name) => ['true', 'false'].includes(name) && name === given.toLowerCase())
  if (found !== undefined) return found
  // A sample may lack positives altogether; a metric then says so.
  if (classes.length < 2) return given
  const near = nearest(given, classes)
  throw new UserError({
    code: 'POSITIVE_UNKNOWN',
    message: `The label "${label}" has no class "${given}"; its classes are ${listed(classes)}.`,
    where: { key: 'task.positive' },
    help: near ? `Did you mean "${near}"?` : `Set task.positive to one of ${listed(classes)}.`,
  })
}

/** Distinct classes as text: numbers by size, else by character. */
export function sortedClasses(distinct: Iterable<string | number>): string[] {
  const values = [...distinct]
  const texts = [...new Set(values.map(classText))]
  const numeric = values.every((value) => typeof value === 'number' || isNumberText(value))
  return numeric ? texts.sort((a, b) => Number(a) - Number(b)) : texts.sort()
}

function isNumberText(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text))
}

/**
 * The label column: the given one, else the only column that is no model input and not `id`. Two candidates, or none, are
 * a UserError that names them; so is a given one that is no column.
 */
export function settleLabel(given: {
  label?: string | undefined
  id?: string | undefined
  columns: readonly string[]
  inputs: readonly string[]
}): string {
  const { label, columns } = given
  if (label !== undefined) {
    if (columns.includes(label)) return label
    const near = nearest(label, columns)
    throw new UserError({
      code: 'LABEL_MISSING',
      message: `There is no column "${label}" to take the label from.`,
      where: { key: 'task.label' },
      help: near ? `Did you mean "${near}"?` : `Columns: ${listed([...columns])}.`,
    })
  }
  const candidates = columns.filter((name) => !given.inputs.includes(name) && name !== given.id)
  if (candidates.length === 1) return candidates[0]!
  throw new UserError({
    code: 'LABEL_UNKNOWN',
    message:
      candidates.length === 0
        ? 'Every column is an input of the model, so none can be the label.'
        : `Several columns could be the label: ${listed(candidates)}.`,
    where: { key: 'task.label' },
    help: 'Set task.label (or the input `label`) to the column that holds the truth.',
  })
}

/** Up to eight names, quoted. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `"${name}"`)
  return names.length > 8 ? `${shown.join(', ')} and ${names.length - 8} more` : shown.join(', ')
}

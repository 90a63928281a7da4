import { nearest, UserError } from '@mlops-actions/verdict'
import { namesIn } from './layout.ts'
import { isFloat, type Tensor, type Tensors } from './tensor.ts'

/** What a classifier said, in terms of `classes`. */
export interface Classified {
  /** Index into the classes, one a row. */
  predicted: Int32Array
  /** One array per class, in their order; absent where the model gives only labels. */
  scores?: Float64Array[]
}

/** How a model names its classes: the order of its probability columns, and whether its labels are names or positions. */
export interface Coding {
  order: string[]
  labels: 'names' | 'positions'
}

interface Named {
  name: string
  tensor: Tensor
}

/** Probabilities are float32 sums: a little beyond 0 and 1 is rounding. */
const rounding = 1e-4

/**
 * Reads a classifier's outputs: a label and probabilities (`[N, k]`), or one probability (`[N]`, `[N, 1]`) of the positive
 * class, or one of the two alone. Without a label, the positive class is predicted from 0.5 on, else the first largest.
 * @param classes of a binary task `[negative, positive]`
 * @param coding as `codingOf` gives it for all rows together
 * @throws UserError MODEL_OUTPUTS_UNKNOWN, MODEL_OUTPUT_SHAPE, MODEL_OUTPUT_NOT_FINITE, MODEL_OUTPUT_NOT_PROBABILITY,
 *   MODEL_CLASSES_MISMATCH
 */
export function readClassifier(outputs: Tensors, rows: number, classes: string[], coding: Coding): Classified {
  const { label, probability } = classifierOutputs(outputs)
  const scores = probability && readProbabilities(probability, rows, classes, coding)
  const predicted = label ? readLabels(label, rows, classes, coding) : decide(scores ?? [], rows)
  return scores ? { predicted, scores } : { predicted }
}

/**
 * How a model's classes map to those of the data: labels that are names of classes count as names; whole numbers from 0
 * count as positions in the sorted classes, as scikit-learn's LabelEncoder numbers them (numbers by value, text by code
 * point). The model's metadata `mlops.classes` (a JSON array or names separated by commas) gives another order.
 * @throws UserError MODEL_CLASSES_MISMATCH
 */
export function codingOf(outputs: Tensors, classes: string[], metadata: Record<string, string>): Coding {
  const order = namesIn(metadata['mlops.classes']) ?? sortedClasses(classes)
  if (order.length !== classes.length || !classes.every((name) => order.includes(name))) {
    throw new UserError({
      code: 'MODEL_CLASSES_MISMATCH',
      message: `The model's metadata mlops.classes names ${order.join(', ')}, but the task's classes are ${classes.join(', ')}.`,
      where: { key: 'mlops.classes' },
      help: 'Name exactly the classes of the label column, in the order of the model.',
    })
  }
  const { label, probability } = classifierOutputs(outputs)
  if (label === undefined) return { order, labels: 'positions' }
  const said = Array.from(label.tensor.data as ArrayLike<unknown>, String)
  const seen = [...new Set(said)]
  const strange = seen.find((value) => !isPosition(value, order.length))
  const names = seen.every((value) => order.includes(value))
  const positions = strange === undefined && label.tensor.type !== 'string'
  if (names && positions) return { order, labels: likelier(said, order, probability?.tensor) }
  if (names || positions) return { order, labels: names ? 'names' : 'positions' }
  const unknown = seen.find((value) => !order.includes(value)) ?? ''
  const near = nearest(unknown, order)
  throw new UserError({
    code: 'MODEL_CLASSES_MISMATCH',
    message: `The output "${label.name}" gives the class "${(strange ?? unknown).slice(0, 40)}", which is neither one of the label's classes (${order.join(', ')}) nor a position among them.`,
    where: { key: label.name },
    help: near
      ? `The nearest class is "${near}". Train and evaluate on the same label column.`
      : 'Train and evaluate on the same label column, or name the classes in the model metadata mlops.classes.',
  })
}

/**
 * Labels 1 and 1 of the classes 1 and 2 could be the name 1 or the position of 2: what the largest probability of each row
 * says decides; names, where there are no probabilities.
 */
function likelier(said: string[], order: string[], probabilities: Tensor | undefined): Coding['labels'] {
  const width = order.length
  if (probabilities === undefined || probabilities.data.length !== said.length * width) return 'names'
  let votes = 0
  said.forEach((value, row) => {
    const scores = Array.from(probabilities.data.slice(row * width, (row + 1) * width), Number)
    const largest = scores.indexOf(Math.max(...scores))
    if (order[largest] === value) votes++
    if (String(largest) === value) votes--
  })
  return votes >= 0 ? 'names' : 'positions'
}

/** Classes in scikit-learn's order: by value where all are numbers, else by code point. */
export function sortedClasses(classes: string[]): string[] {
  const numbers = classes.every((name) => name.trim() !== '' && Number.isFinite(Number(name)))
  return [...classes].sort(numbers ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/**
 * Reads a regression's one output of one finite number a row.
 * @throws UserError MODEL_OUTPUTS_UNKNOWN, MODEL_OUTPUT_SHAPE, MODEL_OUTPUT_NOT_FINITE
 */
export function readRegression(outputs: Tensors, rows: number): Float64Array {
  const output = one(numeric(outputs), /^(variable|prediction|output|y)/i)
  if (output === undefined) throw unclear(outputs, 'one output of numbers, the predicted values')
  const { tensor, name } = output
  if (tensor.data.length !== rows) throw badShape(output, rows, '[N] or [N, 1]')
  return Float64Array.from(tensor.data as ArrayLike<number>, (value, row) => finite(Number(value), name, row))
}

/** The label output and the probability output of a classifier; at least one of them. */
export function classifierOutputs(outputs: Tensors): { label?: Named; probability?: Named } {
  const named = Object.entries(outputs).map(([name, tensor]) => ({ name, tensor }))
  const labels = named.filter(({ tensor }) => !isFloat(tensor.type) && tensor.type !== 'float16')
  const floats = numeric(outputs).filter(({ tensor }) => isFloat(tensor.type))
  const label = one(labels, /label|class/i)
  const probability = one(floats, /prob|score/i)
  const ambiguous = (labels.length > 0 && !label) || (floats.length > 0 && !probability)
  if (ambiguous || (!label && !probability)) throw unclear(outputs, 'a label and probabilities, or one of them')
  return { ...(label ? { label } : {}), ...(probability ? { probability } : {}) }
}

function numeric(outputs: Tensors): Named[] {
  return Object.entries(outputs)
    .filter(([, { type }]) => type !== 'string' && type !== 'bool' && type !== 'float16')
    .map(([name, tensor]) => ({ name, tensor }))
}

function one(of: Named[], telling: RegExp): Named | undefined {
  if (of.length === 1) return of[0]
  const told = of.filter(({ name }) => telling.test(name))
  return told.length === 1 ? told[0] : undefined
}

function readProbabilities({ name, tensor }: Named, rows: number, classes: string[], coding: Coding): Float64Array[] {
  const width = tensor.data.length / Math.max(1, rows)
  const data = tensor.data as Float32Array
  const column = (of: number) =>
    Float64Array.from({ length: rows }, (_, row) => probable(data[row * width + of]!, name, row))
  if (width === 1 && classes.length === 2 && tensor.dims.length <= 2) {
    const positive = column(0)
    return [positive.map((p) => 1 - p), positive]
  }
  if (tensor.dims.length !== 2 || tensor.dims[0] !== rows || width !== classes.length) {
    throw badShape({ name, tensor }, rows, `[N, ${classes.length}], one column for each of ${classes.join(', ')}`)
  }
  return classes.map((of) => column(coding.order.indexOf(of)))
}

function readLabels({ name, tensor }: Named, rows: number, classes: string[], coding: Coding): Int32Array {
  if (tensor.data.length !== rows) throw badShape({ name, tensor }, rows, '[N]')
  const byValue = new Map<string, number>()
  coding.order.forEach((of, position) => {
    byValue.set(coding.labels === 'names' ? of : String(position), classes.indexOf(of))
  })
  return Int32Array.from(tensor.data as ArrayLike<unknown>, (value) => {
    const index = byValue.get(String(value))
    if (index !== undefined) return index
    throw new UserError({
      code: 'MODEL_CLASSES_MISMATCH',
      message: `The output "${name}" gives the class "${String(value).slice(0, 40)}", which is none of ${coding.order.join(', ')}.`,
      where: { key: name },
      help: 'Train and evaluate on the same label column.',
    })
  })
}

function decide(scores: Float64Array[], rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    if (scores.length === 2) return scores[1]![row]! >= 0.5 ? 1 : 0
    let best = 0
    for (let of = 1; of < scores.length; of++) if (scores[of]![row]! > scores[best]![row]!) best = of
    return best
  })
}

function isPosition(value: string, classes: number): boolean {
  return /^\d+$/.test(value) && Number(value) < classes
}

function finite(value: number, name: string, row: number): number {
  if (Number.isFinite(value)) return value
  throw new UserError({
    code: 'MODEL_OUTPUT_NOT_FINITE',
    message: `The output "${name}" is ${value} for row ${row + 1} of the data.`,
    where: { key: name },
    help: 'The model has no answer for this row, often because a cell is empty: put an imputer into the exported pipeline, or fill the cells.',
  })
}

function probable(value: number, name: string, row: number): number {
  if (finite(value, name, row) >= -rounding && value <= 1 + rounding) return Math.min(1, Math.max(0, value))
  throw new UserError({
    code: 'MODEL_OUTPUT_NOT_PROBABILITY',
    message: `The output "${name}" is ${value} for row ${row + 1} of the data, which is no probability.`,
    where: { key: name },
    help: 'Export the model with its last sigmoid or softmax, so that its scores lie between 0 and 1.',
  })
}

function badShape({ name, tensor }: Named, rows: number, wanted: string): UserError {
  return new UserError({
    code: 'MODEL_OUTPUT_SHAPE',
    message: `The output "${name}" has the shape [${tensor.dims.join(', ')}] for ${rows} rows; ${wanted} was expected.`,
    where: { key: name },
    help: 'Check that the model is of the kind that `task` says, and was trained on the same classes.',
  })
}

function unclear(outputs: Tensors, wanted: string): UserError {
  const have = Object.entries(outputs).map(([name, { type, dims }]) => `${name} (${type} [${dims.join(', ')}])`)
  return new UserError({
    code: 'MODEL_OUTPUTS_UNKNOWN',
    message: `The model's outputs are ${have.join(', ')}; ${wanted} were expected.`,
    help: 'Export only these outputs, or name them `label` and `probabilities`.',
  })
}

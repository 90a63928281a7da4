import { isFloat, jsonValue, type Tensors } from '@mlops-actions/onnx'
import { type JsonObject, UserError } from '@mlops-actions/verdict'
import { classesOf } from '../description.ts'
import { answersOf } from './answers.ts'
import type { ServedModel } from './model.ts'
import type { RequestRows } from './request-rows.ts'

export type RecordedCell = number | bigint | string | boolean | null

/** A column of what is recorded of served rows: a feature, or the model's answer. */
export interface RecordedColumn {
  name: string
  type: 'number' | 'integer' | 'boolean' | 'text'
}

/** Names that tell a row apart or hold the model's answer. */
const reserved = ['id', 'timestamp', 'model_version', 'prediction', 'score']

/**
 * What is recorded of the rows that a model serves: its features under their own names, then `prediction`, and `score` of the
 * positive class or one `score_<class>` a class. Of a model without a task, `prediction` is its first output where that has
 * one value a row.
 * @throws UserError FEATURE_RESERVED where a feature has the name of one of the other columns
 */
export function recordedColumns({ layout, description, signature }: ServedModel): {
  features: RecordedColumn[]
  answers: RecordedColumn[]
} {
  const { task } = description
  const features = layout.flatMap(({ input, columns }) =>
    columns.map((name): RecordedColumn => {
      const number = isFloat(input.type) ? 'number' : 'integer'
      return { name, type: input.type === 'string' ? 'text' : input.type === 'bool' ? 'boolean' : number }
    }),
  )
  const taken = features.find(
    // A log of a binary task has "score", so that a feature may begin with "score_" there.
    ({ name }) => reserved.includes(name) || (task?.type !== 'binary' && name.startsWith('score_')),
  )
  if (taken !== undefined) throw featureReserved(taken.name)
  if (task === undefined) {
    const [first] = signature.outputs
    const single =
      first !== undefined && (first.shape.length === 1 || (first.shape.length === 2 && first.shape[1] === 1))
    if (!single) return { features, answers: [] }
    const number = isFloat(first.type) ? 'number' : 'integer'
    const type = first.type === 'string' ? 'text' : first.type === 'bool' ? 'boolean' : number
    return { features, answers: [{ name: 'prediction', type }] }
  }
  const classes = classesOf(task)
  const prediction: RecordedColumn = { name: 'prediction', type: classes === undefined ? 'number' : typeOf(classes) }
  const scores = task.type === 'binary' ? ['score'] : (classes ?? []).map((name) => `score_${name}`)
  return { features, answers: [prediction, ...scores.map((name): RecordedColumn => ({ name, type: 'number' }))] }
}

/** How classes are written where they stand as cells: as the label is in the data, so that the two can be compared. */
function typeOf(classes: string[]): RecordedColumn['type'] {
  if (classes.every((name) => name === 'true' || name === 'false')) return 'boolean'
  if (!classes.every((name) => Number.isFinite(Number(name)) && String(Number(name)) === name)) return 'text'
  return classes.every((name) => Number.isSafeInteger(Number(name))) ? 'integer' : 'number'
}

/**
 * The cells of the rows of a request, in the order of `recordedColumns`; a feature as the caller wrote it.
 * @throws UserError where an answer is not finite or otherwise none
 */
export function recordedCells(
  model: ServedModel,
  { features, answers }: ReturnType<typeof recordedColumns>,
  request: RequestRows,
  outputs: Tensors,
): (row: number) => RecordedCell[] {
  const answered = flatAnswers(model, outputs, request.rows)
  return (row) => [
    ...features.map(({ name, type }) => featureCell(request.cell(row, name), type)),
    ...answers.map(({ name, type }) => answerCell(answered[row]![name], type)),
  ]
}

/** A feature in its column's type; whole numbers beyond 2^53 come as strings of digits. */
function featureCell(value: unknown, type: RecordedColumn['type']): RecordedCell {
  if (type === 'integer' && typeof value === 'string') {
    const whole = BigInt(value)
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole
  }
  if (typeof value === 'string') return value
  if (typeof value !== 'number' && typeof value !== 'boolean') return null
  // The cells of a CSV are of the column's own type.
  return type === 'boolean' ? Boolean(value) : Number(value)
}

function answerCell(value: unknown, type: RecordedColumn['type']): RecordedCell {
  if (typeof value !== 'string' || type === 'text') return (value as RecordedCell | undefined) ?? null
  return type === 'boolean' ? value === 'true' : Number(value)
}

function flatAnswers(model: ServedModel, outputs: Tensors, rows: number): JsonObject[] {
  const { task } = model.description
  if (task === undefined) {
    const name = model.signature.outputs[0]!.name
    const { data, type } = outputs[name]!
    return Array.from({ length: rows }, (_, row) => ({ prediction: jsonValue(data[row]!, type) }))
  }
  return answersOf(model, outputs, rows).map(({ label, value, probabilities }) => {
    const scores = Object.entries((probabilities ?? {}) as Record<string, number>)
    if (task.type === 'binary') {
      const score = scores.find(([name]) => name === task.positive)?.[1]
      return { prediction: label!, ...(score === undefined ? {} : { score }) }
    }
    return { prediction: (label ?? value)!, ...Object.fromEntries(scores.map(([name, of]) => [`score_${name}`, of])) }
  })
}

function featureReserved(name: string): UserError {
  return new UserError({
    code: 'FEATURE_RESERVED',
    message: `The model has a feature "${name}", which is the name of another column in prediction logs and profiles.`,
    where: { key: name },
    help: `Rename the feature, or serve it without PREDICTION_LOG and PROFILE_TOKEN. Reserved: ${reserved.join(', ')}, and score_<class> but for binary tasks.`,
  })
}

import { codingOf, jsonValue, readClassifier, readRegression, type Tensor, type Tensors } from '@mlops-actions/onnx'
import type { Json, JsonObject } from '@mlops-actions/verdict'
import { classesOf } from '../description.ts'
import type { ServedModel } from './model.ts'

/**
 * One answer a row: `{label, probabilities}` of a classifier (probabilities by class, where the model gives them),
 * `{value}` of a regression, the raw outputs by name of a model without a task.
 */
export function answersOf(model: ServedModel, outputs: Tensors, rows: number): JsonObject[] {
  const { task } = model.description
  if (task === undefined) return rawAnswers(outputs, rows)
  const classes = classesOf(task)
  if (classes === undefined) {
    return Array.from(readRegression(outputs, rows), (value) => ({ value }))
  }
  const coding = model.coding ?? codingOf(outputs, classes, model.signature.metadata)
  const { predicted, scores } = readClassifier(outputs, rows, classes, coding)
  return Array.from(predicted, (index, row) => ({
    label: classes[index]!,
    ...(scores && { probabilities: Object.fromEntries(classes.map((name, i) => [name, scores[i]![row]!])) }),
  }))
}

/** As MLflow's scoring server answers: one label or value a row; raw outputs where the model has no task. */
export function predictionsOf(model: ServedModel, outputs: Tensors, rows: number): Json[] {
  return answersOf(model, outputs, rows).map((answer) => answer.label ?? answer.value ?? answer)
}

function rawAnswers(outputs: Tensors, rows: number): JsonObject[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, entry(tensor, row)])),
  )
}

function entry({ dims, data, type }: Tensor, row: number): Json {
  const width = dims.slice(1).reduce((a, b) => a * b, 1)
  const values = Array.from(
    data.slice(row * width, (row + 1) * width) as ArrayLike<number | bigint | string>,
    (value) => jsonValue(value, type),
  )
  return width === 1 ? values[0]! : values
}

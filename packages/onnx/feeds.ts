import { type Batch, type Column, textAt } from '@mlops-actions/table'
import { nearest, UserError, type Where } from '@mlops-actions/verdict'
import type { InputLayout } from './layout.ts'
import { allocate, isFloat, type TensorData, type Tensors, wholeRange } from './tensor.ts'

/**
 * The rows of a batch as the inputs of a model. A null is NaN for a float input, '' for a string input, and a UserError for
 * the other types, which have no value for "missing". Numbers, booleans (as 1 and 0) and the text of any column are
 * converted; nothing is guessed from text.
 * @throws UserError DATA_COLUMN_MISSING, DATA_COLUMN_NULL, DATA_COLUMN_TYPE, DATA_VALUE_RANGE
 */
export function feedsOf(layout: InputLayout[], batch: Batch): Tensors {
  const byName = new Map(batch.columns.map((column) => [column.name, column]))
  const feeds: Tensors = {}
  for (const { input, columns } of layout) {
    const data = allocate(input.type, batch.rows * columns.length)
    columns.forEach((name, offset) => {
      const column = byName.get(name) ?? missing(name, byName.keys())
      if (input.type === 'string') fillText(data as string[], column, offset, columns.length)
      else if (isFloat(input.type)) fillFloats(data as Float64Array, column, offset, columns.length, batch)
      else fillWhole(data, column, offset, columns.length, batch, input.type)
    })
    const dims = input.shape.length === 1 ? [batch.rows] : [batch.rows, columns.length]
    feeds[input.name] = { type: input.type, dims, data }
  }
  return feeds
}

/** The error for a column that a model needs and the data lack. */
export function missing(name: string, known: Iterable<string>): never {
  const near = nearest(name, known)
  throw new UserError({
    code: 'DATA_COLUMN_MISSING',
    message: `The model needs the column "${name}", which the data do not have.`,
    where: { key: name },
    help:
      near === undefined
        ? 'Give data with the columns that the model was trained on.'
        : `The nearest column is "${near}". Give data with the columns that the model was trained on.`,
  })
}

function fillText(data: string[], column: Column, offset: number, width: number): void {
  for (let row = 0, at = offset; row < column.nulls.length; row++, at += width) {
    data[at] = textAt(column, row) ?? ''
  }
}

function fillFloats(data: Float64Array, column: Column, offset: number, width: number, batch: Batch): void {
  for (let row = 0, at = offset; row < batch.rows; row++, at += width) {
    data[at] = column.nulls[row] ? Number.NaN : numberAt(column, row, batch)
  }
}

function fillWhole(data: TensorData, column: Column, offset: number, width: number, batch: Batch, type: string): void {
  const [low, high] = wholeRange[type as keyof typeof wholeRange] ?? [0n, 1n]
  const big = data instanceof BigInt64Array || data instanceof BigUint64Array
  for (let row = 0, at = offset; row < batch.rows; row++, at += width) {
    if (column.nulls[row]) throw nullCell(column, row, batch, type)
    const value = column.type === 'integer64' ? column.values[row]! : wholeAt(column, row, batch, type)
    if (value < low || value > high) throw outOfRange(column, row, batch, type)
    if (big) data[at] = value
    else (data as Int32Array)[at] = Number(value)
  }
}

function numberAt(column: Column, row: number, batch: Batch): number {
  if (column.type === 'text' || column.type === 'timestamp') throw notNumeric(column, row, batch)
  return Number(column.values[row])
}

function wholeAt(column: Column, row: number, batch: Batch, type: string): bigint {
  const value = numberAt(column, row, batch)
  if (!Number.isInteger(value)) throw outOfRange(column, row, batch, type)
  return BigInt(value)
}

/** Where a cell stands, for messages; a batch that was not read from a file has no lines. */
export function place(column: Column, row: number, batch: Batch): Where {
  const line = batch.lines[row]
  return { key: column.name, ...(line === undefined ? {} : { line }) }
}

function notNumeric(column: Column, row: number, batch: Batch): UserError {
  return new UserError({
    code: 'DATA_COLUMN_TYPE',
    message: `The model takes numbers from the column "${column.name}", which holds ${column.type === 'text' ? 'text' : 'timestamps'}, such as "${textAt(column, row)?.slice(0, 40)}".`,
    where: place(column, row, batch),
    help: 'Give the data in the form in which the model was trained, or put the conversion into the exported pipeline.',
  })
}

function nullCell(column: Column, row: number, batch: Batch, type: string): UserError {
  return new UserError({
    code: 'DATA_COLUMN_NULL',
    message: `The column "${column.name}" has an empty cell, and the model's ${type} input has no value for "missing".`,
    where: place(column, row, batch),
    help: 'Fill the empty cells, or export the model with a float input and an imputer (NaN then stands for missing).',
  })
}

function outOfRange(column: Column, row: number, batch: Batch, type: string): UserError {
  return new UserError({
    code: 'DATA_VALUE_RANGE',
    message: `The column "${column.name}" holds ${textAt(column, row)?.slice(0, 40)}, which is no ${type}.`,
    where: place(column, row, batch),
    help: `The model's input of this name takes ${type} only.`,
  })
}

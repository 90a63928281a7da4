import {
  allocate,
  type ElementType,
  jsonValue,
  type Tensor,
  type TensorSignature,
  type Tensors,
} from '@mlops-actions/onnx'
import type { JsonObject } from '@mlops-actions/verdict'
import { element } from './cells.ts'
import type { ServedModel } from './model.ts'
import { isRecord } from './predict.ts'
import { badRequest } from './problem.ts'
import type { RequestRows } from './request-rows.ts'

/** Names of the Open Inference Protocol, version 2, for ONNX's element types. */
const datatypes: Record<ElementType, string> = {
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  bool: 'BOOL',
  string: 'BYTES',
}

/** The metadata of a model; an open dimension is -1. */
export function modelMetadata({ description, signature }: ServedModel): JsonObject {
  const tensor = ({ name, type, shape }: TensorSignature) => ({
    name,
    datatype: datatypes[type],
    shape: shape.map((dimension) => (typeof dimension === 'number' ? dimension : -1)),
  })
  return {
    name: description.name,
    versions: [description.version],
    platform: 'onnx_onnxv1',
    inputs: signature.inputs.map(tensor),
    outputs: signature.outputs.map(tensor),
  }
}

/** An inference request: the tensors to feed, and what its answer must repeat. */
export interface InferenceRequest extends RequestRows {
  id: string | undefined
  /** Outputs asked for, in that order; all where absent. */
  outputs: string[] | undefined
}

export function readInference(model: ServedModel, body: unknown): InferenceRequest {
  if (!isRecord(body) || !Array.isArray(body.inputs)) throw badRequest('the body must hold an array "inputs"')
  const { id } = body
  if (id !== undefined && typeof id !== 'string') throw badRequest('"id" must be a string')
  const given = new Map<string, Record<string, unknown>>()
  for (const input of body.inputs) {
    if (!isRecord(input) || typeof input.name !== 'string') throw badRequest('every input must have a name')
    if (given.has(input.name)) throw badRequest(`the input "${input.name}" is given twice`)
    if (!model.layout.some((known) => known.input.name === input.name)) {
      throw badRequest(`the model has no input "${input.name}"`)
    }
    given.set(input.name, input)
  }
  const nullable = new Set(model.description.nullable)
  const places = new Map<string, Place>()
  let rows: number | undefined
  const feeds = model.layout.map(({ input, columns }) => {
    const said = given.get(input.name)
    if (said === undefined) throw badRequest(`the input "${input.name}" is missing`)
    const { tensor, values } = readTensor(input, columns, said, nullable)
    for (const [at, field] of columns.entries()) places.set(field, { values, width: columns.length, at })
    rows ??= tensor.dims[0]!
    if (tensor.dims[0] !== rows) throw badRequest('the inputs differ in their number of rows')
    return [input.name, tensor]
  })
  const cell = (row: number, field: string) => {
    const place = places.get(field)
    return place?.values[row * place.width + place.at]
  }
  const outputs = requestedOutputs(model, body.outputs)
  return { feeds: Object.fromEntries(feeds), rows: rows ?? 0, cell, id, outputs }
}

/** Where the values of a field stand in the data of a tensor. */
interface Place {
  values: unknown[]
  width: number
  at: number
}

export function inferenceAnswer(model: ServedModel, request: InferenceRequest, outputs: Tensors): JsonObject {
  const names = request.outputs ?? Object.keys(outputs)
  return {
    model_name: model.description.name,
    model_version: model.description.version,
    ...(request.id === undefined ? {} : { id: request.id }),
    outputs: names.map((name) => {
      const { type, dims, data } = outputs[name]!
      const values = Array.from(data as ArrayLike<number | bigint | string>, (value) => jsonValue(value, type))
      return { name, shape: dims, datatype: datatypes[type], data: values }
    }),
  }
}

/** Data may be flat or nested; either way row-major, and as many as the shape says. */
function readTensor(
  input: TensorSignature,
  columns: string[],
  said: Record<string, unknown>,
  nullable: ReadonlySet<string>,
): { tensor: Tensor; values: unknown[] } {
  const at = `the input "${input.name}"`
  if (said.datatype !== datatypes[input.type]) throw badRequest(`${at} must have the datatype ${datatypes[input.type]}`)
  const { shape, data } = said
  const width = columns.length
  const shaped =
    Array.isArray(shape) &&
    shape.every((dimension) => Number.isSafeInteger(dimension) && dimension > 0) &&
    (shape.length === 2 ? shape[1] === width : shape.length === 1 && width === 1)
  if (!shaped) throw badRequest(`${at} must have the shape [rows${input.shape.length === 2 ? `, ${width}` : ''}]`)
  if (!Array.isArray(data)) throw badRequest(`${at} has no "data"; binary tensors are not supported`)
  const rows = shape[0] as number
  const flat = Array.isArray(data[0]) ? data.flat() : data
  if (flat.length !== rows * width) throw badRequest(`${at} holds ${flat.length} values, its shape ${rows * width}`)
  const to = allocate(input.type, flat.length) as unknown[]
  flat.forEach((value, i) => {
    const read = element(value, input.type, nullable.has(columns[i % width]!))
    if (typeof read === 'object') throw badRequest(`${at}: value ${i + 1} ${read.problem}`)
    to[i] = read
  })
  const dims = input.shape.length === 1 ? [rows] : [rows, width]
  return { tensor: { type: input.type, dims, data: to as never }, values: flat }
}

function requestedOutputs(model: ServedModel, outputs: unknown): string[] | undefined {
  if (outputs === undefined) return undefined
  if (!Array.isArray(outputs) || outputs.length === 0) throw badRequest('"outputs" must be an array of outputs')
  return outputs.map((output) => {
    const name = isRecord(output) ? output.name : undefined
    if (typeof name !== 'string' || !model.signature.outputs.some((known) => known.name === name)) {
      throw badRequest('"outputs" names an output that the model does not have')
    }
    return name
  })
}

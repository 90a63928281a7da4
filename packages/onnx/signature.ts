import { UserError } from '@mlops-actions/verdict'
import { externalLocations } from './external-data.ts'
import { MessageReader, NotProtobuf } from './protobuf.ts'

/** ONNX's element types as this pack names them. */
export type ElementType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'

/** One input or output; a dimension is a number, a symbol, or null where the model leaves it open. */
export interface TensorSignature {
  name: string
  type: ElementType
  shape: (number | string | null)[]
}

/** What a model takes and gives, read from its bytes without running it. */
export interface Signature {
  inputs: TensorSignature[]
  outputs: TensorSignature[]
  /** Custom metadata of the model file, e.g. `mlops.features`. */
  metadata: Record<string, string>
  producer: string
  /** Operator set versions by domain ('' is the default domain). */
  opsets: Record<string, number>
  /** Files beside the model that hold some of its tensors, relative to the model's folder, sorted; never outside it. */
  external_data: string[]
}

/** TensorProto.DataType of onnx.proto. */
const elementTypes: Record<number, ElementType> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
}

/**
 * Reads what a model takes and gives from the bytes of an ONNX file (a ModelProto). Nothing is run and nothing else is read.
 * @param origin how people name the file, for messages
 * @throws UserError MODEL_NOT_ONNX, MODEL_EXTERNAL_DATA_OUTSIDE, MODEL_OUTPUT_NOT_TENSOR, MODEL_INPUT_NOT_TENSOR,
 *   MODEL_TYPE_UNSUPPORTED
 */
export function readSignature(bytes: Uint8Array, origin: string): Signature {
  try {
    return readModel(bytes, origin)
  } catch (thrown) {
    if (thrown instanceof NotProtobuf) throw notOnnx(bytes, origin, thrown)
    throw thrown
  }
}

function readModel(bytes: Uint8Array, origin: string): Signature {
  const model = new MessageReader(bytes)
  const metadata: Record<string, string> = {}
  const opsets: Record<string, number> = {}
  const producer = ['', '']
  let version = 0
  let graph: Graph | undefined
  while (model.next()) {
    if (model.field === 1) version = model.integer()
    else if (model.field === 2) producer[0] = model.text()
    else if (model.field === 3) producer[1] = model.text()
    else if (model.field === 7) graph = readGraph(model.message())
    else if (model.field === 8) {
      const [domain, number] = readOpset(model.message())
      opsets[domain === 'ai.onnx' ? '' : domain] = number
    } else if (model.field === 14) {
      const [key, value] = model.message().entry()
      define(metadata, key, value)
    }
  }
  if (version < 1 || graph === undefined || graph.outputs.length === 0) throw new NotProtobuf('it holds no graph')
  const { initializers } = graph
  return {
    inputs: graph.inputs.filter((input) => !initializers.has(input.name)).map((input) => input.tensor(origin)),
    outputs: graph.outputs.map((output) => output.tensor(origin)),
    metadata,
    producer: producer.join(' ').trim(),
    opsets,
    external_data: externalLocations(bytes, origin),
  }
}

interface Graph {
  inputs: Value[]
  outputs: Value[]
  initializers: Set<string>
}

/** A graph's input or output; `tensor` gives its type, or the error that it has none this pack can feed or read. */
interface Value {
  name: string
  tensor(origin: string): TensorSignature
}

function readGraph(graph: MessageReader): Graph {
  const read: Graph = { inputs: [], outputs: [], initializers: new Set() }
  while (graph.next()) {
    if (graph.field === 5) read.initializers.add(nameOf(graph.message(), 8))
    else if (graph.field === 15) read.initializers.add(sparseName(graph.message()))
    else if (graph.field === 11) read.inputs.push(readValue(graph.message(), 'input'))
    else if (graph.field === 12) read.outputs.push(readValue(graph.message(), 'output'))
  }
  return read
}

function readValue(value: MessageReader, side: 'input' | 'output'): Value {
  let name = ''
  let type: MessageReader | undefined
  while (value.next()) {
    if (value.field === 1) name = value.text()
    else if (value.field === 2) type = value.message()
  }
  if (type === undefined) throw new NotProtobuf(`${side} ${name} has no type`)
  const known = readType(type)
  return {
    name,
    tensor: (origin) => {
      if (known.kind === 'tensor') {
        const elements = elementTypes[known.element]
        if (elements !== undefined) return { name, type: elements, shape: known.shape }
        throw new UserError({
          code: 'MODEL_TYPE_UNSUPPORTED',
          message: `The ${side} "${name}" of ${origin} has the element type number ${known.element} of ONNX, which cannot be fed or read here.`,
          where: { file: origin, key: name },
          help: 'Export the model with float, double, integer, boolean or string tensors.',
        })
      }
      throw new UserError({
        code: side === 'output' ? 'MODEL_OUTPUT_NOT_TENSOR' : 'MODEL_INPUT_NOT_TENSOR',
        message: `The ${side} "${name}" of ${origin} is a ${known.kind}, not a tensor.`,
        where: { file: origin, key: name },
        help:
          side === 'output'
            ? "Export without ZipMap: convert_sklearn(model, initial_types=..., options={'zipmap': False}), or zipmap=False with onnxmltools."
            : 'Export the model with tensors as inputs.',
      })
    },
  }
}

type ValueType =
  | { kind: 'tensor'; element: number; shape: TensorSignature['shape'] }
  | { kind: 'sequence' | 'map' | 'sparse tensor' | 'optional value' }

function readType(type: MessageReader): ValueType {
  let found: ValueType | undefined
  while (type.next()) {
    if (type.field === 1) found = readTensorType(type.message())
    else if (type.field === 4) found = { kind: 'sequence' }
    else if (type.field === 5) found = { kind: 'map' }
    else if (type.field === 8) found = { kind: 'sparse tensor' }
    else if (type.field === 9) found = { kind: 'optional value' }
  }
  if (found === undefined) throw new NotProtobuf('a value has no type')
  return found
}

function readTensorType(type: MessageReader): ValueType {
  let element = 0
  const shape: TensorSignature['shape'] = []
  while (type.next()) {
    if (type.field === 1) element = type.integer()
    else if (type.field === 2) {
      const dimensions = type.message()
      while (dimensions.next()) if (dimensions.field === 1) shape.push(readDimension(dimensions.message()))
    }
  }
  return { kind: 'tensor', element, shape }
}

/** Converters write 0 or -1 for a dimension that they leave open. */
function readDimension(dimension: MessageReader): number | string | null {
  let value: number | string | null = null
  while (dimension.next()) {
    if (dimension.field === 1) value = dimension.integer() > 0 ? dimension.integer() : null
    else if (dimension.field === 2) value = dimension.text() || null
  }
  return value
}

function readOpset(opset: MessageReader): [string, number] {
  let domain = ''
  let version = 0
  while (opset.next()) {
    if (opset.field === 1) domain = opset.text()
    else if (opset.field === 2) version = opset.integer()
  }
  return [domain, version]
}

function nameOf(message: MessageReader, field: number): string {
  let name = ''
  while (message.next()) if (message.field === field) name = message.text()
  return name
}

function sparseName(sparse: MessageReader): string {
  let name = ''
  while (sparse.next()) if (sparse.field === 1) name = nameOf(sparse.message(), 8)
  return name
}

/** Sets a key that a file chose, `__proto__` included, as an own property. */
function define(record: Record<string, string>, key: string, value: string): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
}

function notOnnx(bytes: Uint8Array, origin: string, cause: Error): UserError {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  const looks =
    bytes.length === 0
      ? 'it is empty'
      : head.startsWith('version https://git-lfs')
        ? 'it is a Git LFS pointer'
        : head.startsWith('\x80')
          ? 'it looks like a Python pickle'
          : head.startsWith('PK')
            ? 'it looks like a zip archive, as torch.save writes'
            : head.startsWith('\x89HDF')
              ? 'it looks like HDF5, as Keras writes'
              : cause.message
  return new UserError({
    code: 'MODEL_NOT_ONNX',
    message: `${origin} is not an ONNX file: ${looks}.`,
    where: { file: origin },
    help: head.startsWith('version https://git-lfs')
      ? 'Check the repository out with `lfs: true`.'
      : 'Export the model to ONNX (skl2onnx, onnxmltools, torch.onnx.export) and name that file.',
    cause,
  })
}

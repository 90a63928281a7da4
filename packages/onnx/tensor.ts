import type { ElementType } from './signature.ts'

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | string[]

/** Values with a type and dimensions, row-major, as onnxruntime takes and gives them. Booleans are bytes 0 and 1. */
export interface Tensor {
  type: ElementType
  dims: number[]
  data: TensorData
}

/** Tensors by input or output name. */
export type Tensors = Record<string, Tensor>

/** Room for `size` elements; every element 0, or ''. float16 has no arithmetic here and is not made. */
export function allocate(type: ElementType, size: number): TensorData {
  switch (type) {
    case 'float32':
      return new Float32Array(size)
    case 'float64':
      return new Float64Array(size)
    case 'int8':
      return new Int8Array(size)
    case 'uint8':
    case 'bool':
      return new Uint8Array(size)
    case 'int16':
      return new Int16Array(size)
    case 'uint16':
    case 'float16':
      return new Uint16Array(size)
    case 'int32':
      return new Int32Array(size)
    case 'uint32':
      return new Uint32Array(size)
    case 'int64':
      return new BigInt64Array(size)
    case 'uint64':
      return new BigUint64Array(size)
    case 'string':
      return new Array<string>(size).fill('')
  }
}

/** Smallest and largest value of the whole-number types. */
export const wholeRange: Partial<Record<ElementType, readonly [bigint, bigint]>> = {
  int8: [-(2n ** 7n), 2n ** 7n - 1n],
  uint8: [0n, 2n ** 8n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  uint16: [0n, 2n ** 16n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
}

/** True for the types whose NaN can stand for a missing value. */
export function isFloat(type: ElementType): boolean {
  return type === 'float32' || type === 'float64'
}

/** Rows `from` to `to` (exclusive) of a tensor whose first dimension counts rows. */
export function rowsOf(tensor: Tensor, from: number, to: number): Tensor {
  const width = tensor.dims.slice(1).reduce((a, b) => a * b, 1)
  return {
    type: tensor.type,
    dims: [to - from, ...tensor.dims.slice(1)],
    data: tensor.data.slice(from * width, to * width),
  }
}

/** Tensors of one type and width, one below the other. */
export function stack(parts: Tensor[]): Tensor {
  const [first] = parts
  if (first === undefined) throw new Error('nothing to stack')
  if (parts.length === 1) return first
  const rows = parts.reduce((total, part) => total + (part.dims[0] ?? 0), 0)
  const dims = [rows, ...first.dims.slice(1)]
  if (first.type === 'string') return { type: 'string', dims, data: parts.flatMap((part) => part.data as string[]) }
  const data = allocate(
    first.type,
    parts.reduce((total, part) => total + part.data.length, 0),
  ) as Float32Array
  let offset = 0
  for (const part of parts) {
    data.set(part.data as Float32Array, offset)
    offset += part.data.length
  }
  return { type: first.type, dims, data }
}

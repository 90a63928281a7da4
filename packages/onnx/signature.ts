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
}

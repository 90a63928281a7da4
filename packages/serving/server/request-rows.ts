import type { Tensors } from '@mlops-actions/onnx'

/** The rows of a request: as the model is fed them, and as the caller wrote them. */
export interface RequestRows {
  feeds: Tensors
  rows: number
  /** The JSON value of a field of a row; undefined where the row has no such field. */
  cell(row: number, field: string): unknown
}

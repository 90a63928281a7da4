/** What a model is asked to do, settled before anything is measured. */
export type Task =
  | {
      type: 'binary'
      label: string /** The class of interest, as it stands in the data. */
      positive: string
      negative: string
    }
  | { type: 'multiclass'; label: string /** In sorted order. */; classes: string[] }
  | { type: 'regression'; label: string }

interface Rows {
  rows: number
  ids?: string[]
  /** One per row; absent = all 1. */
  weight?: Float64Array
  /** Other columns by name, one text per row. */
  slices: Record<string, string[]>
}

/** What a model said and what was true, row by row. */
export type Predictions =
  | (Rows & {
      task: Extract<Task, { type: 'binary' }>
      /** 1 = positive. */
      actual: Uint8Array
      predicted: Uint8Array
      /** Score of the positive class; absent where the model gives only labels. */
      score?: Float64Array
    })
  | (Rows & {
      task: Extract<Task, { type: 'multiclass' }>
      /** Index into task.classes. */
      actual: Int32Array
      predicted: Int32Array
      /** One array of scores per class, in the order of task.classes. */
      scores?: Float64Array[]
    })
  | (Rows & { task: Extract<Task, { type: 'regression' }>; actual: Float64Array; predicted: Float64Array })

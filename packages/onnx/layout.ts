import { UserError } from '@mlops-actions/verdict'
import type { Signature, TensorSignature } from './signature.ts'

/** The columns that fill one input of a model, left to right; more than one only for a matrix. */
export interface InputLayout {
  input: TensorSignature
  columns: string[]
}

/**
 * Which columns fill which input. A model has one input a column (`[N]` or `[N, 1]`, named after its column), or a single
 * matrix input (`[N, F]`), whose order of columns is `features`, else the model's metadata `mlops.features` (a JSON array or
 * names separated by commas).
 * @throws UserError MODEL_FEATURES_UNKNOWN, MODEL_FEATURES_MISMATCH, MODEL_INPUT_UNSUPPORTED
 */
export function inputLayout(signature: Signature, features?: string[]): InputLayout[] {
  const { inputs, metadata } = signature
  const named = features ?? namesIn(metadata['mlops.features'])
  const [only] = inputs
  for (const input of inputs) refuseUnsupported(input, inputs.length)
  if (only === undefined || inputs.length > 1 || !isMatrix(only, named)) {
    return inputs.map((input) => ({ input, columns: [input.name] }))
  }
  const width = only.shape[1]
  if (named === undefined) {
    throw new UserError({
      code: 'MODEL_FEATURES_UNKNOWN',
      message: `The input "${only.name}" is a matrix of ${width} columns, and nothing says which columns of the data they are.`,
      where: { key: 'features' },
      help: "List them in order as `features` in mlops.yaml, or write them into the model: onnx.helper.set_model_props(model, {'mlops.features': 'tenure,monthly_charges'}).",
    })
  }
  if (typeof width === 'number' && width !== named.length) {
    throw new UserError({
      code: 'MODEL_FEATURES_MISMATCH',
      message: `The input "${only.name}" takes ${width} columns, but ${features ? '`features`' : 'the metadata mlops.features'} names ${named.length}.`,
      where: { key: 'features' },
      help: 'Name exactly the columns that the model was trained on, in that order.',
    })
  }
  return [{ input: only, columns: named }]
}

/**
 * How columns must be read so that a model's string inputs get their cells as they stand in the file (`007` stays `007`):
 * for the `types` of table's ReadOptions.
 */
export function columnTypes(layout: InputLayout[]): Record<string, 'text'> {
  const text = layout.filter(({ input }) => input.type === 'string').flatMap(({ columns }) => columns)
  return Object.fromEntries(text.map((name) => [name, 'text']))
}

/** The names in a metadata entry: a JSON array of strings, or names separated by commas. */
export function namesIn(entry: string | undefined): string[] | undefined {
  if (entry === undefined || entry.trim() === '') return undefined
  if (entry.trim().startsWith('[')) {
    try {
      const names: unknown = JSON.parse(entry)
      if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
    } catch {
      // A name that begins with a bracket: read as a list below.
    }
  }
  return entry.split(',').map((name) => name.trim())
}

function isMatrix(input: TensorSignature, features: string[] | undefined): boolean {
  if (input.shape.length !== 2 || input.shape[1] === 1) return false
  return typeof input.shape[1] === 'number' || features !== undefined
}

function refuseUnsupported(input: TensorSignature, inputs: number): void {
  const [rows, width] = input.shape
  const why =
    input.type === 'float16'
      ? 'takes float16'
      : input.shape.length < 1 || input.shape.length > 2
        ? `has ${input.shape.length} dimensions`
        : typeof rows === 'number' && rows > 1
          ? `takes exactly ${rows} rows at a time`
          : inputs > 1 && typeof width === 'number' && width > 1
            ? `is a matrix beside ${inputs - 1} other inputs`
            : undefined
  if (why === undefined) return
  throw new UserError({
    code: 'MODEL_INPUT_UNSUPPORTED',
    message: `The input "${input.name}" ${why}; a model over a table has one input per column ([N, 1] or [N]) or a single matrix [N, F], of float, double, integer, boolean or string.`,
    where: { key: input.name },
    help: 'Export the model that way, with the first dimension left open.',
  })
}

import type { Profile } from '@mlops-actions/profile'
import { type Check, check, type Json, UserError } from '@mlops-actions/verdict'
import { drawBatch } from './draw.ts'
import { feedsOf } from './feeds.ts'
import { inputLayout } from './layout.ts'
import type { LocalModel } from './model-files.ts'
import { classifierOutputs } from './outputs.ts'
import type { Runtime } from './runtime.ts'
import { openSession } from './session.ts'
import type { ElementType, Signature } from './signature.ts'
import { allocate, isFloat, type Tensor, type Tensors } from './tensor.ts'

/** A tensor as JSON: NaN is null, whole numbers beyond 2^53 are texts, booleans are booleans. */
export interface GoldenTensor {
  name: string
  type: ElementType
  shape: number[]
  data: (number | string | boolean | null)[]
}

/** golden.json: what onnxruntime answered to rows that were drawn, not taken, from the reference. */
export interface Golden {
  schema: 'mlops-actions/golden@1'
  model_sha256: string
  /** e.g. `onnxruntime-node 1.30.0`. */
  runtime: string
  seed: number
  inputs: GoldenTensor[]
  outputs: GoldenTensor[]
  /** |given - golden| <= absolute + relative |golden| for floats; everything else must be equal. */
  tolerance: { absolute: number; relative: number }
}

export interface GoldenOptions {
  runtime: Runtime
  /** The same seed, profile and model give the same rows. */
  seed: number
  /** Order of a matrix input's columns; the model's metadata where absent. */
  features?: string[]
}

/** Rows in a golden.json. */
const goldenRows = 16

/**
 * Draws 16 rows from the profile of the reference (never real ones) and notes what the model answers.
 * @throws UserError GOLDEN_COLUMN_MISSING for a column that the profile lacks; what openSession and inputLayout throw
 */
export async function golden(
  model: LocalModel,
  signature: Signature,
  profile: Profile,
  options: GoldenOptions,
): Promise<Golden> {
  const layout = inputLayout(signature, options.features)
  const feeds = feedsOf(layout, drawBatch(layout, profile, goldenRows, options.seed))
  const session = await openSession(model, options)
  try {
    return {
      schema: 'mlops-actions/golden@1',
      model_sha256: model.sha256,
      runtime: `onnxruntime-node ${options.runtime.version}`,
      seed: options.seed,
      inputs: toJson(feeds),
      outputs: toJson(await session.run(feeds)),
      tolerance: { absolute: 1e-5, relative: 1e-4 },
    }
  } finally {
    await session.close()
  }
}

/**
 * Asks a model the golden rows again: one check that it is the model they were made with, one an output, and one that
 * labels follow the probabilities. A model that cannot be run is an errored check, not a lost step.
 */
export async function checkGolden(model: LocalModel, of: Golden, options: { runtime: Runtime }): Promise<Check[]> {
  const same = check(model.sha256 === of.model_sha256, {
    id: 'golden.model',
    title: 'The golden rows belong to this model',
    subject: model.path,
    observed: `sha256 ${model.sha256}`,
    expected: `sha256 ${of.model_sha256}`,
  })
  try {
    const session = await openSession(model, options)
    try {
      return [same, ...compareGolden(of, await session.run(tensorsFromJson(of.inputs)))]
    } finally {
      await session.close()
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return [
      same,
      {
        id: 'golden.run',
        title: 'The model answers the golden rows',
        subject: model.path,
        observed: error.message,
        expected: 'an answer',
        status: 'errored',
        severity: 'failed',
        detail: error.help,
        evidence: { code: error.code },
      },
    ]
  }
}

/** Tensors from their JSON, by name: the golden rows as inputs of the model, say. */
export function tensorsFromJson(tensors: GoldenTensor[]): Tensors {
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, fromJson(tensor)]))
}

/** What a model answered to the golden rows, against what it answered when they were made. */
export function compareGolden(of: Golden, given: Tensors): Check[] {
  const checks = of.outputs.map((output) => compareOutput(output, given[output.name], of.tolerance))
  const labels = labelCheck(given)
  return labels === undefined ? checks : [...checks, labels]
}

/**
 * That a classifier's label is the class with the largest probability: converters have been seen to give the right
 * probabilities and one label for all rows. Undefined where there is no label or no `[N, k]` probability to compare.
 */
export function labelCheck(outputs: Tensors): Check | undefined {
  const floats = Object.values(outputs).some(({ type }) => isFloat(type))
  if (!floats || Object.keys(outputs).length < 2) return undefined
  const { label, probability } = classifierOutputs(outputs)
  const width = probability?.tensor.dims[1] ?? 1
  if (!label || !probability || probability.tensor.dims.length !== 2 || width < 2) return undefined
  const labels = Array.from(label.tensor.data as ArrayLike<unknown>, String)
  const scores = probability.tensor.data as Float32Array
  const positions =
    label.tensor.type !== 'string' && labels.every((value) => Number(value) >= 0 && Number(value) < width)
  const classOf = positions ? (value: string) => Number(value) : byMajority(labels, scores, width)
  const follows = labels.filter((value, row) => {
    const own = scores[row * width + classOf(value)]!
    return scores.subarray(row * width, (row + 1) * width).every((other) => !(other > own))
  }).length
  return check(follows === labels.length, {
    id: 'golden.labels',
    title: 'The label is the class with the largest probability',
    subject: label.name,
    observed: `${follows} of ${labels.length} rows`,
    expected: 'every row',
    detail:
      follows === labels.length
        ? `Labels of "${label.name}" against probabilities of "${probability.name}".`
        : 'A fault of the conversion to ONNX: compare the label output with the training library and export again.',
    evidence: { rows: labels.length, agreeing: follows },
  })
}

/**
 * Reads golden.json.
 * @throws UserError GOLDEN_INVALID
 */
export function parseGolden(text: string, origin: string): Golden {
  try {
    const read = JSON.parse(text) as Golden
    const tensors = [...read.inputs, ...read.outputs]
    const whole = tensors.every(
      ({ name, shape, data, type }) =>
        typeof name === 'string' && allocate(type, 0) && shape.reduce((a, b) => a * b, 1) === data.length,
    )
    const { absolute, relative } = read.tolerance
    if (read.schema === 'mlops-actions/golden@1' && whole && absolute >= 0 && relative >= 0 && read.inputs.length > 0) {
      return read
    }
  } catch {
    // Said below, with what to do.
  }
  throw new UserError({
    code: 'GOLDEN_INVALID',
    message: `${origin} is not a golden.json of this pack.`,
    where: { file: origin },
    help: 'Register the model again: register-promote writes the file.',
  })
}

/** Without positions, each label stands for the column that is largest most often where the label is given. */
function byMajority(labels: string[], scores: Float32Array, width: number): (label: string) => number {
  const votes = new Map<string, number[]>()
  labels.forEach((value, row) => {
    const own = scores.subarray(row * width, (row + 1) * width)
    const counts = votes.get(value) ?? new Array<number>(width).fill(0)
    counts[own.indexOf(Math.max(...own))]! += 1
    votes.set(value, counts)
  })
  return (value) => {
    const counts = votes.get(value) ?? []
    return counts.indexOf(Math.max(...counts))
  }
}

function compareOutput(expected: GoldenTensor, given: Tensor | undefined, tolerance: Golden['tolerance']): Check {
  const fact = {
    id: `golden.${expected.name}`,
    title: `The output ${expected.name} is what it was when the model was registered`,
    subject: expected.name,
    expected: isFloat(expected.type) ? `within ${tolerance.absolute} + ${tolerance.relative} |x|` : 'the same values',
  }
  const size = expected.data.length
  if (given === undefined || given.type !== expected.type || given.data.length !== size) {
    const observed = given === undefined ? 'no such output' : `${given.type} [${given.dims.join(', ')}]`
    return check(false, { ...fact, observed })
  }
  const want = fromJson(expected).data
  let differing = 0
  let largest = 0
  for (let i = 0; i < size; i++) {
    const [a, b] = [given.data[i]!, want[i]!]
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue
    const gap = isFloat(expected.type) ? Math.abs(Number(a) - Number(b)) : Number.POSITIVE_INFINITY
    if (!(gap <= tolerance.absolute + tolerance.relative * Math.abs(Number(b)))) differing++
    if (Number.isFinite(gap)) largest = Math.max(largest, gap)
  }
  return check(differing === 0, {
    ...fact,
    observed: differing === 0 ? `all ${size} values agree` : `${differing} of ${size} values differ`,
    evidence: { values: size, differing, largest_difference: largest, tolerance },
  })
}

function toJson(tensors: Tensors): GoldenTensor[] {
  return Object.entries(tensors).map(([name, { type, dims, data }]) => ({
    name,
    type,
    shape: dims,
    data: Array.from(data as ArrayLike<number | bigint | string>, (value) => jsonValue(value, type)),
  }))
}

/** An element as JSON. */
export function jsonValue(value: number | bigint | string, type: ElementType): Exclude<Json, object> {
  if (type === 'bool') return value !== 0
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  return typeof value === 'number' && !Number.isFinite(value) ? null : value
}

function fromJson({ type, shape, data }: GoldenTensor): Tensor {
  const to = allocate(type, data.length)
  data.forEach((value, i) => {
    if (to instanceof BigInt64Array || to instanceof BigUint64Array) to[i] = BigInt(value ?? 0)
    else if (Array.isArray(to)) to[i] = String(value ?? '')
    else to[i] = value === null ? Number.NaN : Number(value)
  })
  return { type, dims: shape, data: to }
}

import { describe, expect, it } from 'vitest'
import { codingOf, inputLayout, readClassifier, readRegression, type Tensors } from './index.ts'

const float = (dims: number[], ...data: number[]) => ({ type: 'float32' as const, dims, data: Float32Array.from(data) })
const int = (...data: bigint[]) => ({ type: 'int64' as const, dims: [data.length], data: BigInt64Array.from(data) })
const text = (...data: string[]) => ({ type: 'string' as const, dims: [data.length], data })

function read(outputs: Tensors, rows: number, classes: string[], metadata: Record<string, string> = {}) {
  const { predicted, scores } = readClassifier(outputs, rows, classes, codingOf(outputs, classes, metadata))
  return { predicted: [...predicted], scores: scores?.map((one) => [...one].map((p) => Number(p.toFixed(4)))) }
}

describe('readClassifier', () => {
  it('reads one probability of the positive class, and predicts it from 0.5 on', () => {
    expect(read({ p: float([3, 1], 0.5, 0.25, 0.75) }, 3, ['no', 'yes'])).toEqual({
      predicted: [1, 0, 1],
      scores: [
        [0.5, 0.75, 0.25],
        [0.5, 0.25, 0.75],
      ],
    })
  })

  it('takes labels that are names by name, and the columns in sorted order', () => {
    const outputs = { label: text('b', 'c'), probabilities: float([2, 3], 0.1, 0.7, 0.2, 0.1, 0.2, 0.7) }
    expect(read(outputs, 2, ['c', 'a', 'b'])).toEqual({
      predicted: [2, 0],
      scores: [
        [0.2, 0.7],
        [0.1, 0.1],
        [0.7, 0.2],
      ],
    })
  })

  it('sorts classes that are numbers by value, as LabelEncoder does', () => {
    const outputs = { label: int(10n, 2n), probabilities: float([2, 3], 0.1, 0.2, 0.7, 0.1, 0.8, 0.1) }
    expect(read(outputs, 2, ['1', '10', '2']).scores?.[1]).toEqual([0.7, 0.1])
  })

  it('takes positions where labels are no names, in the order that the metadata give', () => {
    const outputs = { label: int(1n, 0n), probabilities: float([2, 2], 0.2, 0.8, 0.6, 0.4) }
    expect(read(outputs, 2, ['good', 'bad']).predicted).toEqual([0, 1])
    expect(read(outputs, 2, ['good', 'bad'], { 'mlops.classes': 'good,bad' }).predicted).toEqual([1, 0])
    expect(read(outputs, 2, ['good', 'bad'], { 'mlops.classes': '["good", "bad"]' }).scores?.[1]).toEqual([0.8, 0.4])
  })

  it('asks the probabilities where a label could be a name and a position', () => {
    const outputs = { label: int(1n, 1n), probabilities: float([2, 2], 0.2, 0.8, 0.3, 0.7) }
    expect(read(outputs, 2, ['1', '2']).predicted).toEqual([1, 1])
    const named = { label: int(1n, 1n), probabilities: float([2, 2], 0.8, 0.2, 0.7, 0.3) }
    expect(read(named, 2, ['1', '2']).predicted).toEqual([0, 0])
  })

  it('lets a model give only labels, or only the probabilities of three classes', () => {
    expect(read({ label: text('yes', 'no') }, 2, ['no', 'yes'])).toEqual({ predicted: [1, 0], scores: undefined })
    expect(read({ p: float([1, 3], 0.4, 0.4, 0.2) }, 1, ['a', 'b', 'c']).predicted).toEqual([0])
  })

  it.each<[string, Tensors, string]>([
    ['MODEL_CLASSES_MISMATCH', { label: text('maybe', 'no') }, 'maybe'],
    ['MODEL_CLASSES_MISMATCH', { label: int(0n, 2n) }, '"2"'],
    ['MODEL_OUTPUT_NOT_PROBABILITY', { logits: float([2, 2], -3, 3, 1, 0) }, '-3'],
    ['MODEL_OUTPUT_NOT_FINITE', { p: float([2, 1], 0.5, Number.NaN) }, 'row 2'],
    ['MODEL_OUTPUT_SHAPE', { p: float([2, 3], 0, 0, 1, 0, 0, 1) }, '[2, 3]'],
    ['MODEL_OUTPUTS_UNKNOWN', { a: float([2, 2], 0, 1, 0, 1), b: float([2, 2], 0, 1, 0, 1) }, 'a (float32 [2, 2])'],
  ])('refuses with %s', (code, outputs, named) => {
    expect(() => read(outputs, 2, ['no', 'yes'])).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(named) }),
    )
  })
})

describe('readRegression', () => {
  it('takes [N, 1] and refuses what is not finite', () => {
    expect([...readRegression({ variable: float([2, 1], 1, 2) }, 2)]).toEqual([1, 2])
    expect(() => readRegression({ variable: float([1], Number.POSITIVE_INFINITY) }, 1)).toThrow('row 1')
  })
})

describe('inputLayout', () => {
  const matrix = (metadata: Record<string, string>, width: number | null = 2) => ({
    inputs: [{ name: 'x', type: 'float32' as const, shape: [null, width] }],
    outputs: [],
    metadata,
    producer: '',
    opsets: {},
    external_data: [],
  })

  it('takes the order of a matrix from the metadata, and from `features` before that', () => {
    expect(inputLayout(matrix({ 'mlops.features': 'a, b' }))[0]!.columns).toEqual(['a', 'b'])
    expect(inputLayout(matrix({ 'mlops.features': '["a,b", "c"]' }))[0]!.columns).toEqual(['a,b', 'c'])
    expect(inputLayout(matrix({ 'mlops.features': 'a,b' }), ['b', 'a'])[0]!.columns).toEqual(['b', 'a'])
  })

  it('names a width that does not fit, and shapes that no table has', () => {
    expect(() => inputLayout(matrix({}), ['a'])).toThrow(expect.objectContaining({ code: 'MODEL_FEATURES_MISMATCH' }))
    const image = { ...matrix({}), inputs: [{ name: 'x', type: 'float32' as const, shape: [null, 3, 8, 8] }] }
    expect(() => inputLayout(image)).toThrow(expect.objectContaining({ code: 'MODEL_INPUT_UNSUPPORTED' }))
  })
})

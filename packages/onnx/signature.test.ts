import { readFileSync } from 'node:fs'
import { UserError } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixture } from './fixtures/fixture.ts'
import { readSignature } from './index.ts'

const read = (name: string) => readSignature(readFileSync(fixture(name)), name)

function thrown(work: () => unknown): UserError {
  try {
    work()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('readSignature', () => {
  it('reads one input a column, the outputs, the producer and the operator sets', () => {
    const signature = read('churn-logistic.onnx')
    expect(signature.inputs).toHaveLength(19)
    expect(signature.inputs[0]).toEqual({ name: 'female', type: 'float32', shape: [null, 1] })
    expect(signature.inputs.find(({ name }) => name === 'contract')).toEqual({
      name: 'contract',
      type: 'string',
      shape: [null, 1],
    })
    expect(signature.outputs).toEqual([
      { name: 'label', type: 'int64', shape: [null] },
      { name: 'probabilities', type: 'float32', shape: [null, 2] },
    ])
    expect(signature.producer).toBe('skl2onnx 1.20.0')
    expect(signature.opsets).toEqual({ 'ai.onnx.ml': 1, '': 11 })
    expect(signature.external_data).toEqual([])
  })

  it('reads a matrix input and a shape that the converter got wrong as it is written', () => {
    const signature = read('churn-lightgbm.onnx')
    expect(signature.inputs).toEqual([{ name: 'input', type: 'float32', shape: [null, 9] }])
    expect(signature.outputs[0]).toEqual({ name: 'label', type: 'int64', shape: [1] })
  })

  it('lists the files that hold tensors beside the model', () => {
    expect(read('churn-mlp-external.onnx').external_data).toEqual(['churn-mlp-external.data'])
  })

  it('refuses tensors outside the model folder', () => {
    const error = thrown(() => read('refuse-outside-folder.onnx'))
    expect(error.code).toBe('MODEL_EXTERNAL_DATA_OUTSIDE')
    expect(error.message).toContain('../churn-mlp.onnx')
  })

  it('says how to export where ZipMap made a sequence of maps', () => {
    const error = thrown(() => read('churn-logistic-zipmap.onnx'))
    expect(error.code).toBe('MODEL_OUTPUT_NOT_TENSOR')
    expect(error.message).toContain('output_probability')
    expect(error.help).toContain("options={'zipmap': False}")
  })

  it.each([
    ['', 'it is empty'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\n', 'Git LFS pointer'],
    ['\x80\x04\x95pickled', 'Python pickle'],
    ['PK\x03\x04archive', 'zip archive'],
    ['{"not": "a model"}', 'wire type'],
  ])('names what is no ONNX file: %j', (content, reason) => {
    const error = thrown(() => readSignature(Buffer.from(content, 'latin1'), 'model.onnx'))
    expect(error.code).toBe('MODEL_NOT_ONNX')
    expect(error.message).toMatch(/^model\.onnx is not an ONNX file: /)
    expect(error.message).toContain(reason)
  })

  it('ends in a signature or a UserError whatever bytes are broken', () => {
    const whole = readFileSync(fixture('churn-logistic.onnx'))
    const broken = fc.record({
      keep: fc.integer({ min: 0, max: whole.length }),
      at: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
    })
    fc.assert(
      fc.property(broken, ({ keep, at }) => {
        const bytes = Uint8Array.from(whole)
        for (const [index, byte] of at) bytes[index] = byte
        try {
          readSignature(bytes.subarray(0, keep), 'model.onnx')
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

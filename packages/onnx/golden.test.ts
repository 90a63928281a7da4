import { readFileSync } from 'node:fs'
import type { ColumnProfile, Profile } from '@mlops-actions/profile'
import { beforeAll, describe, expect, it } from 'vitest'
import { csv, fixture, localModel, projectRuntime } from './fixtures/fixture.ts'
import { checkGolden, type Golden, golden, labelCheck, parseGolden, type Runtime, readSignature } from './index.ts'

let runtime: Runtime
let made: Golden

/** The churn rows as a profile with one bin a number column. */
function churnProfile(): Profile {
  const { header, rows } = csv('churn-rows.csv')
  const columns = header.map((name, j): ColumnProfile => {
    const cells = rows.map((row) => row[j]!).filter((cell) => cell !== '')
    const common = { name, count: cells.length, nulls: rows.length - cells.length, distinct: { count: 2, exact: true } }
    if (cells.every((cell) => Number.isFinite(Number(cell)))) {
      const values = cells.map(Number)
      const [min, max] = [Math.min(...values), Math.max(...values)]
      const bins = { points: [], edges: [(min + max) / 2] }
      const counts = [values.filter((v) => v < bins.edges[0]!).length, values.filter((v) => v >= bins.edges[0]!).length]
      const type = values.every(Number.isInteger) ? 'integer' : 'number'
      return { ...common, type, kind: 'numeric', numbers: { min, max, mean: 0, m2: 0, bins, counts, quantiles: [] } }
    }
    const seen = [...new Set(cells)].map((value) => ({ value, count: cells.filter((cell) => cell === value).length }))
    return {
      ...common,
      type: 'text',
      kind: 'categorical',
      categories: { values: seen, folded: { categories: 0, count: 0 } },
    }
  })
  return { schema: 'mlops-actions/profile@1', rows: rows.length, columns }
}

const model = localModel('churn-logistic.onnx')
const signature = readSignature(readFileSync(fixture('churn-logistic.onnx')), 'model.onnx')
const make = (seed: number) => golden(model, signature, churnProfile(), { seed, runtime })

beforeAll(async () => {
  runtime = await projectRuntime()
  made = await make(7)
})

describe('golden', () => {
  it('draws 16 rows that look like the profile and notes what onnxruntime gave', () => {
    expect(made).toMatchObject({
      schema: 'mlops-actions/golden@1',
      model_sha256: model.sha256,
      runtime: `onnxruntime-node ${runtime.version}`,
      tolerance: { absolute: 1e-5, relative: 1e-4 },
    })
    const contract = made.inputs.find(({ name }) => name === 'contract')!
    expect(contract.shape).toEqual([16, 1])
    for (const value of contract.data) expect(['Month-to-month', 'One year', 'Two year']).toContain(value)
    const tenure = made.inputs.find(({ name }) => name === 'tenure')!
    for (const value of tenure.data) expect(value).toSatisfy(Number.isInteger)
    expect(made.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['label', [16]],
      ['probabilities', [16, 2]],
    ])
  })

  it('is the same for the same seed, survives JSON, and differs for another seed', async () => {
    expect(await make(7)).toEqual(made)
    expect(parseGolden(JSON.stringify(made), 'golden.json')).toEqual(made)
    expect((await make(8)).inputs).not.toEqual(made.inputs)
  })

  it('passes for its own model', async () => {
    const checks = await checkGolden(model, made, { runtime })
    expect(checks.map(({ id, status }) => [id, status])).toEqual([
      ['golden.model', 'passed'],
      ['golden.label', 'passed'],
      ['golden.probabilities', 'passed'],
      ['golden.labels', 'passed'],
    ])
  })

  it('fails for another model and says how far it is off', async () => {
    const checks = await checkGolden(localModel('churn-boosting.onnx'), made, { runtime })
    const probabilities = checks.find(({ id }) => id === 'golden.probabilities')!
    expect(checks[0]!.status).toBe('failed')
    expect(probabilities.status).toBe('failed')
    expect(probabilities.evidence.largest_difference).toBeGreaterThan(0.001)
  })

  it('is an errored check where the model cannot be run', async () => {
    const checks = await checkGolden({ path: 'gone.onnx', sha256: model.sha256 }, made, { runtime })
    expect(checks.at(-1)).toMatchObject({ id: 'golden.run', status: 'errored', evidence: { code: 'MODEL_NOT_FOUND' } })
  })

  it('refuses a golden.json whose shapes do not hold', () => {
    const broken = { ...made, outputs: [{ ...made.outputs[0]!, shape: [17] }] }
    expect(() => parseGolden(JSON.stringify(broken), 'golden.json')).toThrow('golden.json is not a golden.json')
    expect(() => parseGolden('{}', 'golden.json')).toThrow()
  })
})

describe('labelCheck', () => {
  const probabilities = { type: 'float32' as const, dims: [3, 2], data: Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4) }

  it('finds the converter that gives one label for all rows', () => {
    const label = { type: 'int64' as const, dims: [3], data: BigInt64Array.of(1n, 1n, 1n) }
    expect(labelCheck({ label, probabilities })).toMatchObject({ status: 'failed', observed: '1 of 3 rows' })
  })

  it('follows labels that are texts', () => {
    const label = { type: 'string' as const, dims: [3], data: ['no', 'yes', 'no'] }
    expect(labelCheck({ label, probabilities })?.status).toBe('passed')
    expect(labelCheck({ label: { ...label, data: ['no', 'yes', 'yes'] }, probabilities })?.status).toBe('failed')
  })

  it('has nothing to say without probabilities', () => {
    expect(labelCheck({ variable: { type: 'float32', dims: [1], data: Float32Array.of(1) } })).toBeUndefined()
  })
})

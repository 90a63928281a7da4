import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRows } from './csv.mjs'

type Row = Record<string, string | null>
type ParameterSet = 'first' | 'worse' | 'better'

const example = fileURLToPath(new URL('.', import.meta.url))
let project: string

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'churn-'))
  cpSync(example, project, { recursive: true })
})
afterAll(() => rmSync(project, { recursive: true }))

function run(script: string) {
  execFileSync(process.execPath, [script], { cwd: project })
}

/** Trains in the copied project and reads what was written. */
function train(parameters: ParameterSet) {
  cpSync(join(project, 'params', `${parameters}.json`), join(project, 'params.json'))
  run('train.mjs')
  const read = (name: string) => readFileSync(join(project, name))
  return {
    model: read('model.onnx'),
    features: JSON.parse(read('params.json').toString()).features as string[],
    metrics: JSON.parse(read('metrics.json').toString()) as Record<string, number>,
    predictions: readRows(join(project, 'predictions.csv')) as Row[],
  }
}

/** What onnxruntime makes of rows: cells become floats (empty: NaN) or strings, as each input asks. */
async function infer(model: Buffer, rows: Row[]) {
  const session = await InferenceSession.create(model)
  const numbers = new Set(session.inputMetadata.filter((i) => i.isTensor && i.type === 'float32').map((i) => i.name))
  const feeds = session.inputNames.map((name) => {
    const cells = rows.map((row) => row[name] ?? null)
    const shape = [rows.length, 1]
    return numbers.has(name)
      ? [
          name,
          new Tensor(
            'float32',
            Float32Array.from(cells, (c) => (c === null ? Number.NaN : Number(c))),
            shape,
          ),
        ]
      : [
          name,
          new Tensor(
            'string',
            cells.map((c) => c ?? ''),
            shape,
          ),
        ]
  })
  const { label, probabilities } = await session.run(Object.fromEntries(feeds))
  return {
    inputs: session.inputNames,
    label: label!.data as unknown as string[],
    shape: probabilities!.dims,
    probabilities: probabilities!.data as Float32Array,
  }
}

describe('the churn example', () => {
  it('splits the data into the committed halves, which share no row', () => {
    run('split.mjs')
    const rows = (folder: string, name: string) =>
      readFileSync(join(folder, 'data', name), 'utf8')
        .trimEnd()
        .split('\n')
    for (const half of ['train.csv', 'holdout.csv']) expect(rows(project, half)).toEqual(rows(example, half))
    const [header, ...all] = rows(example, 'churn.csv')
    const halves = [rows(example, 'train.csv'), rows(example, 'holdout.csv')]
    expect(halves.map((h) => [h[0], h.length])).toEqual([
      [header, 1201],
      [header, 1201],
    ])
    expect(halves.flatMap((h) => h.slice(1)).sort()).toEqual(all.sort())
  })

  it.each<ParameterSet>(['first', 'worse', 'better'])('%s: the ONNX file says what the learner says', async (name) => {
    const { model, features, predictions } = train(name)
    const holdout = readRows(join(example, 'data/holdout.csv')) as Row[]
    if (name === 'better') expect(holdout.some((row) => row.total_charges === null)).toBe(true)
    const { inputs, label, shape, probabilities } = await infer(model, holdout)
    expect(inputs).toEqual(features)
    expect(shape).toEqual([holdout.length, 2])
    let largest = 0
    for (const [i, row] of predictions.entries()) {
      const [no, yes] = [probabilities[2 * i]!, probabilities[2 * i + 1]!]
      largest = Math.max(largest, Math.abs(yes - Number(row.score)), Math.abs(no + yes - 1))
      expect([row.id, row.label, row.contract]).toEqual([String(i + 1), holdout[i]!.churn, holdout[i]!.contract])
      expect(label[i]).toBe(yes > no ? 'yes' : 'no')
      expect(label[i]).toBe(row.prediction)
    }
    expect(largest).toBeLessThan(1e-6)
    expect(new Set(label).size).toBe(name === 'worse' ? 1 : 2)
  })

  it('takes nulls and categories it has never seen', async () => {
    const { model } = train('better')
    const { probabilities } = await infer(model, [{}, { contract: 'Five years', tenure: '12' }])
    expect([...probabilities].every((p) => p > 0 && p < 1)).toBe(true)
  })

  it('gives the same model twice, bit for bit', () => {
    expect(train('first').model.equals(train('first').model)).toBe(true)
  })

  it('orders the three parameter sets as the README says, and the committed one is the first', () => {
    const auc = (name: ParameterSet) => train(name).metrics.holdout_roc_auc
    expect(auc('worse')).toBeCloseTo(0.667, 3)
    expect(auc('better')).toBeCloseTo(0.838, 3)
    expect(auc('first')).toBeCloseTo(0.795, 3)
    expect(readFileSync(join(example, 'params.json'), 'utf8')).toBe(
      readFileSync(join(example, 'params/first.json'), 'utf8'),
    )
  })
})

import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Predictions, Task } from '@mlops-actions/metrics'
import { beforeAll, describe, expect, it } from 'vitest'
import { churnMatrix, csv, fixture, localModel, numbers, projectRuntime, table, tableOf } from './fixtures/fixture.ts'
import { openSession, predict, type Runtime, score } from './index.ts'

const churn: Task = { type: 'binary', label: 'churn', positive: 'yes', negative: 'no' }
let runtime: Runtime

beforeAll(async () => {
  runtime = await projectRuntime()
})

function binary(predictions: Predictions) {
  if (predictions.task.type !== 'binary') throw new Error('not binary')
  return predictions as Extract<Predictions, { actual: Uint8Array }>
}

function expectClose(given: ArrayLike<number>, expected: number[]): void {
  expect(given).toHaveLength(expected.length)
  expected.forEach((value, row) => {
    expect(Math.abs(given[row]! - value), `row ${row}`).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)))
  })
}

/** Matrix models have no imputer: the expected answers were made with 0 for an empty cell. */
function filledChurn() {
  const { header, rows } = csv('churn-rows.csv')
  return tableOf(
    header,
    rows.map((row) => row.map((cell) => (cell === '' ? '0' : cell))),
  )
}

describe('predict', () => {
  it.each(['churn-logistic', 'churn-boosting'])(
    'agrees with onnxruntime in Python: %s, null cells included',
    async (name) => {
      const rows = await table('churn-rows.csv')
      const said = binary(await predict(localModel(`${name}.onnx`), rows, churn, { runtime, slices: ['contract'] }))
      expect(said.rows).toBe(150)
      expectClose(said.score!, numbers(`${name}.expected.csv`, 'probabilities_1'))
      expect([...said.predicted]).toEqual(numbers(`${name}.expected.csv`, 'label'))
      expect(said.slices.contract!.slice(0, 2)).toEqual(['Month-to-month', 'Month-to-month'])
      expect([...said.actual.slice(0, 2)]).toEqual([0, 1])
    },
  )

  it.each(['churn-mlp', 'churn-lightgbm'])('feeds a matrix in the order of `features`: %s', async (name) => {
    const said = binary(
      await predict(localModel(`${name}.onnx`), await filledChurn(), churn, { runtime, features: churnMatrix }),
    )
    expectClose(said.score!, numbers(`${name}.expected.csv`, 'probabilities_1'))
    expect([...said.predicted]).toEqual(numbers(`${name}.expected.csv`, 'label'))
  })

  it('runs a model whose tensors stand in a file beside it', async () => {
    const said = binary(
      await predict(localModel('churn-mlp-external.onnx'), await filledChurn(), churn, {
        runtime,
        features: churnMatrix,
      }),
    )
    expectClose(said.score!, numbers('churn-mlp.expected.csv', 'probabilities_1'))
  })

  it('scores a regression', async () => {
    const said = await predict(
      localModel('flights-delay-ridge.onnx'),
      await table('flights-rows.csv'),
      { type: 'regression', label: 'arr_delay' },
      { runtime },
    )
    expect(said.predicted.length).toBe(150)
    const expected = numbers('flights-delay-ridge.expected.csv', 'variable')
    expected.forEach((value, row) => {
      expect(Math.abs(said.predicted[row]! - value)).toBeLessThanOrEqual(1e-4)
    })
    expect([...said.actual.slice(0, 2)]).toEqual([-14, 0])
  })

  it('turns the score where the first class in order is the positive one', async () => {
    const stays: Task = { type: 'binary', label: 'churn', positive: 'no', negative: 'yes' }
    const said = binary(
      await predict(localModel('churn-logistic.onnx'), await table('churn-rows.csv'), stays, { runtime }),
    )
    expectClose(said.score!, numbers('churn-logistic.expected.csv', 'probabilities_0'))
    expect([...said.predicted]).toEqual(numbers('churn-logistic.expected.csv', 'label').map((label) => 1 - label))
  })

  it('names a matrix model without an order of columns', async () => {
    await expect(predict(localModel('churn-mlp.onnx'), await filledChurn(), churn, { runtime })).rejects.toMatchObject({
      code: 'MODEL_FEATURES_UNKNOWN',
    })
  })

  it('names the missing column and the nearest one', async () => {
    const { header, rows } = csv('churn-rows.csv')
    const renamed = await tableOf(
      header.map((name) => (name === 'tenure' ? 'tenures' : name)),
      rows,
    )
    await expect(predict(localModel('churn-logistic.onnx'), renamed, churn, { runtime })).rejects.toMatchObject({
      code: 'DATA_COLUMN_MISSING',
      message: 'The model needs the column "tenure", which the data do not have.',
      help: expect.stringContaining('"tenures"'),
    })
  })

  it('refuses text where the model takes numbers, with the line', async () => {
    const { header, rows } = csv('churn-rows.csv')
    const text = rows.map((row, i) => row.map((cell, j) => (i === 3 && header[j] === 'tenure' ? 'long' : cell)))
    await expect(
      predict(localModel('churn-logistic.onnx'), await tableOf(header, text), churn, { runtime }),
    ).rejects.toMatchObject({ code: 'DATA_COLUMN_TYPE', where: { key: 'tenure' } })
  })

  it('refuses a label that is none of the classes', async () => {
    const wrong: Task = { type: 'binary', label: 'churn', positive: 'gone', negative: 'stayed' }
    await expect(
      predict(localModel('churn-logistic.onnx'), await table('churn-rows.csv'), wrong, { runtime }),
    ).rejects.toMatchObject({ code: 'DATA_LABEL_UNKNOWN', where: { key: 'churn', line: 2 } })
  })
})

describe('score', () => {
  it('gives raw outputs without a label column', async () => {
    const { header, rows } = csv('churn-rows.csv')
    const unlabelled = await tableOf(
      header.slice(0, -1),
      rows.map((row) => row.slice(0, -1)),
    )
    const { outputs, rows: count } = await score(localModel('churn-logistic.onnx'), unlabelled, { runtime })
    expect(count).toBe(150)
    expect(outputs.label?.data).toHaveLength(150)
    expect(outputs.probabilities?.dims).toEqual([150, 2])
  })
})

describe('a model that misbehaves', () => {
  it('must have the digest that was judged', async () => {
    const model = { ...localModel('churn-mlp.onnx'), sha256: '0'.repeat(64) }
    await expect(openSession(model, { runtime })).rejects.toMatchObject({ code: 'MODEL_CHANGED' })
  })

  it('may not reach outside its folder through a link', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'linked-'))
    mkdirSync(join(folder, 'model'))
    copyFileSync(fixture('churn-mlp-external.onnx'), join(folder, 'model', 'churn-mlp-external.onnx'))
    copyFileSync(fixture('churn-mlp-external.data'), join(folder, 'secret'))
    symlinkSync(join('..', 'secret'), join(folder, 'model', 'churn-mlp-external.data'))
    const model = { ...localModel('churn-mlp-external.onnx'), path: join(folder, 'model', 'churn-mlp-external.onnx') }
    await expect(openSession(model, { runtime })).rejects.toMatchObject({ code: 'MODEL_EXTERNAL_DATA_OUTSIDE' })
  })

  /** A runtime that behaves as its source says: a real crash of onnxruntime cannot be had on demand. */
  function runtimeThat(run: string): Runtime {
    const directory = mkdtempSync(join(tmpdir(), 'runtime-'))
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', main: 'index.js' }))
    writeFileSync(
      join(directory, 'index.js'),
      `exports.Tensor = class {}; exports.InferenceSession = { create: async () => ({ run: async () => { ${run} } }) }`,
    )
    return { directory, version: '0.0.0', source: 'configured' }
  }

  it('that ends its process is an error of its own', async () => {
    const options = { runtime: runtimeThat("process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {})") }
    await expect(
      score(localModel('flights-delay-ridge.onnx'), await table('flights-rows.csv'), options),
    ).rejects.toMatchObject({
      code: 'MODEL_CRASHED',
      message: expect.stringContaining('SIGSEGV'),
    })
  })

  it('that never answers is stopped', async () => {
    const options = { runtime: runtimeThat('for (;;);'), timeLimit: 1500 }
    await expect(
      score(localModel('flights-delay-ridge.onnx'), await table('flights-rows.csv'), options),
    ).rejects.toMatchObject({
      code: 'MODEL_TIMEOUT',
    })
  })

  it('sees no secret of the job', async () => {
    process.env.INPUT_SECRET_OF_JOB = 'hidden'
    const options = { runtime: runtimeThat('throw new Error(Object.keys(process.env).sort().join(" "))') }
    const failure = await score(localModel('flights-delay-ridge.onnx'), await table('flights-rows.csv'), options).catch(
      (error: Error) => error,
    )
    expect(failure).toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringContaining('ORT_DISABLE_TELEMETRY') })
    expect((failure as Error).message).not.toContain('SECRET')
  })
})

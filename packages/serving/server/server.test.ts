import { type Golden, jsonValue, score } from '@mlops-actions/onnx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { churnMatrix, csv, localModel, numbers, projectRuntime, tableOf } from '../../onnx/fixtures/fixture.ts'
import { ask, churnRows, description, modelFolder, type Running, serve, start, started } from './server.fixture.ts'

/** The first rows as golden rows, with what the model answers. */
async function goldenOf(name: string, rows: number): Promise<Golden> {
  const model = localModel(name)
  const runtime = await projectRuntime()
  const { header, rows: all } = csv('churn-rows.csv')
  const { outputs, signature } = await score(model, await tableOf(header, all.slice(0, rows)), { runtime })
  return {
    schema: 'mlops-actions/golden@1',
    model_sha256: model.sha256,
    runtime: `onnxruntime-node ${runtime.version}`,
    seed: 0,
    inputs: signature.inputs.map(({ name: input, type }) => ({
      name: input,
      type,
      shape: [rows, 1],
      data: all
        .slice(0, rows)
        .map((row) => (type === 'string' ? row[header.indexOf(input)]! : Number(row[header.indexOf(input)]))),
    })),
    outputs: Object.entries(outputs).map(([output, { type, dims, data }]) => ({
      name: output,
      type,
      shape: dims,
      data: Array.from(data as ArrayLike<number | bigint | string>, (value) => jsonValue(value, type)),
    })),
    tolerance: { absolute: 1e-5, relative: 1e-4 },
  }
}

const expected = numbers('churn-logistic.expected.csv', 'probabilities_1')
const labels = numbers('churn-logistic.expected.csv', 'label')

function expectClose(given: number[], wanted: number[]): void {
  expect(given).toHaveLength(wanted.length)
  given.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-6)
  })
}

afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
})

describe('a server of a model with one input a column', () => {
  let server: Running
  let url: string
  const rows = churnRows()
  const probability = (predictions: { probabilities: { yes: number } }[]) => predictions.map((p) => p.probabilities.yes)

  beforeAll(async () => {
    server = await serve(modelFolder('churn-logistic.onnx', description, await goldenOf('churn-logistic.onnx', 16)))
    url = server.url
  })

  it('is live, ready, and says that its golden rows agree', async () => {
    expect((await ask(`${url}/health`)).json).toEqual({ live: true })
    expect((await ask(`${url}/ready`)).json).toEqual({ ready: true })
    expect(await ask(`${url}/ping`)).toMatchObject({ status: 200, text: '\n' })
    expect(server.output()).toContain('its golden rows agree')
  })

  it('answers /predict as onnxruntime does, null included', async () => {
    const { json } = await ask(`${url}/predict`, rows)
    expect(json).toMatchObject({ model: 'churn', version: 'v1.0.0' })
    expectClose(probability(json.predictions), expected)
    expect(json.predictions.map((p: { label: string }) => p.label)).toEqual(labels.map((l) => (l === 1 ? 'yes' : 'no')))
    expect((await ask(`${url}/predict`, { rows: rows.slice(0, 2) })).json.predictions).toEqual(
      json.predictions.slice(0, 2),
    )
  })

  it('gives every caller its own rows when many ask at once', async () => {
    const answers = await Promise.all(rows.map((row) => ask(`${url}/predict`, [row])))
    expectClose(
      answers.map(({ json }) => json.predictions[0].probabilities.yes),
      expected,
    )
    const { text } = await ask(`${url}/metrics`)
    const runs = Number(/^serving_batch_rows_count (\d+)$/m.exec(text)![1])
    const scored = Number(/^serving_rows_total (\d+)$/m.exec(text)![1])
    expect(scored).toBeGreaterThan(runs)
    expect(text).toContain('serving_requests_total{route="/predict",code="200"}')
    expect(text).toMatch(/serving_model_info\{model="churn",version="v1\.0\.0",sha256="[0-9a-f]{64}"\} 1/)
  })

  it('answers MLflow’s scoring protocol in all its forms', async () => {
    const some = rows.slice(0, 5)
    const columns = Object.keys(some[0]!).reverse()
    const wanted = { predictions: labels.slice(0, 5).map((l) => (l === 1 ? 'yes' : 'no')) }
    const split = { columns, data: some.map((row) => columns.map((name) => row[name])) }
    const inputs = Object.fromEntries(columns.map((name) => [name, some.map((row) => row[name])]))
    for (const body of [{ dataframe_split: split }, { dataframe_records: some }, { instances: some }, { inputs }]) {
      expect(await ask(`${url}/invocations`, body)).toMatchObject({ status: 200, json: wanted })
    }
    const { header, rows: cells } = csv('churn-rows.csv')
    const text = [header, ...cells.slice(0, 5)].map((row) => `${row.join(',')}\n`).join('')
    expect((await ask(`${url}/invocations`, text, { 'content-type': 'text/csv' })).json).toEqual(wanted)
  })

  it.each([
    [{ dataframe_records: [], instances: [] }, 400],
    [{ dataframe_split: { columns: ['tenure'], data: [[1, 2]] } }, 400],
    [{ nothing: [] }, 400],
  ])('refuses the invocation %j', async (body, status) => {
    const answer = await ask(`${url}/invocations`, body)
    expect(answer.status).toBe(status)
    expect(answer.json).toMatchObject({ error_code: 'BAD_REQUEST', message: expect.any(String) })
  })

  it('speaks the Open Inference Protocol', async () => {
    expect((await ask(`${url}/v2`)).json).toMatchObject({ name: 'mlops-actions', extensions: [] })
    expect(await ask(`${url}/v2/health/live`)).toMatchObject({ status: 200, json: { live: true } })
    expect(await ask(`${url}/v2/health/ready`)).toMatchObject({ status: 200, json: { ready: true } })
    expect((await ask(`${url}/v2/models/churn/ready`)).json).toEqual({ name: 'churn', ready: true })
    const { json } = await ask(`${url}/v2/models/churn/versions/v1.0.0`)
    expect(json).toMatchObject({ name: 'churn', versions: ['v1.0.0'], platform: 'onnx_onnxv1' })
    expect(json.inputs[0]).toEqual({ name: 'female', datatype: 'FP32', shape: [-1, 1] })
    expect(json.outputs[0]).toEqual({ name: 'label', datatype: 'INT64', shape: [-1] })
    expect((await ask(`${url}/v2/models/other`)).status).toBe(404)
    expect((await ask(`${url}/v2/models/churn/versions/v9.0.0/ready`)).status).toBe(404)
  })

  it('infers from flat and nested tensors, gives the outputs asked for, and repeats the id', async () => {
    const two = rows.slice(0, 2)
    const { json: metadata } = await ask(`${url}/v2/models/churn`)
    const inputs = metadata.inputs.map(({ name, datatype }: { name: string; datatype: string }, i: number) => {
      const data = two.map((row) => row[name])
      return { name, datatype, shape: [2, 1], data: i % 2 ? data : data.map((value) => [value]) }
    })
    const all = (await ask(`${url}/v2/models/churn/infer`, { id: 'mine', inputs })).json
    expect(all).toMatchObject({ model_name: 'churn', model_version: 'v1.0.0', id: 'mine' })
    expect(all.outputs[0]).toEqual({ name: 'label', datatype: 'INT64', shape: [2], data: labels.slice(0, 2) })
    expect(all.outputs[1]).toMatchObject({ name: 'probabilities', datatype: 'FP32', shape: [2, 2] })
    expectClose([all.outputs[1].data[1], all.outputs[1].data[3]], expected.slice(0, 2))
    const one = await ask(`${url}/v2/models/churn/versions/v1.0.0/infer`, { inputs, outputs: [{ name: 'label' }] })
    expect(one.json.outputs.map(({ name }: { name: string }) => name)).toEqual(['label'])
    expect(one.json).not.toHaveProperty('id')

    const wrongType = inputs.map((input: object, i: number) => (i ? input : { ...input, datatype: 'INT64' }))
    const short = inputs.map((input: object, i: number) => (i ? input : { ...input, data: [1] }))
    for (const bad of [wrongType, short, inputs.slice(1), [...inputs, { name: 'x' }], [...inputs, inputs[0]]]) {
      const answer = await ask(`${url}/v2/models/churn/infer`, { inputs: bad })
      expect(answer.status).toBe(400)
      expect(answer.json.error).toEqual(expect.any(String))
    }
  })

  it.each<[string, unknown, string]>([
    ['a missing field', { tenure: undefined }, '"tenure" is missing'],
    ['null where the data had none', { tenure: null }, '"tenure" is null'],
    ['text for a number', { tenure: '12' }, '"tenure" must be a number'],
    ['a number for text', { contract: 1 }, '"contract" must be a string'],
    ['a boolean for a number', { partner: true }, '"partner" must be a number'],
    ['a number beyond float32', { tenure: 1e39 }, '"tenure" is beyond float32'],
  ])('refuses %s', async (_, change, sentence) => {
    const answer = await ask(`${url}/predict`, [rows[0], { ...rows[0], ...(change as object) }])
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ error: `row 2: the field ${sentence}` })
  })

  it('answers what is no request of its with the right status, in JSON', async () => {
    const cases = [
      [await ask(`${url}/predict`), 405],
      [await ask(`${url}/nowhere`), 404],
      [await ask(`${url}/predict`, '{"rows": ['), 400],
      [await ask(`${url}/predict`, []), 400],
      [await ask(`${url}/predict`, rows, { 'content-type': 'text/plain' }), 415],
      [await ask(`${url}/predict`, rows, { 'content-type': 'application/json; charset=latin1' }), 415],
      [await ask(`${url}/predict`, `[${' '.repeat(9 * 2 ** 20)}]`), 413],
    ] as const
    for (const [answer, status] of cases) {
      expect(answer.status).toBe(status)
      expect(answer.json).toEqual({ error: expect.any(String) })
    }
    expect(cases[0][0].headers.get('allow')).toBe('POST')
  })
})

describe('a server of a matrix model', () => {
  it('takes rows by name in the order of `features`, and arrays as they stand', async () => {
    const folder = modelFolder('churn-mlp.onnx', { ...description, features: churnMatrix, nullable: [] })
    const { url, output } = await serve(folder)
    const rows = churnRows().slice(0, 3)
    const wanted = numbers('churn-mlp.expected.csv', 'probabilities_1').slice(0, 3)
    const { json } = await ask(`${url}/predict`, rows)
    expectClose(
      json.predictions.map((p: { probabilities: { yes: number } }) => p.probabilities.yes),
      wanted,
    )
    const matrix = rows.map((row) => churnMatrix.map((name) => row[name]))
    const { json: invoked } = await ask(`${url}/invocations`, { inputs: matrix })
    expect(invoked.predictions).toEqual(json.predictions.map((p: { label: string }) => p.label))
    const features = { name: 'features', datatype: 'FP32', shape: [3, 9], data: matrix }
    const { json: inferred } = await ask(`${url}/v2/models/churn/infer`, { inputs: [features] })
    expectClose(
      [1, 3, 5].map((i) => inferred.outputs[1].data[i]),
      wanted,
    )
    expect(output()).toContain('no golden.json')
  })
})

describe('a server under pressure', () => {
  it('answers 429 when too many rows wait, and the rest as ever', async () => {
    const { url } = await serve(modelFolder('churn-boosting.onnx', description), { MAX_QUEUE: '40', MAX_BATCH: '8' })
    const body = churnRows().slice(0, 30)
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(`${url}/predict`, body)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]!.headers.get('retry-after')).toBe('1')
    const served = answers.filter(({ status }) => status === 200)
    expect(served.length + refused.length).toBe(12)
    expect(served.length).toBeGreaterThan(0)
  })

  it('stops being ready first, loses nothing, and ends with 0 on SIGTERM', async () => {
    const running = await serve(modelFolder('churn-logistic.onnx', description), { DRAIN_SECONDS: '1' })
    running.process.kill('SIGTERM')
    let ready = 200
    while (ready === 200) ready = (await ask(`${running.url}/ready`)).status
    expect(ready).toBe(503)
    const late = await ask(`${running.url}/predict`, churnRows().slice(0, 1))
    expect(late.status).toBe(200)
    expect(late.headers.get('connection')).toBe('close')
    expect(await running.exit).toBe(0)
  })
})

describe('a server that must not start', () => {
  it('refuses golden rows that its model does not answer', async () => {
    const golden = await goldenOf('churn-logistic.onnx', 16)
    const probabilities = golden.outputs[1]!
    probabilities.data[0] = Number(probabilities.data[0]) + 0.01
    const running = start(modelFolder('churn-logistic.onnx', description, golden))
    expect(await running.exit).toBe(1)
    expect(running.output()).toContain('GOLDEN_MISMATCH')
  })

  it.each([
    [{ MODEL_DIR: '' }, 'CONFIG_INVALID'],
    [{ PORT: 'http' }, 'CONFIG_INVALID'],
    [{ MODEL_DIR: '/nowhere' }, 'MODEL_NOT_FOUND'],
    [{ ONNXRUNTIME_PATH: '/nowhere' }, 'RUNTIME_NOT_FOUND'],
  ])('says what is wrong with %j', async (env, code) => {
    const running = start(modelFolder('churn-logistic.onnx', description), env)
    expect(await running.exit).toBe(1)
    expect(running.output()).toContain(code)
  })
})

// A program without the pack, and without any package, fetches what holds production, and trusts no byte.
import { execFile, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Churn, type Job, registry, train } from './churn.ts'

const program = fileURLToPath(new URL('../../examples/consume/production_model.py', import.meta.url))
let churn: Churn
let job: Job

function fetched(...words: string[]): Promise<{ code: number; said: string }> {
  const env = { PATH: process.env.PATH, GITHUB_API_URL: churn.github.apiUrl, GITHUB_TOKEN: churn.token }
  return new Promise((resolve) => {
    execFile('python3', [program, churn.name, ...words], { cwd: churn.folder, env }, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, said: stdout + stderr }),
    )
  })
}

// What runs everywhere needs Node only; where there is no Python, this is skipped and says so.
describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('a program in Python', () => {
  beforeAll(async () => {
    churn = await Churn.open({ 'mlops.yaml': 'model: churn\ntask: { type: binary, label: churn }\ngolden: false\n' })
    job = await churn.run([train({ 'model-file': 'model.onnx' }), registry('register'), registry('promote')])
  })
  afterAll(() => churn?.close())

  it('gives the bytes that were registered', async () => {
    const { code, said } = await fetched('churn', 'production', 'model.onnx')
    expect(said).toMatch(/^model\.onnx: \d+ bytes of churn v1\.0\.0\n$/)
    expect(code).toBe(0)
    expect(readFileSync(join(churn.folder, 'model.onnx'))).toEqual(
      readFileSync(job.of('train-track').outputs['model-file']!),
    )
    expect((await fetched('churn', 'staging', 'model.onnx')).said).toBe('Nobody holds churn#staging.\n')
  })

  it('refuses bytes that were changed', async () => {
    const model = readFileSync(job.of('train-track').outputs['model-file']!)
    const blobs = join(churn.folder, 'github/blobs')
    const stored = readdirSync(blobs).find((name) => readFileSync(join(blobs, name)).equals(model))!
    writeFileSync(join(blobs, stored), Buffer.concat([model, Buffer.from('x')]))
    const { code, said } = await fetched('churn', 'production', 'model.onnx')
    expect(said).toBe('model.onnx of churn@v1.0.0 does not have the bytes that were registered.\n')
    expect(code).toBe(1)
  })
})

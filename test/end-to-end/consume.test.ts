// A program without the pack, and without any package, fetches what holds production, and trusts no byte.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
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

// What runs everywhere needs Node only; where a program is missing, what needs it is skipped and says so.
const has = (...programs: string[]) => programs.every((one) => spawnSync(one, ['--version']).status === 0)
const python = it.skipIf(!has('python3'))

beforeAll(async () => {
  churn = await Churn.open({ 'mlops.yaml': 'model: churn\ntask: { type: binary, label: churn }\ngolden: false\n' })
  job = await churn.run([train({ 'model-file': 'model.onnx' }), registry('register'), registry('promote')])
})
afterAll(() => churn?.close())

/** The recipe of docs/registry.md as it stands there, in a folder of its own. */
function shell(): Promise<{ code: number; said: string }> {
  const page = readFileSync(fileURLToPath(new URL('../../docs/registry.md', import.meta.url)), 'utf8')
  const recipe = /```sh\n(repository=OWNER\/REPO [\s\S]*?)```/.exec(page)![1]!
  const folder = mkdtempSync(join(churn.folder, 'shell-'))
  const env = { ...churn.github.environment(churn.name), PATH: process.env.PATH }
  const words = ['-euo', 'pipefail', '-c', recipe.replace('OWNER/REPO', churn.name)]
  const options = { cwd: folder, env: { ...env, CURL_HOME: withToken(folder) } }
  return new Promise((resolve) => {
    execFile('bash', words, options, (error, stdout, stderr) => resolve({ code: error ? 1 : 0, said: stdout + stderr }))
  })
}

/** A .curlrc with the token, for GitHub on loopback shows nothing without one. */
function withToken(folder: string): string {
  writeFileSync(join(folder, '.curlrc'), `header = "Authorization: Bearer ${churn.token}"\n`)
  return folder
}

it.skipIf(!has('jq', 'curl', 'sha256sum', 'bash'))('a few lines of shell fetch the same, and check it', async () => {
  const { code, said } = await shell()
  expect(said).toContain('model.onnx: OK')
  expect(code).toBe(0)
})

describe('a program in Python', () => {
  python('gives the bytes that were registered', async () => {
    const { code, said } = await fetched('churn', 'production', 'model.onnx')
    expect(said).toMatch(/^model\.onnx: \d+ bytes of churn v1\.0\.0\n$/)
    expect(code).toBe(0)
    expect(readFileSync(join(churn.folder, 'model.onnx'))).toEqual(
      readFileSync(job.of('train-track').outputs['model-file']!),
    )
    expect((await fetched('churn', 'staging', 'model.onnx')).said).toBe('Nobody holds churn#staging.\n')
  })

  python('refuses bytes that were changed', async () => {
    const model = readFileSync(job.of('train-track').outputs['model-file']!)
    const blobs = join(churn.folder, 'github/blobs')
    const stored = readdirSync(blobs).find((name) => readFileSync(join(blobs, name)).equals(model))!
    writeFileSync(join(blobs, stored), Buffer.concat([model, Buffer.from('x')]))
    const { code, said } = await fetched('churn', 'production', 'model.onnx')
    expect(said).toBe('model.onnx of churn@v1.0.0 does not have the bytes that were registered.\n')
    expect(code).toBe(1)
  })
})

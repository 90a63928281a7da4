import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Golden, golden, type LocalModel, type Runtime, readSignature } from '@mlops-actions/onnx'
import { profileTable } from '@mlops-actions/profile'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { fixture, localModel, projectRuntime, table } from '../../onnx/fixtures/fixture.ts'
import { type BuildContext, type Description, kubernetesManifests, smokeTest, writeBuildContext } from '../index.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'build-context-'))
const description: Description = {
  schema: 'mlops-actions/serving@1',
  name: 'churn',
  version: 'v1.0.0',
  task: { type: 'binary', label: 'churn', positive: 'yes', negative: 'no' },
  nullable: ['total_charges'],
}
const model: LocalModel = localModel('churn-logistic.onnx')
const platform = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'
let runtime: Runtime
let rows: Golden
let server: string
let context: BuildContext

/** The server as it is released: bundled, without this repository around it. */
function bundle(): string {
  const folder = join(scratch, 'server')
  const build = `
    const { build } = await import('rolldown')
    await build({ input: ${JSON.stringify(join(root, 'packages/serving/server/main.ts'))}, platform: 'node',
      output: { file: ${JSON.stringify(join(folder, 'index.js'))}, format: 'esm', codeSplitting: false }, logLevel: 'silent' })`
  execFileSync(process.execPath, ['--input-type=module', '-e', build], { cwd: root, stdio: 'pipe' })
  return folder
}

const write = (folder: string, more: Partial<Parameters<typeof writeBuildContext>[0]> = {}) =>
  writeBuildContext({
    folder: join(scratch, folder),
    model,
    description,
    golden: rows,
    runtime,
    baseImage: 'node:24-slim',
    platforms: [platform],
    server,
    ...more,
  })

beforeAll(async () => {
  runtime = await projectRuntime()
  server = bundle()
  const profile = await profileTable(await table('churn-rows.csv'))
  rows = await golden(model, readSignature(readFileSync(fixture('churn-logistic.onnx')), 'm'), profile, {
    seed: 1,
    runtime,
  })
  context = await write('context')
})

describe('writeBuildContext', () => {
  it('holds everything that an image needs, for one platform', () => {
    const paths = context.files.map(({ path }) => path)
    expect(paths).toEqual([...paths].sort())
    for (const needed of [
      'Dockerfile',
      'README.md',
      'app/package.json',
      'app/server/index.js',
      'app/model/model.onnx',
      'app/model/serving.json',
      'app/model/golden.json',
      'app/node_modules/onnxruntime-common/package.json',
    ]) {
      expect(paths).toContain(needed)
    }
    const native = paths.filter((path) => path.includes('/bin/'))
    expect(native).toHaveLength(2)
    const copied = context.files.filter(({ path }) => path.startsWith('app/'))
    expect(context.size).toBe(copied.reduce((sum, { size }) => sum + size, 0))
    expect(context.size).toBeLessThan(60e6)
  })

  it('writes the same bytes again', async () => {
    const again = await write('again')
    expect(again.files).toEqual(context.files)
    for (const { path } of context.files.filter(({ size }) => size < 1e6)) {
      expect(readFileSync(join(again.folder, path)).equals(readFileSync(join(context.folder, path))), path).toBe(true)
    }
  })

  it('makes an image that is not root and sends no usage data', () => {
    const text = readFileSync(join(context.folder, 'Dockerfile'), 'utf8')
    expect(text).toMatch(/^ARG BASE_IMAGE=node:24-slim\nFROM \$\{BASE_IMAGE\}\n/)
    expect(text).toContain('ORT_DISABLE_TELEMETRY=1')
    expect(text).toMatch(/^USER 65532:65532$/m)
    expect(text).toMatch(/^HEALTHCHECK .*\/ready/m)
    expect(text).toContain(model.sha256)
  })

  it('keeps the tensors of a second file beside the model', async () => {
    const { files } = await write('external', {
      model: localModel('churn-mlp-external.onnx'),
      description: { ...description, features: Array.from({ length: 9 }, (_, i) => `f${i}`) },
    })
    expect(files.map(({ path }) => path)).toContain('app/model/churn-mlp-external.data')
  })

  it.each([
    ['BASE_IMAGE_INVALID', { baseImage: 'node:24\nRUN curl evil' }],
    ['PLATFORM_UNSUPPORTED', { platforms: ['windows/amd64'] }],
    ['MODEL_OUTPUT_NOT_TENSOR', { model: localModel('churn-logistic-zipmap.onnx') }],
    ['MODEL_FEATURES_UNKNOWN', { model: localModel('churn-mlp.onnx') }],
    ['MODEL_CHANGED', { model: { ...model, sha256: '0'.repeat(64) } }],
  ])('refuses with %s', async (code, more) => {
    await expect(write(code, more)).rejects.toMatchObject({ code })
  })

  it('overwrites nothing', async () => {
    await expect(write('context')).rejects.toMatchObject({ code: 'CONTEXT_NOT_EMPTY' })
  })
})

describe('smokeTest', () => {
  it('starts the server of the context, asks the golden rows over HTTP, and stops it', async () => {
    const checks = await smokeTest(context, description, rows)
    expect(checks.map(({ id, status }) => [id, status])).toEqual([
      ['image.ready', 'passed'],
      ['image.golden.label', 'passed'],
      ['image.golden.probabilities', 'passed'],
      ['image.golden.labels', 'passed'],
      ['image.stop', 'passed'],
    ])
  })

  it('fails where the context does not hold what was registered', async () => {
    const other = await write('tampered')
    const path = join(other.folder, 'app', 'model', 'golden.json')
    const tampered = JSON.parse(readFileSync(path, 'utf8')) as Golden
    tampered.outputs[1]!.data[0] = 0.5
    writeFileSync(path, JSON.stringify(tampered))
    const [ready] = await smokeTest(other, description, rows)
    expect(ready).toMatchObject({
      id: 'image.ready',
      status: 'failed',
      observed: expect.stringContaining('GOLDEN_MISMATCH'),
    })
  })

  it('runs without writing anything into the context', () => {
    const written = readdirSync(join(context.folder, 'app'), { recursive: true })
    expect(written.filter((name) => statSync(join(context.folder, 'app', String(name))).isFile())).toHaveLength(
      context.files.filter(({ path }) => path.startsWith('app/')).length,
    )
    expect(existsSync(join(context.folder, 'app', '.cache'))).toBe(false)
  })
})

describe('kubernetesManifests', () => {
  it('is a deployment and a service that agree', () => {
    const [deployment, service] = kubernetesManifests({ ...description, name: 'churn_eu' }, 'registry.example/churn:v1')
      .split('---\n')
      .map((text) => parseDocument(text).toJS())
    expect(deployment.metadata.name).toBe('churn-eu')
    expect(deployment.spec.selector.matchLabels).toEqual(service.spec.selector)
    const [container] = deployment.spec.template.spec.containers
    expect(container).toMatchObject({
      image: 'registry.example/churn:v1',
      readinessProbe: { httpGet: { path: '/ready' } },
    })
    expect(service.spec.ports[0].targetPort).toBe(container.ports[0].name)
  })
})

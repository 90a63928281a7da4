import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Job } from '@mlops-actions/runs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStore, type Store } from '../../packages/files/https.fixture.ts'
import {
  closeRepository,
  gate,
  github,
  job,
  openRepository,
  step as plainStep,
  reportOf,
  repository,
  trained,
} from './register-promote.fixture.ts'

let directory: string
let store: Store
/** A step that trusts the store's certificate. */
const step: typeof plainStep = (place, inputs, actor = 'grace') =>
  plainStep(place, inputs, actor, undefined, { env: { NODE_EXTRA_CA_CERTS: store.certificate } })
const bytes = Buffer.alloc(300_000, 'weights')
const sha256 = createHash('sha256').update(bytes).digest('hex')

beforeAll(async () => {
  await openRepository()
  directory = await mkdtemp(join(tmpdir(), 'kept-'))
  store = await openStore(directory)
  store.files.set('/weights.bin', bytes)
})
afterAll(async () => {
  await store.close()
  await closeRepository()
  await rm(directory, { recursive: true, force: true })
})

it('registers files by their addresses, promotes the version, and fetches them', async () => {
  const place = await trained('model.onnx', (model, run) => [{ ...gate(model), subject: { model, run } }])
  const lines = [
    `${store.url}/weights.bin sha256:${sha256}`,
    `s3://bucket/tokens.bin sha256:${'a'.repeat(64)} size:480000000`,
  ]
  const registered = await step(place, { operation: 'register', files: lines.join('\n') })
  expect(registered, registered.stdout).toMatchObject({ code: 0, verdict: 'warned', version: 'v1.0.0' })
  const manifest = JSON.parse(await readFile((registered as unknown as { manifest: string }).manifest, 'utf8'))
  expect(manifest.files.slice(1)).toEqual([
    { path: 'weights.bin', sha256, size: bytes.length, uri: `${store.url}/weights.bin` },
    { path: 'tokens.bin', sha256: 'a'.repeat(64), size: 480_000_000, uri: 's3://bucket/tokens.bin' },
  ])
  const warned = (await reportOf(registered)).checks.filter((c) => c.id === 'registry.kept-elsewhere')
  expect(warned.map((c) => [c.status, c.observed])).toEqual([
    ['passed', `${store.url}/weights.bin has 300000 bytes`],
    ['warned', 'nobody here has read s3://bucket/tokens.bin'],
  ])
  const token = github.token({ repository })
  const answer = await fetch(`${github.apiUrl}/repos/${repository}/releases/tags/churn@v1.0.0`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const { body } = (await answer.json()) as { body: string }
  expect(body).toContain('`weights.bin` is no file of the release.')
  expect(body).toContain('curl')
  expect(body).toContain('aws')

  expect(await step(place, { operation: 'promote' })).toMatchObject({ code: 0, verdict: 'warned', promoted: 'true' })
  const later = await job()
  const all = await step(later, { operation: 'download' })
  expect(all.code).toBe(2)
  expect(await reportOf(all)).toMatchObject({ code: 'FILE_ELSEWHERE', message: expect.stringContaining('tokens.bin') })
  const some = await step(later, { operation: 'download', files: 'model.onnx\nweights.bin', path: 'got' })
  expect(some, some.stdout).toMatchObject({ code: 0, version: 'v1.0.0' })
  expect(await readFile(join(later.workspace, 'got', 'weights.bin'))).toEqual(bytes)
  for (const { headers } of store.requests) expect(headers.authorization).toBeUndefined()

  store.files.set('/weights.bin', Buffer.alloc(bytes.length, 'others!'))
  const other = await step(later, { operation: 'download', files: 'weights.bin', path: 'other' })
  expect(other).toMatchObject({ code: 1, verdict: 'failed', files: '[]' })
  store.files.delete('/weights.bin')
  const gone = await step(later, { operation: 'promote', version: 'v1.0.0', stage: 'staging' })
  expect(gone).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false' })
})

it('keeps a model that this job trained at its address, where that is named', async () => {
  const place = await trained('big.onnx', (model) => [gate(model)])
  const { model_file, id } = (await new Job(place.temp).run())!
  const trainedAt = join(new Job(place.temp).runFolder(id), 'artifacts', model_file!.path)
  store.files.set('/big-1.onnx', await readFile(trainedAt))
  const line = `${store.url}/big-1.onnx sha256:${model_file!.sha256} size:${model_file!.size}`
  const registered = await step(place, { operation: 'register', model: 'big', files: line })
  expect(registered, registered.stdout).toMatchObject({ code: 0, version: 'v1.0.0' })
  const manifest = JSON.parse(await readFile((registered as unknown as { manifest: string }).manifest, 'utf8'))
  // Its signature was read here all the same.
  expect(manifest).toMatchObject({ format: 'onnx', files: [{ path: 'big-1.onnx', uri: `${store.url}/big-1.onnx` }] })
  expect(manifest.files).toHaveLength(1)
  const wrong = await step(place, { operation: 'register', model: 'big', files: line.replace(/size:\d+/, 'size:7') })
  expect(wrong.code).toBe(2)
  expect(await reportOf(wrong)).toMatchObject({ code: 'DIGEST_DIFFERS' })
})

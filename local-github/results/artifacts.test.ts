import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Started, started } from '../started.ts'

let it: Started

beforeAll(async () => {
  it = await started()
  for (const [name, value] of Object.entries(it.github.environment('octo/models', { runId: 42 })))
    vi.stubEnv(name, value)
  vi.stubEnv('GITHUB_WORKSPACE', it.directory)
  // The real client reports its progress on standard output.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await it.stop()
})

test('GitHub’s own client uploads, lists, downloads and deletes an artifact', async () => {
  const client = new DefaultArtifactClient()
  const folder = join(it.directory, 'upload')
  await mkdir(join(folder, 'deep'), { recursive: true })
  // More than one block of 8 MiB, of bytes that do not compress.
  const big = randomBytes(9 * 1024 * 1024)
  await writeFile(join(folder, 'big.bin'), big)
  await writeFile(join(folder, 'deep', 'run.json'), '{}')
  const files = [join(folder, 'big.bin'), join(folder, 'deep', 'run.json')]
  const uploaded = await client.uploadArtifact('mlops-run-1', files, folder, { compressionLevel: 0, retentionDays: 5 })
  expect(uploaded.digest).toMatch(/^[0-9a-f]{64}$/)

  await expect(client.uploadArtifact('mlops-run-1', files, folder)).rejects.toThrow(/409|already exists/)

  const { artifacts } = await client.listArtifacts()
  expect(artifacts).toMatchObject([{ name: 'mlops-run-1', id: uploaded.id, size: uploaded.size }])
  const listed = await it.call('GET', '/actions/runs/42/artifacts')
  expect(listed.json).toMatchObject({
    total_count: 1,
    artifacts: [
      {
        id: uploaded.id,
        name: 'mlops-run-1',
        digest: `sha256:${uploaded.digest}`,
        expired: false,
        workflow_run: { id: 42 },
      },
    ],
  })

  const target = join(it.directory, 'download')
  const downloaded = await client.downloadArtifact(uploaded.id!, {
    path: target,
    expectedHash: `sha256:${uploaded.digest}`,
  })
  expect(downloaded.digestMismatch).toBe(false)
  expect((await readFile(join(target, 'big.bin'))).equals(big)).toBe(true)
  expect(await readFile(join(target, 'deep', 'run.json'), 'utf8')).toBe('{}')

  const redirect = await it.call('GET', listed.json.artifacts[0].archive_download_url)
  expect(redirect.status).toBe(302)
  expect(new URL(redirect.headers.get('location')!).origin).toBe(it.github.blobsUrl)

  const second = await client.uploadArtifact('mlops-run-2', [files[1]!], folder)
  expect((await it.call('GET', `/actions/artifacts/${second.id}`)).json.name).toBe('mlops-run-2')
  expect((await it.call('DELETE', `/actions/artifacts/${second.id}`)).status).toBe(204)

  await client.deleteArtifact('mlops-run-1')
  expect((await it.call('GET', '/actions/artifacts')).json.total_count).toBe(0)
})

test('a job sees the artifacts of its own run only, and no token but its own opens the service', async () => {
  const ask = (authorization: string, service = 'ArtifactService', method = 'ListArtifacts') =>
    it.call(
      'POST',
      `${it.github.resultsUrl}twirp/github.actions.results.api.v1.${service}/${method}`,
      { workflow_run_backend_id: 'x' },
      { authorization },
    )
  expect((await ask(`Bearer ${it.token}`)).json.code).toBe('unauthenticated')
  const runtime = `Bearer ${it.github.runtimeToken({ repository: 'octo/models', runId: 42 })}`
  expect((await ask(runtime)).json.code).toBe('permission_denied')
  expect((await ask(runtime, 'CacheService', 'CreateCacheEntry')).json).toEqual({
    code: 'unimplemented',
    msg: 'the cache service is not supported by the local GitHub',
  })
})

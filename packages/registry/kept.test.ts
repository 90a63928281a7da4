import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../files/https.fixture.ts'
import { diagnose, readFacts } from './doctor.ts'
import { download } from './download.ts'
import { move } from './executor.ts'
import { readLog } from './log.ts'
import { buildManifest } from './manifest.ts'
import { register } from './register.ts'
import { openPlace, type Place, runId } from './registry.fixture.ts'
import { openVersion, versionChecks } from './version.ts'

let place: Place
let store: Store
const bytes = Buffer.alloc(200_000, 'weights')
const sha256 = createHash('sha256').update(bytes).digest('hex')

beforeAll(async () => {
  place = await openPlace()
  store = await openStore(place.directory)
  store.files.set('/weights.bin', bytes)
})
afterAll(async () => {
  await store.close()
  await place.close()
})

/** A registration of a small model whose weights are kept at an address. */
async function withWeights(model: string, run: string, uri: string) {
  const of = await place.registration(model, run)
  return { ...of, files: [...of.files, { name: 'weights.bin', uri, sha256, size: bytes.length }] }
}

async function opened(model: string) {
  return openVersion(place.github, await readLog(place.github, model), 'v1.0.0')
}

const statuses = async (model: string) =>
  (await versionChecks(place.github, await opened(model))).map((c) => [c.id, c.status])

describe('a file that is kept elsewhere', () => {
  it('is in the manifest and no asset; it is downloaded with the others, and compared', async () => {
    const uri = `${store.url}/weights.bin`
    const { version, checks } = await register(place.github, await withWeights('churn', runId(1), uri))
    expect(checks.map((c) => c.status)).toEqual(['passed', 'passed', 'passed'])
    expect(version.manifest.files[1]).toEqual({ path: 'weights.bin', sha256, size: bytes.length, uri })
    if (version.release === 'absent') throw new Error('not published')
    expect(version.release.assets.map((a) => a.name)).not.toContain('weights.bin')
    expect((await register(place.github, await withWeights('churn', runId(1), uri))).created).toBe(false)

    const folder = join(place.directory, 'whole')
    const paths = await download(place.github, await opened('churn'), folder)
    expect(paths).toHaveLength(8)
    expect(await readFile(join(folder, 'weights.bin'))).toEqual(bytes)
    const found = diagnose(await readFacts(place.github, { model: 'churn', stages: [] }))
    expect(found.filter((c) => c.status !== 'passed').map((c) => c.id)).toEqual(['registry.ruleset'])
  })

  it('never leaves a part of it behind where it was replaced, breaks off or is gone', async () => {
    const folder = join(place.directory, 'broken')
    const version = await opened('churn')
    const fetch = () => download(place.github, version, folder, ['weights.bin'])
    store.files.set('/weights.bin', Buffer.alloc(bytes.length, 'other'))
    await expect(fetch()).rejects.toMatchObject({ code: 'DIGEST_DIFFERS' })
    store.files.set('/weights.bin', (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 1000), () => response.destroy())
    })
    await expect(fetch()).rejects.toMatchObject({ code: 'FILE_UNREACHED' })
    expect(await readdir(folder)).toEqual([])
    store.files.set('/weights.bin', bytes)
    await fetch()
    expect(await readdir(folder)).toEqual(['weights.bin'])
  })

  it('keeps a version from being promoted or rolled back to where it is gone or has another size', async () => {
    const request = place.request('churn', {
      version: 'v1.0.0',
      judge: async (version) => ({ checks: await versionChecks(place.github, version), evidence: [] }),
    })
    for (const other of [undefined, Buffer.alloc(7, 'x')]) {
      if (other === undefined) store.files.delete('/weights.bin')
      else store.files.set('/weights.bin', other)
      const { outcome } = await move(place.github, request)
      expect(outcome.kind).toBe('refused')
      expect(outcome.checks.filter((c) => c.status === 'failed').map((c) => c.id)).toEqual(['registry.kept-elsewhere'])
    }
    store.files.set('/weights.bin', bytes)
    const from = store.requests.length
    expect((await move(place.github, request)).outcome.kind).toBe('moved')
    // One byte is asked for, not the whole.
    expect(store.requests.slice(from).map((r) => r.headers.range)).toEqual(['bytes=0-0'])
  })

  it('is warned of where it is not read here, and asked of the user by the command that fetches it', async () => {
    await register(place.github, await withWeights('large', runId(2), 's3://bucket/weights.bin'))
    expect(await statuses('large')).toEqual([
      ['registry.manifest', 'passed'],
      ['registry.assets', 'passed'],
      ['registry.kept-elsewhere', 'warned'],
    ])
    const folder = join(place.directory, 'large')
    const version = await opened('large')
    await expect(download(place.github, version, folder)).rejects.toMatchObject({
      code: 'FILE_ELSEWHERE',
      help: expect.stringContaining(`aws s3 cp 's3://bucket/weights.bin' 'weights.bin' && echo '${sha256}`),
    })
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' })
    await download(place.github, version, folder, ['model.onnx'])
    expect(await readdir(folder)).toEqual(['model.onnx'])
  })

  it('is how a file over 2 GiB is registered: one of this machine is refused, with this way', async () => {
    const { run, signature } = await place.registration('huge', runId(3))
    const runFile = { path: 'run.json', sha256, size: 7 }
    const more = { model: 'huge', run, runFile, referenceProfile: null, signature, repository: 'a/b' }
    const file = { path: 'weights.bin', sha256, size: 2 ** 31 }
    const message = expect.stringContaining('2 GiB')
    const help = expect.stringContaining('https://host/weights.bin sha256:')
    expect(() => buildManifest({ ...more, files: [file] })).toThrow(
      expect.objectContaining({ code: 'ASSET_SIZE', message, help }),
    )
    const uri = 'https://models.example/weights.bin'
    expect(buildManifest({ ...more, files: [{ ...file, uri }] }).files).toEqual([{ ...file, uri }])
  })
})

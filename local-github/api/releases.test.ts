import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Json, type Started, started } from '../started.ts'

let it: Started

beforeAll(async () => {
  it = await started()
})
afterAll(() => it.stop())

const draft = async (tag: string): Promise<Json> =>
  (await it.call('POST', '/releases', { tag_name: tag, name: tag, draft: true })).json

const bytes = Buffer.from('a model')

function upload(release: Json, name: string, body: Uint8Array = bytes, type = 'application/octet-stream') {
  const url = `${release.upload_url.replace(/\{.*\}$/, '')}?name=${encodeURIComponent(name)}`
  return it.call('POST', url, body, type ? { 'content-type': type } : {})
}

test('a draft makes no tag, is hidden from readers and from the search by tag, and is not unique', async () => {
  const [one, two] = [await draft('churn@v1.0.0'), await draft('churn@v1.0.0')]
  expect(one.id).not.toBe(two.id)
  expect((await it.call('GET', '/git/ref/tags/churn%40v1.0.0')).status).toBe(404)
  expect((await it.call('GET', '/releases/tags/churn%40v1.0.0')).status).toBe(404)
  const reader = {
    authorization: `Bearer ${it.github.token({ repository: 'octo/models', permissions: { contents: 'read' } })}`,
  }
  expect((await it.call('GET', '/releases', undefined, reader)).json).toEqual([])
  expect((await it.call('GET', `/releases/${one.id}`, undefined, reader)).status).toBe(404)
  expect((await it.call('GET', '/releases')).json).toHaveLength(2)

  const published = await it.call('PATCH', `/releases/${one.id}`, { draft: false, make_latest: 'false' })
  expect(published.json).toMatchObject({ draft: false, tag_name: 'churn@v1.0.0' })
  const tag = (await it.call('GET', '/git/ref/tags/churn%40v1.0.0')).json.object
  expect(tag.type).toBe('commit')
  const second = await it.call('PATCH', `/releases/${two.id}`, { draft: false })
  expect([second.status, second.json.errors]).toEqual([
    422,
    [{ resource: 'Release', code: 'already_exists', field: 'tag_name' }],
  ])
  expect((await it.call('GET', '/releases', undefined, reader)).json).toHaveLength(1)
  expect((await it.call('GET', '/releases/latest')).status).toBe(404)
})

test('publishing keeps a tag that is there', async () => {
  const main = (await it.call('GET', '/git/ref/heads/main')).json.object.sha
  const object = await it.call('POST', '/git/tags', {
    tag: 'churn@v2.0.0',
    message: 'v2',
    object: main,
    type: 'commit',
  })
  await it.call('POST', '/git/refs', { ref: 'refs/tags/churn@v2.0.0', sha: object.json.sha })
  const release = await draft('churn@v2.0.0')
  expect((await it.call('PATCH', `/releases/${release.id}`, { draft: false })).status).toBe(200)
  expect((await it.call('GET', '/git/ref/tags/churn%40v2.0.0')).json.object).toMatchObject({
    sha: object.json.sha,
    type: 'tag',
  })
})

test('an asset has a digest; duplicates, empty bodies and missing types are refused; names are made plain', async () => {
  const release = await draft('assets@v1.0.0')
  expect(new URL(release.upload_url).origin).toBe(it.github.uploadsUrl)
  const asset = await upload(release, 'my model (final).onnx')
  expect(asset.status).toBe(201)
  expect(asset.json).toMatchObject({
    name: 'my.model.final.onnx',
    state: 'uploaded',
    size: bytes.length,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  })
  const twice = await upload(release, 'my.model.final.onnx')
  expect([twice.status, twice.json.errors[0].code]).toEqual([422, 'already_exists'])
  expect((await upload(release, 'empty.bin', new Uint8Array(0))).status).toBe(400)
  expect((await upload(release, 'untyped.bin', bytes, '')).status).toBe(400)
  // The API's own host takes no uploads.
  expect(
    (await it.call('POST', `/releases/${release.id}/assets?name=x`, bytes, { 'content-type': 'text/plain' })).status,
  ).toBe(404)
})

test('a download is a redirect to another origin, where the token is an error', async () => {
  const release = await draft('download@v1.0.0')
  const asset = (await upload(release, 'model.onnx')).json
  const binary = { accept: 'application/octet-stream' }
  const redirect = await it.call('GET', asset.url, undefined, binary)
  expect(redirect.status).toBe(302)
  const location = redirect.headers.get('location')!
  expect(new URL(location).origin).toBe(it.github.blobsUrl)
  const plain = await fetch(location)
  expect(Buffer.from(await plain.arrayBuffer())).toEqual(bytes)
  expect((await it.call('GET', location)).status).toBe(400)
  expect((await fetch(location.replace(/sig=[^&]{4}/, 'sig=AAAA'))).status).toBe(403)
  expect((await fetch(location, { method: 'PUT', body: 'x' })).status).toBe(403)
  expect((await it.call('DELETE', asset.url)).status).toBe(204)
  expect((await it.call('GET', asset.url)).status).toBe(404)
})

test('an upload that broke off blocks its name until it is deleted', async () => {
  const release = await draft('broken@v1.0.0')
  it.github.faults.order({ nth: 1, answer: 502, effect: 'starter' })
  expect((await upload(release, 'model.onnx')).status).toBe(502)
  const [left] = (await it.call('GET', `/releases/${release.id}/assets`)).json
  expect(left).toMatchObject({ name: 'model.onnx', state: 'starter', digest: null })
  expect((await upload(release, 'model.onnx')).status).toBe(422)
  await it.call('DELETE', left.url)
  expect((await upload(release, 'model.onnx')).status).toBe(201)
})

test('an immutable release is frozen, assets and tag', async () => {
  const admin = {
    authorization: `Bearer ${it.github.token({ repository: 'octo/models', permissions: { administration: 'write' } })}`,
  }
  expect((await it.call('PUT', '/immutable-releases', undefined, admin)).status).toBe(204)
  const release = await draft('frozen@v1.0.0')
  const asset = (await upload(release, 'model.onnx')).json
  expect((await it.call('PATCH', `/releases/${release.id}`, { draft: false })).json.immutable).toBe(true)
  expect((await upload(release, 'more.json')).json.message).toBe('Cannot upload assets to an immutable release.')
  expect((await it.call('PATCH', asset.url, { name: 'other.onnx' })).status).toBe(422)
  expect((await it.call('DELETE', asset.url)).status).toBe(422)
  expect((await it.call('PATCH', `/releases/${release.id}`, { draft: true })).status).toBe(422)
  const ref = '/git/refs/tags/frozen%40v1.0.0'
  const main = (await it.call('GET', '/git/ref/heads/main')).json.object.sha
  expect((await it.call('PATCH', ref, { sha: main, force: true })).status).toBe(422)
  expect((await it.call('DELETE', ref)).status).toBe(422)

  // Switched off: what is frozen stays so, and what comes later is not.
  await it.call('DELETE', '/immutable-releases', undefined, admin)
  expect((await it.call('GET', '/immutable-releases', undefined, admin)).status).toBe(404)
  expect((await it.call('PATCH', `/releases/${release.id}`, { body: 'a note' })).json.immutable).toBe(true)
  expect((await it.call('DELETE', asset.url)).status).toBe(422)
  const later = await draft('frozen@v1.1.0')
  expect((await it.call('PATCH', `/releases/${later.id}`, { draft: false })).json.immutable).toBe(false)

  // The release may be deleted, and then its tag; but the name is spent.
  expect((await it.call('DELETE', `/releases/${release.id}`)).status).toBe(204)
  expect((await it.call('PATCH', ref, { sha: main, force: true })).status).toBe(422)
  const again = await draft('frozen@v1.0.0')
  const refused = await it.call('PATCH', `/releases/${again.id}`, { draft: false })
  expect([refused.status, refused.json.errors[0].message]).toEqual([422, 'tag_name was used by an immutable release'])
  expect((await it.call('DELETE', ref)).status).toBe(204)
  const anew = await it.call('POST', '/git/refs', { ref: 'refs/tags/frozen@v1.0.0', sha: main })
  expect([anew.status, anew.json.message]).toEqual([
    422,
    'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n',
  ])
})

test('a published release whose tag is deleted is a draft again', async () => {
  const release = await draft('gone@v1.0.0')
  await it.call('PATCH', `/releases/${release.id}`, { draft: false })
  await it.call('DELETE', '/git/refs/tags/gone%40v1.0.0')
  expect((await it.call('GET', `/releases/${release.id}`)).json.draft).toBe(true)
})

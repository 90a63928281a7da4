import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { networkAddresses, openStore, type Store } from './https.fixture.ts'
import { readRemote, remoteSize, verifyRemote } from './https.ts'

let directory: string
let store: Store
// A GitHub on this machine: files of this machine may be read.
const here = { apiUrl: 'http://127.0.0.1:1' }
const bytes = Buffer.alloc(300_000, 'weights')
const sha256 = createHash('sha256').update(bytes).digest('hex')

const inside = networkAddresses[0]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'https-test-'))
  store = await openStore(directory)
  store.files.set('/weights.bin', bytes)
})
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const at = (path: string, more = {}) => ({ name: 'weights.bin', uri: store.url + path, sha256, size: null, ...more })

const redirect = (path: string, location: string) =>
  store.files.set(path, (_, response) => response.writeHead(302, { location }).end())

async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code}: ${message}`
  }
  return 'nothing was thrown'
}

describe('a file behind an https address', () => {
  it('is read whole, and gives its size', async () => {
    expect(await verifyRemote(at('/weights.bin'), here)).toBe(bytes.length)
    expect(await verifyRemote(at('/weights.bin', { size: bytes.length }), here)).toBe(bytes.length)
    expect(await remoteSize(at('/weights.bin').uri, here)).toBe(bytes.length)
  })

  it('is refused where its digest or size is another one, after the last byte', async () => {
    expect(await reasonOf(verifyRemote(at('/weights.bin', { sha256: '0'.repeat(64) }), here))).toMatch(
      /^DIGEST_DIFFERS/,
    )
    expect(await reasonOf(verifyRemote(at('/weights.bin', { size: 7 }), here))).toContain('not 7 bytes')
    let read = 0
    const work = (async () => {
      for await (const chunk of readRemote(at('/weights.bin', { sha256: '0'.repeat(64) }), here))
        read += chunk.byteLength
    })()
    expect(await reasonOf(work)).toContain('DIGEST_DIFFERS')
    expect(read).toBe(bytes.length)
  })

  it('is an error where it breaks off, is missing, or answers with anything else', async () => {
    store.files.set('/half.bin', (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 1000), () => response.destroy())
    })
    expect(await reasonOf(verifyRemote(at('/half.bin'), here))).toMatch(/^FILE_UNREACHED/)
    expect(await reasonOf(verifyRemote(at('/none.bin'), here))).toContain('answered 404')
    expect(await reasonOf(remoteSize(at('/none.bin').uri, here))).toContain('answered 404')
  })

  it('is given up where no byte comes any more, before the answer and within it', async () => {
    store.files.set('/silent.bin', () => {})
    store.files.set('/stuck.bin', (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 1000))
    })
    for (const path of ['/silent.bin', '/stuck.bin'])
      expect(await reasonOf(verifyRemote(at(path), { ...here, patience: 500 }))).toContain('no byte came for 0.5 s')
  })

  it('may be redirected, to https alone, without credentials, and not for ever', async () => {
    redirect('/moved.bin', '/weights.bin?signed=1&X-Amz-Signature=secret')
    store.files.set('/weights.bin?signed=1&X-Amz-Signature=secret', bytes)
    expect(await verifyRemote(at('/moved.bin'), here)).toBe(bytes.length)
    redirect('/plain.bin', 'http://localhost:1/weights.bin')
    expect(await reasonOf(verifyRemote(at('/plain.bin'), here))).toContain('redirected to http://localhost:1')
    redirect('/user.bin', 'https://ada:secret@localhost/weights.bin')
    const said = await reasonOf(verifyRemote(at('/user.bin'), here))
    expect(said).toContain('not plain https')
    expect(said).not.toContain('secret')
    redirect('/round.bin', '/round.bin')
    expect(await reasonOf(verifyRemote(at('/round.bin'), here))).toContain('more than 5 times')
    for (const { headers } of store.requests) {
      expect(Object.keys(headers).sort()).toEqual(expect.not.arrayContaining(['authorization', 'cookie']))
      expect(headers['accept-encoding']).toBe('identity')
    }
  })

  it('is not asked for where it is nearer to this machine than GitHub', async () => {
    const before = store.requests.length
    const beside = (host: string) => ({ apiUrl: `https://${host}` })
    const refused = 'of this machine or of the network'
    const port = new URL(store.url).port
    for (const host of ['localhost', '127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '2130706433'])
      expect(await reasonOf(remoteSize(`https://${host}:${port}/weights.bin`, beside('140.82.121.6'))), host).toContain(
        refused,
      )
    for (const host of [
      '169.254.169.254',
      '10.0.0.7',
      '172.31.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '[fd00::1]',
      '[fe80::1]',
    ])
      expect(await reasonOf(remoteSize(`https://${host}/x`, beside('140.82.121.6'))), host).toContain(refused)
    // Beside an own GitHub in a private network that network may be asked, but never the machine itself.
    for (const host of ['localhost', '127.0.0.1', '169.254.169.254'])
      expect(await reasonOf(remoteSize(`https://${host}:${port}/x`, beside('10.0.0.1'))), host).toContain(refused)
    expect(store.requests.length).toBe(before)
  })

  // Wants a network of one's own, from where this machine can be asked.
  it.skipIf(inside === undefined)('is not followed to where it may not be asked for', async () => {
    const beside = { apiUrl: 'https://10.0.0.1' }
    const own = store.url.replace('localhost', inside!)
    expect(await remoteSize(`${own}/weights.bin`, beside)).toBe(bytes.length)
    redirect('/inside.bin', `${store.url}/weights.bin`)
    const before = store.requests.length
    expect(await reasonOf(remoteSize(`${own}/inside.bin`, beside))).toContain('localhost is an address of this machine')
    expect(store.requests.length).toBe(before + 1)
  })
})

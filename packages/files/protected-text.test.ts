import { mkdtempSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from './https.fixture.ts'
import { readProtectedText } from './protected-text.ts'

const token = 'secret-of-the-server'
const keys = { key: 'current', tokenKey: 'current-token' }
const answers: Record<string, RequestListener> = {
  '/profile': ({ headers }, answer) => {
    if (headers.authorization !== `Bearer ${token}`) answer.writeHead(401).end(String(headers.authorization))
    else answer.end('{"größe": 1}')
  },
  '/elsewhere': (_, answer) => answer.writeHead(302, { location: `${other}/stolen` }).end(),
  '/large': (_, answer) => {
    const piece = Buffer.alloc(2 ** 20, 'x')
    const more = () => {
      while (!answer.destroyed && answer.write(piece));
      if (!answer.destroyed) answer.once('drain', more)
    }
    more()
  },
  '/silent': (_, answer) => answer.writeHead(200).write('{'),
  '/latin': (_, answer) => answer.end(Buffer.from([0x7b, 0xe9, 0x7d])),
  '/cut': (_, answer) => {
    answer.writeHead(200, { 'content-length': 100 }).write('{')
    setTimeout(() => answer.destroy(), 20)
  },
}
const asked: (string | undefined)[] = []
let servers: Server[]
let here: string
let other: string
let store: Store

async function listen(handler: RequestListener): Promise<[Server, string]> {
  const server = createServer(handler)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`]
}

beforeAll(async () => {
  const [first, url] = await listen((request, answer) => {
    const handler = answers[request.url!.split('?')[0]!]
    if (handler) handler(request, answer)
    else answer.writeHead(404).end()
  })
  const [second, otherUrl] = await listen((request, answer) => {
    asked.push(request.headers.authorization)
    answer.end('{}')
  })
  servers = [first, second]
  here = url
  other = otherUrl
  store = await openStore(mkdtempSync(join(tmpdir(), 'protected-')))
})
afterAll(async () => {
  for (const server of servers) server.closeAllConnections()
  for (const server of servers) server.close()
  await store.close()
})

async function refusal(of: { url: string; token?: string; patience?: number }): Promise<UserError> {
  try {
    await readProtectedText({ token, ...of, ...keys })
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('readProtectedText', () => {
  it('shows the token to the address that is named, over http on this machine', async () => {
    expect(await readProtectedText({ url: `${here}/profile?since=1`, token, ...keys })).toBe('{"größe": 1}')
  })

  it('shows it over https', async () => {
    store.files.set('/profile', Buffer.from('{}'))
    expect(await readProtectedText({ url: `${store.url}/profile`, token, ...keys })).toBe('{}')
    expect(store.requests.at(-1)!.headers.authorization).toBe(`Bearer ${token}`)
    await readProtectedText({ url: `${store.url}/profile`, ...keys })
    expect(store.requests.at(-1)!.headers.authorization).toBeUndefined()
  })

  it('follows no redirect', async () => {
    const error = await refusal({ url: `${here}/elsewhere` })
    expect(error).toMatchObject({ code: 'URL_REFUSED', where: { key: 'current' } })
    expect(error.message).toContain('redirect')
    expect(asked).toEqual([])
  })

  it.each([
    ['a wrong token', { url: '/profile', token: 'wrong' }, 'URL_REFUSED', 'current-token'],
    ['no such route', { url: '/nowhere' }, 'URL_REFUSED', 'current'],
    ['an endless answer', { url: '/large' }, 'URL_UNREACHED', 'current'],
    ['silence', { url: '/silent', patience: 200 }, 'URL_UNREACHED', 'current'],
    ['what is no UTF-8', { url: '/latin' }, 'URL_UNREACHED', 'current'],
    ['an answer that is cut off', { url: '/cut' }, 'URL_UNREACHED', 'current'],
  ])('refuses %s', async (_, of, code, key) => {
    const error = await refusal({ ...of, url: here + of.url })
    expect(error).toMatchObject({ code, where: { key }, help: expect.stringMatching(/./) })
    expect(JSON.stringify([error.message, error.help])).not.toContain(token)
  })

  it.each([
    ['http://10.0.0.1/profile', 'over http'],
    ['http://127.0.0.1.example.com/profile', 'over http'],
    ['http://localhost.example.com/profile', 'over http'],
    ['https://user:word@example.com/profile', 'credentials'],
    ['https://', 'no address'],
    ['ftp://example.com/profile', 'no address'],
  ])('asks no %s', async (url, why) => {
    const error = await refusal({ url })
    expect(error.code).toBe('URL_INVALID')
    expect(error.message).toContain(why)
    expect(error.message).not.toContain('word')
  })

  it('sends no token that would break out of its header', async () => {
    const error = await refusal({ url: `${here}/profile`, token: 'a\r\nx: y' })
    expect(error).toMatchObject({ code: 'URL_INVALID', where: { key: 'current-token' } })
  })

  it('names a server that is not there', async () => {
    const [gone, url] = await listen(() => {})
    await new Promise((done) => gone.close(done))
    expect((await refusal({ url })).message).toMatch(/ECONNREFUSED/)
  })
})

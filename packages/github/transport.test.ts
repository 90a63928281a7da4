import { mkdtemp, open, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type LocalGitHub, startLocalGitHub } from '../../local-github/index.ts'
import { Unclear } from './errors.ts'
import { type GitHub, openGitHub } from './github.ts'
import { type Clock, openTransport } from './transport.ts'

let directory: string
let local: LocalGitHub
const repository = 'acme/churn'
const serverUrl = 'https://github.com'
const purpose = { what: 'try', permission: 'contents: write' } as const

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'transport-test-'))
  local = await startLocalGitHub({ directory, checked: true })
  await local.createRepository(repository)
  await local.commit(repository, { files: { 'README.md': 'hello\n' } })
})
afterAll(async () => {
  await local.close()
  await rm(directory, { recursive: true, force: true })
})
afterEach(() => vi.useRealTimers())

/** A clock that stands still but for those who wait, and what was waited for. */
function handClock(): Clock & { waited: number[] } {
  let now = 0
  const waited: number[] = []
  return {
    waited,
    now: () => now,
    async sleep(ms) {
      waited.push(ms)
      now += ms
    },
  }
}

const at = (options: Partial<Parameters<typeof openGitHub>[0]>): GitHub =>
  openGitHub({ apiUrl: local.apiUrl, serverUrl, repository, token: local.token({ repository }), ...options })

const blob = (n: number) => ({ files: { a: `${n}` }, parents: [], message: 'x\n', author: person, committer: person })
const person = { name: 'ada', email: 'ada@example.com', date: '2026-01-02T03:04:05Z' }

describe('the pace', () => {
  it('is at most one write a second, and reads do not wait', async () => {
    const clock = handClock()
    const github = at({ pace: 1000, clock })
    // A commit is two writes: its tree, and itself.
    await github.objects.commit(blob(1))
    expect(clock.waited).toEqual([1000])
    await github.contents.read('README.md', 'main')
    expect(clock.waited).toEqual([1000])
    await github.refs.create('refs/tags/paced', await github.objects.commit(blob(2)))
    expect(clock.waited).toEqual([1000, 1000, 1000, 1000])
  })

  it('lets writers who come together go one after the other', async () => {
    const clock = handClock()
    const asked: number[] = []
    const still = { ...clock, sleep: async (ms: number) => void asked.push(ms) }
    const github = at({ pace: 1000, clock: still })
    const main = await github.refs.get('refs/heads/main')
    await Promise.all([1, 2, 3].map((n) => github.objects.tag(tagOf(n, main))))
    expect(asked).toEqual([1000, 2000])
  })

  it('is none against an API of this machine, unless asked for', async () => {
    const clock = handClock()
    const github = at({ clock })
    for (const n of [3, 4]) await github.objects.commit(blob(n))
    expect(clock.waited).toEqual([])
  })
})

const tagOf = (n: number, object: string) => ({ tag: `t${n}`, object, message: 'x\n', tagger: person })

describe('what GitHub asks for', () => {
  const limited = (headers: Record<string, string>, path = /git\/trees/, answer = 403) =>
    local.faults.order({
      nth: 1,
      path,
      answer,
      effect: 'none',
      headers,
      message: 'You have exceeded a secondary rate limit',
    })

  it.each<[string, Record<string, string>, number]>([
    ['in seconds', { 'retry-after': '7' }, 7000],
    ['in a way that is not understood', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 60_000],
    ['without a number', {}, 60_000],
    ['without saying when the limit ends', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '' }, 0],
  ])('is waited for: %s', async (_, headers, wait) => {
    const clock = handClock()
    limited(headers)
    await at({ clock }).objects.commit(blob(5))
    expect(clock.waited).toEqual([wait])
  })

  it('holds for an upload too, whose bytes are sent anew', async () => {
    const clock = handClock()
    const github = at({ clock })
    const draft = await github.releases.createDraft({ tag: 'up@v1.0.0', name: 'up', body: '', prerelease: false })
    limited({ 'retry-after': '3' }, /assets/)
    const path = join(directory, 'small.bin')
    await sparse(path, 200_000)
    expect(await github.releases.upload(draft, 'small.bin', { path })).toMatchObject({ size: 200_000 })
    expect(clock.waited).toEqual([3000])
  })

  it('is given up where it is long, and said', async () => {
    limited({ 'retry-after': '3600' })
    const help = expect.stringContaining('60 min')
    await expect(at({ clock: handClock() }).objects.commit(blob(6))).rejects.toMatchObject({
      code: 'GITHUB_RATE_LIMIT',
      help,
    })
  })

  it('a download that fails before its first byte is tried again', async () => {
    const clock = handClock()
    const github = at({ clock })
    const draft = await github.releases.createDraft({ tag: 'down@v1.0.0', name: 'down', body: '', prerelease: false })
    const asset = await github.releases.upload(draft, 'a.bin', { bytes: Buffer.from('abc') })
    local.faults.order({ nth: 1, methods: ['GET'], path: /assets/, answer: 502, effect: 'none' })
    let text = ''
    for await (const chunk of github.releases.download(asset)) text += Buffer.from(chunk).toString()
    expect([text, clock.waited.length]).toEqual(['abc', 1])
  })
})

async function sparse(path: string, size: number): Promise<void> {
  const file = await open(path, 'w')
  await file.truncate(size)
  await file.close()
}

async function served<T>(listener: RequestListener, use: (url: string, server: Server) => Promise<T>): Promise<T> {
  const server = createServer(listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server)
  } finally {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
}

const transportTo = (apiUrl: string) => openTransport({ apiUrl, owner: 'a', repo: 'b', token: 't', pace: 0, needs: [] })

describe('a large file', () => {
  it('is told of while it goes up and comes down', async () => {
    const said: string[] = []
    const github = at({ say: (sentence) => said.push(sentence) })
    const path = join(directory, 'large.bin')
    await sparse(path, 60e6)
    const draft = await github.releases.createDraft({ tag: 'large@v1.0.0', name: 'l', body: '', prerelease: false })
    const asset = await github.releases.upload(draft, 'large.bin', { path })
    expect(said).toHaveLength(10)
    expect(said.at(-1)).toBe('large.bin: 60 of 60 MB')
    let size = 0
    for await (const chunk of github.releases.download(asset)) size += chunk.byteLength
    expect([size, said.length]).toEqual([60e6, 20])
  })

  it('is never held in memory: no more is read than the other side takes', async () => {
    const size = 400e6
    let read = 0
    async function* source() {
      for (; read < size; read += 1e6) yield Buffer.alloc(1e6)
    }
    let release = () => {}
    const taken = new Promise<void>((done) => {
      release = done
    })
    await served(
      async (request, response) => {
        request.pause()
        await taken
        for await (const _ of request);
        response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":1}')
      },
      async (url) => {
        const sent = transportTo(url).upload(`${url}/assets`, source, size, purpose)
        // Until nothing more is asked for, the other side taking none.
        for (let before = -1; before !== read || read === 0; ) {
          before = read
          await new Promise((done) => setTimeout(done, 100))
        }
        expect(read).toBeLessThan(32e6)
        release()
        expect(await sent).toEqual({ id: 1 })
        expect(read).toBe(size)
      },
    )
  })

  it('is given up after 30 s without a byte, up or down', async () => {
    const stalled: RequestListener = (request, response) => {
      if (request.method === 'POST') return void request.pause()
      response.writeHead(200)
      response.write('some')
    }
    await served(stalled, async (url, server) => {
      const transport = transportTo(url)
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const arrived = () => new Promise<void>((done) => server.once('request', () => setImmediate(done)))
      const came = arrived()
      const up = transport.upload(`${url}/assets`, endless, 1e12, purpose)
      const failed = expect(up).rejects.toThrow(/no answer within 30 s/)
      await came
      await vi.advanceTimersByTimeAsync(29_000)
      expect(await Promise.race([up.catch(() => 'ended'), Promise.resolve('goes on')])).toBe('goes on')
      await vi.advanceTimersByTimeAsync(60_000)
      await failed
      await expect(up).rejects.toBeInstanceOf(Unclear)

      const bytes = transport.download('some/bytes', purpose)
      expect(Buffer.from((await bytes.next()).value!).toString()).toBe('some')
      const rest = expect(bytes.next()).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE' })
      await vi.advanceTimersByTimeAsync(31_000)
      await rest
    })
  })
})

async function* endless() {
  for (;;) yield Buffer.alloc(1e6)
}

describe('a write of which no byte was sent', () => {
  it('is tried again where TLS never stood, and never called unclear', async () => {
    let connections = 0
    const server = createTcp((socket) => {
      connections++
      socket.destroy()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const clock = handClock()
    const apiUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const github = at({ apiUrl, token: 't', clock })
    await expect(github.refs.create('refs/tags/x', 'a'.repeat(40))).rejects.toMatchObject({
      code: 'GITHUB_UNREACHABLE',
    })
    expect(connections).toBe(4)
    await new Promise((done) => server.close(done))
  })
})

import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '@mlops-actions/verdict'
import { permissionError, Rejected, Unclear, unreachable } from './errors.ts'
import { type Need, type Permission, permissionsLine } from './permissions.ts'

/** How long an API answer may take, and how long a transfer may stand still, in milliseconds. */
const patience = 30_000
const attempts = 4
/** Longest pause that GitHub may ask for before we give up and say so, in milliseconds. */
const longestPause = 90_000
/** What GitHub asks for where it does not say how long, in milliseconds. */
const usualPause = 60_000

type Parameters = Record<string, unknown>

interface Answer {
  data: unknown
  headers: Record<string, string | number | undefined>
}

/** What a call is, in words for people, and the right that it needs. */
export interface Purpose {
  what: string
  permission: Permission
  /** A read that is sent as POST, or a write that may be sent twice: tried again after an unclear answer. */
  repeatable?: boolean
}

export interface Transport {
  /** `owner/name`. */
  repository: string
  /** One call. `route` as in GitHub's documentation; owner and repo are filled in. */
  call<T>(route: string, parameters: Parameters, purpose: Purpose): Promise<T>
  /** As `call`; `absent` where GitHub answers 404. */
  find<T>(route: string, parameters: Parameters, purpose: Purpose): Promise<T | 'absent'>
  /** Every item of a paginated list, page by page. `key` names the array where the answer is an object. */
  list<T>(route: string, parameters: Parameters, purpose: Purpose, key?: string): AsyncGenerator<T>
  /** Sends bytes to an absolute address of the API or its uploads host; they are opened anew where GitHub asks to come again. */
  upload<T>(url: string, open: () => AsyncIterable<Uint8Array>, size: number, purpose: Purpose): Promise<T>
  /** The bytes behind an API path; a redirect is followed without the token. */
  download(path: string, purpose: Purpose): AsyncGenerator<Uint8Array>
}

export interface Connection {
  apiUrl: string
  owner: string
  repo: string
  token: string
  /** Milliseconds between two writes. */
  pace: number
  /** What all the work needs, for the error where a part is refused. */
  needs: readonly Need[]
  clock?: Clock | undefined
}

/** Time in milliseconds, which a test may hold in its hands. */
export interface Clock {
  now(): number
  sleep(ms: number): Promise<unknown>
}

const systemClock: Clock = { now: Date.now, sleep }

type Fetch = typeof fetch

/** The one place that talks HTTP with GitHub: time limits, pauses that GitHub asks for, errors in words. */
export function openTransport(connection: Connection): Transport {
  const { apiUrl, owner, repo, token, pace, needs, clock = systemClock } = connection
  let nextWrite = 0
  let client: Promise<{ request: (route: string, p: Parameters) => Promise<Answer>; fetch: Fetch }> | undefined

  /** Seconds against GitHub, a blink against an API on this machine. */
  const backoff = (attempt: number) => (20 + pace / 2) * 3 ** attempt

  function open() {
    client ??= (async () => {
      const { getOctokit } = await import('@actions/github')
      const { defaults } = await import('@actions/github/lib/utils')
      const proxied = defaults.request?.fetch as Fetch
      const timed: Fetch = (input, init) => proxied(input, { ...init, signal: AbortSignal.timeout(patience) })
      const silent = { debug() {}, info() {}, warn() {}, error() {} }
      const octokit = getOctokit(token, {
        baseUrl: apiUrl,
        log: silent,
        request: { fetch: timed, redirect: 'manual' },
      })
      return { request: (route, p) => octokit.request(route, p) as Promise<Answer>, fetch: proxied }
    })()
    return client
  }

  async function takeTurn(): Promise<void> {
    const now = clock.now()
    const turn = Math.max(now, nextWrite)
    nextWrite = turn + pace
    if (turn > now) await clock.sleep(turn - now)
  }

  async function send(route: string, parameters: Parameters, purpose: Purpose): Promise<Answer> {
    requireToken(connection, purpose)
    const writes = !route.startsWith('GET ')
    const { request } = await open()
    for (let attempt = 1; ; attempt++) {
      if (writes) await takeTurn()
      let failure: Failure
      try {
        const answer = (await request(route, { owner, repo, ...parameters })) as Answer & { status: number }
        if (answer.status < 300 || answer.status === 304) return answer
        failure = { kind: 'refused', status: answer.status, message: 'the repository has moved', reasons: [] }
      } catch (error) {
        failure = readFailure(error)
      }
      await settle(failure, attempt, writes && purpose.repeatable !== true, purpose)
    }
  }

  /** Returns where the call is to be tried again, after the pause it needs; throws what it means otherwise. */
  async function settle(failure: Failure, attempt: number, once: boolean, purpose: Purpose): Promise<void> {
    const { what, permission } = purpose
    switch (failure.kind) {
      case 'pause':
        if (attempt < attempts && failure.wait <= longestPause) {
          // What else is to be written waits too.
          nextWrite = Math.max(nextWrite, clock.now() + failure.wait)
          return void (await clock.sleep(failure.wait))
        }
        throw new UserError({
          code: 'GITHUB_RATE_LIMIT',
          message: `GitHub's rate limit stopped "${what}" (${failure.message}).`,
          help: `Run the job again in ${Math.ceil(failure.wait / 60_000)} min; GITHUB_TOKEN has 1,000 requests an hour for a repository.`,
        })
      case 'unreached':
        if (attempt < attempts) return void (await clock.sleep(failure.final ? 0 : backoff(attempt)))
        throw unreachable(what, apiUrl, failure.message, failure.cause)
      case 'unclear':
        if (once) throw new Unclear(what, failure.message, failure.cause)
        if (attempt < attempts) return void (await clock.sleep(backoff(attempt)))
        throw unreachable(what, apiUrl, failure.message, failure.cause)
      case 'refused':
        if (failure.status === 401 || failure.status === 403)
          throw permissionError({ what, permission, needs, ...failure })
        throw new Rejected(what, failure.status, failure.message, failure.reasons)
    }
  }

  async function* list<T>(route: string, parameters: Parameters, purpose: Purpose, key?: string): AsyncGenerator<T> {
    for (let page = 1; ; page++) {
      const answer = await send(route, { per_page: 100, ...parameters, page }, purpose)
      const items = key === undefined ? answer.data : (answer.data as Record<string, unknown>)[key]
      if (!Array.isArray(items)) throw unreachable(purpose.what, apiUrl, 'the answer is no list')
      yield* items as T[]
      if (!/rel="?next"?/.test(String(answer.headers.link ?? ''))) return
    }
  }

  async function upload<T>(
    url: string,
    body: () => AsyncIterable<Uint8Array>,
    size: number,
    purpose: Purpose,
  ): Promise<T> {
    requireToken(connection, purpose)
    requireTrusted(url, apiUrl, purpose)
    const { fetch } = await open()
    for (let attempt = 1; ; attempt++) {
      await takeTurn()
      const stall = stallGuard()
      let failure: Failure
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: {
            authorization: `token ${token}`,
            accept: 'application/vnd.github+json',
            'content-type': 'application/octet-stream',
            'content-length': String(size),
          },
          body: stall.watch(body()) as unknown as ReadableStream,
          redirect: 'manual',
          duplex: 'half',
          signal: stall.signal,
        } as RequestInit)
        const text = await answer.text()
        if (answer.status === 201) return JSON.parse(text) as T
        failure = failureOf(answer.status, answer.headers, text)
      } catch (error) {
        failure = readFailure(error)
      } finally {
        stall.end()
      }
      await settle(failure, attempt, true, purpose)
    }
  }

  async function* download(path: string, purpose: Purpose): AsyncGenerator<Uint8Array> {
    requireToken(connection, purpose)
    for (let attempt = 1; ; attempt++) {
      const stall = stallGuard()
      let failure: Failure
      // Once a byte was given there is no second try: whoever reads would get it twice.
      let given = false
      try {
        const answer = await openDownload(path, stall.signal, purpose)
        if (answer.status === 200) {
          if (answer.body === null) return
          for await (const chunk of stall.watch(answer.body as unknown as AsyncIterable<Uint8Array>)) {
            given = true
            yield chunk
          }
          return
        }
        failure = failureOf(answer.status, answer.headers, await answer.text())
      } catch (error) {
        if (error instanceof UserError) throw error
        failure = readFailure(error)
      } finally {
        stall.end()
      }
      await settle(failure, given ? attempts : attempt, false, purpose)
    }
  }

  /** The answer that holds the bytes: where the API names another address, that one's, asked without the token. */
  async function openDownload(path: string, signal: AbortSignal, purpose: Purpose): Promise<Response> {
    const { fetch } = await open()
    const answer = await fetch(new URL(path.replace(/^\//, ''), `${apiUrl}/`).href, {
      headers: { authorization: `token ${token}`, accept: 'application/octet-stream' },
      redirect: 'manual',
      signal,
    })
    const location = answer.headers.get('location')
    if (answer.status < 300 || answer.status >= 400 || location === null) return answer
    const target = new URL(location, answer.url)
    if (target.protocol !== 'https:' && !isLoopback(target.href))
      throw unreachable(purpose.what, target.origin, 'the address of the bytes is not https')
    return fetch(target.href, { redirect: 'follow', signal })
  }

  return {
    repository: `${owner}/${repo}`,
    async call<T>(route: string, parameters: Parameters, purpose: Purpose) {
      return (await send(route, parameters, purpose)).data as T
    },
    async find<T>(route: string, parameters: Parameters, purpose: Purpose) {
      try {
        return (await send(route, parameters, purpose)).data as T
      } catch (error) {
        if (error instanceof Rejected && error.status === 404) return 'absent'
        throw error
      }
    },
    list,
    upload,
    download,
  }
}

type Failure =
  | { kind: 'pause'; wait: number; message: string }
  | { kind: 'unreached'; message: string; final: boolean; cause?: unknown }
  | { kind: 'unclear'; message: string; cause?: unknown }
  | { kind: 'refused'; status: number; message: string; reasons: string[] }

/** What a thrown value of the HTTP client means. */
function readFailure(error: unknown): Failure {
  const response = (error as { response?: { status: number; headers: Record<string, string>; data: unknown } }).response
  if (response !== undefined) return failureOf(response.status, new Headers(response.headers), response.data)
  const codes: string[] = []
  let unsent = false
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    codes.push((e as NodeJS.ErrnoException).code ?? '', e.name)
    // A connection that closed before a byte was written to it, or before TLS stood.
    unsent ||= (e as { socket?: { bytesWritten?: number } }).socket?.bytesWritten === 0
    unsent ||= /before secure TLS connection was established/.test(e.message)
  }
  const message = codes.includes('TimeoutError')
    ? `no answer within ${patience / 1000} s`
    : error instanceof Error
      ? error.message
      : String(error)
  // These come before a connection stands, so nothing can have been written.
  const never = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']
  if (codes.some((c) => never.includes(c)) || unsent)
    return { kind: 'unreached', message, final: codes.includes('ECONNREFUSED'), cause: error }
  return { kind: 'unclear', message, cause: error }
}

/** What an answer that is no success means. `body` is JSON, parsed or not, or text. */
function failureOf(status: number, headers: Headers, body: unknown): Failure {
  let parsed: { message?: string; errors?: unknown } = {}
  if (typeof body === 'object' && body !== null) parsed = body
  else {
    try {
      parsed = JSON.parse(String(body)) as typeof parsed
    } catch {
      parsed = { message: String(body).slice(0, 200) }
    }
  }
  const errors = Array.isArray(parsed.errors) ? (parsed.errors as unknown[]) : []
  const said = errors.map((e) =>
    typeof e === 'string' ? e : ((e as { message?: string }).message ?? JSON.stringify(e)),
  )
  const message = [parsed.message ?? `status ${status}`, ...said].join('; ')
  const reasons = errors.map((e) => String((e as { code?: string } | null)?.code ?? '')).filter((c) => c !== '')
  if (status === 403 || status === 429) {
    const pause = (wait: number): Failure => ({ kind: 'pause', wait: wait >= 0 ? wait : usualPause, message })
    const after = headers.get('retry-after')
    if (after !== null) return pause(Number(after) * 1000)
    if (headers.get('x-ratelimit-remaining') === '0')
      return pause(Math.max(0, Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - Date.now()))
    if (status === 429 || /rate limit/i.test(message)) return pause(usualPause)
  }
  if (status >= 500 || status === 408) return { kind: 'unclear', message: `${status} ${message}` }
  return { kind: 'refused', status, message, reasons }
}

/** Aborts when nothing has moved for 30 s. */
function stallGuard() {
  const controller = new AbortController()
  const give = () => controller.abort(new DOMException('The transfer stood still', 'TimeoutError'))
  let timer = setTimeout(give, patience)
  return {
    signal: controller.signal,
    async *watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of source) {
        // Else a file that is sent would be read to its end, for nobody.
        controller.signal.throwIfAborted()
        clearTimeout(timer)
        timer = setTimeout(give, patience)
        yield chunk
      }
    },
    end: () => clearTimeout(timer),
  }
}

/** Bytes at hand in pieces, so that a slow line shows progress. */
export async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 1 << 16) yield bytes.subarray(at, at + (1 << 16))
}

function requireToken({ token, needs }: Connection, purpose: Purpose): void {
  if (token !== '') return
  throw new UserError({
    code: 'GITHUB_TOKEN_MISSING',
    message: `"${purpose.what}" needs a GitHub token, and none was given.`,
    where: { key: 'github-token' },
    help: `Set github-token: \${{ github.token }}, and give the job ${permissionsLine([...needs, { permission: purpose.permission, why: '' }])}.`,
  })
}

/** The token goes to the API's host and its uploads host, nowhere else. */
function requireTrusted(url: string, apiUrl: string, purpose: Purpose): void {
  const target = new URL(url)
  const api = new URL(apiUrl)
  const trusted =
    target.origin === api.origin ||
    (target.protocol === 'https:' && target.hostname === api.hostname.replace(/^api\./, 'uploads.')) ||
    (isLoopback(apiUrl) && isLoopback(url))
  if (trusted) return
  throw new UserError({
    code: 'GITHUB_UNTRUSTED_HOST',
    message: `"${purpose.what}" would send the token to ${target.origin}, which belongs neither to ${api.origin} nor to its uploads host.`,
    help: 'Check GITHUB_API_URL and the proxy: this address came in an answer of the API.',
  })
}

/** Whether an address is on this machine. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host)
}

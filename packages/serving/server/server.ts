import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { UserError } from '@mlops-actions/verdict'
import { Batcher } from './batcher.ts'
import type { Config } from './config.ts'
import { Metrics } from './metrics.ts'
import type { ServedModel } from './model.ts'
import { Problem } from './problem.ts'
import type { Recorder } from './recorder.ts'
import { type Answer, type Asked, type Route, routes, type Service } from './routes.ts'

/** A server that listens at once and is ready when it has been given a model. */
export class ModelServer implements Service {
  readonly version: string
  readonly http: Server
  private readonly config: Config
  private readonly counted = new Metrics()
  private readonly log: (line: string) => void
  private served: ServedModel | undefined
  private batcher: Batcher | undefined
  private recorder: Recorder | undefined
  private draining = false

  constructor(config: Config, version: string, log: (line: string) => void) {
    this.config = config
    this.version = version
    this.log = log
    this.http = createServer((request, response) => void this.handle(request, response))
    // Longer than the idle time of common load balancers, so that they and not we close a connection.
    this.http.keepAliveTimeout = 65_000
    this.http.requestTimeout = 30_000
  }

  /** @param recorder takes note of what is served */
  serve(model: ServedModel, recorder?: Recorder): void {
    this.recorder = recorder
    this.batcher = new Batcher((feeds) => model.engine.run(feeds), {
      maxBatch: model.rowByRow ? 1 : this.config.maxBatch,
      maxQueue: this.config.maxQueue,
      observe: (ran) => this.counted.run(ran),
    })
    this.served = model
  }

  ready(): boolean {
    return this.served !== undefined && !this.draining
  }

  model(): ServedModel {
    if (this.served === undefined) throw new Problem(503, 'the model is being loaded', { 'retry-after': '1' })
    return this.served
  }

  async run(...[request, id]: Parameters<Service['run']>): ReturnType<Service['run']> {
    this.model()
    const outputs = await this.batcher!.push(request.feeds, request.rows)
    this.recorder?.take(request, outputs, id)
    return outputs
  }

  get profileToken(): string | undefined {
    return this.config.profileToken
  }

  async profile(): Promise<string> {
    const profile = await this.recorder?.profile()
    if (profile === undefined) throw new Problem(404, 'no such route')
    return profile
  }

  metrics(): string {
    const { description, sha256 } = this.served ?? {}
    const info = { model: description?.name ?? '', version: description?.version ?? '', sha256: sha256 ?? '' }
    return this.counted.text({
      queuedRows: this.batcher?.queued ?? 0,
      ready: this.ready(),
      info,
      logged: this.recorder?.to.log,
    })
  }

  /** Stops being ready, serves on for `drainSeconds`, finishes what it has, and lets the model go. */
  async stop(): Promise<void> {
    if (this.draining) return
    this.draining = true
    await new Promise((over) => setTimeout(over, this.config.drainSeconds * 1000))
    await new Promise((closed) => {
      this.http.close(closed)
      this.http.closeIdleConnections()
    })
    await this.recorder?.close()
    await this.served?.engine.release()
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now()
    const path = (request.url ?? '/').split('?')[0]!
    const found = findRoute(request.method ?? '', path)
    const route = 'route' in found ? found.route.pattern : 'none'
    let answer: Answer
    const id = idOf(request)
    // Whoever brings the labels later must know the ids of the rows.
    let headers: Record<string, string> = this.recorder === undefined ? {} : { 'x-request-id': id }
    try {
      if (!('route' in found)) throw found.problem
      const asked: Asked = {
        body: found.route.method === 'POST' ? await readBody(request, this.config.bodyLimit) : Buffer.alloc(0),
        contentType: request.headers['content-type'] ?? '',
        authorization: request.headers.authorization ?? '',
        id,
        path: found.path,
      }
      answer = await found.route.answer(this, asked)
    } catch (error) {
      if (response.destroyed) return
      const problem = error instanceof Problem ? error : this.fault(error, route)
      headers = { ...headers, ...problem.headers }
      answer = { status: problem.status, json: errorBody(problem, route) }
    }
    const text = 'json' in answer ? JSON.stringify(answer.json) : answer.text
    response.writeHead(answer.status ?? 200, {
      'content-type': 'json' in answer ? 'application/json' : answer.type,
      'content-length': Buffer.byteLength(text),
      ...(this.draining ? { connection: 'close' } : {}),
      ...headers,
    })
    response.end(request.method === 'HEAD' ? undefined : text)
    this.counted.request(route, answer.status ?? 200, (performance.now() - started) / 1000)
  }

  /** What went wrong inside is for the log; the caller learns that it did. */
  private fault(error: unknown, route: string): Problem {
    this.log(`${route}: ${error instanceof Error ? error.message : String(error)}`)
    const noAnswer = error instanceof UserError && error.code === 'MODEL_OUTPUT_NOT_FINITE'
    return new Problem(500, noAnswer ? 'the model has no finite answer for a row' : 'the model could not be run')
  }
}

/** The request's `x-request-id`, where it can be repeated in a reply; else a new one. */
function idOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[!-~]{1,128}$/.test(given) ? given : randomUUID()
}

/** MLflow's clients read error_code and message, everybody else error. */
function errorBody({ message, status }: Problem, route: string) {
  if (route !== '/invocations') return { error: message }
  return { error: message, error_code: status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR', message }
}

const compiled = routes.map((route) => ({ route, parts: route.pattern.split('/') }))

function findRoute(
  method: string,
  path: string,
): { route: Route; path: Record<string, string> } | { problem: Problem } {
  const parts = path.replace(/(.)\/$/, '$1').split('/')
  const allowed: string[] = []
  for (const { route, parts: pattern } of compiled) {
    const named = match(pattern, parts)
    if (named === undefined) continue
    if (route.method === method || (route.method === 'GET' && method === 'HEAD')) return { route, path: named }
    allowed.push(route.method)
  }
  if (allowed.length === 0) return { problem: new Problem(404, 'no such route') }
  return { problem: new Problem(405, 'the method is not allowed here', { allow: allowed.join(', ') }) }
}

function match(pattern: string[], parts: string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined
  const named: Record<string, string> = {}
  for (const [i, wanted] of pattern.entries()) {
    const part = parts[i]!
    if (!wanted.startsWith('{')) {
      if (wanted !== part) return undefined
      continue
    }
    try {
      named[wanted.slice(1, -1)] = decodeURIComponent(part)
    } catch {
      return undefined
    }
  }
  return named
}

/** A body that is too large is read to its end and thrown away (requestTimeout bounds that): callers then see the 413. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (request.headers['content-encoding']) throw new Problem(415, 'the body must not be compressed')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on('end', () => {
      if (size <= limit) resolve(Buffer.concat(chunks))
      else reject(new Problem(413, `the body is larger than ${limit} bytes`))
    })
    request.on('error', reject)
  })
}

import { createReadStream } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** A request whose body has been read. `path` is still percent-encoded, without the query. */
export interface Incoming {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

/** An answer: JSON, bytes, text or a stored file; none of them is an empty body. `drop` closes the connection instead. */
export interface Reply {
  status: number
  headers?: Record<string, string>
  json?: unknown
  bytes?: Uint8Array
  file?: string
  drop?: boolean
}

/** An HTTP server on 127.0.0.1, and the way to stop it with its open connections. */
export interface Origin {
  url: string
  close(): Promise<void>
}

async function send(response: ServerResponse, method: string, reply: Reply): Promise<void> {
  if (reply.drop) {
    response.destroy()
    return
  }
  const headers: Record<string, string> = { ...reply.headers }
  if (reply.file !== undefined) {
    response.writeHead(reply.status, headers)
    await pipeline(createReadStream(reply.file), response)
    return
  }
  let body = reply.bytes ?? Buffer.alloc(0)
  if (reply.json !== undefined) {
    body = Buffer.from(JSON.stringify(reply.json))
    headers['content-type'] ??= 'application/json; charset=utf-8'
  }
  if (reply.status !== 204 && reply.status !== 304) headers['content-length'] = String(body.length)
  response.writeHead(reply.status, headers)
  response.end(method === 'HEAD' || reply.status === 204 ? undefined : body)
}

/** Serves `handle` on a loopback port (0 = any free one). */
export async function serve(port: number, handle: (request: Incoming) => Promise<Reply>): Promise<Origin> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => response.destroy())
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1')
      handle({
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks),
      })
        .then((reply) => send(response, request.method ?? 'GET', reply))
        .catch((error: unknown) => {
          // A fault of this server, not of the client: say so loudly instead of looking like one of GitHub's answers.
          const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
          if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' })
          response.end(JSON.stringify({ message: `local-github failed: ${message}` }))
        })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

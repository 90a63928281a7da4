import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { vi } from 'vitest'

/** The addresses of this machine in the networks that it stands in. */
export const networkAddresses = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .filter((a) => a.family === 'IPv4' && !a.internal)
  .map((a) => a.address)

export interface Store {
  /** `https://localhost:PORT`. */
  url: string
  /** The certificate, for NODE_EXTRA_CA_CERTS of other processes. */
  certificate: string
  requests: IncomingMessage[]
  /** What is served, by path: bytes, or an answer of its own. */
  files: Map<string, Buffer | RequestListener>
  close(): Promise<void>
}

/** A server of files over https on this machine, whose certificate this process trusts. */
export async function openStore(directory: string): Promise<Store> {
  const [key, certificate] = [join(directory, 'store.key'), join(directory, 'store.crt')]
  const names = `subjectAltName=DNS:localhost,${['127.0.0.1', ...networkAddresses].map((ip) => `IP:${ip}`).join()}`
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const into = ['-keyout', key, '-out', certificate, '-subj', '/CN=localhost', '-addext', names]
  execFileSync('openssl', ['req', ...made, ...into], { stdio: 'pipe' })
  const files: Store['files'] = new Map()
  const requests: IncomingMessage[] = []
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    requests.push(request)
    const file = files.get(request.url!)
    if (file === undefined) response.writeHead(404).end()
    else if (!Buffer.isBuffer(file)) file(request, response)
    else if (request.headers.range === 'bytes=0-0')
      response
        .writeHead(206, { 'content-range': `bytes 0-0/${file.length}`, 'content-length': 1 })
        .end(file.subarray(0, 1))
    else response.writeHead(200, { 'content-length': file.length }).end(file)
  })
  await new Promise<void>((done) => server.listen(0, done))
  const ca = readFileSync(certificate)
  const connect = tls.connect.bind(tls) as (options: tls.ConnectionOptions) => tls.TLSSocket
  const trusting = vi
    .spyOn(tls, 'connect')
    .mockImplementation(((options: tls.ConnectionOptions) => connect({ ...options, ca })) as typeof tls.connect)
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificate,
    requests,
    files,
    async close() {
      trusting.mockRestore()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

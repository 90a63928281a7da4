import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Incoming, Reply } from '../http.ts'

export interface SignOptions {
  /** `r` to read, `w` to write. */
  permission: 'r' | 'w'
  contentType?: string
  contentDisposition?: string
  /** How long the address is good for, in seconds; GitHub gives an artifact's download one minute. */
  seconds?: number
}

/**
 * The storage behind GitHub: block blobs in a folder, reached only through signed addresses. It takes what Azure's
 * client sends (Put Block, Put Block List, Put Blob, Get Blob with Range) and refuses a request that also carries an
 * Authorization header, as Azure does.
 */
export class BlobStore {
  private readonly directory: string
  private readonly secret = randomBytes(32)
  /** The origin's address, known once it listens. */
  origin = ''

  constructor(directory: string) {
    this.directory = directory
  }

  /** Stores bytes and gives their key. */
  async put(bytes: Uint8Array): Promise<string> {
    const key = randomUUID()
    await mkdir(this.directory, { recursive: true })
    await writeFile(join(this.directory, key), bytes)
    return key
  }

  newKey(): string {
    return randomUUID()
  }

  /** Size and digest of a stored blob, or undefined while nothing was committed under that key. */
  async describe(key: string): Promise<{ size: number; digest: string } | undefined> {
    const file = join(this.directory, key)
    if (!existsSync(file)) return undefined
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
    return { size: (await stat(file)).size, digest: `sha256:${hash.digest('hex')}` }
  }

  read(key: string): Promise<Buffer> {
    return readFile(join(this.directory, key))
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.directory, key), { force: true })
  }

  /** A signed address for a key. */
  sign(key: string, options: SignOptions): string {
    const url = new URL(`${this.origin}/blobs/${key}`)
    const expires = new Date(Date.now() + (options.seconds ?? 600) * 1000).toISOString()
    url.searchParams.set('sv', '2025-05-05')
    url.searchParams.set('se', expires)
    url.searchParams.set('sr', 'b')
    url.searchParams.set('sp', options.permission)
    if (options.contentType) url.searchParams.set('rsct', options.contentType)
    if (options.contentDisposition) url.searchParams.set('rscd', options.contentDisposition)
    url.searchParams.set('sig', this.signature(key, url.searchParams).toString('base64'))
    return url.href
  }

  private signature(key: string, query: URLSearchParams): Buffer {
    const signed = ['se', 'sp', 'rsct', 'rscd'].map((name) => query.get(name) ?? '')
    return createHmac('sha256', this.secret)
      .update([key, ...signed].join('\n'))
      .digest()
  }

  /** Answers one request on the blobs origin. */
  async handle(request: Incoming): Promise<Reply> {
    const key = /^\/blobs\/([0-9a-f-]{36})$/.exec(request.path)?.[1]
    if (request.headers.authorization !== undefined)
      return refuse(400, 'InvalidAuthenticationInfo', 'Authentication information is not given in the correct format.')
    if (!key) return refuse(404, 'ResourceNotFound', 'The specified resource does not exist.')
    const { query } = request
    const given = Buffer.from(query.get('sig') ?? '', 'base64')
    const right = this.signature(key, query)
    if (
      given.length !== right.length ||
      !timingSafeEqual(given, right) ||
      Date.parse(query.get('se') ?? '') < Date.now()
    )
      return refuse(403, 'AuthenticationFailed', 'Server failed to authenticate the request.')
    const writing = request.method === 'PUT'
    if (query.get('sp') !== (writing ? 'w' : 'r'))
      return refuse(403, 'AuthorizationPermissionMismatch', 'This request is not authorized to perform this operation.')
    if (writing) return this.write(key, request)
    if (request.method === 'GET' || request.method === 'HEAD') return this.send(key, request)
    return refuse(405, 'UnsupportedHttpVerb', 'The resource does not support the specified HTTP verb.')
  }

  private async write(key: string, request: Incoming): Promise<Reply> {
    const blocks = join(this.directory, `${key}.blocks`)
    await mkdir(this.directory, { recursive: true })
    const operation = request.query.get('comp')
    if (operation === 'block') {
      const id = request.query.get('blockid')
      if (!id) return refuse(400, 'InvalidQueryParameterValue', 'blockid is missing.')
      await mkdir(blocks, { recursive: true })
      await writeFile(join(blocks, blockFile(id)), request.body)
      return stored()
    }
    if (operation === 'blocklist') {
      const ids = [...request.body.toString().matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]*)</g)].map(
        (match) => match[1]!,
      )
      const missing = ids.some((id) => !existsSync(join(blocks, blockFile(id))))
      if (missing) return refuse(400, 'InvalidBlockList', 'The specified block list is invalid.')
      const whole = join(this.directory, `${key}.partial`)
      await writeFile(whole, '')
      for (const id of ids) await appendFile(whole, await readFile(join(blocks, blockFile(id))))
      await rename(whole, join(this.directory, key))
      await rm(blocks, { recursive: true, force: true })
      return stored()
    }
    if (operation !== null) return refuse(400, 'InvalidQueryParameterValue', `comp=${operation} is not supported here.`)
    if (request.headers['x-ms-blob-type'] !== 'BlockBlob')
      return refuse(400, 'MissingRequiredHeader', 'x-ms-blob-type must be BlockBlob.')
    await writeFile(join(this.directory, key), request.body)
    return stored()
  }

  private async send(key: string, request: Incoming): Promise<Reply> {
    const file = join(this.directory, key)
    if (!existsSync(file)) return refuse(404, 'BlobNotFound', 'The specified blob does not exist.')
    const { size } = await stat(file)
    const headers: Record<string, string> = {
      'content-type': request.query.get('rsct') ?? 'application/octet-stream',
      'accept-ranges': 'bytes',
      'x-ms-blob-type': 'BlockBlob',
    }
    const disposition = request.query.get('rscd')
    if (disposition) headers['content-disposition'] = disposition
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
    if (range) {
      const bytes = await readFile(file)
      const start = Number(range[1])
      const end = range[2] ? Math.min(Number(range[2]), size - 1) : size - 1
      if (start >= size) return refuse(416, 'InvalidRange', 'The range specified is invalid.')
      headers['content-range'] = `bytes ${start}-${end}/${size}`
      return { status: 206, headers, bytes: bytes.subarray(start, end + 1) }
    }
    headers['content-length'] = String(size)
    return request.method === 'HEAD'
      ? { status: 200, headers, bytes: new Uint8Array(0) }
      : { status: 200, headers, file }
  }
}

const blockFile = (id: string) => Buffer.from(id).toString('hex')

const stored = (): Reply => ({
  status: 201,
  headers: {
    etag: `"0x${randomBytes(8).toString('hex').toUpperCase()}"`,
    'last-modified': new Date().toUTCString(),
    'x-ms-request-id': randomUUID(),
    'x-ms-version': '2025-05-05',
    'x-ms-request-server-encrypted': 'true',
  },
})

const refuse = (status: number, code: string, message: string): Reply => ({
  status,
  headers: { 'content-type': 'application/xml', 'x-ms-error-code': code, 'x-ms-request-id': randomUUID() },
  bytes: Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  ),
})

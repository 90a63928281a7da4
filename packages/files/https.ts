import { createHash } from 'node:crypto'
import { lookup } from 'node:dns'
import { lookup as lookUp } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { UserError } from '@mlops-actions/verdict'
import { answerTo } from './answer.ts'
import { type Say, withProgress } from './progress.ts'
import { type RemoteFile, withoutQuery } from './remote.ts'

/** What a fetch needs to know of where it runs. */
export interface Fetching {
  /** An address of GitHub: files may be no nearer to this machine than it is. */
  apiUrl: string
  say?: Say | undefined
  /** Milliseconds without a byte after which a transfer is given up; 30,000 unless given. */
  patience?: number
}

const usualPatience = 30_000
const mostRedirects = 5

/**
 * The bytes of a file behind an https address. No credentials are sent, redirects go to https alone, and nothing that is
 * nearer to this machine than GitHub is asked. UserError: FILE_UNREACHED, or DIGEST_DIFFERS after the last byte where they are
 * not the bytes that were named; who writes them to a file keeps it only when the end was reached.
 */
export async function* readRemote(file: RemoteFile, at: Fetching): AsyncGenerator<Uint8Array> {
  const answer = await get(file.uri, at)
  const hash = createHash('sha256')
  const expected = file.size ?? lengthOf(answer)
  let size = 0
  try {
    for await (const chunk of withProgress(answer, { ...file, size: expected }, at.say)) {
      size += chunk.byteLength
      if (file.size !== null && size > file.size) break
      hash.update(chunk)
      yield chunk
    }
  } catch (error) {
    throw unreached(file.uri, reasonOf(error), error)
  } finally {
    answer.destroy()
  }
  const found = hash.digest('hex')
  if (found === file.sha256 && (file.size === null || file.size === size)) return
  throw new UserError({
    code: 'DIGEST_DIFFERS',
    message: `${withoutQuery(file.uri)} does not have the bytes that it is named with: ${size === file.size || file.size === null ? `sha256 ${found}, not ${file.sha256}` : `not ${file.size} bytes`}.`,
    where: { file: file.name },
    help: 'Do not use it: it was replaced, or was never the file that was meant.',
  })
}

/** Reads a file to its end and gives its size in bytes; throws as `readRemote` does. */
export async function verifyRemote(file: RemoteFile, at: Fetching): Promise<number> {
  let size = 0
  for await (const chunk of readRemote(file, at)) size += chunk.byteLength
  return size
}

/** The size in bytes that a file is served with, null where that is not said; of its bytes one is asked for at most. */
export async function remoteSize(uri: string, at: Fetching): Promise<number | null> {
  const answer = await get(uri, at, { range: 'bytes=0-0' })
  answer.destroy()
  if (answer.statusCode === 200) return lengthOf(answer)
  const whole = /\/(\d+)$/.exec(answer.headers['content-range'] ?? '')?.[1]
  return whole === undefined ? null : Number(whole)
}

async function get(uri: string, at: Fetching, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const farEnough = await addressRule(at.apiUrl)
  let target = new URL(uri)
  try {
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const answer = await ask(target, headers, farEnough, at.patience ?? usualPatience)
      if (answer.statusCode === 200 || answer.statusCode === 206) return answer
      answer.destroy()
      const { location } = answer.headers
      if (answer.statusCode! < 300 || answer.statusCode! >= 400 || location === undefined)
        throw new Error(`${target.host} answered ${answer.statusCode}`)
      target = new URL(location, target)
      if (target.protocol !== 'https:' || target.username !== '' || target.password !== '')
        throw new Error(`it is redirected to ${target.protocol}//${target.host}, which is not plain https`)
    }
    throw new Error(`it is redirected more than ${mostRedirects} times`)
  } catch (error) {
    throw unreached(uri, reasonOf(error), error)
  }
}

type AddressRule = (address: string) => boolean

/** One request; the address that was judged is the one that is connected to. Through a proxy it is the proxy that looks names up. */
async function ask(
  target: URL,
  headers: Record<string, string>,
  farEnough: AddressRule,
  patience: number,
): Promise<IncomingMessage> {
  const host = hostOf(target.href)
  if (isIP(host) !== 0 && !farEnough(host)) throw nearBy(host)
  const proxied = Boolean(process.env.https_proxy || process.env.HTTPS_PROXY)
  if (proxied && !(await addressesOf(host)).every(farEnough)) throw nearBy(host)
  const guarded: LookupFunction = (name, options, done) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      const refused = error ?? (found.every((a) => farEnough(a.address)) ? null : nearBy(name))
      if (refused !== null) return done(refused, [])
      if (options.all) done(null, found)
      else done(null, found[0]!.address, found[0]!.family)
    })
  const { Agent, request } = await import('node:https')
  const { proxy, direct } = { proxy: { proxyEnv: process.env }, direct: { lookup: guarded } }
  const call = request(target, {
    agent: new Agent(proxied ? proxy : direct),
    headers: { 'accept-encoding': 'identity', 'user-agent': 'mlops-actions', ...headers },
    timeout: patience,
  })
  return answerTo(call, patience)
}

const machine = blocks(['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16'], ['::/127', 'fe80::/10'])
const inside = blocks(
  ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3'],
  ['64:ff9b::/96', '2002::/16', 'fc00::/7', 'fec0::/10', 'ff00::/8'],
)

function blocks(four: string[], six: string[]): BlockList {
  const list = new BlockList()
  const add = (subnet: string, family: 'ipv4' | 'ipv6') => {
    const [net, bits] = subnet.split('/') as [string, string]
    list.addSubnet(net, Number(bits), family)
  }
  for (const subnet of four) add(subnet, 'ipv4')
  for (const subnet of six) add(subnet, 'ipv6')
  return list
}

/** 0: this machine, or next to it as a cloud's metadata service is; 1: the network it stands in; 2: the internet. */
function distance(address: string): number {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  return machine.check(address, family) ? 0 : inside.check(address, family) ? 1 : 2
}

/** Which addresses are asked: from github.com's public ones alone; beside a GitHub in one's own network, that network too. */
async function addressRule(apiUrl: string): Promise<AddressRule> {
  const nearest = Math.min(2, ...(await addressesOf(hostOf(apiUrl))).map(distance))
  return (address) => distance(address) >= nearest
}

const hostOf = (url: string) => new URL(url).hostname.replace(/^\[|\]$/g, '')

/** None where nobody here can say: then only a proxy may. */
async function addressesOf(host: string): Promise<string[]> {
  const found = await lookUp(host, { all: true }).catch(() => [])
  return found.map((a) => a.address)
}

const nearBy = (host: string) => new Error(`${host} is an address of this machine or of the network it stands in`)

function lengthOf({ headers }: IncomingMessage): number | null {
  const said = headers['content-length'] ?? ''
  return /^\d+$/.test(said) ? Number(said) : null
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return message === '' || message === undefined ? String(code ?? error) : message
}

function unreached(uri: string, reason: string, cause: unknown): UserError {
  if (cause instanceof UserError) return cause
  return new UserError({
    code: 'FILE_UNREACHED',
    message: `${withoutQuery(uri)} could not be read: ${reason}.`,
    where: { file: withoutQuery(uri) },
    help: 'See that the file is there for everybody, without logging in; then run the job again. A file that needs credentials is named by another scheme, with its size.',
    cause,
  })
}

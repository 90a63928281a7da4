import type { request as ask, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { UserError } from '@mlops-actions/verdict'
import { answerTo } from './answer.ts'
import { withoutQuery } from './remote.ts'

/** A profile of ten thousand columns has half of that. */
const longestText = 64 * 2 ** 20
const usualPatience = 30_000
/** What comes drop by drop is given up, too. */
const longestWait = 120_000

export interface ProtectedText {
  url: string
  /** What the server asks for: sent as a bearer token to the address that is named, and nowhere else. */
  token?: string | undefined
  /** Milliseconds without a byte after which it is given up; 30,000 unless given. */
  patience?: number
  /** Name of the input that the address comes from, and of the one with the token, for messages. */
  key: string
  tokenKey: string
}

/** Whether a text is an address that `readProtectedText` reads. */
export const namesUrl = (text: string) => /^https?:\/\//i.test(text)

/**
 * The text that a server of one's own answers to who shows a token, of at most 64 MiB. Over https, or http on this very
 * machine; a redirect is not followed, for the token would go with it.
 * @throws UserError URL_INVALID, URL_UNREACHED, URL_REFUSED
 */
export async function readProtectedText(of: ProtectedText): Promise<string> {
  const url = addressOf(of)
  const shown = withoutQuery(of.url)
  const { token, key, tokenKey, patience = usualPatience } = of
  if (token !== undefined && !/^[!-~]+$/.test(token)) {
    throw invalid(
      shown,
      tokenKey,
      'the token holds characters that no token can have',
      'Give the token alone, in one line.',
    )
  }
  const where = { key }
  try {
    const answer = await get(url, token, patience)
    const { statusCode = 0 } = answer
    if (statusCode !== 200) {
      answer.destroy()
      throw refused(shown, statusCode, of)
    }
    return await textOf(answer)
  } catch (error) {
    if (error instanceof UserError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new UserError({
      code: 'URL_UNREACHED',
      message: `${shown} could not be read: ${message || code}.`,
      where,
      help: 'See that the server runs and can be reached from the runner: a runner of GitHub reaches public addresses alone.',
      cause: error,
    })
  }
}

function addressOf({ url, key }: ProtectedText): URL {
  const shown = withoutQuery(url)
  if (!namesUrl(url) || !URL.canParse(url)) throw invalid(shown, key, 'it is no address', 'Write https://host/profile.')
  const address = new URL(url)
  if (address.username !== '' || address.password !== '') {
    throw invalid(shown, key, 'it holds credentials', 'Leave them out: a token has an input of its own.')
  }
  if (address.protocol === 'http:' && !isThisMachine(address.hostname)) {
    throw invalid(shown, key, 'over http anybody on the way could read the token', 'Serve it over https.')
  }
  return address
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))
}

async function get(url: URL, token: string | undefined, patience: number): Promise<IncomingMessage> {
  const isSecure = url.protocol === 'https:'
  // Named one by one: a bundler does not follow a name that is computed.
  const { Agent, request } = isSecure ? await import('node:https') : await import('node:http')
  const call = (request as typeof ask)(url, {
    // A proxy leads out of here, and http stays on this machine.
    agent: new Agent(isSecure ? { proxyEnv: process.env } : {}),
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'mlops-actions',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    timeout: patience,
    signal: AbortSignal.timeout(longestWait),
  })
  return answerTo(call, patience)
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > longestText) throw new Error(`it answers more than ${longestText / 2 ** 20} MiB`)
      chunks.push(chunk)
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } finally {
    answer.destroy()
  }
}

function refused(shown: string, status: number, { key, tokenKey, token }: ProtectedText): UserError {
  const isRedirect = status >= 300 && status < 400
  const isForbidden = status === 401 || status === 403
  return new UserError({
    code: 'URL_REFUSED',
    message: `${shown} answers ${status}${isRedirect ? ', a redirect, which is not followed' : ''}.`,
    where: { key: isForbidden ? tokenKey : key },
    help: isRedirect
      ? 'Name the address that it leads to, if the token may go there.'
      : isForbidden
        ? `${token === undefined ? `Give the token of the server as "${tokenKey}"` : `The token of "${tokenKey}" is not the server's`}: it is what PROFILE_TOKEN is there.`
        : status === 404
          ? 'A server of build-serving-image has /profile where PROFILE_TOKEN is set; one that was built before has it not.'
          : "Look into the server's log.",
  })
}

function invalid(shown: string, key: string, why: string, help: string): UserError {
  return new UserError({
    code: 'URL_INVALID',
    message: `${JSON.stringify(shown.slice(0, 200))} cannot be asked: ${why}.`,
    where: { key },
    help,
  })
}

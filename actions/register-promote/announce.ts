import { createHmac } from 'node:crypto'
import type { GitHub } from '@mlops-actions/github'
import { UserError } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'

/** What is told to others once a stage changed hands. A type, for it goes into JSON. */
export type Announcement = {
  model: string
  stage: string
  version: string
  tag: string
  slot: number
  previous_version: string | null
  release_url: string | null
  run_url: string | null
  who: string
  why: string | null
}

export type Occasion = 'model-promoted' | 'model-rolled-back'

/** How long a webhook may take to answer, in milliseconds. */
const patience = 10_000

/** Where to send webhooks to; undefined where nowhere. Asked before anything is written: a wrong address must not be found after. */
export function webhookOf(a: RegistryContext): URL | undefined {
  const given = a.inputs['webhook-url']
  if (given === undefined) return undefined
  const url = URL.canParse(given) ? new URL(given) : undefined
  const loopback = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return url
  throw new UserError({
    code: 'INPUT_INVALID',
    message: 'The input "webhook-url" is no address that starts with https://.',
    where: { key: 'webhook-url' },
    help: 'Give the whole address, kept in a secret of the repository.',
  })
}

/** Tells the repository's own workflows (repository_dispatch) and the webhook. What cannot be told undoes nothing. */
export async function announce(
  a: RegistryContext,
  github: GitHub,
  of: { occasion: Occasion; about: Announcement; dispatch: boolean; webhook: URL | undefined },
): Promise<void> {
  const { occasion, about, webhook } = of
  if (of.dispatch) await a.attempt(`send the event ${occasion}`, () => github.dispatch.repository(occasion, about))
  if (webhook !== undefined)
    await a.attempt('call the webhook', () => post(webhook, a.inputs['webhook-secret'], webhookBody(occasion, about)))
}

/** JSON that Slack's incoming webhooks show as it is, and that others read. */
export function webhookBody(occasion: Occasion, about: Announcement): string {
  const { who, model, version, stage, why, release_url: url } = about
  const did = occasion === 'model-promoted' ? `promoted ${model} ${version} to` : `rolled ${model} ${version} back into`
  const text = `${who} ${did} ${stage}${why === null ? '' : `: ${why}`}${url === null ? '' : ` (${url})`}`
  return JSON.stringify({ text: slackText(text), event: occasion, ...about })
}

/** Slack reads mentions and links between `<` and `>`. */
const slackText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

async function post(url: URL, secret: string | undefined, body: string): Promise<void> {
  const signed = secret === undefined ? {} : { 'x-hub-signature-256': signature(secret, body) }
  const headers = { 'content-type': 'application/json', 'user-agent': 'mlops-actions', ...signed }
  const signal = AbortSignal.timeout(patience)
  // The address may itself be the secret (Slack's are), so no error may carry it.
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal }).catch(() => {
    throw new Error(`it did not answer within ${patience / 1000} seconds, or could not be reached`)
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`it answered ${answer.status}`)
}

/** As GitHub signs its own webhooks: `sha256=` and the HMAC of the body in hex. */
export const signature = (secret: string, body: string) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

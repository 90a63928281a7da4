import type { components } from '@octokit/openapi-types'
import type { Incoming, Reply } from '../http.ts'
import type { Account } from '../records.ts'
import type { Token } from '../tokens.ts'
import type { Repository, World } from '../world.ts'

/** A request to the API that has found its route, its repository and a token that may make it. */
export interface Call {
  world: World
  repository: Repository
  token: Token
  user: Account
  params: Record<string, string>
  query: URLSearchParams
  /** The JSON body; empty where there is none. */
  body: Record<string, unknown>
  request: Incoming
  /** The upload is to break off, leaving an asset in state `starter`. */
  breakOff: boolean
}

export interface Route {
  method: string
  /** `/repos/{owner}/{repo}/git/ref/{ref+}`: `{x}` is one segment, `{x+}` all that follow. */
  path: string
  /** Any one of these suffices: `contents:read`. */
  needs: readonly string[]
  handle(call: Call): Reply | Promise<Reply>
}

export interface FieldError {
  resource: string
  code: string
  field?: string
  message?: string
  value?: unknown
}

/** An answer that says no. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: FieldError[] | undefined
  readonly headers: Record<string, string>

  constructor(status: number, message: string, errors?: FieldError[], headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }

  reply(): Reply {
    return {
      status: this.status,
      headers: this.headers,
      json: {
        message: this.message,
        ...(this.errors ? { errors: this.errors } : {}),
        documentation_url: 'https://docs.github.com/rest',
        status: String(this.status),
      },
    }
  }
}

export const notFound = () => new Refusal(404, 'Not Found')

export const forbidden = () => new Refusal(403, 'Resource not accessible by integration')

export const invalid = (resource: string, code: string, field: string, message?: string) =>
  new Refusal(422, 'Validation Failed', [{ resource, code, field, ...(message ? { message } : {}) }])

export const ok = (json: unknown): Reply => ({ status: 200, json })

export const created = (json: { url?: string } & Record<string, unknown>): Reply => ({
  status: 201,
  json,
  ...(typeof json.url === 'string' ? { headers: { location: json.url } } : {}),
})

export const noContent = (): Reply => ({ status: 204 })

/** A page of a list, with GitHub's Link header; `key` wraps it as `{ total_count, [key]: [...] }`. */
export function page(call: Call, items: readonly unknown[], key?: string): Reply {
  const number = (name: string, otherwise: number) => {
    const given = Number(call.query.get(name) ?? otherwise)
    return Number.isInteger(given) && given > 0 ? given : otherwise
  }
  const size = Math.min(100, number('per_page', 30))
  const at = number('page', 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const link = (rel: string, to: number) => {
    const url = new URL(call.world.urls.api + canonicalPath(call))
    for (const [name, value] of call.query) url.searchParams.append(name, value)
    url.searchParams.set('page', String(to))
    return `<${url.href}>; rel="${rel}"`
  }
  const links = [
    ...(at > 1 ? [link('prev', Math.min(at - 1, last))] : []),
    ...(at < last ? [link('next', at + 1), link('last', last)] : []),
    ...(at > 1 ? [link('first', 1)] : []),
  ]
  const slice = items.slice((at - 1) * size, at * size)
  return {
    status: 200,
    ...(links.length > 0 ? { headers: { link: links.join(', ') } } : {}),
    json: key ? { total_count: items.length, [key]: slice } : slice,
  }
}

/** GitHub's links name a repository by its number, so a client must not take them apart. */
function canonicalPath(call: Call): string {
  const rest = call.request.path.replace(/^\/repositories\/\d+|^\/repos\/[^/]+\/[^/]+/, '')
  return `/repositories/${call.repository.id}${rest}`
}

/** A field of the body that must be text. */
export function text(call: Call, field: string, resource: string): string {
  const value = call.body[field]
  if (value === undefined || value === null) throw invalid(resource, 'missing_field', field)
  if (typeof value !== 'string')
    throw new Refusal(422, `Invalid request.\n\nFor 'properties/${field}', it is not a string.`)
  return value
}

/** A field of the body that may be text, null (explicitly empty) or absent. */
export function optionalText(call: Call, field: string): string | null | undefined {
  const value = call.body[field]
  if (value === undefined || value === null) return value
  if (typeof value !== 'string')
    throw new Refusal(422, `Invalid request.\n\nFor 'properties/${field}', it is not a string.`)
  return value
}

/** A field of the body that may be true, false or absent. */
export function optionalFlag(call: Call, field: string): boolean | undefined {
  const value = call.body[field]
  if (value === undefined) return undefined
  if (typeof value !== 'boolean')
    throw new Refusal(422, `Invalid request.\n\nFor 'properties/${field}', it is not a boolean.`)
  return value
}

/** A number in the path; anything else is an address that does not exist. */
export function id(call: Call, name: string): number {
  const value = call.params[name] ?? ''
  if (!/^\d+$/.test(value)) throw notFound()
  return Number(value)
}

export const repositoryUrl = (call: Call): string => `${call.world.urls.api}/repos/${call.repository.fullName}`

export const htmlUrl = (repository: Repository): string => `https://github.com/${repository.fullName}`

export const nodeId = (kind: string, number: number | string): string =>
  `${kind}_${Buffer.from(`${kind}:${number}`).toString('base64url')}`

/** An account as GitHub shows it inside other things. */
export function accountJson(world: World, who: Account): components['schemas']['simple-user'] {
  const url = `${world.urls.api}/users/${encodeURIComponent(who.login)}`
  const page = `https://github.com/${who.type === 'Bot' ? `apps/${who.login.replace('[bot]', '')}` : who.login}`
  return {
    login: who.login,
    id: who.id,
    node_id: nodeId('U', who.id),
    avatar_url: `https://avatars.githubusercontent.com/u/${who.id}?v=4`,
    gravatar_id: '',
    url,
    html_url: page,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: who.type,
    site_admin: false,
  }
}

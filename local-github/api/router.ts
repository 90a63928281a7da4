import type { Incoming, Reply } from '../http.ts'
import { permits, type Token } from '../tokens.ts'
import { account, type Repository, type World } from '../world.ts'
import { type Call, forbidden, notFound, Refusal, type Route } from './answer.ts'
import { artifactRoutes } from './artifacts.ts'
import { assetRoutes, uploadRoutes } from './assets.ts'
import { attestationRoutes } from './attestations.ts'
import { contentRoutes } from './contents.ts'
import { deploymentRoutes } from './deployments.ts'
import { dispatchRoutes } from './dispatches.ts'
import { environmentRoutes } from './environments.ts'
import { issueRoutes } from './issues.ts'
import { objectRoutes } from './objects.ts'
import { pullRoutes } from './pulls.ts'
import { refRoutes } from './refs.ts'
import { releaseRoutes } from './releases.ts'
import { repositoryRoutes } from './repositories.ts'
import { rulesetRoutes } from './rulesets.ts'
import { runRoutes } from './runs.ts'
import { treeRoutes } from './trees.ts'

interface Compiled {
  route: Route
  segments: string[]
}

const compile = (routes: Route[]): Compiled[] =>
  routes.map((route) => ({ route, segments: route.path.split('/').slice(1) }))

// The first match answers: `commits/{sha}/pulls` stands before `commits/{ref+}`.
const apiRoutes = [
  ...pullRoutes,
  ...repositoryRoutes,
  ...refRoutes,
  ...objectRoutes,
  ...treeRoutes,
  ...contentRoutes,
  ...issueRoutes,
  ...releaseRoutes,
  ...assetRoutes,
  ...deploymentRoutes,
  ...environmentRoutes,
  ...rulesetRoutes,
  ...dispatchRoutes,
  ...runRoutes,
  ...artifactRoutes,
  ...attestationRoutes,
]

/** Everything that is served here of GitHub's REST API. */
export const routes: readonly Route[] = [...apiRoutes, ...uploadRoutes]

const compiled = { api: compile(apiRoutes), uploads: compile(uploadRoutes) }

function match(segments: string[], path: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const rest = /^\{(\w+)\+\}$/.exec(segment)
    if (rest) {
      if (path.length <= index) return undefined
      params[rest[1]!] = path.slice(index).join('/')
      return params
    }
    const given = path[index]
    if (given === undefined) return undefined
    const name = /^\{(\w+)\}$/.exec(segment)?.[1]
    if (name) params[name] = given
    else if (segment !== given) return undefined
  }
  return path.length === segments.length ? params : undefined
}

function tokenOf(world: World, request: Incoming): { text: string; token: Token } {
  const given = /^(?:bearer|token) +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!given) throw new Refusal(401, 'Requires authentication')
  const token = world.tokens.get(given)
  if (!token) throw new Refusal(401, 'Bad credentials')
  return { text: given, token }
}

/** Paths may name a repository by number (`/repositories/7/...`), as the links of a paginated list do. */
function byName(world: World, path: string[]): string[] {
  if (path[0] !== 'repositories') return path
  const repository = [...world.repositories.values()].find((one) => String(one.id) === path[1])
  if (!repository) throw notFound()
  return ['repos', repository.owner, repository.name, ...path.slice(2)]
}

function repositoryOf(world: World, token: Token, params: Record<string, string>): Repository {
  const name = `${params.owner}/${params.repo}`.toLowerCase()
  const repository = world.repositories.get(name)
  const own = token.repository.toLowerCase() === name
  if (!repository || (repository.private && !own)) throw notFound()
  return repository
}

function jsonBody(request: Incoming): Record<string, unknown> {
  if (request.body.length === 0) return {}
  let parsed: unknown
  try {
    parsed = JSON.parse(request.body.toString())
  } catch {
    throw new Refusal(400, 'Problems parsing JSON')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Refusal(400, 'Body should be a JSON object')
  return parsed as Record<string, unknown>
}

async function handled(route: Route, call: Call): Promise<Reply> {
  try {
    return await route.handle(call)
  } catch (error) {
    if (error instanceof Refusal) return error.reply()
    throw error
  }
}

/** Answers one request on the API or the uploads origin. */
export async function answer(
  world: World,
  origin: 'api' | 'uploads',
  request: Incoming,
  breakOff: boolean,
): Promise<Reply> {
  try {
    const { token } = tokenOf(world, request)
    const path = byName(
      world,
      request.path
        .split('/')
        .slice(1)
        .map((segment) => decodeURIComponent(segment)),
    )
    for (const { route, segments } of compiled[origin]) {
      if (route.method !== request.method) continue
      const params = match(segments, path)
      if (!params) continue
      const repository = repositoryOf(world, token, params)
      const own = token.repository.toLowerCase() === repository.fullName.toLowerCase()
      // Another public repository can be read, and only that.
      if (own ? !permits(token, route.needs) : request.method !== 'GET') throw forbidden()
      const call: Call = {
        world,
        repository,
        token,
        user: account(token.login),
        params,
        query: request.query,
        body: origin === 'api' ? jsonBody(request) : {},
        request,
        breakOff,
      }
      const reply = await handled(route, call)
      world.witness?.({
        method: route.method,
        route: route.path,
        path: Object.values(params),
        query: call.query,
        body: call.body,
        status: reply.status,
        json: reply.json,
        bytes: reply.bytes,
      })
      return reply
    }
    throw notFound()
  } catch (error) {
    if (error instanceof Refusal) return error.reply()
    if (error instanceof URIError) return new Refusal(400, 'Bad Request').reply()
    throw error
  }
}

import type { components } from '@octokit/openapi-types'
import { account } from '../world.ts'
import {
  accountJson,
  type Call,
  htmlUrl,
  noContent,
  notFound,
  ok,
  page,
  Refusal,
  type Route,
  repositoryUrl,
} from './answer.ts'
import { commitJson } from './objects.ts'
import { repositoryJson } from './repository-json.ts'
import { resolveCommit } from './revisions.ts'

/** The account that an address of a commit belongs to; here only GitHub's own noreply addresses belong to anybody. */
function knownAs(call: Call, email: string) {
  const login = /^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/.exec(email)?.[1]
  return login ? accountJson(call.world, account(login)) : null
}

/** A commit as `commits/{ref}` shows it: git's facts under `commit`, accounts beside them. */
async function fullCommit(call: Call, sha: string): Promise<components['schemas']['commit']> {
  const commit = await commitJson(call, sha)
  if (!commit) throw notFound()
  const { node_id, html_url, parents, sha: id, url, ...facts } = commit
  const base = `${repositoryUrl(call)}/commits`
  return {
    sha: id,
    node_id,
    commit: { ...facts, url, comment_count: 0 },
    url: `${base}/${id}`,
    html_url,
    comments_url: `${base}/${id}/comments`,
    author: knownAs(call, facts.author.email),
    committer: knownAs(call, facts.committer.email),
    parents: parents.map((parent) => ({ ...parent, url: `${base}/${parent.sha}` })),
  }
}

async function branchJson(
  call: Call,
  name: string,
  sha: string,
): Promise<components['schemas']['branch-with-protection']> {
  const path = name.split('/').map(encodeURIComponent).join('/')
  const url = `${repositoryUrl(call)}/branches/${path}`
  return {
    name,
    commit: await fullCommit(call, sha),
    _links: { self: url, html: `${htmlUrl(call.repository)}/tree/${path}` },
    protected: false,
    protection: { enabled: false },
    protection_url: `${url}/protection`,
  }
}

export const repositoryRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}',
    needs: ['metadata:read'],
    handle: (call) => ok(repositoryJson(call.world, call.repository)),
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/branches',
    needs: ['contents:read'],
    async handle(call) {
      const branches = await call.repository.git.refs('refs/heads/')
      const short = branches.map(({ ref, sha }) => ({
        name: ref.slice('refs/heads/'.length),
        commit: { sha, url: `${repositoryUrl(call)}/commits/${sha}` },
        protected: false,
      }))
      return page(call, short)
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/branches/{branch+}',
    needs: ['contents:read'],
    async handle(call) {
      const sha = await call.repository.git.resolve(`refs/heads/${call.params.branch}`)
      if (!sha) throw new Refusal(404, 'Branch not found')
      return ok(await branchJson(call, call.params.branch!, sha))
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits',
    needs: ['contents:read'],
    async handle(call) {
      const { git, defaultBranch } = call.repository
      if ((await git.refs('refs/')).length === 0) throw new Refusal(409, 'Git Repository is empty.')
      const from = await resolveCommit(call.repository, call.query.get('sha') ?? defaultBranch)
      if (!from) throw notFound()
      const path = call.query.get('path')
      const listed = await git.text(['rev-list', from, ...(path ? ['--', path] : [])])
      const answer = page(
        call,
        listed.split('\n').filter((line) => line !== ''),
      )
      const json = await Promise.all((answer.json as string[]).map((sha) => fullCommit(call, sha)))
      return { ...answer, json }
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/commits/{ref+}',
    needs: ['contents:read'],
    async handle(call) {
      const sha = await resolveCommit(call.repository, call.params.ref!)
      if (!sha) throw new Refusal(422, `No commit found for SHA: ${call.params.ref}`)
      return ok(await fullCommit(call, sha))
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/collaborators/{username}/permission',
    needs: ['metadata:read'],
    handle(call) {
      const login = call.params.username!
      const role = call.repository.collaborators.get(login) ?? (call.repository.private ? 'none' : 'read')
      // The old five roles are told in four words; `role_name` is exact.
      const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role
      return ok({ permission, role_name: role, user: { ...accountJson(call.world, account(login)), role_name: role } })
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/immutable-releases',
    needs: ['administration:read'],
    handle(call) {
      if (!call.repository.immutableReleases) throw notFound()
      return ok({ enabled: true, enforced_by_owner: false })
    },
  },
  ...(['PUT', 'DELETE'] as const).map(
    (method): Route => ({
      method,
      path: '/repos/{owner}/{repo}/immutable-releases',
      needs: ['administration:write'],
      handle(call) {
        call.repository.immutableReleases = method === 'PUT'
        return noContent()
      },
    }),
  ),
]

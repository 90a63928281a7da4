import type { components } from '@octokit/openapi-types'
import type { GitRef } from '../git.ts'
import {
  type Call,
  created,
  forbidden,
  noContent,
  nodeId,
  notFound,
  ok,
  optionalFlag,
  Refusal,
  type Route,
  repositoryUrl,
  text,
} from './answer.ts'
import { guardWorkflows, requireContent } from './revisions.ts'
import { guardRules } from './rulesets.ts'

const encodeRef = (ref: string) => ref.split('/').map(encodeURIComponent).join('/')

function refJson(call: Call, { ref, sha, type }: GitRef): components['schemas']['git-ref'] {
  const git = `${repositoryUrl(call)}/git`
  return {
    ref,
    node_id: nodeId('REF', `${call.repository.id}:${ref}`),
    url: `${git}/${encodeRef(ref)}`,
    object: { sha, type, url: `${git}/${type}s/${sha}` },
  }
}

async function find(call: Call, ref: string): Promise<GitRef | undefined> {
  return (await call.repository.git.refs(ref)).find((one) => one.ref === ref)
}

/** A body's `sha`, which must name an object that is there. */
async function object(call: Call) {
  const sha = text(call, 'sha', 'Reference')
  if (!/^[0-9a-f]{40}$/.test(sha))
    throw new Refusal(422, 'The sha parameter must be exactly 40 characters and contain only [0-9a-f].')
  const type = await call.repository.git.type(sha)
  if (!type) throw new Refusal(422, 'Object does not exist')
  return { sha, type }
}

async function create(call: Call) {
  await requireContent(call)
  const ref = text(call, 'ref', 'Reference')
  if (!/^refs\/[^/]+\/./.test(ref))
    throw new Refusal(422, 'Reference name must start with refs/ and contain at least two slashes.')
  const { git } = call.repository
  if ((await git.run(['check-ref-format', ref])).code !== 0) throw new Refusal(422, `${ref} is not a valid ref name.`)
  if (/^refs\/pull\//.test(ref)) throw new Refusal(422, 'Reference update failed')
  const { sha, type } = await object(call)
  if (ref.startsWith('refs/heads/') && type !== 'commit') throw new Refusal(422, 'Reference update failed')
  await guardWorkflows(call, sha)
  guardRules(call, ref, 'creation')
  const outcome = await git.createRef(ref, sha)
  if (outcome === 'exists') throw new Refusal(422, 'Reference already exists')
  if (outcome === 'failed') throw new Refusal(422, 'Reference update failed')
  return created(refJson(call, { ref, sha, type }))
}

async function update(call: Call) {
  await requireContent(call)
  const ref = `refs/${call.params.ref}`
  const force = optionalFlag(call, 'force') ?? false
  const { sha, type } = await object(call)
  const old = await find(call, ref)
  if (!old) throw new Refusal(422, 'Reference does not exist')
  const { git } = call.repository
  guardRules(call, ref, 'update')
  const forward =
    old.sha === sha || (old.type === 'commit' && type === 'commit' && (await git.isAncestor(old.sha, sha)))
  if (!force && !forward) throw new Refusal(422, 'Update is not a fast forward')
  await guardWorkflows(call, sha)
  if (!(await git.moveRef(ref, sha, old.sha))) throw new Refusal(422, 'Reference update failed')
  return ok(refJson(call, { ref, sha, type }))
}

async function remove(call: Call) {
  const ref = `refs/${call.params.ref}`
  const { git, defaultBranch, releases } = call.repository
  if (!(await find(call, ref))) throw new Refusal(422, 'Reference does not exist')
  if (ref === `refs/heads/${defaultBranch}`) throw forbidden()
  guardRules(call, ref, 'deletion')
  if (!(await git.deleteRef(ref))) throw new Refusal(422, 'Reference update failed')
  // A release whose tag goes becomes a draft again.
  for (const release of releases.values()) if (`refs/tags/${release.tag}` === ref) release.draft = true
  return noContent()
}

export const refRoutes: Route[] = [
  { method: 'POST', path: '/repos/{owner}/{repo}/git/refs', needs: ['contents:write'], handle: create },
  { method: 'PATCH', path: '/repos/{owner}/{repo}/git/refs/{ref+}', needs: ['contents:write'], handle: update },
  { method: 'DELETE', path: '/repos/{owner}/{repo}/git/refs/{ref+}', needs: ['contents:write'], handle: remove },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/ref/{ref+}',
    needs: ['contents:read'],
    async handle(call) {
      await requireContent(call)
      const ref = await find(call, `refs/${call.params.ref}`)
      if (!ref) throw notFound()
      return ok(refJson(call, ref))
    },
  },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/matching-refs/{ref+}',
    needs: ['contents:read'],
    async handle(call) {
      await requireContent(call)
      const refs = await call.repository.git.refs(`refs/${call.params.ref}`)
      return ok(refs.map((ref) => refJson(call, ref)))
    },
  },
]

import type { components } from '@octokit/openapi-types'
import type { Deployment, DeploymentStatus } from '../records.ts'
import { account, now } from '../world.ts'
import {
  accountJson,
  type Call,
  created,
  id,
  invalid,
  noContent,
  nodeId,
  notFound,
  ok,
  optionalFlag,
  optionalText,
  page,
  Refusal,
  type Route,
  repositoryUrl,
  text,
} from './answer.ts'
import { resolveCommit } from './revisions.ts'

const states: readonly DeploymentStatus['state'][] = [
  'error',
  'failure',
  'inactive',
  'in_progress',
  'queued',
  'pending',
  'success',
]

/** The longest description of a deployment's status, in characters. */
const DESCRIPTION_LIMIT = 140

function deploymentJson(call: Call, one: Deployment): components['schemas']['deployment'] {
  const url = `${repositoryUrl(call)}/deployments/${one.id}`
  return {
    url,
    id: one.id,
    node_id: nodeId('DE', one.id),
    sha: one.sha,
    ref: one.ref,
    task: one.task,
    payload: one.payload,
    original_environment: one.environment,
    environment: one.environment,
    description: one.description,
    creator: accountJson(call.world, one.creator),
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(call),
    transient_environment: one.transient,
    production_environment: one.production,
  }
}

function statusJson(
  call: Call,
  deployment: Deployment,
  status: DeploymentStatus,
): components['schemas']['deployment-status'] {
  const url = `${repositoryUrl(call)}/deployments/${deployment.id}`
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DES', status.id),
    state: status.state,
    creator: accountJson(call.world, status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: repositoryUrl(call),
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
  }
}

function deploymentOf(call: Call): Deployment {
  const found = call.repository.deployments.get(id(call, 'id'))
  if (!found) throw notFound()
  return found
}

async function create(call: Call) {
  const ref = text(call, 'ref', 'Deployment')
  const sha = await resolveCommit(call.repository, ref)
  if (!sha) throw new Refusal(422, `No ref found for: ${ref}`)
  const contexts = call.body.required_contexts
  if (contexts !== undefined && !Array.isArray(contexts))
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/required_contexts', it is not an array.")
  // No commit statuses are kept here, so a context that is required has never succeeded.
  if (Array.isArray(contexts) && contexts.length > 0)
    throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`)
  const { git, defaultBranch } = call.repository
  const branch = await git.resolve(`refs/heads/${ref}`)
  const base = await git.resolve(`refs/heads/${defaultBranch}`)
  if ((optionalFlag(call, 'auto_merge') ?? true) && branch && base && !(await git.isAncestor(base, branch)))
    throw new Refusal(409, `Conflict merging ${defaultBranch} into ${ref}.`)
  const { payload } = call.body
  if (payload !== undefined && (payload === null || (typeof payload !== 'object' && typeof payload !== 'string')))
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/payload', it is neither an object nor a string.")
  const environment = optionalText(call, 'environment') ?? 'production'
  const deployment: Deployment = {
    id: call.world.nextId(),
    sha,
    ref,
    task: optionalText(call, 'task') ?? 'deploy',
    payload: (payload as string | Record<string, unknown> | undefined) ?? {},
    environment,
    description: optionalText(call, 'description') ?? null,
    transient: optionalFlag(call, 'transient_environment') ?? false,
    production: optionalFlag(call, 'production_environment') ?? environment === 'production',
    creator: call.user,
    createdAt: now(),
    updatedAt: now(),
    statuses: [],
  }
  call.repository.deployments.set(deployment.id, deployment)
  // Deploying to an environment that does not exist creates it, without rules.
  ensureEnvironment(call, environment)
  return created(deploymentJson(call, deployment))
}

export function ensureEnvironment(call: Call, name: string) {
  const known = call.repository.environments.get(name.toLowerCase())
  if (known) return known
  const environment = {
    id: call.world.nextId(),
    name,
    waitTimer: 0,
    preventSelfReview: false,
    reviewers: [],
    branchPolicy: null,
    createdAt: now(),
    updatedAt: now(),
  }
  call.repository.environments.set(name.toLowerCase(), environment)
  return environment
}

function list(call: Call) {
  const { query } = call
  const same = (name: string, value: string) => {
    const wanted = query.get(name)
    return wanted === null || wanted === 'none' || wanted === value
  }
  const found = [...call.repository.deployments.values()].filter(
    (one) =>
      same('environment', one.environment) && same('task', one.task) && same('ref', one.ref) && same('sha', one.sha),
  )
  return page(
    call,
    found.reverse().map((one) => deploymentJson(call, one)),
  )
}

function addStatus(call: Call) {
  const deployment = deploymentOf(call)
  const asked = text(call, 'state', 'DeploymentStatus')
  const state = states.find((one) => one === asked)
  if (!state) throw invalid('DeploymentStatus', 'custom', 'state', `${asked} is not a valid state`)
  const description = optionalText(call, 'description') ?? ''
  if (description.length > DESCRIPTION_LIMIT)
    throw invalid(
      'DeploymentStatus',
      'custom',
      'description',
      `description is too long (maximum is ${DESCRIPTION_LIMIT} characters)`,
    )
  const at = (field: string) => {
    const url = optionalText(call, field) ?? ''
    if (url !== '' && !/^https?:\/\//.test(url))
      throw invalid('DeploymentStatus', 'custom', field, `${field} must use http(s) scheme`)
    return url
  }
  const status: DeploymentStatus = {
    id: call.world.nextId(),
    state,
    description,
    environment: optionalText(call, 'environment') ?? deployment.environment,
    logUrl: at('log_url') || at('target_url'),
    environmentUrl: at('environment_url'),
    creator: call.user,
    createdAt: now(),
  }
  deployment.statuses.push(status)
  deployment.updatedAt = now()
  if (state === 'success' && (optionalFlag(call, 'auto_inactive') ?? true)) retire(call, deployment)
  return created(statusJson(call, deployment, status))
}

/** A success makes earlier deployments of its environment inactive, unless they were transient or of production. */
function retire(call: Call, successor: Deployment) {
  for (const other of call.repository.deployments.values()) {
    if (other.id >= successor.id || other.environment !== successor.environment || other.transient || other.production)
      continue
    const last = other.statuses.at(-1)
    if (last?.state !== 'success') continue
    other.statuses.push({
      ...last,
      id: call.world.nextId(),
      state: 'inactive',
      creator: account('github-actions[bot]'),
      createdAt: now(),
    })
  }
}

const base = '/repos/{owner}/{repo}/deployments'

export const deploymentRoutes: Route[] = [
  { method: 'POST', path: base, needs: ['deployments:write'], handle: create },
  { method: 'GET', path: base, needs: ['deployments:read'], handle: list },
  {
    method: 'GET',
    path: `${base}/{id}`,
    needs: ['deployments:read'],
    handle: (call) => ok(deploymentJson(call, deploymentOf(call))),
  },
  {
    method: 'DELETE',
    path: `${base}/{id}`,
    needs: ['deployments:write'],
    handle(call) {
      const deployment = deploymentOf(call)
      const others = call.repository.deployments.size > 1
      if (others && deployment.statuses.at(-1)?.state === 'success')
        throw new Refusal(
          422,
          'We cannot delete an active deployment unless it is the only deployment in a given environment.',
        )
      call.repository.deployments.delete(deployment.id)
      return noContent()
    },
  },
  { method: 'POST', path: `${base}/{id}/statuses`, needs: ['deployments:write'], handle: addStatus },
  {
    method: 'GET',
    path: `${base}/{id}/statuses`,
    needs: ['deployments:read'],
    handle(call) {
      const deployment = deploymentOf(call)
      return page(
        call,
        [...deployment.statuses].reverse().map((status) => statusJson(call, deployment, status)),
      )
    },
  },
]

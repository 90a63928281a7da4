import type { components } from '@octokit/openapi-types'
import type { Environment } from '../records.ts'
import { account, now } from '../world.ts'
import {
  accountJson,
  type Call,
  htmlUrl,
  invalid,
  noContent,
  nodeId,
  notFound,
  ok,
  page,
  type Route,
  repositoryUrl,
} from './answer.ts'
import { ensureEnvironment } from './deployments.ts'

function environmentJson(call: Call, one: Environment): components['schemas']['environment'] {
  const rules: NonNullable<components['schemas']['environment']['protection_rules']> = []
  const rule = <Type extends string>(type: Type) => ({
    id: one.id * 10 + rules.length,
    node_id: nodeId('GA', `${one.id}:${type}`),
    type,
  })
  if (one.waitTimer > 0) rules.push({ ...rule('wait_timer'), wait_timer: one.waitTimer })
  if (one.reviewers.length > 0) {
    const reviewers = one.reviewers.map(({ type, id }) => ({
      type,
      reviewer: { ...accountJson(call.world, account(`${type.toLowerCase()}-${id}`)), id },
    }))
    rules.push({ ...rule('required_reviewers'), prevent_self_review: one.preventSelfReview, reviewers })
  }
  if (one.branchPolicy) rules.push(rule('branch_policy'))
  return {
    id: one.id,
    node_id: nodeId('EN', one.id),
    name: one.name,
    url: `${repositoryUrl(call)}/environments/${encodeURIComponent(one.name)}`,
    html_url: `${htmlUrl(call.repository)}/deployments/activity_log?environments_filter=${encodeURIComponent(one.name)}`,
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    protection_rules: rules,
    deployment_branch_policy: one.branchPolicy,
  }
}

function environmentOf(call: Call): Environment {
  const found = call.repository.environments.get(call.params.name!.toLowerCase())
  if (!found) throw notFound()
  return found
}

function put(call: Call) {
  const { wait_timer: timer, reviewers, prevent_self_review: self, deployment_branch_policy: policy } = call.body
  if (timer !== undefined && (typeof timer !== 'number' || timer < 0 || timer > 43_200))
    throw invalid('Environment', 'invalid', 'wait_timer')
  const listed = reviewers ?? []
  if (!Array.isArray(listed) || listed.length > 6) throw invalid('Environment', 'invalid', 'reviewers')
  const environment = ensureEnvironment(call, call.params.name!)
  Object.assign(environment, {
    waitTimer: timer ?? 0,
    preventSelfReview: self === true,
    reviewers: listed.map((one) => one as Environment['reviewers'][number]),
    branchPolicy: policy ?? null,
    updatedAt: now(),
  })
  return ok(environmentJson(call, environment))
}

const base = '/repos/{owner}/{repo}/environments'

export const environmentRoutes: Route[] = [
  {
    method: 'GET',
    path: base,
    needs: ['actions:read'],
    handle: (call) =>
      page(
        call,
        [...call.repository.environments.values()].map((one) => environmentJson(call, one)),
        'environments',
      ),
  },
  {
    method: 'GET',
    path: `${base}/{name}`,
    needs: ['actions:read'],
    handle: (call) => ok(environmentJson(call, environmentOf(call))),
  },
  { method: 'PUT', path: `${base}/{name}`, needs: ['administration:write'], handle: put },
  {
    method: 'DELETE',
    path: `${base}/{name}`,
    needs: ['administration:write'],
    handle(call) {
      call.repository.environments.delete(environmentOf(call).name.toLowerCase())
      return noContent()
    },
  },
]

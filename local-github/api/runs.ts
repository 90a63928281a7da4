import type { components } from '@octokit/openapi-types'
import type { WorkflowRun } from '../records.ts'
import { accountJson, type Call, htmlUrl, id, nodeId, notFound, ok, page, type Route, repositoryUrl } from './answer.ts'
import { repositoryJson } from './repository-json.ts'
import { findWorkflow, type WorkflowFile, workflowId, workflowsOf } from './workflows.ts'

/** A filtered listing of runs never shows more than this many. */
const FILTERED_LIMIT = 1000

export function runJson(call: Call, run: WorkflowRun): components['schemas']['workflow-run'] {
  const url = `${repositoryUrl(call)}/actions/runs/${run.id}`
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WFR', run.id),
    head_branch: run.branch,
    head_sha: run.sha,
    path: run.path,
    display_title: run.name,
    run_number: run.number,
    run_attempt: 1,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflowId(run.path),
    check_suite_url: `${repositoryUrl(call)}/check-suites/${run.id}`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    head_commit: null,
    workflow_url: `${repositoryUrl(call)}/actions/workflows/${encodeURIComponent(run.path.slice(run.path.lastIndexOf('/') + 1))}`,
    url,
    html_url: `${htmlUrl(call.repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.createdAt,
    actor: accountJson(call.world, run.actor),
    triggering_actor: accountJson(call.world, run.actor),
    artifacts_url: `${url}/artifacts`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    head_repository: repositoryJson(call.world, call.repository),
    repository: repositoryJson(call.world, call.repository),
  }
}

/** `created=>=2026-01-01`, `<…`, `a..b` or a day. */
function createdWithin(range: string): (time: string) => boolean {
  const found = /^(>=|<=|>|<)(.+)$/.exec(range)
  const at = (text: string) => Date.parse(text)
  const [from, to] = range.split('..')
  if (from !== undefined && to !== undefined)
    return (time) => (from === '*' || at(time) >= at(from)) && (to === '*' || at(time) <= at(to))
  if (!found) return (time) => time.startsWith(range)
  const limit = at(found[2]!)
  return (time) => {
    const value = at(time)
    if (found[1] === '>=') return value >= limit
    if (found[1] === '<=') return value <= limit
    return found[1] === '>' ? value > limit : value < limit
  }
}

function list(call: Call, path?: string) {
  const { query } = call
  const status = query.get('status')
  const created = query.get('created')
  const within = created ? createdWithin(created) : () => true
  const wanted = (name: string, value: string) => query.get(name) === null || query.get(name) === value
  let found = [...call.repository.runs.values()].filter(
    (run) =>
      (path === undefined || run.path === path) &&
      wanted('event', run.event) &&
      wanted('branch', run.branch) &&
      wanted('actor', run.actor.login) &&
      wanted('head_sha', run.sha) &&
      (!status || run.status === status || run.conclusion === status) &&
      within(run.createdAt),
  )
  found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : b.id - a.id))
  const filtered = ['actor', 'branch', 'created', 'event', 'head_sha', 'status'].some((name) => query.has(name))
  if (filtered) found = found.slice(0, FILTERED_LIMIT)
  return page(
    call,
    found.map((run) => runJson(call, run)),
    'workflow_runs',
  )
}

const workflowJson = (call: Call, one: WorkflowFile) => ({
  id: one.id,
  node_id: nodeId('W', one.id),
  name: one.name,
  path: one.path,
  state: 'active',
  created_at: call.repository.createdAt,
  updated_at: call.repository.createdAt,
  url: `${repositoryUrl(call)}/actions/workflows/${one.id}`,
  html_url: `${htmlUrl(call.repository)}/blob/${call.repository.defaultBranch}/${one.path}`,
  badge_url: `${htmlUrl(call.repository)}/workflows/${encodeURIComponent(one.name)}/badge.svg`,
})

async function workflowOf(call: Call): Promise<WorkflowFile> {
  const found = await findWorkflow(call.repository, call.params.workflow!)
  if (!found) throw notFound()
  return found
}

export function runOf(call: Call): WorkflowRun {
  const run = call.repository.runs.get(id(call, 'id'))
  if (!run) throw notFound()
  return run
}

/** What reviewers said; nothing here waits for them, `approve` writes it down. */
function approvalsJson(call: Call, run: WorkflowRun): components['schemas']['environment-approvals'][] {
  return run.approvals.map(({ user, environment, state, comment }) => ({
    environments: [{ name: environment }],
    state,
    user: accountJson(call.world, user),
    comment,
  }))
}

const base = '/repos/{owner}/{repo}/actions'

export const runRoutes: Route[] = [
  { method: 'GET', path: `${base}/runs`, needs: ['actions:read'], handle: (call) => list(call) },
  {
    method: 'GET',
    path: `${base}/runs/{id}`,
    needs: ['actions:read'],
    handle: (call) => ok(runJson(call, runOf(call))),
  },
  {
    method: 'GET',
    path: `${base}/runs/{id}/approvals`,
    needs: ['actions:read'],
    handle: (call) => ok(approvalsJson(call, runOf(call))),
  },
  {
    method: 'GET',
    path: `${base}/workflows`,
    needs: ['actions:read'],
    handle: async (call) =>
      page(
        call,
        (await workflowsOf(call.repository)).map((one) => workflowJson(call, one)),
        'workflows',
      ),
  },
  {
    method: 'GET',
    path: `${base}/workflows/{workflow}`,
    needs: ['actions:read'],
    handle: async (call) => ok(workflowJson(call, await workflowOf(call))),
  },
  {
    method: 'GET',
    path: `${base}/workflows/{workflow}/runs`,
    needs: ['actions:read'],
    handle: async (call) => list(call, (await workflowOf(call)).path),
  },
]

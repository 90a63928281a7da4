import { UserError } from '@mlops-actions/verdict'
import type { Contents } from './contents.ts'
import { Rejected } from './errors.ts'
import type { Transport } from './transport.ts'

export interface Deployment {
  id: number
  environment: string
  payload: unknown
  createdAt: string
}

export interface Deployments {
  /** A deployment of an existing ref, marked successful at once. */
  create(of: {
    ref: string
    task: string
    environment: string
    description: string
    payload: Record<string, unknown>
    production: boolean
    url: string | null
    logUrl: string | null
  }): Promise<Deployment>
  /** The newest deployment of a task in an environment. */
  newest(task: string, environment: string): Promise<Deployment | 'absent'>
}

export interface WorkflowRun {
  id: number
  url: string
  event: string
  createdAt: string
}

export interface Dispatch {
  /**
   * Starts a workflow by file name; gives the address of its run, or `unknown` where the server does not say, as older
   * ones do. Throws Unclear where the answer was lost.
   */
  workflow(file: string, ref: string, inputs?: Record<string, string>): Promise<string | 'unknown'>
  /** Names of the inputs that a workflow's file on a branch declares for `workflow_dispatch`. */
  inputs(file: string, ref: string): Promise<string[]>
  /** Sends a repository_dispatch event. */
  repository(event: string, payload: Record<string, unknown>): Promise<void>
  /** Runs of a workflow that an event (e.g. `workflow_dispatch`) started at or after a time, newest first. */
  runs(file: string, event: string, since: Date): AsyncGenerator<WorkflowRun>
}

interface RawDeployment {
  id: number
  environment: string
  payload: unknown
  created_at: string
}

export function deployments(api: Transport): Deployments {
  return {
    async create(of) {
      const purpose = { permission: 'deployments: write' } as const
      const made = await api.call<RawDeployment>(
        'POST /repos/{owner}/{repo}/deployments',
        {
          ref: of.ref,
          task: of.task,
          environment: of.environment,
          description: of.description.slice(0, 140),
          payload: of.payload,
          production_environment: of.production,
          auto_merge: false,
          required_contexts: [],
        },
        { ...purpose, what: `record the deployment to ${of.environment}` },
      )
      await api.call(
        'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
        {
          deployment_id: made.id,
          state: 'success',
          description: of.description.slice(0, 140),
          ...(of.url === null ? {} : { environment_url: of.url }),
          ...(of.logUrl === null ? {} : { log_url: of.logUrl }),
        },
        { ...purpose, what: 'record the deployment’s status' },
      )
      return deployment(made)
    },
    async newest(task, environment) {
      const found = await api.call<RawDeployment[]>(
        'GET /repos/{owner}/{repo}/deployments',
        { task, environment, per_page: 1 },
        { what: 'read the newest deployment', permission: 'deployments: read' },
      )
      return found[0] === undefined ? 'absent' : deployment(found[0])
    },
  }
}

export function dispatch(api: Transport, contents: Contents): Dispatch {
  type Started = { html_url?: string } | ''
  async function start(workflow_id: string, parameters: Record<string, unknown>): Promise<Started | 'absent'> {
    const route = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches'
    const purpose = { what: `start the workflow ${workflow_id}`, permission: 'actions: write' } as const
    return api.find<Started>(route, { workflow_id, ...parameters }, purpose)
  }
  return {
    async workflow(file, ref, inputs = {}) {
      const answer = await start(file, { ref, inputs, return_run_details: true }).catch((error: unknown) => {
        const unknownKey = error instanceof Rejected && error.status === 422 && /return_run_details/.test(error.message)
        if (unknownKey) return start(file, { ref, inputs })
        throw error
      })
      if (answer === 'absent') throw workflowMissing(file, ref)
      return (typeof answer === 'object' ? answer.html_url : undefined) ?? 'unknown'
    },
    async inputs(file, ref) {
      const text = await contents.read(`.github/workflows/${file}`, ref)
      if (text === 'absent') throw workflowMissing(file, ref)
      const { parse } = await import('yaml')
      const trigger = at(at(parse(text), 'on'), 'workflow_dispatch')
      return Object.keys(Object(at(trigger, 'inputs')))
    },
    async repository(event_type, client_payload) {
      await api.call(
        'POST /repos/{owner}/{repo}/dispatches',
        { event_type, client_payload },
        { what: `send the event ${event_type}`, permission: 'contents: write' },
      )
    },
    async *runs(workflow_id, event, since) {
      type Raw = { id: number; html_url: string; event: string; created_at: string }
      const found = api.list<Raw>(
        'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
        { workflow_id, event, created: `>=${since.toISOString().slice(0, 19)}Z` },
        { what: `list the runs of ${workflow_id}`, permission: 'actions: read' },
        'workflow_runs',
      )
      for await (const r of found) yield { id: r.id, url: r.html_url, event: r.event, createdAt: r.created_at }
    },
  }
}

function workflowMissing(file: string, ref: string): UserError {
  return new UserError({
    code: 'WORKFLOW_MISSING',
    message: `There is no workflow ${file} that can be started on ${ref}.`,
    where: { key: 'workflow' },
    help: 'Name a file in .github/workflows of the default branch that has `on: workflow_dispatch`.',
  })
}

/** What a mapping holds under a key; undefined where it is none. */
function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function deployment(raw: RawDeployment): Deployment {
  let payload = raw.payload
  // GitHub gives the payload back as text where it was sent as text.
  if (typeof payload === 'string') {
    try {
      payload = JSON.parse(payload)
    } catch {
      payload = {}
    }
  }
  return { id: raw.id, environment: raw.environment, payload, createdAt: raw.created_at }
}

import { UserError } from '@mlops-actions/verdict'
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
  /** Starts a workflow by file name; gives the address of its run, or of the workflow's runs where GitHub does not say. */
  workflow(file: string, ref: string, inputs?: Record<string, string>): Promise<string>
  /** Sends a repository_dispatch event. */
  repository(event: string, payload: Record<string, unknown>): Promise<void>
  /** Runs of a workflow created at or after a time, newest first. */
  runs(file: string, since: Date): AsyncGenerator<WorkflowRun>
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

export function dispatch(api: Transport, serverUrl: string): Dispatch {
  return {
    async workflow(workflow_id, ref, inputs = {}) {
      const answer = await api.find<{ html_url?: string; workflow_run_url?: string } | ''>(
        'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
        { workflow_id, ref, inputs, return_run_details: true },
        { what: `start the workflow ${workflow_id}`, permission: 'actions: write' },
      )
      if (answer === 'absent')
        throw new UserError({
          code: 'WORKFLOW_MISSING',
          message: `There is no workflow ${workflow_id} that can be started on ${ref}.`,
          where: { key: 'workflow' },
          help: 'Name a file in .github/workflows of the default branch that has `on: workflow_dispatch`.',
        })
      if (typeof answer === 'object' && answer.html_url !== undefined) return answer.html_url
      return `${serverUrl}/${api.repository}/actions/workflows/${encodeURIComponent(workflow_id)}`
    },
    async repository(event_type, client_payload) {
      await api.call(
        'POST /repos/{owner}/{repo}/dispatches',
        { event_type, client_payload },
        { what: `send the event ${event_type}`, permission: 'contents: write' },
      )
    },
    async *runs(workflow_id, since) {
      type Raw = { id: number; html_url: string; event: string; created_at: string }
      const found = api.list<Raw>(
        'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs',
        { workflow_id, created: `>=${since.toISOString().slice(0, 19)}Z` },
        { what: `list the runs of ${workflow_id}`, permission: 'actions: read' },
        'workflow_runs',
      )
      for await (const r of found) yield { id: r.id, url: r.html_url, event: r.event, createdAt: r.created_at }
    },
  }
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

import { readFileSync } from 'node:fs'
import type { JsonObject } from '@mlops-actions/verdict'
import { UserError } from '@mlops-actions/verdict'

/** What the runner tells an action about the job, read once. Empty texts count as not told. */
export interface Environment {
  workspace: string
  temp: string
  toolCache: string | undefined
  apiUrl: string
  serverUrl: string
  /** `owner/name`; undefined outside GitHub. */
  repository: string | undefined
  /** Undefined outside GitHub (a laptop). */
  event: { name: string; payload: JsonObject } | undefined
  sha: string | undefined
  ref: string | undefined
  actor: string | undefined
  job: string | undefined
  runId: string | undefined
  runAttempt: string | undefined
  runUrl: string | undefined
  /** Whether the job may ask GitHub for an OIDC token: it has `id-token: write`. */
  oidc: boolean
}

/** Reads GitHub's default environment variables; only the workspace and the temp folder must be there. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const of = (name: string) => env[name] || undefined
  const needed = (name: string) => {
    const value = of(name)
    if (value) return value
    throw new UserError({
      code: 'ENVIRONMENT_INCOMPLETE',
      message: `The environment variable ${name} is not set.`,
      help: 'GitHub sets it in every step. To run an action elsewhere, set GITHUB_WORKSPACE and RUNNER_TEMP to existing folders.',
    })
  }
  const serverUrl = of('GITHUB_SERVER_URL') ?? 'https://github.com'
  const repository = of('GITHUB_REPOSITORY')
  const eventName = of('GITHUB_EVENT_NAME')
  const runId = of('GITHUB_RUN_ID')
  return {
    workspace: needed('GITHUB_WORKSPACE'),
    temp: needed('RUNNER_TEMP'),
    toolCache: of('RUNNER_TOOL_CACHE'),
    apiUrl: of('GITHUB_API_URL') ?? 'https://api.github.com',
    serverUrl,
    repository,
    event: eventName ? { name: eventName, payload: payload(of('GITHUB_EVENT_PATH')) } : undefined,
    sha: of('GITHUB_SHA'),
    ref: of('GITHUB_REF'),
    actor: of('GITHUB_TRIGGERING_ACTOR') ?? of('GITHUB_ACTOR'),
    job: of('GITHUB_JOB'),
    runId: of('GITHUB_RUN_ID'),
    runAttempt: of('GITHUB_RUN_ATTEMPT'),
    runUrl: repository && runId ? `${serverUrl}/${repository}/actions/runs/${runId}` : undefined,
    oidc: of('ACTIONS_ID_TOKEN_REQUEST_URL') !== undefined,
  }
}

function payload(path: string | undefined): JsonObject {
  if (!path) return {}
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JsonObject
  } catch {
    return {}
  }
}

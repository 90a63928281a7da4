import { mkdirSync, writeFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { account } from '../world.ts'

/** What happened and where: the part of GitHub's `github` context that a test may choose. Only the repository is needed. */
export interface GitHubContext {
  repository: string
  /** Default `push`. */
  eventName?: string
  event?: Record<string, unknown>
  sha?: string
  /** Default `refs/heads/main`. */
  ref?: string
  headRef?: string
  baseRef?: string
  actor?: string
  triggeringActor?: string
  runId?: number
  runNumber?: number
  runAttempt?: number
  /** The id of the job in its workflow. */
  job?: string
  workflow?: string
  /** The workflow's file, default `.github/workflows/ci.yml`. */
  workflowPath?: string
  refProtected?: boolean
  repositoryId?: number
  /** Where the action comes from, as in `uses: OWNER/REPO@REF`; empty for an action of the workspace. */
  actionRepository?: string
  actionRef?: string
}

/** The places of a job on this machine. */
export interface Places {
  workspace: string
  temp: string
  toolCache: string
}

const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }
const processors: Record<string, string> = { x64: 'X64', arm64: 'ARM64', ia32: 'X86', arm: 'ARM' }

export interface JobContext {
  /** The `github` context, names in snake_case, the event as an object and the token among them. */
  github: Record<string, unknown>
  runner: Record<string, string>
}

/** Fills in what was not chosen, writes the event's file and gives the contexts of the job. */
export function jobContext(
  given: GitHubContext,
  places: Places,
  env: Record<string, string>,
  token: string,
): JobContext {
  const ref = given.ref ?? 'refs/heads/main'
  const sha = given.sha ?? '0'.repeat(40)
  const actor = given.actor ?? 'octocat'
  const [owner = '', name = ''] = given.repository.split('/')
  const eventPath = join(places.temp, '_github_workflow', 'event.json')
  mkdirSync(dirname(eventPath), { recursive: true })
  const event = given.event ?? {}
  writeFileSync(eventPath, JSON.stringify(event))
  const apiUrl = env.GITHUB_API_URL ?? 'https://api.github.com'
  const serverUrl = env.GITHUB_SERVER_URL ?? 'https://github.com'
  const workflowPath = given.workflowPath ?? '.github/workflows/ci.yml'
  const github = {
    token,
    event,
    action_repository: given.actionRepository ?? '',
    action_ref: given.actionRef ?? '',
    actor,
    actor_id: String(account(actor).id),
    api_url: apiUrl,
    base_ref: given.baseRef ?? '',
    event_name: given.eventName ?? 'push',
    event_path: eventPath,
    graphql_url: `${apiUrl}/graphql`,
    head_ref: given.headRef ?? '',
    job: given.job ?? 'job',
    ref,
    ref_name: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    ref_protected: String(given.refProtected ?? false),
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository: given.repository,
    repository_id: String(given.repositoryId ?? account(given.repository).id),
    repository_owner: owner,
    repository_owner_id: String(account(owner).id),
    repositoryUrl: `git://github.com/${owner}/${name}.git`,
    retention_days: '90',
    run_attempt: String(given.runAttempt ?? 1),
    run_id: String(given.runId ?? 1),
    run_number: String(given.runNumber ?? 1),
    server_url: serverUrl,
    sha,
    triggering_actor: given.triggeringActor ?? actor,
    workflow: given.workflow ?? 'ci',
    workflow_ref: `${given.repository}/${workflowPath}@${ref}`,
    workflow_sha: sha,
    workspace: places.workspace,
  }
  const runner = {
    os: systems[platform()] ?? 'Linux',
    arch: processors[arch()] ?? 'X64',
    name: 'local-github',
    environment: 'github-hosted',
    temp: places.temp,
    tool_cache: places.toolCache,
    workspace: dirname(places.workspace),
  }
  return { github, runner }
}

/** The keys of the `github` context that reach a step as `GITHUB_…`; there is no GITHUB_TOKEN among them. */
const exported = [
  ...['action', 'action_path', 'action_ref', 'action_repository', 'actor', 'actor_id', 'api_url', 'base_ref', 'env'],
  ...[
    'event_name',
    'event_path',
    'graphql_url',
    'head_ref',
    'job',
    'output',
    'path',
    'ref',
    'ref_name',
    'ref_protected',
  ],
  ...['ref_type', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'retention_days'],
  ...[
    'run_attempt',
    'run_id',
    'run_number',
    'server_url',
    'sha',
    'state',
    'step_summary',
    'triggering_actor',
    'workflow',
  ],
  ...['workflow_ref', 'workflow_sha', 'workspace'],
]

/** `CI`, `GITHUB_…` and `RUNNER_…` of one step. */
export function contextVariables(context: JobContext, step: Record<string, string>): Record<string, string> {
  const github: Record<string, unknown> = { ...context.github, ...step }
  const variables: Record<string, string> = { CI: 'true', GITHUB_ACTIONS: 'true' }
  for (const key of exported) {
    const value = github[key]
    if (typeof value === 'string') variables[`GITHUB_${key.toUpperCase()}`] = value
  }
  for (const [key, value] of Object.entries(context.runner)) variables[`RUNNER_${key.toUpperCase()}`] = value
  return variables
}

import type { Transport } from './transport.ts'

/** A person's word on a workflow run that waited for an environment. */
export interface Approval {
  user: string
  state: 'approved' | 'rejected' | 'pending'
  /** Environments that it was given for. */
  environments: string[]
}

export interface Approvals {
  /** Reviews of a workflow run, by its id. */
  of(run: string): Promise<Approval[]>
  /** What an account may do here: GitHub counts `maintain` as write and `triage` as read. */
  permission(login: string): Promise<'admin' | 'write' | 'read' | 'none'>
  /** Whether a workflow run executed a branch's own workflow, and not one that a pull request proposes. */
  ranOn(run: number, branch: string): Promise<boolean>
}

interface RawApproval {
  state: Approval['state']
  user: { login: string }
  environments: { name?: string }[]
}

interface RawRun {
  event: string
  head_branch: string | null
  head_repository: { full_name: string } | null
  repository: { full_name: string }
}

export function approvals(api: Transport): Approvals {
  return {
    async of(run) {
      const found = await api.call<RawApproval[]>(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals',
        { run_id: Number(run) },
        { what: 'read who approved this run', permission: 'actions: read' },
      )
      return found.map(({ state, user, environments }) => {
        return { user: user.login, state, environments: environments.flatMap(({ name }) => name ?? []) }
      })
    },
    async permission(username) {
      const found = await api.find<{ permission: 'admin' | 'write' | 'read' | 'none' }>(
        'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
        { username },
        { what: `read what ${username} may do`, permission: 'contents: read' },
      )
      return found === 'absent' ? 'none' : found.permission
    },
    async ranOn(run_id, branch) {
      const run = await api.call<RawRun>(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
        { run_id },
        { what: 'read a workflow run', permission: 'actions: read' },
      )
      const own = run.head_repository?.full_name === run.repository.full_name && run.head_branch === branch
      // A comment's, an issue's or a dispatch's run takes the workflow from the default branch too.
      return own && !run.event.startsWith('pull_request')
    },
  }
}

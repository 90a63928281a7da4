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
}

interface RawApproval {
  state: Approval['state']
  user: { login: string }
  environments: { name?: string }[]
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
  }
}

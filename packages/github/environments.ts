import type { Transport } from './transport.ts'

/** How an environment is guarded. */
export interface Environment {
  /** How many people and teams may review a job that names it; 0 lets every job through. */
  reviewers: number
  /** Whether who started a run may not approve it. */
  preventSelfReview: boolean
}

export interface Environments {
  /** `absent` too where the repository's plan has no environments. */
  of(name: string): Promise<Environment | 'absent'>
}

interface RawEnvironment {
  protection_rules?: { type: string; prevent_self_review?: boolean; reviewers?: unknown[] }[]
}

export function environments(api: Transport): Environments {
  return {
    async of(environment_name) {
      const found = await api.find<RawEnvironment>(
        'GET /repos/{owner}/{repo}/environments/{environment_name}',
        { environment_name },
        { what: `read the environment ${environment_name}`, permission: 'actions: read' },
      )
      if (found === 'absent') return found
      const rule = found.protection_rules?.find(({ type }) => type === 'required_reviewers')
      return { reviewers: rule?.reviewers?.length ?? 0, preventSelfReview: rule?.prevent_self_review === true }
    },
  }
}

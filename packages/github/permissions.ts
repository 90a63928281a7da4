/** A right of a token, as it stands under `permissions:` in a workflow. */
export type Permission = `${'contents' | 'pull-requests' | 'issues' | 'deployments' | 'actions'}: ${'read' | 'write'}`

/** A right that a piece of work needs, and what for. */
export interface Need {
  permission: Permission
  /** What is done with it, in a few words. */
  why: string
}

/** The `permissions:` of a job that gives all of them: each once, at its strongest, with what it is for. */
export function permissionsYaml(needs: readonly Need[]): string {
  const scopes = [...new Set(needs.map(({ permission }) => permission.split(': ')[0]!))]
  const lines = scopes.map((scope) => {
    const access = needs.some(({ permission }) => permission === `${scope}: write`) ? 'write' : 'read'
    const why = needs.filter(({ permission, why }) => permission === `${scope}: ${access}` && why !== '')
    return `  ${scope}: ${access}${why.length === 0 ? '' : ` # ${why.map((n) => n.why).join('; ')}`}`
  })
  return ['permissions:', ...lines].join('\n')
}

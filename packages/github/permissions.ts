/** A right of a token, as it stands under `permissions:` in a workflow. */
export type Permission =
  | `${'contents' | 'pull-requests' | 'issues' | 'deployments' | 'actions' | 'attestations'}: ${'read' | 'write'}`
  | 'id-token: write'

/** A right that a piece of work needs, and what for. */
export interface Need {
  permission: Permission
  /** What is done with it, in a few words. */
  why: string
}

/** The `permissions:` of a job that gives all of them: each once, at its strongest, with what it is for. */
export function permissionsYaml(needs: readonly Need[]): string {
  const lines = strongest(needs).map((permission) => {
    const why = needs.filter((n) => n.permission === permission && n.why !== '').map((n) => n.why)
    return `  ${permission}${why.length === 0 ? '' : ` # ${why.join('; ')}`}`
  })
  return ['permissions:', ...lines].join('\n')
}

/** The same on one line. */
export function permissionsLine(needs: readonly Need[]): string {
  return `permissions: { ${strongest(needs).join(', ')} }`
}

function strongest(needs: readonly Need[]): Permission[] {
  const all = new Set(needs.map((n) => n.permission))
  return [...all].filter((p) => p.endsWith(': write') || !all.has(p.replace(': read', ': write') as Permission))
}

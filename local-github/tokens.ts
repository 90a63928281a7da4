import { createHmac, timingSafeEqual } from 'node:crypto'

export type Access = 'read' | 'write'

/** An installation token: one repository, an account it acts as, and what it may do there. */
export interface Token {
  repository: string
  login: string
  /** Normalised names (`pull_requests`); metadata is always readable. */
  permissions: Record<string, Access>
}

/** Everything that a workflow's `permissions: write-all` gives. `workflows` and `administration` are not among them. */
export const workflowPermissions: Record<string, Access> = Object.fromEntries(
  [
    'actions',
    'attestations',
    'checks',
    'contents',
    'deployments',
    'discussions',
    'id_token',
    'issues',
    'packages',
    'pages',
    'pull_requests',
    'security_events',
    'statuses',
  ].map((name) => [name, 'write' as const]),
)

/** Whether one of the needed permissions (`contents:write`, ...) is granted; write includes read. */
export function permits(token: Token, needed: readonly string[]): boolean {
  return needed.some((need) => {
    const [name, access] = need.split(':') as [string, Access]
    if (name === 'metadata') return true
    const has = token.permissions[name]
    return has === 'write' || has === access
  })
}

/** Workflow files write `pull-requests`, the API `pull_requests`. */
export function normalisePermissions(permissions: Record<string, Access>): Record<string, Access> {
  return Object.fromEntries(Object.entries(permissions).map(([name, access]) => [name.replaceAll('-', '_'), access]))
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

const sign = (text: string, secret: string) => createHmac('sha256', secret).update(text).digest('base64url')

/** A signed JWT (HS256), as the results service expects one. */
export function signJwt(claims: Record<string, unknown>, secret: string): string {
  const head = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode(claims)}`
  return `${head}.${sign(head, secret)}`
}

/** The claims of a JWT signed with `secret`, or undefined for any other text. */
export function readJwt(token: string, secret: string): Record<string, unknown> | undefined {
  const [head, body, signature] = token.split('.')
  if (!head || !body || !signature) return undefined
  const right = Buffer.from(sign(`${head}.${body}`, secret))
  const given = Buffer.from(signature)
  if (right.length !== given.length || !timingSafeEqual(right, given)) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
}

import type { Transport } from './transport.ts'

export interface Comment {
  id: number
  url: string
  body: string
}

/** Somebody's words under an issue. */
export interface Remark {
  author: string
  /** Whether an account of a person wrote it, not an app. */
  person: boolean
  body: string
  createdAt: string
  edited: boolean
}

export interface Comments {
  /** All comments on an issue or pull request, oldest first. */
  all(number: number): AsyncGenerator<Remark>
  /** The comment on an issue or pull request that carries our marker for `key`. */
  find(number: number, key: string): Promise<Comment | 'absent'>
  /** Writes that comment: updates the one that is there, else creates it. */
  upsert(number: number, key: string, body: string): Promise<Comment>
}

export interface Issue {
  number: number
  url: string
}

export interface Issues {
  /**
   * Keeps one open issue for `key`: text opens or updates it, `closing` words are left as a comment where it is open, and
   * it is closed. What comes after that opens a new issue, for an old one reopened tells nobody what is new. Where two
   * jobs opened one each at once, the older stays. Gives the issue, or `absent` where there was nothing to close.
   */
  rolling(key: string, to: { title: string; body: string } | { closing: string }): Promise<Issue | 'absent'>
  /** Whether an issue is open; `absent` where there is none of this number. */
  state(number: number): Promise<'open' | 'closed' | 'absent'>
  close(number: number): Promise<void>
}

export interface Pulls {
  /** Numbers of the open pull requests whose head is this commit. */
  ofCommit(sha: string): Promise<number[]>
}

interface RawComment {
  id: number
  html_url: string
  body?: string
  user: { type: string; login: string } | null
  created_at: string
  updated_at: string
}

interface RawIssue {
  number: number
  state: 'open' | 'closed'
  html_url: string
  body?: string | null
  user: { type: string } | null
  author_association: string
  pull_request?: unknown
}

/** GitHub refuses a comment or issue that is longer. */
const longest = 65_536

/** A line that readers do not see, by which we know our own text again. */
export function marker(key: string): string {
  return `<!-- mlops-actions:${key.replaceAll(/[^\w.@#:/-]/g, '_').replaceAll('--', '__')} -->`
}

export function comments(api: Transport): Comments {
  async function find(issue_number: number, key: string): Promise<Comment | 'absent'> {
    const purpose = { what: `read the comments of #${issue_number}`, permission: 'pull-requests: read' } as const
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
    // Anyone may write the marker into a comment; only a bot's is ours to overwrite.
    for await (const one of api.list<RawComment>(route, { issue_number }, purpose))
      if (one.user?.type === 'Bot' && one.body?.startsWith(marker(key)) === true) return comment(one)
    return 'absent'
  }
  return {
    async *all(issue_number) {
      const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
      const purpose = { what: `read the comments of #${issue_number}`, permission: 'issues: read' } as const
      for await (const one of api.list<RawComment>(route, { issue_number }, purpose))
        yield {
          author: one.user?.login ?? 'ghost',
          person: one.user?.type === 'User',
          body: one.body ?? '',
          createdAt: one.created_at,
          edited: one.updated_at !== one.created_at,
        }
    },
    find,
    async upsert(issue_number, key, body) {
      const text = within(`${marker(key)}\n${body}`)
      const found = await find(issue_number, key)
      const purpose = { what: `comment on #${issue_number}`, permission: 'pull-requests: write' } as const
      if (found === 'absent')
        return comment(
          await api.call<RawComment>(
            'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
            { issue_number, body: text },
            purpose,
          ),
        )
      return comment(
        await api.call<RawComment>(
          'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
          { comment_id: found.id, body: text },
          { ...purpose, repeatable: true },
        ),
      )
    },
  }
}

export function issues(api: Transport): Issues {
  async function change(issue_number: number, fields: Record<string, string>): Promise<void> {
    const patch = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}'
    const purpose = { what: `change #${issue_number}`, permission: 'issues: write' } as const
    await api.call(patch, { issue_number, ...fields }, { ...purpose, repeatable: true })
  }
  async function remark(issue_number: number, body: string): Promise<void> {
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
    await api.call(
      route,
      { issue_number, body: within(body) },
      { what: `comment on #${issue_number}`, permission: 'issues: write' },
    )
  }
  return {
    close: (number) => change(number, { state: 'closed' }),
    async state(issue_number) {
      const purpose = { what: `read #${issue_number}`, permission: 'issues: read' } as const
      const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}'
      const found = await api.find<RawIssue>(route, { issue_number }, purpose)
      return found === 'absent' || found.pull_request !== undefined ? 'absent' : found.state
    },
    async rolling(key, to) {
      const route = 'GET /repos/{owner}/{repo}/issues'
      const found: RawIssue[] = []
      const reading = { what: 'list the open issues', permission: 'issues: read' } as const
      for await (const one of api.list<RawIssue>(route, { state: 'open' }, reading))
        if (one.pull_request === undefined && one.body?.startsWith(marker(key)) === true && isTrusted(one))
          found.push(one)
      found.sort((a, b) => a.number - b.number)
      const [open, ...doubles] = found
      for (const { number } of doubles) await change(number, { state: 'closed' })
      const issueOf = ({ number, html_url: url }: RawIssue) => ({ number, url })
      if ('closing' in to) {
        if (open === undefined) return 'absent'
        await remark(open.number, to.closing)
        await change(open.number, { state: 'closed' })
        return issueOf(open)
      }
      const text = { title: to.title.slice(0, 256), body: within(`${marker(key)}\n${to.body}`) }
      if (open !== undefined) {
        await change(open.number, text)
        return issueOf(open)
      }
      const purpose = { what: `open the issue "${text.title}"`, permission: 'issues: write' } as const
      return issueOf(await api.call<RawIssue>('POST /repos/{owner}/{repo}/issues', text, purpose))
    },
  }
}

/** Anyone may write our marker into an issue of their own; ours is an app's, or that of someone who belongs here. */
function isTrusted({ user, author_association }: RawIssue): boolean {
  return user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(author_association)
}

export function pulls(api: Transport): Pulls {
  return {
    async ofCommit(commit_sha) {
      const found: number[] = []
      const purpose = { what: 'find the pull request of a commit', permission: 'pull-requests: read' } as const
      const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls'
      type Raw = { number: number; state: string; head: { sha: string } }
      for await (const one of api.list<Raw>(route, { commit_sha }, purpose))
        if (one.state === 'open' && one.head.sha === commit_sha) found.push(one.number)
      return found
    },
  }
}

function comment(raw: RawComment): Comment {
  return { id: raw.id, url: raw.html_url, body: raw.body ?? '' }
}

function within(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 20)}\n\n(cut: too long)`
}

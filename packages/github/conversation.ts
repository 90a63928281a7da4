import type { Transport } from './transport.ts'

export interface Comment {
  id: number
  url: string
  body: string
}

export interface Comments {
  /** The comment on an issue or pull request that carries our marker for `key`. */
  find(number: number, key: string): Promise<Comment | 'absent'>
  /** Writes that comment: updates the one that is there, else creates it. */
  upsert(number: number, key: string, body: string): Promise<Comment>
}

export interface Issues {
  /**
   * Keeps one open issue for `key`: text opens or updates it, `close` closes it where it is open. Gives its address, or
   * `absent` where there was nothing to close.
   */
  rolling(key: string, to: { title: string; body: string } | 'close'): Promise<string | 'absent'>
}

export interface Pulls {
  /** Numbers of the open pull requests whose head is this commit. */
  ofCommit(sha: string): Promise<number[]>
}

interface RawComment {
  id: number
  html_url: string
  body?: string
  user: { type: string } | null
}

interface RawIssue {
  number: number
  html_url: string
  body?: string | null
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
  return {
    async rolling(key, to) {
      const route = 'GET /repos/{owner}/{repo}/issues'
      let open: RawIssue | undefined
      const reading = { what: 'list the open issues', permission: 'issues: read' } as const
      for await (const one of api.list<RawIssue>(route, { state: 'open' }, reading))
        if (one.pull_request === undefined && one.body?.startsWith(marker(key)) === true) {
          open = one
          break
        }
      const purpose = { what: `keep the issue for ${key}`, permission: 'issues: write' } as const
      if (to === 'close') {
        if (open === undefined) return 'absent'
        await change(open.number, { state: 'closed' })
        return open.html_url
      }
      const text = { title: to.title.slice(0, 256), body: within(`${marker(key)}\n${to.body}`) }
      if (open !== undefined) {
        await change(open.number, text)
        return open.html_url
      }
      return (await api.call<RawIssue>('POST /repos/{owner}/{repo}/issues', text, purpose)).html_url

      async function change(issue_number: number, fields: Record<string, string>) {
        const patch = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}'
        await api.call(patch, { issue_number, ...fields }, { ...purpose, repeatable: true })
      }
    },
  }
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

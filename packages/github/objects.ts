import { Rejected } from './errors.ts'
import type { Transport } from './transport.ts'

/** Who, and when: ISO 8601, UTC. Git keeps whole seconds. */
export interface Signature {
  name: string
  email: string
  date: string
}

export interface TagObject {
  sha: string
  /** Name of the tag, without `refs/tags/`. */
  tag: string
  /** The object that it names. */
  object: string
  message: string
  /** null where a tag was written without one. */
  tagger: Signature | null
}

export interface CommitObject {
  sha: string
  tree: string
  parents: string[]
  message: string
  author: Signature
  committer: Signature
}

export interface Objects {
  /** Writes a commit whose tree holds these text files, and gives its SHA. The same values give the same SHA. */
  commit(of: {
    files: Record<string, string>
    parents: string[]
    message: string
    author: Signature
    committer: Signature
  }): Promise<string>
  /** Writes a tag object (no ref) that names a commit, and gives its SHA. */
  tag(of: { tag: string; object: string; message: string; tagger: Signature }): Promise<string>
  readTag(sha: string): Promise<TagObject | 'absent'>
  readCommit(sha: string): Promise<CommitObject | 'absent'>
  /** The bytes of a blob. */
  readBlob(sha: string): Promise<Buffer | 'absent'>
  /** Logins of author and committer of a commit, without GitHub's own `web-flow`; none where it does not know both. */
  people(sha: string): Promise<string[]>
}

const write = { permission: 'contents: write', repeatable: true } as const
const read = { permission: 'contents: read' } as const

/** Objects are named by their content, so writing one twice is no harm: unclear answers are simply repeated. */
export function objects(api: Transport): Objects {
  return {
    async commit({ files, parents, message, author, committer }) {
      const tree = await api.call<{ sha: string }>(
        'POST /repos/{owner}/{repo}/git/trees',
        { tree: Object.entries(files).map(([path, content]) => ({ path, mode: '100644', type: 'blob', content })) },
        { ...write, what: 'write a tree' },
      )
      const made = await api.call<{ sha: string }>(
        'POST /repos/{owner}/{repo}/git/commits',
        { tree: tree.sha, parents, message, author: whole(author), committer: whole(committer) },
        { ...write, what: 'write a commit' },
      )
      return made.sha
    },
    async tag({ tag, object, message, tagger }) {
      const made = await api.call<{ sha: string }>(
        'POST /repos/{owner}/{repo}/git/tags',
        { tag, object, message, type: 'commit', tagger: whole(tagger) },
        { ...write, what: `write the tag object ${tag}` },
      )
      return made.sha
    },
    async readTag(sha) {
      const found = await api.find<{
        sha: string
        tag: string
        message: string
        object: { sha: string }
        tagger: Signature | null
      }>('GET /repos/{owner}/{repo}/git/tags/{sha}', { sha }, { ...read, what: 'read a tag object' })
      if (found === 'absent') return found
      return { sha: found.sha, tag: found.tag, object: found.object.sha, message: found.message, tagger: found.tagger }
    },
    async readCommit(sha) {
      const found = await api.find<{
        sha: string
        message: string
        tree: { sha: string }
        parents: { sha: string }[]
        author: Signature
        committer: Signature
      }>('GET /repos/{owner}/{repo}/git/commits/{sha}', { sha }, { ...read, what: 'read a commit' })
      if (found === 'absent') return found
      const { message, author, committer } = found
      return {
        sha: found.sha,
        tree: found.tree.sha,
        parents: found.parents.map((p) => p.sha),
        message,
        author,
        committer,
      }
    },
    async readBlob(sha) {
      const found = await api.find<{ content: string; encoding: string }>(
        'GET /repos/{owner}/{repo}/git/blobs/{sha}',
        { sha },
        { ...read, what: 'read a blob' },
      )
      if (found === 'absent') return found
      return Buffer.from(found.content, found.encoding === 'base64' ? 'base64' : 'utf8')
    },
    async people(sha) {
      try {
        const found = await api.call<{ author: { login: string } | null; committer: { login: string } | null }>(
          'GET /repos/{owner}/{repo}/commits/{ref}',
          { ref: sha },
          { ...read, what: 'read who made a commit' },
        )
        if (!found.author || !found.committer) return []
        return [...new Set([found.author.login, found.committer.login])].filter((login) => login !== 'web-flow')
      } catch (error) {
        if (error instanceof Rejected && (error.status === 404 || error.status === 422)) return []
        throw error
      }
    },
  }
}

function whole(of: Signature): Signature {
  return { ...of, date: `${new Date(of.date).toISOString().slice(0, 19)}Z` }
}

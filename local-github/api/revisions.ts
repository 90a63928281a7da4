import type { Repository } from '../world.ts'
import { type Call, forbidden, Refusal } from './answer.ts'

/** Git's own endpoints answer 409 as long as nothing was ever pushed. */
export async function requireContent(call: Call): Promise<void> {
  if ((await call.repository.git.refs('refs/')).length === 0) throw new Refusal(409, 'Git Repository is empty.')
}

/** The commit that a branch, a tag, a full ref or a commit id names, or undefined. */
export async function resolveCommit(repository: Repository, name: string): Promise<string | undefined> {
  if (name === '' || /[\s^~:?*[\\]|@\{|\.\./.test(name)) return undefined
  const candidates = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`]
  if (name === 'HEAD') candidates.push(`refs/heads/${repository.defaultBranch}`)
  if (name.startsWith('heads/') || name.startsWith('tags/')) candidates.push(`refs/${name}`)
  if (/^[0-9a-f]{7,40}$/.test(name)) candidates.push(name)
  for (const candidate of candidates) {
    const commit = await repository.git.resolve(`${candidate}^{commit}`)
    if (commit) return commit
  }
  return undefined
}

async function workflowFiles(repository: Repository, commit: string): Promise<Map<string, string>> {
  const entries = await repository.git.tree(commit, true, '.github/workflows/')
  return new Map(entries.filter((entry) => entry.type === 'blob').map((entry) => [entry.path, entry.sha]))
}

/**
 * GITHUB_TOKEN cannot hold the `workflows` permission, so it may not point a ref at a commit that brings a workflow file
 * which the default branch does not have in just these bytes. A commit without workflow files is free.
 */
export async function guardWorkflows(call: Call, sha: string): Promise<void> {
  if (call.token.permissions.workflows === 'write') return
  const { git, defaultBranch } = call.repository
  const commit = await git.resolve(`${sha}^{commit}`)
  const base = await git.resolve(`refs/heads/${defaultBranch}`)
  if (!commit || !base) return
  const brought = await workflowFiles(call.repository, commit)
  if (brought.size === 0) return
  const present = await workflowFiles(call.repository, base)
  for (const [path, blob] of brought) if (present.get(path) !== blob) throw forbidden()
}

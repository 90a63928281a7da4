import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { components } from '@octokit/openapi-types'
import { type Call, created, notFound, ok, Refusal, type Route, repositoryUrl } from './answer.ts'
import { requireContent, resolveCommit } from './revisions.ts'

const modes: Record<string, string> = {
  '100644': 'blob',
  '100755': 'blob',
  '120000': 'blob',
  '040000': 'tree',
  '160000': 'commit',
}

interface Entry {
  path: string
  mode: string
  type: string
  /** Null deletes the path. */
  sha: string | null
}

async function entryOf(call: Call, given: Record<string, unknown>): Promise<Entry> {
  const { path, mode, sha, content } = given
  if (
    typeof path !== 'string' ||
    path === '' ||
    path.startsWith('/') ||
    path.split('/').some((part) => ['', '.', '..', '.git'].includes(part))
  )
    throw new Refusal(422, 'tree.path contains a malformed path component')
  const type = typeof mode === 'string' ? modes[mode] : undefined
  if (!type || typeof mode !== 'string') throw new Refusal(422, 'Must supply a valid tree.mode')
  if (given.type !== undefined && given.type !== type)
    throw new Refusal(422, `tree.type does not match tree.mode ${mode}`)
  if (sha !== undefined && content !== undefined)
    throw new Refusal(422, 'Must supply either tree.sha or tree.content, not both')
  if (sha === null) return { path, mode, type, sha: null }
  const { git } = call.repository
  if (typeof content === 'string' && type === 'blob') return { path, mode, type, sha: await git.write('blob', content) }
  if (typeof sha !== 'string') throw new Refusal(422, 'Must supply either tree.sha or tree.content')
  if (type !== 'commit' && (await git.type(sha)) !== type)
    throw new Refusal(422, `tree.sha ${sha} is not a valid ${type}`)
  return { path, mode, type, sha }
}

async function treeJson(call: Call, sha: string, recursive: boolean): Promise<components['schemas']['git-tree']> {
  const url = `${repositoryUrl(call)}/git`
  const entries = await call.repository.git.tree(sha, recursive)
  return {
    sha,
    url: `${url}/trees/${sha}`,
    tree: entries.map(({ path, mode, type, sha: object, size }) => ({
      path,
      mode,
      type,
      sha: object,
      ...(size === null ? {} : { size }),
      ...(type === 'commit' ? {} : { url: `${url}/${type}s/${object}` }),
    })),
    truncated: false,
  }
}

async function create(call: Call) {
  await requireContent(call)
  const given = call.body.tree
  if (!Array.isArray(given) || given.length === 0) throw new Refusal(422, 'Invalid tree info')
  const entries: Entry[] = []
  for (const one of given) entries.push(await entryOf(call, one as Record<string, unknown>))
  const { git } = call.repository
  const index = join(git.bare, `index-${randomUUID()}`)
  const env = { GIT_INDEX_FILE: index }
  try {
    const base = call.body.base_tree
    if (base !== undefined && base !== null) {
      const tree = typeof base === 'string' ? await git.resolve(`${base}^{tree}`) : undefined
      if (!tree) throw new Refusal(422, 'base_tree is not a valid tree oid')
      await git.text(['read-tree', tree], { env })
    }
    for (const { path, type, sha } of entries) {
      if (type !== 'tree' && sha !== null) continue
      // A whole folder is replaced or removed before anything is put into it.
      const removed = await git.run(['rm', '-r', '-q', '--cached', '--', `:(literal)${path}`], {
        env: { ...env, GIT_WORK_TREE: git.bare },
      })
      if (removed.code !== 0 && sha === null) throw new Refusal(422, 'GitRPC::BadObjectState')
      if (sha !== null) await git.text(['read-tree', `--prefix=${path}/`, sha], { env })
    }
    const lines = entries
      .filter((one) => one.type !== 'tree' && one.sha !== null)
      .map((one) => `${one.mode} ${one.sha}\t${one.path}\0`)
    await git.text(['update-index', '--add', '--replace', '-z', '--index-info'], { env, input: lines.join('') })
    const sha = await git.text(['write-tree'], { env })
    return created(await treeJson(call, sha, false))
  } finally {
    await rm(index, { force: true })
  }
}

export const treeRoutes: Route[] = [
  { method: 'POST', path: '/repos/{owner}/{repo}/git/trees', needs: ['contents:write'], handle: create },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/trees/{sha+}',
    needs: ['contents:read'],
    async handle(call) {
      await requireContent(call)
      const name = call.params.sha!
      const { git } = call.repository
      const object = /^[0-9a-f]{40}$/.test(name) ? name : await resolveCommit(call.repository, name)
      const tree = object ? await git.resolve(`${object}^{tree}`) : undefined
      if (!tree) throw notFound()
      return ok(await treeJson(call, tree, call.query.has('recursive')))
    },
  },
]

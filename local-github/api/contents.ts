import type { TreeEntry } from '../git.ts'
import { type Call, htmlUrl, notFound, ok, Refusal, type Route, repositoryUrl } from './answer.ts'
import { base64Lines, wantsRaw } from './objects.ts'
import { resolveCommit } from './revisions.ts'

const MEGABYTE = 1024 * 1024

const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/')

function entryJson(call: Call, ref: string, path: string, entry: { type: string; sha: string; size: number | null }) {
  const type = { blob: 'file', tree: 'dir', commit: 'submodule' }[entry.type] ?? 'file'
  const url = `${repositoryUrl(call)}/contents/${encodePath(path)}?ref=${encodeURIComponent(ref)}`
  const git = `${repositoryUrl(call)}/git/${entry.type}s/${entry.sha}`
  const html = `${htmlUrl(call.repository)}/${entry.type}/${ref}/${encodePath(path)}`
  const raw = `https://raw.githubusercontent.com/${call.repository.fullName}/${ref}/${encodePath(path)}`
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: html,
    git_url: git,
    download_url: type === 'file' ? raw : null,
    type,
    _links: { self: url, git, html },
  }
}

async function get(call: Call) {
  const { git, defaultBranch } = call.repository
  if ((await git.refs('refs/')).length === 0) throw new Refusal(404, 'This repository is empty.')
  const ref = call.query.get('ref') ?? defaultBranch
  const commit = await resolveCommit(call.repository, ref)
  if (!commit) throw new Refusal(404, `No commit found for the ref ${ref}`)
  const path = (call.params.path ?? '').replace(/\/+$/, '')
  if (path === '') return list(call, ref, '', await git.tree(commit))
  const [entry] = await git.tree(commit, false, path)
  if (!entry) throw notFound()
  if (entry.type === 'tree') return list(call, ref, `${path}/`, await git.tree(entry.sha))
  const object = await git.read(entry.sha)
  if (!object) throw notFound()
  if (wantsRaw(call))
    return {
      status: 200,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
      bytes: object.bytes,
    }
  if (object.bytes.length > 100 * MEGABYTE) throw new Refusal(403, 'This API returns blobs up to 100 MB in size.')
  const small = object.bytes.length <= MEGABYTE
  return ok({
    ...entryJson(call, ref, path, entry),
    content: small ? base64Lines(object.bytes) : '',
    encoding: small ? 'base64' : 'none',
  })
}

function list(call: Call, ref: string, folder: string, entries: TreeEntry[]) {
  if (wantsRaw(call)) throw new Refusal(415, 'Unsupported media type for a directory')
  return ok(entries.map((entry) => entryJson(call, ref, folder + entry.path, entry)))
}

export const contentRoutes: Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/contents/{path+}', needs: ['contents:read'], handle: get },
]

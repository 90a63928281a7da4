import type { components } from '@octokit/openapi-types'
import { account, noreply, timestamp } from '../world.ts'
import { type Call, created, nodeId, notFound, ok, Refusal, type Route, repositoryUrl, text } from './answer.ts'
import { requireContent } from './revisions.ts'

export interface Person {
  name: string
  email: string
  date: string
}

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

/** `author`, `committer` or `tagger` of a body as git writes it: `Name <email> seconds zone`. */
function person(call: Call, field: string, otherwise?: string): string {
  const given = call.body[field]
  if (given === undefined || given === null) {
    if (otherwise) return otherwise
    const who = account(call.token.login)
    return `${who.login} <${noreply(who)}> ${Math.floor(Date.now() / 1000)} +0000`
  }
  const { name, email, date } = given as Partial<Person>
  if (typeof name !== 'string' || typeof email !== 'string' || name.trim() === '' || email.trim() === '')
    throw new Refusal(422, `Invalid request.\n\nFor 'properties/${field}', name and email are required.`)
  const at = date === undefined ? new Date() : new Date(date)
  if (Number.isNaN(at.getTime()))
    throw new Refusal(422, `Invalid request.\n\nFor 'properties/${field}/date', it is not a date.`)
  const zone = /([+-]\d\d):?(\d\d)$/.exec(date ?? '')
  // git drops the characters that would end a field.
  const clean = (value: string) => value.replace(/[<>\n\0]/g, '').trim()
  return `${clean(name)} <${clean(email)}> ${Math.floor(at.getTime() / 1000)} ${zone ? zone[1]! + zone[2]! : '+0000'}`
}

/** Header lines (multi-line ones joined) and message of a commit or tag. */
function parse(bytes: Buffer): { headers: [string, string][]; message: string } {
  const whole = bytes.toString()
  const end = whole.indexOf('\n\n')
  const headers: [string, string][] = []
  for (const line of whole.slice(0, end).split('\n')) {
    if (line.startsWith(' ')) headers.at(-1)![1] += `\n${line.slice(1)}`
    else headers.push([line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
  }
  return { headers, message: whole.slice(end + 2) }
}

function personJson(line: string): Person {
  const found = /^(.*) <(.*)> (-?\d+) [+-]\d{4}$/.exec(line)
  return { name: found?.[1] ?? '', email: found?.[2] ?? '', date: timestamp(new Date(Number(found?.[3] ?? 0) * 1000)) }
}

const header = (headers: [string, string][], name: string) => headers.find(([key]) => key === name)?.[1] ?? ''

/** A commit as `git/commits` shows it, or undefined where the id names none. */
export async function commitJson(call: Call, sha: string): Promise<components['schemas']['git-commit'] | undefined> {
  const object = await call.repository.git.read(sha)
  if (object?.type !== 'commit') return undefined
  const { headers, message } = parse(object.bytes)
  const git = `${repositoryUrl(call)}/git`
  const html = `https://github.com/${call.repository.fullName}/commit`
  const tree = header(headers, 'tree')
  return {
    sha: object.sha,
    node_id: nodeId('C', object.sha),
    url: `${git}/commits/${object.sha}`,
    html_url: `${html}/${object.sha}`,
    author: personJson(header(headers, 'author')),
    committer: personJson(header(headers, 'committer')),
    tree: { sha: tree, url: `${git}/trees/${tree}` },
    message,
    parents: headers
      .filter(([key]) => key === 'parent')
      .map(([, parent]) => ({ sha: parent, url: `${git}/commits/${parent}`, html_url: `${html}/${parent}` })),
    verification: unsigned,
  }
}

async function createCommit(call: Call) {
  await requireContent(call)
  const message = text(call, 'message', 'Commit')
  const tree = text(call, 'tree', 'Commit')
  const { git } = call.repository
  if ((await git.type(tree)) !== 'tree') throw new Refusal(422, 'Tree SHA does not exist')
  const parents = call.body.parents ?? []
  if (!Array.isArray(parents))
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/parents', it is not an array.")
  for (const parent of parents)
    if (typeof parent !== 'string' || (await git.type(parent)) !== 'commit')
      throw new Refusal(422, 'Parent SHA does not exist or is not a commit object')
  const author = person(call, 'author')
  const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${author}`]
  // Without a committer GitHub takes the author's, date included.
  lines.push(`committer ${person(call, 'committer', author)}`)
  const sha = await git.write('commit', `${lines.join('\n')}\n\n${message}`)
  return created((await commitJson(call, sha))!)
}

async function tagJson(call: Call, sha: string): Promise<components['schemas']['git-tag'] | undefined> {
  const found = await call.repository.git.read(sha)
  if (found?.type !== 'tag') return undefined
  const { headers, message } = parse(found.bytes)
  const git = `${repositoryUrl(call)}/git`
  const object = { sha: header(headers, 'object'), type: header(headers, 'type') }
  return {
    node_id: nodeId('TA', found.sha),
    sha: found.sha,
    url: `${git}/tags/${found.sha}`,
    tagger: personJson(header(headers, 'tagger')),
    object: { ...object, url: `${git}/${object.type}s/${object.sha}` },
    tag: header(headers, 'tag'),
    message,
    verification: unsigned,
  }
}

async function createTag(call: Call) {
  await requireContent(call)
  const tag = text(call, 'tag', 'Tag')
  const message = text(call, 'message', 'Tag')
  const object = text(call, 'object', 'Tag')
  const type = text(call, 'type', 'Tag')
  const { git } = call.repository
  const actual = /^[0-9a-f]{40}$/.test(object) ? await git.type(object) : undefined
  if (!actual) throw new Refusal(422, 'Object does not exist')
  if (!['commit', 'tree', 'blob'].includes(type) || actual !== type)
    throw new Refusal(422, `Object ${object} is not a ${type}`)
  if ((await git.run(['check-ref-format', `refs/tags/${tag}`])).code !== 0)
    throw new Refusal(422, `${tag} is not a valid tag name`)
  const lines = [`object ${object}`, `type ${type}`, `tag ${tag}`, `tagger ${person(call, 'tagger')}`]
  const sha = await git.write('tag', `${lines.join('\n')}\n\n${message}`)
  return created((await tagJson(call, sha))!)
}

async function createBlob(call: Call) {
  await requireContent(call)
  const content = text(call, 'content', 'Blob')
  const encoding = call.body.encoding ?? 'utf-8'
  if (encoding !== 'utf-8' && encoding !== 'base64') throw new Refusal(422, 'Invalid encoding')
  const sha = await call.repository.git.write('blob', Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'))
  return created({ sha, url: `${repositoryUrl(call)}/git/blobs/${sha}` })
}

/** Base64 in lines of 60 characters, as GitHub gives file contents. */
export const base64Lines = (bytes: Buffer): string => bytes.toString('base64').replace(/.{1,60}/g, '$&\n')

/** Whether the client asked for bytes instead of JSON. */
export const wantsRaw = (call: Call): boolean =>
  /^application\/vnd\.github(\.v3)?\.raw(\+json)?$/.test((call.request.headers.accept ?? '').split(',')[0]!.trim())

async function getBlob(call: Call) {
  await requireContent(call)
  const object = await call.repository.git.read(call.params.sha!)
  if (object?.type !== 'blob') throw notFound()
  if (wantsRaw(call))
    return {
      status: 200,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
      bytes: object.bytes,
    }
  return ok({
    sha: object.sha,
    node_id: nodeId('B', object.sha),
    size: object.bytes.length,
    url: `${repositoryUrl(call)}/git/blobs/${object.sha}`,
    content: base64Lines(object.bytes),
    encoding: 'base64',
  })
}

const shown = (find: (call: Call, sha: string) => Promise<object | undefined>) => async (call: Call) => {
  await requireContent(call)
  const sha = call.params.sha!
  const json = /^[0-9a-f]{40}$/.test(sha) ? await find(call, sha) : undefined
  if (!json) throw notFound()
  return ok(json)
}

export const objectRoutes: Route[] = [
  { method: 'POST', path: '/repos/{owner}/{repo}/git/commits', needs: ['contents:write'], handle: createCommit },
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/git/commits/{sha}',
    needs: ['contents:read'],
    handle: shown(commitJson),
  },
  { method: 'POST', path: '/repos/{owner}/{repo}/git/tags', needs: ['contents:write'], handle: createTag },
  { method: 'GET', path: '/repos/{owner}/{repo}/git/tags/{sha}', needs: ['contents:read'], handle: shown(tagJson) },
  { method: 'POST', path: '/repos/{owner}/{repo}/git/blobs', needs: ['contents:write'], handle: createBlob },
  { method: 'GET', path: '/repos/{owner}/{repo}/git/blobs/{sha}', needs: ['contents:read'], handle: getBlob },
]

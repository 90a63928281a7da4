import type { components } from '@octokit/openapi-types'
import type { Release } from '../records.ts'
import { permits } from '../tokens.ts'
import { now, timestamp } from '../world.ts'
import {
  accountJson,
  type Call,
  created,
  htmlUrl,
  id,
  invalid,
  noContent,
  nodeId,
  notFound,
  ok,
  optionalFlag,
  optionalText,
  page,
  Refusal,
  type Route,
  repositoryUrl,
} from './answer.ts'
import { assetJson } from './asset-json.ts'
import { guardWorkflows, resolveCommit } from './revisions.ts'
import { guardRules } from './rulesets.ts'

/** The longest release body, in characters. */
const BODY_LIMIT = 125_000

function releaseJson(call: Call, release: Release): components['schemas']['release'] {
  const url = `${repositoryUrl(call)}/releases/${release.id}`
  const tag = encodeURIComponent(release.tag)
  const page = `${htmlUrl(call.repository)}/releases/tag/`
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${call.world.urls.uploads}/repos/${call.repository.fullName}/releases/${release.id}/assets{?name,label}`,
    html_url: page + (release.draft ? `untagged-${release.id.toString(16).padStart(20, '0')}` : tag),
    id: release.id,
    author: accountJson(call.world, release.author),
    node_id: nodeId('RE', release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: release.immutable,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    updated_at: release.publishedAt ?? release.createdAt,
    published_at: release.publishedAt,
    assets: release.assets.map((asset) => assetJson(call, release, asset)),
    tarball_url: release.draft ? null : `${repositoryUrl(call)}/tarball/${tag}`,
    zipball_url: release.draft ? null : `${repositoryUrl(call)}/zipball/${tag}`,
    body: release.body,
  }
}

/** Drafts exist only for those who may write. */
export function visible(call: Call, release: Release): boolean {
  return (
    !release.draft || (call.token.repository === call.repository.fullName && permits(call.token, ['contents:write']))
  )
}

export function releaseOf(call: Call): Release {
  const release = call.repository.releases.get(id(call, 'id'))
  if (!release || !visible(call, release)) throw notFound()
  return release
}

const publishedWith = (call: Call, tag: string) =>
  [...call.repository.releases.values()].find((one) => one.tag === tag && !one.draft)

/** Publishing: one published release a tag; a tag that is missing is made, lightweight, at the target. */
async function publish(call: Call, release: Release): Promise<void> {
  const other = publishedWith(call, release.tag)
  if (other && other.id !== release.id) throw invalid('Release', 'already_exists', 'tag_name')
  if (release.draft && call.repository.spentTags.has(release.tag))
    throw invalid('Release', 'custom', 'tag_name', 'tag_name was used by an immutable release')
  const { git, defaultBranch } = call.repository
  const ref = `refs/tags/${release.tag}`
  let commit = await git.resolve(`${ref}^{commit}`)
  if (!commit && !(await git.resolve(ref))) {
    const target = release.target || defaultBranch
    commit = await resolveCommit(call.repository, target)
    if (!commit)
      throw new Refusal(422, 'Validation Failed', [
        { resource: 'Release', code: 'custom', message: 'Published releases must have a valid tag' },
        { resource: 'Release', code: 'invalid', field: 'target_commitish' },
      ])
    await guardWorkflows(call, commit)
    guardRules(call, ref, 'creation')
    if ((await git.createRef(ref, commit)) === 'failed') throw invalid('Release', 'invalid', 'tag_name')
  }
  // The setting of the moment counts; what was published before stays as it is.
  if (release.draft) release.immutable = call.repository.immutableReleases
  if (release.immutable) call.repository.spentTags.add(release.tag)
  release.draft = false
  release.publishedAt ??= now()
  // GitHub dates a published release by its commit; `releases/latest` sorts by that.
  if (commit) {
    const seconds = await git.text(['show', '-s', '--format=%ct', commit])
    release.createdAt = timestamp(new Date(Number(seconds) * 1000))
  }
}

function checkBody(body: string | null | undefined): void {
  if (body && body.length > BODY_LIMIT)
    throw new Refusal(422, 'Validation Failed', [
      {
        resource: 'Release',
        code: 'custom',
        field: 'body',
        message: `body is too long (maximum is ${BODY_LIMIT} characters)`,
      },
    ])
}

async function tagName(call: Call): Promise<string | undefined> {
  const tag = optionalText(call, 'tag_name')
  if (tag === undefined || tag === null) return undefined
  const { git } = call.repository
  if ((await git.run(['check-ref-format', `refs/tags/${tag}`])).code !== 0)
    throw invalid('Release', 'custom', 'tag_name', 'tag_name is not a valid tag')
  return tag
}

function latest(call: Call): Release['latest'] | undefined {
  const given = call.body.make_latest
  if (given === undefined) return undefined
  if (given !== 'true' && given !== 'false' && given !== 'legacy')
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/make_latest', it is not one of true, false, legacy.")
  return given
}

async function create(call: Call) {
  const tag = await tagName(call)
  if (!tag) throw invalid('Release', 'missing_field', 'tag_name')
  const body = optionalText(call, 'body') ?? null
  checkBody(body)
  const draft = optionalFlag(call, 'draft') ?? false
  const release: Release = {
    id: call.world.nextId(),
    tag,
    target: optionalText(call, 'target_commitish') ?? call.repository.defaultBranch,
    name: optionalText(call, 'name') ?? null,
    body,
    draft: true,
    prerelease: optionalFlag(call, 'prerelease') ?? false,
    immutable: false,
    latest: latest(call) ?? 'true',
    author: call.user,
    createdAt: now(),
    publishedAt: null,
    assets: [],
  }
  if ((await call.repository.git.refs('refs/')).length === 0 && !draft)
    throw new Refusal(422, 'Validation Failed', [
      { resource: 'Release', code: 'custom', message: 'Repository is empty.' },
    ])
  if (!draft) await publish(call, release)
  call.repository.releases.set(release.id, release)
  return created(releaseJson(call, release))
}

async function update(call: Call) {
  const release = releaseOf(call)
  const tag = await tagName(call)
  const body = optionalText(call, 'body')
  checkBody(body)
  const draft = optionalFlag(call, 'draft')
  const changed: Release = { ...release }
  if (tag !== undefined) changed.tag = tag
  const target = optionalText(call, 'target_commitish')
  if (typeof target === 'string') changed.target = target
  const name = optionalText(call, 'name')
  if (name !== undefined) changed.name = name
  if (body !== undefined) changed.body = body
  changed.prerelease = optionalFlag(call, 'prerelease') ?? changed.prerelease
  changed.latest = latest(call) ?? changed.latest
  if (release.immutable && (changed.tag !== release.tag || draft === true))
    throw invalid('Release', 'custom', 'tag_name', 'tag_name cannot be changed when the release is immutable')
  if (draft === true) changed.draft = true
  else if (draft === false || !changed.draft) await publish(call, changed)
  Object.assign(release, changed)
  return ok(releaseJson(call, release))
}

async function remove(call: Call) {
  const release = releaseOf(call)
  call.repository.releases.delete(release.id)
  for (const asset of release.assets) await call.world.blobs.remove(asset.blob)
  return noContent()
}

const newestFirst = (call: Call) =>
  [...call.repository.releases.values()].filter((one) => visible(call, one)).sort((a, b) => b.id - a.id)

const base = '/repos/{owner}/{repo}/releases'

export const releaseRoutes: Route[] = [
  { method: 'POST', path: base, needs: ['contents:write'], handle: create },
  {
    method: 'GET',
    path: base,
    needs: ['contents:read'],
    handle: (call) =>
      page(
        call,
        newestFirst(call).map((one) => releaseJson(call, one)),
      ),
  },
  {
    method: 'GET',
    path: `${base}/latest`,
    needs: ['contents:read'],
    handle(call) {
      const candidates = newestFirst(call).filter((one) => !one.draft && !one.prerelease && one.latest !== 'false')
      const found = candidates.sort((a, b) =>
        a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : b.id - a.id,
      )[0]
      if (!found) throw notFound()
      return ok(releaseJson(call, found))
    },
  },
  {
    method: 'GET',
    path: `${base}/tags/{tag+}`,
    needs: ['contents:read'],
    handle(call) {
      const release = publishedWith(call, call.params.tag!)
      if (!release) throw notFound()
      return ok(releaseJson(call, release))
    },
  },
  {
    method: 'GET',
    path: `${base}/{id}`,
    needs: ['contents:read'],
    handle: (call) => ok(releaseJson(call, releaseOf(call))),
  },
  { method: 'PATCH', path: `${base}/{id}`, needs: ['contents:write'], handle: update },
  { method: 'DELETE', path: `${base}/{id}`, needs: ['contents:write'], handle: remove },
]

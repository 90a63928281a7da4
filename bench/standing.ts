import { type Place, repository } from '../packages/registry/registry.fixture.ts'

/** A version as git and the releases have it, read without the code that is judged. */
export interface StandingVersion {
  version: string
  record: string
  run: string
  published: boolean
  /** Whether one release, published or draft, has every file with the digest that tag and record name. */
  whole: boolean
}

export interface StandingSlot {
  n: number
  object: string
  record: string
  version: string
  request: string | null
  previous: { slot: number; object: string } | null
}

export interface Standing {
  versions: StandingVersion[]
  slots(stage: string): StandingSlot[]
  drafts: number
}

interface RawRelease {
  id: number
  tag_name: string
  draft: boolean
  assets: { name: string; state: string; digest: string | null }[]
}

/** What a model's tags and releases say. */
export async function standing(place: Place, model: string): Promise<Standing> {
  const lines = place.git(
    'for-each-ref',
    '--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)%00%(contents)%01',
    'refs/tags',
  )
  const tags = lines.split('\x01\n').flatMap((line) => {
    const [tag = '', object = '', record = '', message = ''] = line.split('\0')
    if (!tag.startsWith(`${model}@`) && !tag.startsWith(`${model}#`)) return []
    return [{ tag, object, record, event: JSON.parse(message.slice(message.indexOf('\n\n{'))) }]
  })
  const releases = await allReleases(place)
  const versions = tags
    .filter(({ tag }) => tag.startsWith(`${model}@`))
    .map(({ tag, record, event }) => {
      const digests = Object.entries(event.digests as Record<string, string>).map(([path, sha256]) => ({
        path,
        sha256,
      }))
      const wanted = [...filesOf(place, record), ...digests]
      const has = (release: RawRelease) =>
        wanted.every(({ path, sha256 }) =>
          release.assets.some((a) => a.name === path && a.state === 'uploaded' && a.digest === `sha256:${sha256}`),
        )
      const published = releases.filter((r) => !r.draft && r.tag_name === tag)
      const candidates = published.length > 0 ? published : releases.filter((r) => r.draft)
      return {
        version: event.version as string,
        record,
        run: event.run as string,
        published: published.length === 1,
        whole: candidates.some(has),
      }
    })
  const slots = tags.filter(({ tag }) => tag.startsWith(`${model}#`))
  return {
    versions,
    drafts: releases.filter((r) => r.draft).length,
    slots: (stage) =>
      slots
        .filter(({ event }) => event.stage === stage)
        .map(({ tag, object, record, event }) => ({
          n: Number(tag.split('#')[2]),
          object,
          record,
          version: event.version,
          request: event.request,
          previous: event.previous,
        }))
        .sort((a, b) => a.n - b.n),
  }
}

interface Digest {
  path: string
  sha256: string
}

const manifests = new Map<string, Digest[]>()

/** The files that a record names. A commit does not change, so it is read once. */
function filesOf(place: Place, record: string): Digest[] {
  const known = manifests.get(record)
  if (known !== undefined) return known
  const manifest = JSON.parse(place.git('show', `${record}:manifest.json`))
  const files = [...manifest.files, manifest.run_file, manifest.reference_profile].filter((f) => f !== null)
  manifests.set(record, files)
  return files
}

/** What is wrong with a model, whatever was done to it before: no words where all is as it must be. */
export function wrongs(of: Standing, stages: string[]): string[] {
  const found: string[] = []
  for (const { version, whole } of of.versions) if (!whole) found.push(`${version} has no verified bytes`)
  for (const field of ['version', 'record', 'run'] as const)
    if (new Set(of.versions.map((v) => v[field])).size < of.versions.length) found.push(`a ${field} stands twice`)
  for (const stage of stages)
    for (const [i, slot] of of.slots(stage).entries()) {
      const below = of.slots(stage)[i - 1]
      if (slot.n !== i + 1) found.push(`slot ${i + 1} of ${stage} is missing`)
      if (slot.previous?.object !== below?.object) found.push(`slot ${slot.n} of ${stage} does not name the one below`)
      if (!of.versions.some((v) => v.version === slot.version && v.record === slot.record))
        found.push(`slot ${slot.n} of ${stage} names no version`)
    }
  return found
}

/** What `git fsck` finds in the repository. */
export function fsck(place: Place): string[] {
  try {
    place.git('fsck', '--strict', '--no-dangling')
    return []
  } catch (error) {
    return [`git fsck: ${(error as { stderr?: string }).stderr ?? String(error)}`]
  }
}

async function allReleases(place: Place): Promise<RawRelease[]> {
  const found: RawRelease[] = []
  for (let page = 1; ; page++) {
    const some = (await api(place, 'GET', `/releases?per_page=100&page=${page}`)) as RawRelease[]
    found.push(...some)
    if (some.length < 100) return found
  }
}

/** Takes versions, drafts and slots away, so that the next case begins where this one did. */
export async function forget(place: Place, keep: (tag: string) => boolean): Promise<void> {
  for (const { id, draft, tag_name } of await allReleases(place))
    if (draft || !keep(tag_name)) await api(place, 'DELETE', `/releases/${id}`)
  const tags = place.git('for-each-ref', '--format=%(refname:strip=2)', 'refs/tags').trimEnd().split('\n')
  const gone = tags.filter((tag) => tag !== '' && !keep(tag))
  if (gone.length > 0) place.git('tag', '-d', ...gone)
}

/** What the newest deployment of a stage says of its slot. */
export async function newestDeployment(
  place: Place,
  model: string,
  stage: string,
): Promise<{ tag_object: string } | undefined> {
  const task = encodeURIComponent(`mlops-promote:${model}`)
  const found = await api(place, 'GET', `/deployments?task=${task}&environment=${stage}&per_page=1`)
  return (found as { payload: { tag_object: string } }[])[0]?.payload
}

async function api(place: Place, method: string, path: string): Promise<unknown> {
  const { apiUrl, token } = place.address
  const answer = await fetch(`${apiUrl}/repos/${repository}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
  return answer.status === 204 ? null : answer.json()
}

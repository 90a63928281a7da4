import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Say, withProgress } from '@mlops-actions/files'
import { UserError } from '@mlops-actions/verdict'
import { pieces, type Transport } from './transport.ts'

export interface Asset {
  id: number
  name: string
  size: number
  /** sha256 in hex as GitHub computed it; null where it did not say. */
  sha256: string | null
  /** `starter` is what a failed upload may leave: it blocks the name. */
  state: 'uploaded' | 'starter'
}

export interface Release {
  id: number
  tag: string
  name: string
  body: string
  draft: boolean
  prerelease: boolean
  /** Frozen when it was published: neither its files nor its tag can change. */
  immutable: boolean
  url: string
  uploadUrl: string
  assets: Asset[]
}

/** What a release says; bytes are uploaded one by one. */
export interface ReleaseText {
  tag: string
  name: string
  body: string
  prerelease: boolean
}

/** A file on disk, or bytes at hand. */
export type Upload = { path: string } | { bytes: Uint8Array }

export interface Releases {
  /** Not repeated after an unclear answer: list the drafts and look. */
  createDraft(of: ReleaseText): Promise<Release>
  get(id: number): Promise<Release | 'absent'>
  /** The published release of a tag; drafts are never found here. */
  byTag(tag: string): Promise<Release | 'absent'>
  /** Newest first; drafts are among them for whoever may write. */
  list(): AsyncGenerator<Release>
  upload(release: Release, name: string, content: Upload): Promise<Asset>
  /** The bytes; the storage host that serves them never sees the token. */
  download(asset: Asset): AsyncGenerator<Uint8Array>
  /** Makes a draft public under an existing tag. Never the repository's "latest". */
  publish(id: number, of: ReleaseText): Promise<Release>
  deleteAsset(id: number): Promise<void>
}

interface RawAsset {
  id: number
  name: string
  size: number
  digest?: string | null
  state: string
}

interface RawRelease {
  id: number
  tag_name: string
  name: string | null
  body?: string | null
  draft: boolean
  prerelease: boolean
  immutable?: boolean
  html_url: string
  upload_url: string
  assets: RawAsset[]
}

const write = 'contents: write'
const read = 'contents: read'
/** GitHub takes files under 2 GiB, and release notes up to 125,000 characters. */
export const largestAsset = 2 ** 31 - 1
const longestBody = 125_000

export function releases(api: Transport, say?: Say): Releases {
  const text = (of: ReleaseText) => ({
    tag_name: of.tag,
    name: of.name,
    body: of.body.length <= longestBody ? of.body : `${of.body.slice(0, longestBody - 30)}\n\n(cut: too long)`,
    prerelease: of.prerelease,
    make_latest: 'false',
  })
  return {
    async createDraft(of) {
      return release(
        await api.call<RawRelease>(
          'POST /repos/{owner}/{repo}/releases',
          { ...text(of), draft: true },
          { what: `create a draft release for ${of.tag}`, permission: write },
        ),
      )
    },
    async get(release_id) {
      const found = await api.find<RawRelease>(
        'GET /repos/{owner}/{repo}/releases/{release_id}',
        { release_id },
        { what: 'read a release', permission: read },
      )
      return found === 'absent' ? found : release(found)
    },
    async byTag(tag) {
      const found = await api.find<RawRelease>(
        'GET /repos/{owner}/{repo}/releases/tags/{tag}',
        { tag },
        { what: `read the release ${tag}`, permission: read },
      )
      return found === 'absent' ? found : release(found)
    },
    async *list() {
      const purpose = { what: 'list the releases', permission: read } as const
      for await (const one of api.list<RawRelease>('GET /repos/{owner}/{repo}/releases', {}, purpose))
        yield release(one)
    },
    async upload(of, name, content) {
      const size = 'bytes' in content ? content.bytes.byteLength : (await stat(content.path)).size
      if (size === 0 || size > largestAsset) throw unstorable(name, size)
      const url = `${of.uploadUrl.replace(/\{.*\}$/, '')}?name=${encodeURIComponent(name)}`
      const purpose = { what: `upload ${name}`, permission: write } as const
      const open = () =>
        withProgress('bytes' in content ? pieces(content.bytes) : createReadStream(content.path), { name, size }, say)
      return asset(await api.upload<RawAsset>(url, open, size, purpose))
    },
    download(of) {
      const purpose = { what: `download ${of.name}`, permission: read } as const
      return withProgress(api.download(`repos/${api.repository}/releases/assets/${of.id}`, purpose), of, say)
    },
    async publish(release_id, of) {
      return release(
        await api.call<RawRelease>(
          'PATCH /repos/{owner}/{repo}/releases/{release_id}',
          { release_id, ...text(of), draft: false },
          { what: `publish the release ${of.tag}`, permission: write },
        ),
      )
    },
    async deleteAsset(asset_id) {
      await api.find(
        'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}',
        { asset_id },
        { what: 'delete a broken upload from a draft', permission: write, repeatable: true },
      )
    },
  }
}

/** What a file that cannot be an asset is told; `size` in bytes. */
export function unstorable(name: string, size: number): UserError {
  return new UserError({
    code: 'ASSET_SIZE',
    message: `${name} has ${size} bytes; GitHub takes release files of 1 byte to 2 GiB.`,
    where: { file: name },
    help: 'Keep a larger file elsewhere, and name it in the input "files": https://host/weights.bin sha256:<64 hex digits>.',
  })
}

function release(raw: RawRelease): Release {
  return {
    id: raw.id,
    tag: raw.tag_name,
    name: raw.name ?? '',
    body: raw.body ?? '',
    draft: raw.draft,
    prerelease: raw.prerelease,
    immutable: raw.immutable === true,
    url: raw.html_url,
    uploadUrl: raw.upload_url,
    assets: raw.assets.map(asset),
  }
}

function asset(raw: RawAsset): Asset {
  return {
    id: raw.id,
    name: raw.name,
    size: raw.size,
    sha256: raw.digest?.startsWith('sha256:') ? raw.digest.slice(7) : null,
    state: raw.state === 'uploaded' ? 'uploaded' : 'starter',
  }
}

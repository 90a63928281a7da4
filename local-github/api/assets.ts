import { createHash } from 'node:crypto'
import type { Asset, Release } from '../records.ts'
import { now } from '../world.ts'
import {
  type Call,
  created,
  id,
  invalid,
  noContent,
  notFound,
  ok,
  optionalText,
  page,
  Refusal,
  type Route,
} from './answer.ts'
import { assetJson } from './asset-json.ts'
import { releaseOf, visible } from './releases.ts'

const ASSET_LIMIT = 1000

/** GitHub turns unusual characters of a file's name into dots, and gives a name that starts with one a beginning. */
export function assetName(given: string): string {
  const plain = given.replace(/[^A-Za-z0-9_.@+-]+/g, '.').replace(/\.{2,}/g, '.')
  return plain.startsWith('.') ? `default${plain}` : plain
}

function assetOf(call: Call): { release: Release; asset: Asset } {
  const wanted = id(call, 'id')
  for (const release of call.repository.releases.values()) {
    const asset = release.assets.find((one) => one.id === wanted)
    if (asset && visible(call, release)) return { release, asset }
  }
  throw notFound()
}

function refuseFrozen(release: Release, doing = 'modify assets of'): void {
  if (release.immutable) throw new Refusal(422, `Cannot ${doing} an immutable release.`)
}

async function upload(call: Call) {
  const release = releaseOf(call)
  refuseFrozen(release, 'upload assets to')
  const given = call.query.get('name')
  if (!given) throw invalid('ReleaseAsset', 'missing_field', 'name')
  const contentType = call.request.headers['content-type']
  if (!contentType) throw new Refusal(400, "Invalid Content-Type: ''")
  const bytes = call.request.body
  // A chunked upload, whose length is not told in advance, is refused just as an empty one is.
  if (bytes.length === 0 || !call.request.headers['content-length']) throw new Refusal(400, 'Bad Content-Length: ')
  const name = assetName(given)
  if (release.assets.some((one) => one.name === name)) throw invalid('ReleaseAsset', 'already_exists', 'name')
  if (release.assets.length >= ASSET_LIMIT)
    throw new Refusal(422, 'Validation Failed', [
      {
        resource: 'ReleaseAsset',
        code: 'custom',
        field: 'release',
        message: `a release holds at most ${ASSET_LIMIT} assets`,
      },
    ])
  const asset: Asset = {
    id: call.world.nextId(),
    name,
    label: call.query.get('label') ?? '',
    contentType,
    state: call.breakOff ? 'starter' : 'uploaded',
    size: call.breakOff ? 0 : bytes.length,
    digest: call.breakOff ? null : `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    blob: call.breakOff ? '' : await call.world.blobs.put(bytes),
    downloads: 0,
    uploader: call.user,
    createdAt: now(),
    updatedAt: now(),
  }
  release.assets.push(asset)
  return created(assetJson(call, release, asset))
}

function get(call: Call) {
  const { release, asset } = assetOf(call)
  if (!/^application\/octet-stream/.test(call.request.headers.accept ?? '')) return ok(assetJson(call, release, asset))
  if (asset.state !== 'uploaded') throw notFound()
  asset.downloads += 1
  const location = call.world.blobs.sign(asset.blob, {
    permission: 'r',
    contentType: 'application/octet-stream',
    contentDisposition: `attachment; filename=${asset.name}`,
    seconds: 300,
  })
  return { status: 302, headers: { location, 'content-type': 'text/html; charset=utf-8' } }
}

const releaseAssets = '/repos/{owner}/{repo}/releases/{id}/assets'
const single = '/repos/{owner}/{repo}/releases/assets/{id}'

export const assetRoutes: Route[] = [
  { method: 'GET', path: single, needs: ['contents:read'], handle: get },
  {
    method: 'PATCH',
    path: single,
    needs: ['contents:write'],
    handle(call) {
      const { release, asset } = assetOf(call)
      refuseFrozen(release)
      const name = optionalText(call, 'name')
      if (name) {
        const renamed = assetName(name)
        if (release.assets.some((one) => one !== asset && one.name === renamed))
          throw invalid('ReleaseAsset', 'already_exists', 'name')
        asset.name = renamed
      }
      const label = optionalText(call, 'label')
      if (label !== undefined) asset.label = label
      asset.updatedAt = now()
      return ok(assetJson(call, release, asset))
    },
  },
  {
    method: 'DELETE',
    path: single,
    needs: ['contents:write'],
    async handle(call) {
      const { release, asset } = assetOf(call)
      refuseFrozen(release)
      release.assets = release.assets.filter((one) => one !== asset)
      if (asset.blob) await call.world.blobs.remove(asset.blob)
      return noContent()
    },
  },
  {
    method: 'GET',
    path: releaseAssets,
    needs: ['contents:read'],
    handle(call) {
      const release = releaseOf(call)
      return page(
        call,
        release.assets.map((asset) => assetJson(call, release, asset)),
      )
    },
  },
]

/** Uploads have their own host, as on GitHub. */
export const uploadRoutes: Route[] = [
  { method: 'POST', path: releaseAssets, needs: ['contents:write'], handle: upload },
]

import type { components } from '@octokit/openapi-types'
import type { Asset, Release } from '../records.ts'
import { accountJson, type Call, htmlUrl, nodeId, repositoryUrl } from './answer.ts'

/** A release asset as GitHub shows it, alone and inside its release. */
export function assetJson(call: Call, release: Release, asset: Asset): components['schemas']['release-asset'] {
  const tag = encodeURIComponent(release.draft ? `untagged-${release.id.toString(16).padStart(20, '0')}` : release.tag)
  return {
    url: `${repositoryUrl(call)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId('RA', asset.id),
    name: asset.name,
    label: asset.label,
    uploader: accountJson(call.world, asset.uploader),
    content_type: asset.contentType,
    // GitHub's description leaves out `starter`, which an upload that broke off really has.
    state: asset.state as 'uploaded',
    size: asset.size,
    digest: asset.digest,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    browser_download_url: `${htmlUrl(call.repository)}/releases/download/${tag}/${encodeURIComponent(asset.name)}`,
  }
}

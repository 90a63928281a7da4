import type { components } from '@octokit/openapi-types'
import type { Artifact } from '../records.ts'
import { type Call, id, noContent, nodeId, notFound, ok, page, Refusal, type Route, repositoryUrl } from './answer.ts'
import { runOf } from './runs.ts'

const expired = (artifact: Artifact) => Date.parse(artifact.expiresAt) < Date.now()

function artifactJson(call: Call, artifact: Artifact): components['schemas']['artifact'] {
  const url = `${repositoryUrl(call)}/actions/artifacts/${artifact.id}`
  const run = call.repository.runs.get(artifact.run)
  return {
    id: artifact.id,
    node_id: nodeId('A', artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.size,
    url,
    archive_download_url: `${url}/zip`,
    expired: expired(artifact),
    digest: artifact.digest,
    created_at: artifact.createdAt,
    updated_at: artifact.createdAt,
    expires_at: artifact.expiresAt,
    workflow_run: {
      id: artifact.run,
      repository_id: call.repository.id,
      head_repository_id: call.repository.id,
      head_branch: run?.branch ?? call.repository.defaultBranch,
      head_sha: run?.sha ?? '',
    },
  }
}

function artifactOf(call: Call): Artifact {
  const artifact = call.repository.artifacts.get(id(call, 'id'))
  if (!artifact?.finalized) throw notFound()
  return artifact
}

function list(call: Call, run?: number) {
  const name = call.query.get('name')
  const found = [...call.repository.artifacts.values()].filter(
    (one) => one.finalized && (run === undefined || one.run === run) && (!name || one.name === name),
  )
  return page(
    call,
    found.reverse().map((one) => artifactJson(call, one)),
    'artifacts',
  )
}

/** An address of the blob, good for one minute as on GitHub. */
export function downloadUrl(sign: Call['world']['blobs'], artifact: Artifact): string {
  const zipped = artifact.mimeType === 'application/zip'
  return sign.sign(artifact.blob, {
    permission: 'r',
    contentType: artifact.mimeType,
    contentDisposition: `attachment; filename="${artifact.name}${zipped ? '.zip' : ''}"`,
    seconds: 60,
  })
}

function download(call: Call) {
  if (call.params.format !== 'zip') throw notFound()
  const artifact = artifactOf(call)
  if (expired(artifact)) throw new Refusal(410, 'Artifact has expired')
  return { status: 302, headers: { location: downloadUrl(call.world.blobs, artifact) } }
}

const base = '/repos/{owner}/{repo}/actions'

export const artifactRoutes: Route[] = [
  { method: 'GET', path: `${base}/artifacts`, needs: ['actions:read'], handle: (call) => list(call) },
  {
    method: 'GET',
    path: `${base}/runs/{id}/artifacts`,
    needs: ['actions:read'],
    handle: (call) => list(call, runOf(call).id),
  },
  {
    method: 'GET',
    path: `${base}/artifacts/{id}`,
    needs: ['actions:read'],
    handle: (call) => ok(artifactJson(call, artifactOf(call))),
  },
  { method: 'GET', path: `${base}/artifacts/{id}/{format}`, needs: ['actions:read'], handle: download },
  {
    method: 'DELETE',
    path: `${base}/artifacts/{id}`,
    needs: ['actions:write'],
    async handle(call) {
      const artifact = artifactOf(call)
      call.repository.artifacts.delete(artifact.id)
      await call.world.blobs.remove(artifact.blob)
      return noContent()
    },
  },
]

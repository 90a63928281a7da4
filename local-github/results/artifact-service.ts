import { downloadUrl } from '../api/artifacts.ts'
import type { Incoming, Reply } from '../http.ts'
import type { Artifact } from '../records.ts'
import { readJwt } from '../tokens.ts'
import { now, type Repository, timestamp, type World } from '../world.ts'

/** How long an artifact is kept when nobody says, in days. */
const RETENTION_DAYS = 90
const ARTIFACTS_PER_JOB = 500
const service = 'github.actions.results.api.v1'

/** A Twirp error: always JSON, for the client retries an empty answer for half a minute. */
class TwirpError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

interface Scope {
  repository: Repository
  run: number
  runBackend: string
  jobBackend: string
}

function scopeOf(world: World, request: Incoming): Scope {
  const token = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const claims = token ? readJwt(token, world.secret) : undefined
  const ids = /(?:^| )Actions\.Results:([^: ]+):([^: ]+)(?: |$)/.exec(String(claims?.scp ?? ''))
  const repository = world.repositories.get(String(claims?.repository ?? '').toLowerCase())
  if (!claims || !ids || !repository) throw new TwirpError(401, 'unauthenticated', 'invalid runtime token')
  return { repository, run: Number(claims.run_id), runBackend: ids[1]!, jobBackend: ids[2]! }
}

const word = (body: Record<string, unknown>, field: string): string => {
  const value = body[field]
  if (typeof value !== 'string' || value === '') throw new TwirpError(400, 'invalid_argument', `${field} is required`)
  return value
}

/** The artifact of this run by name, as long as it was not deleted. */
const find = (scope: Scope, runBackend: string, name: string) =>
  [...scope.repository.artifacts.values()].find((one) => one.runBackend === runBackend && one.name === name)

/** A job reaches only what belongs to its own workflow run. */
function ownRun(scope: Scope, body: Record<string, unknown>): string {
  const run = word(body, 'workflow_run_backend_id')
  if (run !== scope.runBackend) throw new TwirpError(403, 'permission_denied', 'not the run of this token')
  return run
}

function expiry(body: Record<string, unknown>): string {
  const latest = Date.now() + RETENTION_DAYS * 86_400_000
  const asked = typeof body.expires_at === 'string' ? Date.parse(body.expires_at) : latest
  if (Number.isNaN(asked)) throw new TwirpError(400, 'invalid_argument', 'expires_at is not a timestamp')
  return timestamp(new Date(Math.min(asked, latest)))
}

function createArtifact(world: World, scope: Scope, body: Record<string, unknown>) {
  const run = ownRun(scope, body)
  const name = word(body, 'name')
  if (/[":<>|*?\r\n\\/]/.test(name)) throw new TwirpError(400, 'invalid_argument', `artifact name ${name} is not valid`)
  if (find(scope, run, name))
    throw new TwirpError(409, 'already_exists', 'an artifact with this name already exists on the workflow run')
  const mine = [...scope.repository.artifacts.values()].filter((one) => one.jobBackend === scope.jobBackend)
  if (mine.length >= ARTIFACTS_PER_JOB)
    throw new TwirpError(403, 'resource_exhausted', `a job may create at most ${ARTIFACTS_PER_JOB} artifacts`)
  const artifact: Artifact = {
    id: world.nextId(),
    run: scope.run,
    runBackend: run,
    jobBackend: word(body, 'workflow_job_run_backend_id'),
    name,
    mimeType: typeof body.mime_type === 'string' ? body.mime_type : 'application/zip',
    size: 0,
    digest: null,
    blob: world.blobs.newKey(),
    finalized: false,
    createdAt: now(),
    expiresAt: expiry(body),
  }
  scope.repository.artifacts.set(artifact.id, artifact)
  return { ok: true, signed_upload_url: world.blobs.sign(artifact.blob, { permission: 'w', seconds: 3600 }) }
}

function existing(scope: Scope, body: Record<string, unknown>): Artifact {
  const artifact = find(scope, ownRun(scope, body), word(body, 'name'))
  if (!artifact) throw new TwirpError(404, 'not_found', 'artifact not found')
  return artifact
}

async function finalizeArtifact(world: World, scope: Scope, body: Record<string, unknown>) {
  const artifact = existing(scope, body)
  const stored = await world.blobs.describe(artifact.blob)
  if (!stored) throw new TwirpError(400, 'failed_precondition', 'nothing was uploaded')
  if (Number(body.size) !== stored.size)
    throw new TwirpError(
      400,
      'invalid_argument',
      `size is ${String(body.size)}, but ${stored.size} bytes were uploaded`,
    )
  if (body.hash !== undefined && body.hash !== stored.digest)
    throw new TwirpError(400, 'invalid_argument', 'hash is not that of the bytes uploaded')
  Object.assign(artifact, { finalized: true, size: stored.size, digest: stored.digest })
  return { ok: true, artifact_id: String(artifact.id) }
}

function listArtifacts(scope: Scope, body: Record<string, unknown>) {
  const run = ownRun(scope, body)
  const artifacts = [...scope.repository.artifacts.values()].filter(
    (one) =>
      one.finalized &&
      one.runBackend === run &&
      (body.name_filter === undefined || body.name_filter === one.name) &&
      (body.id_filter === undefined || String(body.id_filter) === String(one.id)),
  )
  return {
    artifacts: artifacts.map((one) => ({
      workflow_run_backend_id: one.runBackend,
      workflow_job_run_backend_id: one.jobBackend,
      database_id: String(one.id),
      name: one.name,
      size: String(one.size),
      created_at: one.createdAt,
      ...(one.digest ? { digest: one.digest } : {}),
    })),
  }
}

async function deleteArtifact(world: World, scope: Scope, body: Record<string, unknown>) {
  const artifact = existing(scope, body)
  scope.repository.artifacts.delete(artifact.id)
  await world.blobs.remove(artifact.blob)
  return { ok: true, artifact_id: String(artifact.id) }
}

function call(world: World, scope: Scope, method: string, body: Record<string, unknown>): unknown {
  switch (method) {
    case `${service}.ArtifactService/CreateArtifact`:
      return createArtifact(world, scope, body)
    case `${service}.ArtifactService/FinalizeArtifact`:
      return finalizeArtifact(world, scope, body)
    case `${service}.ArtifactService/ListArtifacts`:
      return listArtifacts(scope, body)
    case `${service}.ArtifactService/GetSignedArtifactURL`: {
      const artifact = existing(scope, body)
      if (!artifact.finalized) throw new TwirpError(404, 'not_found', 'artifact not found')
      return { signed_url: downloadUrl(world.blobs, artifact) }
    }
    case `${service}.ArtifactService/DeleteArtifact`:
      return deleteArtifact(world, scope, body)
    default:
      if (method.startsWith(`${service}.CacheService/`))
        throw new TwirpError(404, 'unimplemented', 'the cache service is not supported by the local GitHub')
      throw new TwirpError(404, 'bad_route', `no handler for path /twirp/${method}`)
  }
}

/** Answers one request on the results origin: workflow artifacts, Twirp with JSON both ways. */
export async function answerResults(world: World, request: Incoming): Promise<Reply> {
  try {
    if (request.method !== 'POST' || !request.path.startsWith('/twirp/'))
      throw new TwirpError(404, 'bad_route', `no handler for ${request.method} ${request.path}`)
    const scope = scopeOf(world, request)
    let body: Record<string, unknown>
    try {
      body = JSON.parse(request.body.toString()) as Record<string, unknown>
    } catch {
      throw new TwirpError(400, 'malformed', 'the body is not JSON')
    }
    return { status: 200, json: await call(world, scope, request.path.slice('/twirp/'.length), body) }
  } catch (error) {
    if (error instanceof TwirpError) return { status: error.status, json: { code: error.code, msg: error.message } }
    throw error
  }
}

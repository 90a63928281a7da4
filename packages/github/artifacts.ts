import { basename, dirname } from 'node:path'
import type { UploadArtifactOptions } from '@actions/artifact'
import { UserError } from '@mlops-actions/verdict'
import type { Transport } from './transport.ts'

export interface Artifact {
  id: number
  name: string
  size: number
  expired: boolean
  createdAt: string
  /** The workflow run that made it; null where GitHub does not say. */
  runId: number | null
}

export interface Artifacts {
  /** Uploads files under their paths below `root` as one artifact of this workflow run. */
  upload(name: string, files: string[], root: string, retentionDays?: number): Promise<{ id: number; size: number }>
  /** Uploads one file as it is, not zipped, as the artifact of the file's own name. */
  uploadFile(file: string): Promise<void>
  /** Artifacts of the repository or of one workflow run, newest first, by exact name where one is given. */
  list(of: { name?: string; runId?: number }): AsyncGenerator<Artifact>
  /** The artifact's bytes: a zip file, but for what `uploadFile` stored. */
  download(id: number): AsyncGenerator<Uint8Array>
}

export function artifacts(api: Transport): Artifacts {
  return {
    async upload(name, files, root, retentionDays) {
      const made = await store(name, files, root, retentionDays === undefined ? {} : { retentionDays })
      return { id: made.id ?? 0, size: made.size ?? 0 }
    },
    async uploadFile(file) {
      await store(basename(file), [file], dirname(file), { skipArchive: true })
    },
    async *list({ name, runId }) {
      type Raw = {
        id: number
        name: string
        size_in_bytes: number
        expired: boolean
        created_at: string
        workflow_run?: { id: number } | null
      }
      const route =
        runId === undefined
          ? 'GET /repos/{owner}/{repo}/actions/artifacts'
          : 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts'
      const found = api.list<Raw>(
        route,
        { ...(name === undefined ? {} : { name }), ...(runId === undefined ? {} : { run_id: runId }) },
        { what: 'list the artifacts', permission: 'actions: read' },
        'artifacts',
      )
      for await (const a of found)
        yield {
          id: a.id,
          name: a.name,
          size: a.size_in_bytes,
          expired: a.expired,
          createdAt: a.created_at,
          runId: a.workflow_run?.id ?? runId ?? null,
        }
    },
    download: (id) =>
      api.download(`repos/${api.repository}/actions/artifacts/${id}/zip`, {
        what: 'download an artifact',
        permission: 'actions: read',
      }),
  }
}

async function store(name: string, files: string[], root: string, options: UploadArtifactOptions) {
  if (process.env.ACTIONS_RUNTIME_TOKEN === undefined || process.env.ACTIONS_RUNTIME_TOKEN === '')
    throw new UserError({
      code: 'ARTIFACT_OUTSIDE_JOB',
      message: `The artifact ${name} cannot be stored: artifacts exist only inside a GitHub Actions job.`,
      help: 'The files stay where they are; inside a job they are uploaded.',
    })
  const { DefaultArtifactClient } = await import('@actions/artifact')
  try {
    return await new DefaultArtifactClient().uploadArtifact(name, files, root, options)
  } catch (error) {
    if (error instanceof Error && error.name === 'GHESNotSupportedError')
      throw new UserError({
        code: 'ARTIFACT_UNSUPPORTED',
        message: `The artifact ${name} was not stored: ${process.env.GITHUB_SERVER_URL} is a GitHub Enterprise Server, which has no artifacts of this kind.`,
        help: 'The files stay in RUNNER_TEMP/mlops; a later step can store that folder with actions/upload-artifact@v3.',
        cause: error,
      })
    throw new UserError({
      code: 'ARTIFACT_FAILED',
      message: `The artifact ${name} could not be stored: ${error instanceof Error ? error.message : String(error)}.`,
      help: 'The files stay in the job’s output folder. Check the artifact storage quota.',
      cause: error,
    })
  }
}

import { join } from 'node:path'
import type { RunRecord } from '@mlops-actions/runs'
import { RunStore } from '@mlops-actions/runs'
import type { TrainContext } from './inputs.ts'

export interface Stored {
  artifactId: string
  artifactName: string
  notes: string[]
}

/** Stores a run where later jobs find it: a workflow artifact (everything) and a small commit under its own ref. */
export async function storeRun(a: TrainContext, record: RunRecord): Promise<Stored> {
  const none = { artifactId: '', artifactName: '' }
  const { repository } = a.environment
  if (!repository || !a.inputs['github-token']) {
    return {
      ...none,
      notes: ["The run stays in this job's folder: there is no GitHub here, so neither artifact nor ref was written."],
    }
  }
  const notes: string[] = []
  const github = await a.github()
  const name = `mlops-run-${record.id}`
  const folder = a.job.runFolder(record.id)
  const files = [join(folder, 'run.json'), ...record.artifacts.map((file) => join(folder, 'artifacts', file.path))]
  const artifact = process.env.ACTIONS_RUNTIME_TOKEN
    ? await a.attempt('upload the artifact of the run', () =>
        github.artifacts.upload(name, files, folder, a.inputs['retention-days']),
      )
    : undefined
  if (!process.env.ACTIONS_RUNTIME_TOKEN) notes.push('No artifact was written: this job has no artifact service.')
  const ref = await a.attempt('write the ref of the run', () => new RunStore(github).save(record))
  if (ref && !ref.stored) notes.push(`The run's ref was not written: ${ref.reason}`)
  return artifact ? { artifactId: String(artifact.id), artifactName: name, notes } : { ...none, notes }
}

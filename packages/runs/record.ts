import type { JsonObject } from '@mlops-actions/verdict'

/** A file that a run left behind; `path` uses `/` and is relative to the workspace. */
export interface FileDigest {
  path: string
  sha256: string
  size: number
}

/** run.json: everything that is remembered of one training run (or, for kind `monitor`, of one drift check). */
export interface RunRecord {
  schema: 'mlops-actions/run@1'
  /** UUIDv7 as 32 hex digits: sorts by time. */
  id: string
  kind: 'training' | 'monitor'
  experiment: string
  name: string
  status: 'finished' | 'failed'
  /** ISO 8601, UTC, milliseconds. */
  start: string
  end: string
  /** GitHub's actor, else the local user's git name. */
  user: string
  run_url: string | null
  commit: string | null
  dirty: boolean
  params: Record<string, string>
  metrics: Record<string, { value: number; step: number | null; best: number; points: number }>
  tags: Record<string, string>
  /** What it was trained on. `fingerprint` as data-validate gives it: `sha256:…`. */
  data: { name: string; fingerprint: string; files: FileDigest[] }[]
  /** The model file among the artifacts, where there is one. */
  model_file: FileDigest | null
  artifacts: FileDigest[]
  environment: JsonObject
  command: string | null
  exit_code: number | null
  peak_memory_bytes: number | null
  parent: string | null
  children: string[]
}

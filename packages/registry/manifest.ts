import type { FileDigest } from '@mlops-actions/runs'
import type { JsonObject } from '@mlops-actions/verdict'

/**
 * manifest.json of a model version: what the version is. No version number, clock or verdict, and nothing that
 * onnxruntime computed, so that the same run gives the same bytes on every attempt.
 */
export interface Manifest {
  schema: 'mlops-actions/manifest@1'
  model: string
  run: string
  /** The model's own files, first the one that is loaded. Names are asset names: no folders. */
  files: FileDigest[]
  /** Digests of the other fixed assets. */
  run_file: FileDigest
  reference_profile: FileDigest | null
  /** `onnx`: signature is known. `opaque`: bytes that are never loaded. */
  format: 'onnx' | 'opaque'
  /** Inputs and outputs as ../onnx reads them; null for opaque files. */
  signature: JsonObject | null
  lineage: {
    repository: string
    commit: string | null
    data: { name: string; fingerprint: string }[]
    parent_run: string | null
  }
  metrics: Record<string, number>
}

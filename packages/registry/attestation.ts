import { createHash } from 'node:crypto'
import type { JsonObject } from '@mlops-actions/verdict'
import { fixedAssets, type Manifest } from './manifest.ts'

/** What a statement of in-toto is about: a name, and the digest by which it is looked up. */
export interface AttestedSubject {
  name: string
  digest: { sha256: string }
}

/** What is signed about a version, besides its provenance. */
export interface ModelStatement {
  predicateType: string
  subjects: AttestedSubject[]
  predicate: JsonObject
}

/**
 * What the provenance of a version covers: its model files, and manifest.json. The manifest holds the run's id, so a
 * provenance of it is the provenance of this version, also where two runs gave the same bytes.
 */
export function provenanceSubjects({ files }: Manifest, manifestSha256: string): AttestedSubject[] {
  return [...files, { path: 'manifest.json', sha256: manifestSha256 }].map(({ path, sha256 }) => ({
    name: path,
    digest: { sha256 },
  }))
}

/**
 * The statement that OpenSSF Model Signing makes of a folder with the model's files, which its `model_signing verify`
 * reads: every file with its digest, and as the one subject the sha256 over those digests, in the order of the names. The
 * other files of a release are named as ignored, so that a folder with all of them verifies too.
 * Format: https://github.com/sigstore/model-transparency, src/model_signing/_signing/signing.py, class Payload.
 */
export function modelSigningStatement({ model, files }: Manifest): ModelStatement {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  const root = createHash('sha256')
  for (const { sha256 } of sorted) root.update(sha256, 'hex')
  return {
    predicateType: 'https://model_signing/signature/v1.0',
    subjects: [{ name: model, digest: { sha256: root.digest('hex') } }],
    predicate: {
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: [...gitPaths, ...fixedAssets],
      },
      resources: sorted.map(({ path, sha256 }) => ({ name: path, algorithm: 'sha256', digest: sha256 })),
    },
  }
}

/** Model Signing itself leaves these out of every folder. */
const gitPaths = ['.git', '.gitattributes', '.github', '.gitignore']

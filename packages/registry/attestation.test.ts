import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { modelSigningStatement, provenanceSubjects } from './attestation.ts'
import golden from './golden/model-signing.golden.json' with { type: 'json' }
import { fixedAssets, type Manifest } from './manifest.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

const manifestOf = (names: string[]): Manifest => ({
  schema: 'mlops-actions/manifest@1',
  model: 'churn',
  run: '0'.repeat(32),
  files: names.map((path) => ({ path, sha256: digest(`bytes of ${path}`), size: 1 })),
  run_file: { path: 'run.json', sha256: digest(''), size: 0 },
  reference_profile: null,
  format: 'opaque',
  signature: null,
  lineage: { repository: 'octo/churn', commit: null, data: [], parent_run: null },
  metrics: {},
})

describe('what is attested of a version', () => {
  it.each(golden)('is signed as OpenSSF Model Signing does: $files', ({ files, statement }) => {
    for (const order of [files, [...files].reverse()]) {
      const { subjects, predicateType, predicate } = modelSigningStatement(manifestOf(order))
      const serialization = predicate.serialization as { ignore_paths: string[] }
      serialization.ignore_paths.sort()
      expect({ _type: statement._type, subject: subjects, predicateType, predicate }).toEqual(statement)
    }
  })

  it('ignores what a release has beside the model, as the script that made the golden file does', () => {
    for (const { statement } of golden)
      expect(statement.predicate.serialization.ignore_paths).toEqual(expect.arrayContaining(fixedAssets))
  })

  it('has a provenance of every model file, and of the manifest, which no other run shares', () => {
    expect(provenanceSubjects(manifestOf(['b.onnx', 'a.bin']), 'f'.repeat(64))).toEqual([
      { name: 'b.onnx', digest: { sha256: digest('bytes of b.onnx') } },
      { name: 'a.bin', digest: { sha256: digest('bytes of a.bin') } },
      { name: 'manifest.json', digest: { sha256: 'f'.repeat(64) } },
    ])
  })
})

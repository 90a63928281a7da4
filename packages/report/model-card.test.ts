import type { Manifest } from '@mlops-actions/registry'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { modelCard } from './model-card.ts'
import { fullReport } from './report.fixture.ts'

const file = (path: string) => ({ path, sha256: 'ab'.repeat(32), size: 1234 })
const manifest: Manifest = {
  schema: 'mlops-actions/manifest@1',
  model: 'churn',
  run: '0197288d51f07c5c8a4a3d3c2b1a0f9e',
  files: [file('model.onnx')],
  run_file: file('run.json'),
  reference_profile: null,
  format: 'onnx',
  signature: {
    inputs: [{ name: 'features', type: 'float32', shape: [null, 19] }],
    outputs: [{ name: 'label', type: 'int64', shape: ['N'] }],
    metadata: { 'mlops.features': 'tenure,charges' },
  },
  lineage: {
    repository: 'octo/churn',
    commit: null,
    data: [{ name: 'train', fingerprint: 'sha256:6f1e' }],
    parent_run: null,
  },
  metrics: { roc_auc: 0.7412, brier: 0.14 },
}

describe('modelCard', () => {
  it('says what is known and that the rest is not stated', () => {
    const card = modelCard(manifest, { evidence: fullReport.verdicts, license: 'apache-2.0' })
    const front = /^---\n([\s\S]*?)\n---\n/.exec(card)?.[1] ?? ''
    expect(parse(front)).toEqual({
      model_name: 'churn',
      license: 'apache-2.0',
      library_name: 'onnx',
      tags: ['onnx', 'mlops-actions'],
    })
    expect(card).toContain('## Intended use\n\n*not stated*')
    expect(card).toContain(
      '| `roc_auc` | 0.7412 | 0.7153 to 0.7668 | 1,409 | bootstrap (BCa, 2000 resamples, seed 1) |',
    )
    expect(card).toContain('| `brier` | 0.14 |  |  |  |')
    expect(card).toContain('| input | `features` | float32 | ? × 19 |')
    expect(card).toContain('| Commit | *not stated* |')
    expect(card).toContain('| Metrics gate | Failed |')
  })

  it('names a version only where one is given, and then holds no front matter', () => {
    expect(modelCard(manifest, { version: 'v1.4.0', evidence: [] })).toMatch(/^# churn v1\.4\.0\n/)
    expect(modelCard(manifest, { evidence: [] })).not.toContain('v1.4.0')
  })

  it('is valid YAML and one table, whatever the names', () => {
    const name = 'a: "b"\n---\n| <img src=x onerror=alert(1)> `'
    const card = modelCard({ ...manifest, model: name, files: [file(name)], metrics: { [name]: 1 } }, { evidence: [] })
    expect(parse(/^---\n([\s\S]*?)\n---\n/.exec(card)?.[1] ?? '')).toMatchObject({ model_name: name })
    expect(card.slice(card.indexOf('\n---\n') + 5)).not.toMatch(/<(?!br>|\/?code>)/)
  })
})

import type { Manifest } from '@mlops-actions/registry'
import { type Check, check, verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { visible } from './escape.ts'
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
    const card = modelCard(manifest, { evidence: fullReport.verdicts, words: { license: 'Apache-2.0' } })
    const front = /^---\n([\s\S]*?)\n---\n/.exec(card)?.[1] ?? ''
    expect(parse(front)).toEqual({
      model_name: 'churn',
      license: 'apache-2.0',
      library_name: 'onnx',
      tags: ['onnx', 'mlops-actions'],
    })
    expect(card).toContain('## Intended Use\n\n*not stated*')
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

  const frontOf = (card: string) => parse(/^---\n([\s\S]*?)\n---\n/.exec(card)?.[1] ?? '')

  it('holds the words of mlops.yaml, and figures with their data where the task is known', () => {
    const checks = [
      judged('roc_auc', 0.8412),
      judged('log_loss', 1.5e-7),
      judged('roc_auc', 0.79, 'contract = Two year'),
      judged('lift', null),
    ]
    const evidence = [verdict('gate', { model: 'm', data: 'sha256:beef' }, checks, {})]
    const words = {
      description: 'Tells who leaves.',
      license: 'Acme Internal 2.0',
      intended_use: 'Retention calls.\nMade for agents.\n\nOnly in Europe.',
      out_of_scope: 'Credit decisions.',
      limitations: '# Not tried on business customers\n- at all',
      ethical_considerations: '<script>alert(1)</script> @mona',
    }
    const card = modelCard(manifest, { evidence, words, task: 'binary', golden: true })
    expect(frontOf(card)).toEqual({
      model_name: 'churn',
      license: 'other',
      license_name: 'Acme Internal 2.0',
      library_name: 'onnx',
      pipeline_tag: 'tabular-classification',
      tags: ['onnx', 'mlops-actions'],
      'model-index': [
        {
          name: 'churn',
          results: [
            {
              task: { type: 'tabular-classification' },
              dataset: { type: 'tabular', name: 'sha256:beef' },
              metrics: [
                { type: 'roc_auc', value: 0.8412 },
                { type: 'log_loss', value: 1.5e-7 },
              ],
            },
          ],
        },
      ],
    })
    expect(card).toContain('## Intended Use\n\nRetention calls. Made for agents.\n\nOnly in Europe.\n')
    expect(card).toContain('### Out of scope\n\nCredit decisions.\n')
    expect(card).toContain('## Factors\n\nMeasured by group: `contract`.\n')
    expect(card).toContain('| `roc_auc` | contract = Two year | 0.79 |')
    expect(card).toContain('| Metrics gate | `sha256:beef` |')
    expect(card).toContain('| train | `sha256:6f1e` |')
    expect(card).toContain('## Caveats and Recommendations\n\n\\# Not tried')
    expect(card).toContain('&lt;script&gt;')
    expect(card).not.toMatch(/@mona/)
    expect(card).toContain(`${'ab'.repeat(32)}  model.onnx`)
    expect(card).toContain('`golden.json`')
    const sections = [...card.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    expect(sections.slice(0, 9)).toEqual([
      'Model Details',
      'Intended Use',
      'Factors',
      'Metrics',
      'Evaluation Data',
      'Training Data',
      'Quantitative Analyses',
      'Ethical Considerations',
      'Caveats and Recommendations',
    ])
  })

  it('claims no task and no figures that it was not told', () => {
    const evidence = [verdict('gate', { model: 'm', data: 'sha256:beef' }, [judged('roc_auc', 0.84)], {})]
    expect(Object.keys(frontOf(modelCard(manifest, { evidence })))).toEqual(['model_name', 'library_name', 'tags'])
    const reported = [verdict('gate', { model: 'm' }, [judged('roc_auc', 0.84)], {})]
    expect(frontOf(modelCard(manifest, { evidence: reported, task: 'regression' }))).toEqual({
      model_name: 'churn',
      library_name: 'onnx',
      pipeline_tag: 'tabular-regression',
      tags: ['onnx', 'mlops-actions'],
    })
    const opaque = modelCard({ ...manifest, format: 'opaque', signature: null }, { evidence: [] })
    expect(opaque).toContain('## How to load it\n\n*not stated* (the file is kept as bytes')
    expect(opaque).not.toContain('golden.json')
  })

  it('names the tag to verify where a version is named', () => {
    expect(modelCard(manifest, { version: 'v1.4.0', evidence: [] })).toContain('the tag `churn@v1.4.0`')
  })

  it.each(['a: "b"\n---\n| <img src=x onerror=alert(1)> `', '```\n# out\n```', "'; EOF\n$(id)", '\uFFFE\u2028\x7f'])(
    'is valid YAML and one table, whatever the names: %j',
    (name) => {
      const hostile = { ...manifest, model: name, files: [file(name)], metrics: { [name]: 1 } }
      const card = modelCard(hostile, { evidence: [], words: { license: name, description: name } })
      const front = frontOf(card)
      expect([front.model_name, front.license, front.license_name]).toEqual([
        visible(name).replace('\uFFFE', '\uFFFD'),
        'other',
        visible(name).replace('\uFFFE', '\uFFFD'),
      ])
      // Three programs, each in a fence that nothing in it closes.
      expect(card.match(/^```.*$/gm)).toEqual(['```python', '```', '```js', '```', '```sh', '```'])
      const prose = card.slice(card.indexOf('\n---\n') + 5).replaceAll(/^```[\s\S]*?^```$/gm, '')
      expect(prose).not.toMatch(/<(?!br>|\/?(code|span)>)/)
      expect(prose.match(/^# /gm)).toHaveLength(1)
    },
  )
})

function judged(metric: string, value: number | null, slice?: string): Check {
  const of = { id: `gate.${metric}`, title: metric, subject: metric, observed: '', expected: '' }
  return check(value !== null, { ...of, evidence: { metric, value, ...(slice === undefined ? {} : { slice }) } })
}

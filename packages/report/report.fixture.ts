import type { ColumnProfile, Profile } from '@mlops-actions/profile'
import type { RunRecord } from '@mlops-actions/runs'
import { type Check, check, type JsonObject, type Verdict, verdict } from '@mlops-actions/verdict'
import type { DriftHistoryPoint } from './drift-history.ts'
import type { Report } from './report.ts'

/** A column of numbers in tenths of the reference. */
function numeric(name: string, edges: number[], counts: number[], nulls = 0): ColumnProfile {
  const count = counts.reduce((a, b) => a + b, 0)
  const min = edges[0]! - (edges[1]! - edges[0]!)
  const max = edges.at(-1)! + (edges.at(-1)! - edges.at(-2)!)
  const quantiles = [min, ...edges.slice(0, 5), max].slice(0, 7)
  return {
    name,
    type: 'number',
    kind: 'numeric',
    count,
    nulls,
    distinct: { count: Math.min(count, 812), exact: false },
    numbers: {
      min,
      max,
      mean: (min + max) / 2,
      m2: count * (max - min),
      bins: { points: [], edges },
      counts,
      quantiles,
    },
  }
}

function categorical(name: string, values: Record<string, number>, nulls = 0): ColumnProfile {
  const entries = Object.entries(values).map(([value, count]) => ({ value, count }))
  return {
    name,
    type: 'text',
    kind: 'categorical',
    count: entries.reduce((a, b) => a + b.count, 0),
    nulls,
    distinct: { count: entries.length, exact: true },
    categories: { values: entries, folded: { categories: 0, count: 0 } },
  }
}

const tenure = [3, 8, 15, 24, 34, 45, 55, 63, 69]
const charges = [20, 25.4, 40.2, 55, 70.35, 79, 85.5, 94.2, 102.6]

export const reference: Profile = {
  schema: 'mlops-actions/profile@1',
  rows: 5634,
  columns: [
    numeric('tenure', tenure, [560, 566, 561, 570, 558, 563, 565, 562, 564, 565]),
    numeric('monthly_charges', charges, [563, 563, 564, 563, 564, 563, 564, 563, 564, 563]),
    categorical('contract', { 'Month-to-month': 3100, 'Two year': 1356, 'One year': 1178 }),
    categorical('payment_method', {
      'Electronic check': 1892,
      'Mailed check': 1290,
      Transfer: 1235,
      'Credit card': 1217,
    }),
  ],
}

export const current: Profile = {
  schema: 'mlops-actions/profile@1',
  rows: 1409,
  columns: [
    numeric('tenure', tenure, [402, 255, 170, 131, 103, 90, 78, 64, 62, 54]),
    numeric('monthly_charges', charges, [133, 140, 138, 136, 139, 140, 145, 146, 140, 141], 11),
    categorical('contract', { 'Month-to-month': 982, 'Two year': 201, 'One year': 192, 'Pay as you go': 34 }),
    categorical('payment_method', { 'Electronic check': 480, 'Mailed check': 316, Transfer: 311, 'Credit card': 302 }),
  ],
}

const context: JsonObject = {
  action: 'metrics-gate',
  at: '2025-06-01T10:00:00.000Z',
  repository: 'octo/churn',
  commit: '9fceb02d0ae598e95dc970b74767f19372d61af8',
  actor: 'mona',
}

const validation = verdict(
  'validation',
  { data: 'sha256:6f1e', suite: 'sha256:aa10' },
  [
    check(false, {
      id: 'suite.3',
      title: 'total_charges is never empty',
      subject: 'total_charges',
      observed: '11 of 7,043 rows are empty (0.2 %)',
      expected: 'at least 99.9 % of rows with a value',
      evidence: {
        expectation: 'expect_column_values_to_not_be_null',
        element_count: 7043,
        unexpected_count: 11,
        unexpected_rows: [490, 755, 938, 1084, 1342, 3333, 3828, 4382, 5220, 6672, 6756],
      },
    }),
    check(false, {
      id: 'suite.5',
      title: 'contract is one of 3 known values',
      subject: 'contract',
      severity: 'warned',
      observed: '34 of 7,043 values are unknown',
      expected: 'Month-to-month, One year or Two year',
      evidence: {
        element_count: 7043,
        unexpected_count: 34,
        partial_unexpected_list: ['Pay as you go', 'Pay as you go'],
        unexpected_rows: [17, 90],
      },
    }),
    ...[
      'customer_id',
      'tenure',
      'monthly_charges',
      'payment_method',
      'gender',
      'senior',
      'partner',
      'dependents',
      'churn',
    ].map((name) =>
      check(true, {
        id: `suite.${name}`,
        title: `${name} is never empty`,
        subject: name,
        observed: 'no empty rows',
        expected: 'no empty rows',
        evidence: { element_count: 7043, unexpected_count: 0 },
      }),
    ),
  ],
  { ...context, name: 'data/churn.csv' },
)

const training = verdict(
  'training',
  { run: '0197288d51f07c5c8a4a3d3c2b1a0f9e' },
  [
    check(true, {
      id: 'training.exit',
      title: 'The command ends well',
      subject: 'python train.py',
      observed: 'exit code 0',
      expected: 'exit code 0',
    }),
  ],
  context,
)

const gateEvidence = (metric: string, value: number, low: number, high: number, threshold: number): JsonObject => ({
  metric,
  value,
  low,
  high,
  confidence: 0.9,
  method: 'bootstrap (BCa, 2000 resamples, seed 1)',
  n: 1409,
  threshold,
  threshold_source: 'mlops.yaml at main',
  direction: metric === 'log_loss' ? 'lower_is_better' : 'higher_is_better',
})

function gateCheck(metric: string, value: number, low: number, high: number, threshold: number, slice?: string): Check {
  const lower = metric === 'log_loss'
  const asked = `${lower ? 'at most' : 'at least'} ${threshold.toFixed(2)}`
  return check(lower ? value <= threshold : value >= threshold, {
    id: `gate.${metric}${slice ? `.${slice}` : ''}.threshold`,
    title: `${metric}${slice ? ` where ${slice}` : ''} is ${asked}`,
    subject: metric,
    observed: value.toFixed(4),
    expected: asked,
    evidence: { ...gateEvidence(metric, value, low, high, threshold), ...(slice ? { slice } : {}) },
  })
}

const gate = verdict(
  'gate',
  { model: 'sha256:51cc', data: 'sha256:6f1e', rules: 'sha256:0b77' },
  [
    gateCheck('roc_auc', 0.7412, 0.7153, 0.7668, 0.8),
    gateCheck('accuracy', 0.8034, 0.7852, 0.8204, 0.75),
    gateCheck('recall', 0.5412, 0.4951, 0.5866, 0.5),
    gateCheck('recall', 0.4615, 0.3401, 0.5873, 0.4, 'contract = Two year'),
    gateCheck('log_loss', 0.4312, 0.4098, 0.4561, 0.45),
  ],
  context,
)

const comparison = verdict(
  'comparison',
  { model: 'sha256:51cc', production: 'churn#production#7', version: 'v1.4.0' },
  [
    check(false, {
      id: 'comparison.roc_auc',
      title: 'roc_auc is not worse than production',
      subject: 'roc_auc',
      observed: 'inconclusive: the difference is -0.008, from -0.027 to +0.011',
      expected: 'a lower end above -0.02',
      detail: 'About 3,400 rows would settle it.',
      evidence: {
        metric: 'roc_auc',
        value: 0.7412,
        baseline: 0.7493,
        delta: -0.0081,
        delta_low: -0.0272,
        delta_high: 0.0109,
        confidence: 0.9,
        method: 'DeLong, paired',
        margin: 0.02,
        n: 1409,
        p_value: 0.48,
        direction: 'higher_is_better',
      },
    }),
    check(true, {
      id: 'comparison.recall',
      title: 'recall is not worse than production',
      subject: 'recall',
      observed: 'better: the difference is +0.041, from +0.012 to +0.070',
      expected: 'a lower end above -0.02',
      evidence: {
        metric: 'recall',
        value: 0.5412,
        baseline: 0.5,
        delta: 0.0412,
        delta_low: 0.0121,
        delta_high: 0.0703,
        margin: 0.02,
        n: 1409,
        direction: 'higher_is_better',
      },
    }),
  ],
  context,
)

function driftCheck(column: string, type: string, value: number, more: JsonObject = {}): Check {
  const status = value >= 0.25 ? 'failed' : value >= 0.1 ? 'warned' : 'passed'
  const test = type === 'text' ? 'chi2' : 'ks'
  return {
    id: `drift.${column}`,
    title: `${column}: ${status === 'passed' ? 'no drift' : `distribution moved, PSI ${value} above chance, p < 0.001`}`,
    subject: column,
    observed: `PSI ${value} above chance, p ${status === 'passed' ? '0.93' : '< 0.001'}`,
    expected: 'p at least 0.05, or an effect under 0.1',
    status,
    severity: 'failed',
    evidence: {
      type,
      test,
      statistic: value / 2,
      p_value: status === 'passed' ? 0.31 : 1e-12,
      p_adjusted: status === 'passed' ? 0.93 : 4e-12,
      correction: 'Holm',
      family_size: 4,
      effect: { name: 'psi_above_null', value, threshold: 0.1, significant: 0.25 },
      n_reference: 5634,
      n_current: 1409,
      nulls_reference: 0,
      nulls_current: column === 'monthly_charges' ? 11 : 0,
      ...more,
    },
  }
}

const drift = verdict(
  'drift',
  { reference: 'churn#production', data: 'sha256:9d01' },
  [
    driftCheck('tenure', 'number', 0.6213),
    driftCheck('contract', 'text', 0.142),
    driftCheck('monthly_charges', 'number', 0.004),
    driftCheck('payment_method', 'text', 0.0),
  ],
  context,
)

export const run: RunRecord = {
  schema: 'mlops-actions/run@1',
  id: '0197288d51f07c5c8a4a3d3c2b1a0f9e',
  kind: 'training',
  experiment: 'churn',
  name: 'gradient boosting, depth 4',
  status: 'finished',
  start: '2025-06-01T09:55:12.000Z',
  end: '2025-06-01T09:58:36.000Z',
  user: 'mona',
  run_url: 'https://github.com/octo/churn/actions/runs/1',
  commit: '9fceb02d0ae598e95dc970b74767f19372d61af8',
  dirty: false,
  params: { learning_rate: '0.05', max_depth: '4', n_estimators: '400', subsample: '0.8', seed: '7' },
  metrics: {
    roc_auc: { value: 0.7412, step: 400, best: 0.7498, points: 400 },
    log_loss: { value: 0.4312, step: 400, best: 0.4287, points: 400 },
  },
  tags: {},
  data: [{ name: 'train', fingerprint: 'sha256:6f1e', files: [] }],
  model_file: { path: 'model.onnx', sha256: '51cc'.repeat(16), size: 412_345 },
  artifacts: [{ path: 'model.onnx', sha256: '51cc'.repeat(16), size: 412_345 }],
  environment: {},
  command: 'python train.py',
  exit_code: 0,
  peak_memory_bytes: 812_000_000,
  parent: null,
  children: [],
}

/** Three checks of the weeks before, the first without the column that drifts now. */
export const history: DriftHistoryPoint[] = [
  { time: '2025-05-11T10:00:00.000Z', drift: 'none', columns: { 'drift.contract': seen('none', 0.02) } },
  { time: '2025-05-18T10:00:00.000Z', drift: 'none', columns: { 'drift.tenure': seen('none', 0.03) } },
  { time: '2025-05-25T10:00:00.000Z', drift: 'moderate', columns: { 'drift.tenure': seen('moderate', 0.17) } },
]

function seen(level: string, effect: number) {
  return { level, effect, p_adjusted: level === 'none' ? 0.4 : 1e-4 }
}

/** One report with every kind of verdict that a training job reaches. */
export const fullReport: Report = {
  title: 'Report of pull request 12',
  model: 'churn',
  verdicts: [drift, gate, comparison, validation, training],
  run,
  profile: current,
  reference,
  history,
  notes: ['Could not update the issue: the token may not write issues.'],
  links: [{ label: 'Workflow run', url: 'https://github.com/octo/churn/actions/runs/1' }],
  generated: '2025-06-01T10:00:00.000Z',
}

/** A small report: one gate with one rule that holds. */
export const smallReport: Report = {
  title: 'metrics-gate',
  model: 'churn',
  verdicts: [verdict('gate', { model: 'sha256:51cc' }, [gateCheck('accuracy', 0.8034, 0.7852, 0.8204, 0.75)])],
  generated: '2025-06-01T10:00:00.000Z',
}

/** Every text that a report can show is the given one. */
export function hostileReport(text: string): Report {
  const hostile = (of: Verdict): Verdict => ({
    ...of,
    subject: { [text]: text },
    context: { files: [{ path: text }, { path: 'other.csv' }], name: text, [text]: text },
    checks: of.checks.map((c) => ({
      ...c,
      id: text,
      title: text,
      subject: text,
      observed: text,
      expected: text,
      detail: text,
      evidence: {
        ...c.evidence,
        metric: text,
        slice: text,
        method: text,
        type: text,
        threshold_source: text,
        undefined: text,
        partial_unexpected_list: [text, text],
        unexpected_rows: [3, 4],
        unexpected_files: [text, 'other.csv'],
        top_changes: [{ category: text, reference_share: 0.2, current_share: 0.4 }],
      },
    })),
  })
  const column = (c: ColumnProfile): ColumnProfile =>
    c.categories === undefined
      ? { ...c, name: text }
      : {
          ...c,
          name: text,
          categories: { ...c.categories, values: c.categories.values.map((v) => ({ ...v, value: text })) },
        }
  return {
    title: text,
    model: text,
    verdicts: [...fullReport.verdicts, verdict('registry', {}, [])].map(hostile),
    run: {
      ...run,
      name: text,
      user: text,
      commit: text,
      params: { [text]: text },
      metrics: { [text]: run.metrics.roc_auc! },
      artifacts: [{ path: text, sha256: text, size: 1 }],
    },
    profile: { ...current, columns: current.columns.map(column) },
    reference: { ...reference, columns: reference.columns.map(column) },
    history: [
      { time: text, drift: 'none', columns: {} },
      ...history.map((point) => ({
        ...point,
        columns: { [text]: seen(text, 0.3), [`drift.${text}`]: seen(text, 0.2) },
      })),
    ],
    timelines: [{ stage: text, entries: [{ slot: 1, version: text, kind: text, who: text, why: text, date: text }] }],
    notes: [text],
    facts: [{ label: text, value: text }],
    links: [
      { label: text, url: 'https://github.com/octo/churn' },
      { label: text, url: text },
    ],
    generated: text,
  }
}

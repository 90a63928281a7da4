import { action, rulesInput } from '@mlops-actions/action'
import { type DriftResult, type DriftRules, drift, driftRules, presetNames } from '@mlops-actions/drift'
import type { NamedSample } from '@mlops-actions/references'
import { newRunId, type RunRecord, RunStore } from '@mlops-actions/runs'
import { rulesDigest } from '@mlops-actions/settings'
import { type Check, check, type Verdict, verdict } from '@mlops-actions/verdict'
import { type DriftContext, inputs, outputs } from './inputs.ts'
import { openCurrent, openReference } from './samples.ts'

export const main = action({
  name: 'drift-check',
  description:
    'Compares current data with a reference, column by column: what moved, by how much, and whether it is chance.',
  kind: 'drift',
  permissions: [
    { permission: 'contents: write', why: 'store the check', without: 'it is not stored, and the report says so' },
    {
      permission: 'deployments: read',
      why: 'see which version holds a stage, where the reference is one',
      without: 'a warned check says that this was not seen',
      when: ({ reference }) => reference.includes('#'),
    },
    {
      permission: 'issues: write',
      why: 'with on-drift: issue, keep the issue',
      without: 'no issue is written, and the report says so',
      when: (inputs) => inputs['on-drift'].includes('issue'),
    },
  ],
  inputs,
  outputs,
  async run(a) {
    const { rules, from, ignored } = await settleRules(a)
    const reference = await a.log.group(`Reference ${a.inputs.reference}`, () => openReference(a))
    const current = await a.log.group(`Current ${a.inputs.current.join(', ')}`, () =>
      openCurrent(a, reference.sample.profile),
    )
    const roles = { label: a.inputs.label ?? a.settings.values.task?.label }
    const found = drift(reference.sample, current.sample, rules, { roles })

    const subject = { reference: reference.digest, data: current.digest, rules: rulesDigest(rules) }
    const context = a.context({
      rules,
      rules_from: from,
      reference: reference.name,
      current: current.name,
      ...outcome(found),
    })
    const result = verdict('drift', subject, [...found.checks, ...ignored], context)
    const notes = await store(a, result, found, [reference, current])
    if (a.inputs['on-drift'].includes('issue')) await keepIssue(a, result, found)
    return a.finish(
      result,
      {
        drift: found.drift,
        'drift-detected': found.drift !== 'none',
        decision: found.decision,
        'drifted-columns': found.columns,
        'retrain-run-url': '',
      },
      {
        title: `Drift of ${current.name}`,
        profile: current.sample.profile,
        reference: reference.sample.profile,
        notes,
        facts: [
          { label: 'Reference', value: reference.name },
          { label: 'Drift', value: found.drift },
          { label: 'Decision', value: found.decision },
        ],
      },
    )
  },
})

/** The base's rules where it has any; a branch can only be told that its own were not used. */
async function settleRules(a: DriftContext): Promise<{ rules: DriftRules; from: string; ignored: Check[] }> {
  const base = await a.base()
  const input = await rulesInput(a, presetNamed(a.inputs.rules), driftRules)
  if (base.workspace === 'base') {
    return {
      rules: input ?? base.values.drift ?? driftRules.parse({}),
      from: input ? 'the input rules' : base.from,
      ignored: [],
    }
  }
  if (base.values.drift === undefined) {
    return { rules: input ?? a.settings.values.drift ?? driftRules.parse({}), from: 'the branch', ignored: [] }
  }
  const other = input ?? a.settings.values.drift
  const same = other === undefined || rulesDigest(other) === rulesDigest(base.values.drift)
  return { rules: base.values.drift, from: base.from, ignored: same ? [] : [notUsed(base.from)] }
}

/** Rules that are the name of a preset alone, as YAML; a file of that name is written with ./ */
function presetNamed(rules: string | undefined): string | undefined {
  return presetNames.some((name) => name === rules) ? `preset: ${rules}` : rules
}

function notUsed(from: string): Check {
  return check(false, {
    id: 'drift.rules',
    title: "The branch's drift rules are the base's",
    subject: 'rules',
    observed: 'they differ, and were not used',
    expected: `the rules of ${from}`,
    severity: 'warned',
    detail: 'Change them on the default branch.',
  })
}

function outcome({ drift: level, decision, columns }: DriftResult) {
  return { drift: level, decision, drifted_columns: columns }
}

/** Stores the check as a run of kind `monitor`; where it cannot be stored, the report says so and nothing else changes. */
async function store(
  a: DriftContext,
  result: Verdict,
  found: DriftResult,
  [reference, current]: [NamedSample, NamedSample],
): Promise<string[]> {
  if (!a.environment.repository || !a.inputs['github-token'])
    return ['The check was not stored: there is no GitHub here.']
  const saved = await a.attempt('store the check', async () =>
    new RunStore(await a.github()).save(monitor(a, result, found, reference, current)),
  )
  return saved && !saved.stored ? [`The check was not stored: ${saved.reason}`] : []
}

function monitor(
  a: DriftContext,
  result: Verdict,
  found: DriftResult,
  reference: NamedSample,
  current: NamedSample,
): RunRecord {
  const figure = (value: number) => ({ value, step: null, best: value, points: 1 })
  return {
    schema: 'mlops-actions/run@1',
    id: newRunId(a.now.getTime()),
    kind: 'monitor',
    experiment: a.settings.values.model ?? 'drift',
    name: current.name,
    status: 'finished',
    start: a.now.toISOString(),
    end: new Date().toISOString(),
    user: a.environment.actor ?? 'unknown',
    run_url: a.environment.runUrl ?? null,
    commit: a.environment.sha ?? null,
    dirty: false,
    params: { reference: reference.name, current: current.name },
    metrics: { drifted_columns: figure(found.columns.length), columns: figure(found.checks.length) },
    tags: { drift: found.drift, decision: found.decision, verdict: result.status },
    data: [
      { name: reference.name, fingerprint: reference.digest, files: [] },
      { name: current.name, fingerprint: current.digest, files: [] },
    ],
    model_file: null,
    artifacts: [],
    environment: {},
    command: null,
    exit_code: null,
    peak_memory_bytes: null,
    parent: null,
    children: [],
  }
}

/** One issue per model: open and up to date while there is drift, closed when there is none. */
async function keepIssue(a: DriftContext, result: Verdict, found: DriftResult): Promise<void> {
  const model = a.settings.values.model ?? 'data'
  const { reportMarkdown } = await import('@mlops-actions/report')
  const body = reportMarkdown({ title: `Drift of ${model}`, verdicts: [result] }, { limit: 60_000 })
  await a.attempt('update the issue', async () => {
    const { issues } = await a.github()
    await issues.rolling(
      `drift:${model}`,
      found.drift === 'none' ? 'close' : { title: `Drift of ${model}: ${found.decision}`, body },
    )
  })
}

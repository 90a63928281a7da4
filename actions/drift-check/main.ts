import { action } from '@mlops-actions/action'
import { type DriftResult, drift, withTruth } from '@mlops-actions/drift'
import { rulesDigest } from '@mlops-actions/settings'
import { verdict } from '@mlops-actions/verdict'
import { readHistory, store } from './history.ts'
import { inputs, outputs } from './inputs.ts'
import { keepIssue } from './issue.ts'
import { onDrift } from './on-drift.ts'
import { retrain, retrainPlan } from './retrain.ts'
import { rolesOf } from './roles.ts'
import { settleRules } from './rules.ts'
import { openCurrent, openReference, openSlices } from './samples.ts'
import { judgeLabels } from './truth.ts'

export const main = action({
  name: 'drift-check',
  description:
    'Compares current data with a reference, column by column: what moved, by how much, and whether it is chance.',
  kind: 'drift',
  permissions: [
    {
      permission: 'contents: write',
      why: 'store the check',
      without: 'it is not stored, no retraining is started, and the report says so',
    },
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
    {
      permission: 'actions: write',
      why: 'with on-drift: dispatch, start the workflow that retrains, and count how often it was started',
      without: 'it is not started, and the report says so',
      when: (inputs) => inputs['on-drift'].includes('dispatch'),
    },
  ],
  inputs,
  outputs,
  async run(a) {
    const { rules, from, ignored } = await settleRules(a)
    const then = onDrift(a)
    const plan = then.dispatch ? await retrainPlan(a) : undefined
    const reference = await a.log.group(`Reference ${a.inputs.reference}`, () => openReference(a))
    const current = await a.log.group(`Current ${a.inputs.current.join(', ')}`, () =>
      openCurrent(a, reference.sample.profile),
    )
    const history = await readHistory(a, reference)
    const sides = [reference.sample.profile, current.sample.profile]
    const roles = rolesOf(a.inputs.label, a.settings.values, sides)
    const past = { history: history.points, now: a.now }
    const { slices, notes: apart } = await openSlices(a, current)
    const columns = drift(reference.sample, current.sample, rules, { roles, slices, past })
    const truth = await judgeLabels(a, { reference, current, roles, rules, past })
    const found = truth === undefined ? columns : withTruth(columns, truth)

    const subject = { reference: reference.digest, data: current.digest, rules: rulesDigest(rules) }
    const context = a.context({
      rules,
      rules_from: from,
      reference: reference.name,
      current: current.name,
      ...outcome(found),
    })
    const result = verdict('drift', subject, [...found.checks, ...ignored], context)
    const saved = await store(a, { reference, current, found, verdict: result, detectors: truth?.states })
    const retraining = plan && found.decision === 'retrain' ? await retrain(a, plan, found, saved) : undefined
    if (then.issue) await keepIssue(a, result, found, retraining)
    return a.finish(
      result,
      {
        drift: found.drift,
        'drift-detected': found.drift !== 'none',
        decision: found.decision,
        'drifted-columns': found.columns,
        'retrain-run-url': retraining?.url ?? '',
      },
      {
        title: `Drift of ${current.name}`,
        profile: current.sample.profile,
        reference: reference.sample.profile,
        history: history.points,
        notes: [
          ...current.notes,
          ...apart,
          ...then.notes,
          ...history.notes,
          ...(saved.stored ? [] : [`The check was not stored: ${saved.reason}`]),
        ],
        links: retraining === undefined || retraining.url === '' ? [] : [{ label: 'Retraining', url: retraining.url }],
        facts: [
          { label: 'Reference', value: reference.name },
          { label: 'Drift', value: found.drift },
          { label: 'Decision', value: found.decision },
          { label: 'Earlier checks', value: String(history.points.length) },
          ...(retraining === undefined ? [] : [{ label: 'Retraining', value: retraining.said }]),
        ],
      },
    )
  },
})

function outcome({ drift: level, decision, columns }: DriftResult) {
  return { drift: level, decision, drifted_columns: columns }
}

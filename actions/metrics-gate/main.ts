import { action, rulesInput } from '@mlops-actions/action'
import { gateRules, judge, stricter } from '@mlops-actions/gate'
import { rulesDigest } from '@mlops-actions/settings'
import { type Check, UserError, verdict } from '@mlops-actions/verdict'
import { type GateContext, inputs, outputs } from './inputs.ts'
import { measured } from './measured.ts'

export const main = action({
  name: 'metrics-gate',
  description: "Holds a model's metrics against rules, with intervals, and fails closed.",
  kind: 'gate',
  permissions: [
    { permission: 'contents: read', why: 'read the rules of the base branch', without: 'an error in a pull request' },
  ],
  inputs,
  outputs,
  async run(a) {
    const { rules, sources, refused, from } = await combinedRules(a)
    const slices = [...new Set(Object.values(rules).flatMap((rule) => rule.slices ?? []))]
    const found = await a.log.group('Measure', () => measured(a, Object.keys(rules), slices))
    const checks: Check[] = [...judge(found.metrics, rules, undefined, sources), ...refused]
    const subject = { ...found.subject, rules: rulesDigest(rules) }
    const result = verdict('gate', subject, checks, a.context({ rules, rules_from: from, measured_from: found.from }))
    const values = found.metrics
      .filter((metric) => metric.slice === undefined)
      .map(({ name, value, low, high, n, method }) => [
        name,
        { value, low: low ?? null, high: high ?? null, n, method: method ?? null },
      ])
    return a.finish(
      result,
      {
        'failed-checks': checks.filter((c) => c.status === 'failed' || c.status === 'errored').map((c) => c.id),
        metrics: Object.fromEntries(values),
      },
      {
        title: 'Metrics gate',
        facts: [
          { label: 'Measured', value: found.from },
          { label: 'Rules', value: from },
        ],
      },
    )
  },
})

/** The base's rules, tightened or added to by the branch's mlops.yaml and the input. */
async function combinedRules(a: GateContext) {
  const base = await a.base()
  const branch = base.workspace === 'branch'
  const input = (await rulesInput(a, a.inputs.rules, gateRules)) ?? {}
  const own = branch ? [{ rules: a.settings.values.gate ?? {}, from: a.settings.path, branch }] : []
  const combined = stricter({ rules: base.values.gate ?? {}, from: base.from }, ...own, {
    rules: input,
    from: 'the input rules',
    branch,
  })
  if (Object.keys(combined.rules).length === 0) {
    throw new UserError({
      code: 'RULES_MISSING',
      message: 'There are no rules to hold the metrics against.',
      where: { key: 'rules' },
      help: 'Give the input "rules", or "gate:" in mlops.yaml. A model of which nothing is asked cannot pass.',
    })
  }
  return { ...combined, from: base.from }
}

import { rulesInput } from '@mlops-actions/action'
import { type DriftRules, driftRules, presetNames } from '@mlops-actions/drift'
import { rulesDigest } from '@mlops-actions/settings'
import { type Check, check } from '@mlops-actions/verdict'
import type { DriftContext } from './inputs.ts'

/** The base's rules where it has any; a branch can only be told that its own were not used. */
export async function settleRules(a: DriftContext): Promise<{ rules: DriftRules; from: string; ignored: Check[] }> {
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

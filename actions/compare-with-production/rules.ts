import { rulesInput } from '@mlops-actions/action'
import { comparisonRules, stricterComparison } from '@mlops-actions/gate'
import type { CompareContext } from './inputs.ts'

export type Rules = Awaited<ReturnType<typeof combinedRules>>

/** The base's comparison rules; its first gated metric is compared where they name none. */
export async function combinedRules(a: CompareContext) {
  const base = await a.base()
  const branch = base.workspace === 'branch'
  const firstGated = Object.keys(base.values.gate ?? a.settings.values.gate ?? {})[0]
  const input = (await rulesInput(a, a.inputs.rules, comparisonRules)) ?? {}
  const own = branch ? [{ rules: a.settings.values.comparison ?? {}, from: a.settings.path, branch }] : []
  const combined = stricterComparison({ rules: base.values.comparison ?? {}, from: base.from }, ...own, {
    rules: input,
    from: 'the input rules',
    branch,
  })
  const metric = combined.rules.metric ?? firstGated
  return { ...combined, rules: metric === undefined ? combined.rules : { ...combined.rules, metric }, from: base.from }
}

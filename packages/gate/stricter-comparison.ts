import { canonicalMetric } from '@mlops-actions/metrics'
import { type Check, check } from '@mlops-actions/verdict'
import type { ComparisonRules } from './comparison.ts'

/** Comparison rules from one place; `branch` where the branch that is judged wrote them. */
export interface ComparisonRuleSet {
  rules: ComparisonRules
  from: string
  branch?: boolean
}

export interface CombinedComparison {
  rules: ComparisonRules
  /** `branch` where a part that the base leaves open was set by the branch alone. */
  source: 'base' | 'branch'
  /** A warned check for every part that would have loosened the base's, and was ignored. */
  refused: Check[]
}

type Key = keyof ComparisonRules

/**
 * The base's comparison rules, tightened or added to by others in turn: a smaller margin, a higher confidence, `failed`
 * instead of `warned`. Another metric than the base's is ignored. A part that only the branch has marks the source.
 */
export function stricterComparison(base: ComparisonRuleSet, ...others: ComparisonRuleSet[]): CombinedComparison {
  let rules = base.rules
  let source: 'base' | 'branch' = 'base'
  const refused: Check[] = []
  for (const { rules: given, from, branch } of others) {
    for (const key of Object.keys(given) as Key[]) {
      if (given[key] === undefined || same(key, given, rules)) continue
      if (rules[key] !== undefined && !tighter(key, given, rules)) {
        refused.push(refusal(key, given, rules, from, base.from))
        continue
      }
      if (branch && base.rules[key] === undefined && key !== 'on_inconclusive') source = 'branch'
      if (key === 'on_inconclusive' && given[key] === 'warned' && branch) {
        // Without a rule of the base, an inconclusive comparison fails: only the base may say otherwise.
        refused.push(refusal(key, given, { ...rules, on_inconclusive: 'failed' }, from, base.from))
        continue
      }
      rules = { ...rules, [key]: given[key] }
    }
  }
  return { rules, source, refused }
}

/**
 * Where a comparison by `used` asks less than `required`, a sentence each; empty where it was as strict or stricter. The
 * default margin depends on the metric and on production, so it counts as looser than any that is asked for.
 */
export function comparisonLoosenings(used: ComparisonRules, required: ComparisonRules): string[] {
  const settled: ComparisonRules = { confidence: 0.95, on_inconclusive: 'failed', ...used }
  return (Object.keys(required) as Key[])
    .filter((key) => required[key] !== undefined && !same(key, settled, required))
    .filter((key) => settled[key] === undefined || !tighter(key, settled, required))
    .map((key) => `${key} was ${settled[key] ?? 'the default'}, and the rules ask for ${required[key]}.`)
}

function same(key: Key, a: ComparisonRules, b: ComparisonRules): boolean {
  if (key !== 'metric') return a[key] === b[key]
  const canonical = (name: string | undefined) =>
    name === undefined ? undefined : (canonicalMetric(name)?.name ?? name)
  return canonical(a.metric) === canonical(b.metric)
}

function tighter(key: Key, given: ComparisonRules, than: ComparisonRules): boolean {
  switch (key) {
    case 'margin':
      return given.margin! < than.margin!
    case 'confidence':
      return given.confidence! > than.confidence!
    case 'on_inconclusive':
      return given.on_inconclusive === 'failed'
    case 'metric':
      return false
  }
}

function refusal(key: Key, given: ComparisonRules, present: ComparisonRules, from: string, base: string): Check {
  return check(false, {
    id: `comparison.rules.${key}`,
    title: `comparison.${key} is not loosened`,
    subject: key,
    observed: `${given[key]} in ${from}, ignored`,
    expected: `${present[key]} or stricter (${base})`,
    severity: 'warned',
    detail: 'Rules may be tightened here; to loosen them, change them on the default branch.',
    evidence: { key, value: given[key] ?? null, threshold: present[key] ?? null, threshold_source: base },
  })
}

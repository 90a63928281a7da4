import { type Check, check, type Json } from '@mlops-actions/verdict'
import { type GateRules, type MetricRule, type SettledRule, settleRules, signOf } from './rules.ts'

/** Rules from one place. */
export interface RuleSet {
  rules: GateRules
  /** As people name it, e.g. `mlops.yaml of the base`, `the input rules`. */
  from: string
  /** True where the branch that is judged wrote them. */
  branch?: boolean
}

/** By canonical metric: whether only the branch has the rule, and where each part of it came from. */
export type RuleSources = Record<string, { source: 'base' | 'branch'; keys: Record<string, string> }>

export interface CombinedRules {
  rules: GateRules
  sources: RuleSources
  /** A warned check for every part that would have loosened an earlier rule, and was ignored. */
  refused: Check[]
}

type Key = keyof MetricRule

/**
 * The base's rules, tightened and added to by others in turn, never loosened. A metric without a rule in the base takes
 * the first that has one; where that is the branch's, its source is `branch`.
 */
export function stricter(base: RuleSet, ...others: RuleSet[]): CombinedRules {
  const rules = new Map<string, SettledRule>()
  const sources: RuleSources = {}
  const refused: Check[] = []
  for (const set of [base, ...others]) {
    for (const [name, rule] of settleRules(set.rules)) {
      const present = rules.get(name)
      if (present === undefined) {
        rules.set(name, rule)
        const keys = Object.fromEntries(Object.keys(rule).map((key) => [key, set.from]))
        sources[name] = { source: set.branch ? 'branch' : 'base', keys }
        continue
      }
      const combined = { ...present }
      for (const key of keysOf(rule)) {
        // Slices only ever add up.
        if (key !== 'slices' && isLooser(key, rule, present)) {
          refused.push(refusal(name, key, rule, present, set.from, sources[name]!.keys[key] ?? base.from))
        } else if (isTighter(key, rule, present)) {
          Object.assign(combined, { [key]: key === 'slices' ? union(present.slices, rule.slices) : rule[key] })
          sources[name]!.keys[key] = set.from
        }
      }
      rules.set(name, combined)
    }
  }
  return { rules: Object.fromEntries(rules), sources, refused }
}

/**
 * Where `used` asks less than `required`, a sentence each that names the metric; empty where every required metric is
 * judged as strictly or more so.
 */
export function loosenings(used: GateRules, required: GateRules): string[] {
  const have = settleRules(used)
  return [...settleRules(required)].flatMap(([name, rule]) => {
    const judged = have.get(name)
    if (!judged) return [`${name} was not judged, and the rules ask for it.`]
    return keysOf({ ...rule, ...judged })
      .filter((key) => isLooser(key, judged, rule))
      .map((key) => `${name} was judged with ${key} ${text(judged[key])}, and the rules ask for ${text(rule[key])}.`)
  })
}

function keysOf(rule: MetricRule): Key[] {
  return (Object.keys(rule) as Key[]).filter((key) => rule[key] !== undefined)
}

function isLooser(key: Key, rule: SettledRule, than: SettledRule): boolean {
  // A floor for slices that nobody else judges loosens nothing.
  if (key === 'min_slice_rows' && than.slices === undefined) return false
  return key === 'direction' ? rule.direction !== than.direction : isTighter(key, than, rule)
}

/** Whether a part of a rule asks more than the same part of another; a part that is there asks more than none. */
function isTighter(key: Key, rule: SettledRule, than: SettledRule): boolean {
  switch (key) {
    case 'threshold':
      return demand(rule.threshold, signOf(rule.direction)) > demand(than.threshold, signOf(than.direction))
    case 'min_absolute_change':
    case 'min_relative_change':
      return demand(rule[key], 1) > demand(than[key], 1)
    case 'max_regression':
      return demand(rule[key], -1) > demand(than[key], -1)
    case 'min_slice_rows':
      return (rule.min_slice_rows ?? 0) < (than.min_slice_rows ?? 0)
    case 'slices':
      return (rule.slices ?? []).some((column) => !than.slices?.includes(column))
    case 'severity':
      return rule.severity !== 'warned' && than.severity === 'warned'
    case 'direction':
      return rule.direction !== than.direction
  }
}

function demand(value: number | undefined, sign: 1 | -1): number {
  return value === undefined ? Number.NEGATIVE_INFINITY : sign * value
}

function union(a: string[] = [], b: string[] = []): string[] {
  return [...new Set([...a, ...b])]
}

function refusal(metric: string, key: Key, rule: MetricRule, present: MetricRule, from: string, base: string): Check {
  return check(false, {
    id: `gate.${metric}.rules.${key}`,
    title: `${metric}.${key} is not loosened`,
    subject: metric,
    observed: `${text(rule[key])} in ${from}, ignored`,
    expected: `${text(present[key])} or stricter (${base})`,
    severity: 'warned',
    detail: 'Rules may be tightened here; to loosen them, change them on the default branch.',
    evidence: { metric, key, value: json(rule[key]), threshold: json(present[key]), threshold_source: base },
  })
}

function text(value: MetricRule[Key]): string {
  return value === undefined ? 'nothing' : Array.isArray(value) ? value.join(', ') : String(value)
}

function json(value: MetricRule[Key]): Json {
  return value ?? null
}

import { canonicalMetric, type Metric } from '@mlops-actions/metrics'
import { type Check, check } from '@mlops-actions/verdict'
import { type Baseline, judgeChange } from './change.ts'
import { changeKeys, type GateRules, type SettledRule, settleRules } from './rules.ts'
import type { RuleSources } from './strictness.ts'
import { type Judged, shown } from './subject.ts'
import { judgeThreshold } from './threshold.ts'

/**
 * Holds measured metrics against rules: a check for every part of every rule, in the order of the rules, those of slices
 * after. Fails closed: a metric that was not reported, or has no value, fails each check about it, and so does a missing
 * baseline. Rules without a single metric give no check, and a verdict without checks fails.
 *
 * @param candidate metrics of the model, those of slices with `slice` set (evaluateSlices)
 * @param baseline of the model to compare with; `first-model` where it is known that none came before (its checks are
 *   then warned); absent fails every rule that needs one
 * @param sources where the rules came from, as `stricter` gives them
 */
export function judge(
  candidate: readonly Metric[],
  rules: GateRules,
  baseline?: readonly Metric[] | 'first-model',
  sources: RuleSources = {},
): Check[] {
  return [...settleRules(rules)].flatMap(([name, rule]) => {
    const written = Object.hasOwn(sources, name) ? sources[name] : undefined
    const source = (key: string) => written?.keys[key] ?? 'rules'
    const whole = judgeOne({ name, source }, find(candidate, name), rule, before(baseline, name))
    const slices = (rule.slices ?? []).flatMap((column) =>
      judgeSlices({ name, source }, column, candidate, rule, baseline),
    )
    const checks = [...whole, ...slices]
    return written?.source === 'branch' ? checks.map(ofBranch) : checks
  })
}

function judgeOne(judged: Judged, metric: Metric, rule: SettledRule, baseline: Baseline): Check[] {
  const { threshold } = rule
  return [
    ...(threshold === undefined ? [] : [judgeThreshold(judged, metric, { ...rule, threshold })]),
    ...changeKeys
      .filter((key) => rule[key] !== undefined)
      .map((key) => judgeChange(judged, key, metric, rule, baseline)),
  ]
}

function judgeSlices(
  judged: Judged,
  column: string,
  candidate: readonly Metric[],
  rule: SettledRule,
  baseline: readonly Metric[] | 'first-model' | undefined,
): Check[] {
  const found = candidate.filter((metric) => isNamed(metric, judged.name) && metric.slice?.startsWith(`${column} = `))
  if (found.length === 0) {
    return [
      check(false, {
        id: `gate.${judged.name}.slices[${column}]`,
        title: `${judged.name} is measured for every ${column}`,
        subject: `${judged.name} by ${column}`,
        observed: `no slice of "${column}" was measured`,
        expected: 'at least one slice',
        severity: rule.severity ?? 'failed',
        detail: 'Slices need predictions row by row, with the column among them.',
        evidence: { metric: judged.name, value: null, undefined: 'no slice was measured', direction: rule.direction },
      }),
    ]
  }
  return found.flatMap((metric) => {
    const one = { ...judged, slice: metric.slice }
    if (metric.n < (rule.min_slice_rows ?? 0)) return [tooSmall(one, metric, rule)]
    return judgeOne(one, metric, rule, before(baseline, judged.name, metric.slice))
  })
}

/** The only skip of the gate: a rule of the project asks for it. */
function tooSmall(judged: Judged, metric: Metric, rule: SettledRule): Check {
  return {
    id: `gate.${judged.name}.slices[${judged.slice}]`,
    title: `${shown(judged)} has enough rows to be judged`,
    subject: shown(judged),
    observed: `n = ${metric.n}`,
    expected: `at least ${rule.min_slice_rows} rows, else not judged`,
    status: 'skipped',
    severity: rule.severity ?? 'failed',
    evidence: {
      metric: judged.name,
      value: metric.value,
      n: metric.n,
      slice: judged.slice ?? '',
      direction: rule.direction,
    },
  }
}

function isNamed(metric: Metric, name: string): boolean {
  return (canonicalMetric(metric.name)?.name ?? metric.name) === name
}

/** The metric of that name and slice, or one without value that says why. */
function find(metrics: readonly Metric[], name: string, slice?: string): Metric {
  const found = metrics.filter((metric) => isNamed(metric, name) && metric.slice === slice)
  const [first] = found
  if (!first) return { name, value: null, undefined: `${name} was not reported`, n: 0 }
  if (found.every((metric) => Object.is(metric.value, first.value))) return first
  return { name, value: null, undefined: `${name} was reported ${found.length} times, with different values`, n: 0 }
}

function before(baseline: readonly Metric[] | 'first-model' | undefined, name: string, slice?: string): Baseline {
  if (baseline === 'first-model') return baseline
  return baseline === undefined ? 'missing' : find(baseline, name, slice)
}

/** A rule that only the branch has may tighten, but it is no ground for a promotion: it shows as warned at best. */
function ofBranch(of: Check): Check {
  return {
    ...of,
    status: of.status === 'passed' ? 'warned' : of.status,
    detail: `${of.detail ? `${of.detail} ` : ''}This rule stands only in the branch, not in the base.`,
    evidence: { ...of.evidence, rules_source: 'branch' },
  }
}

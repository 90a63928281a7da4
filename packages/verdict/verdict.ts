/** JSON as it is written to disk. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export type CheckStatus = 'passed' | 'failed' | 'warned' | 'skipped' | 'errored'
export type Severity = 'failed' | 'warned'
export type VerdictStatus = 'passed' | 'warned' | 'failed'
/** In the order in which a model meets them. */
export const verdictKinds = ['validation', 'training', 'gate', 'comparison', 'drift', 'registry', 'image'] as const
export type VerdictKind = (typeof verdictKinds)[number]

/** One thing that was judged: what was expected of which subject, what was seen, and the figures behind it. */
export interface Check {
  /** Stable within its kind, e.g. `drift.tenure`, `gate.roc_auc.threshold`. */
  id: string
  /** One short line for people, e.g. `roc_auc is at least 0.82`. */
  title: string
  /** What was judged: a column, a metric, a file. */
  subject: string
  observed: string
  expected: string
  status: CheckStatus
  /** What a break of this check means for the verdict. */
  severity: Severity
  detail?: string
  evidence: JsonObject
}

/** What a verdict is bound to: digests of the things judged and names of where they stand. */
export type Subject = JsonObject

export interface Verdict {
  schema: 'mlops-actions/verdict@1'
  kind: VerdictKind
  status: VerdictStatus
  subject: Subject
  checks: Check[]
  context: JsonObject
}

type CheckOf = Omit<Check, 'status' | 'severity' | 'evidence'> & { severity?: Severity; evidence?: JsonObject }

/**
 * A check whose outcome is known: `held` true gives `passed`; false gives what the severity says a break means.
 * `severity` is `failed` unless given.
 */
export function check(held: boolean, of: CheckOf): Check {
  const severity = of.severity ?? 'failed'
  return { ...of, status: held ? 'passed' : severity, severity, evidence: of.evidence ?? {} }
}

/** The same check, demoted from failed to warned, as a rule of severity `warned` asks. */
export function asWarning(of: Check): Check {
  return { ...of, severity: 'warned', status: of.status === 'failed' ? 'warned' : of.status }
}

/**
 * The verdict over checks: its status is that of the worst check. An errored check fails it, and so do no checks at all:
 * a gate that judged nothing must not pass.
 */
export function verdict(kind: VerdictKind, subject: Subject, checks: Check[], context: JsonObject = {}): Verdict {
  return { schema: 'mlops-actions/verdict@1', kind, status: worst(checks), subject, checks, context }
}

function worst(checks: Check[]): VerdictStatus {
  if (checks.length === 0) return 'failed'
  if (checks.some((c) => c.status === 'failed' || c.status === 'errored')) return 'failed'
  return checks.some((c) => c.status === 'warned') ? 'warned' : 'passed'
}

const statuses: VerdictStatus[] = ['passed', 'warned', 'failed']

/** The worst of several statuses; `failed` where there are none. */
export function worstStatus(of: VerdictStatus[]): VerdictStatus {
  return of.length === 0 ? 'failed' : of.reduce((a, b) => (statuses.indexOf(a) >= statuses.indexOf(b) ? a : b))
}

/** The `passed` output of an action: a verdict that is passed or warned. */
export function passes(of: Verdict): boolean {
  return of.status !== 'failed'
}

/** The checks that keep a verdict from passing, worst first. */
export function breaks(of: Verdict): Check[] {
  const rank = { errored: 0, failed: 1, warned: 2, skipped: 3, passed: 4 }
  return of.checks.filter((c) => rank[c.status] < 3).sort((a, b) => rank[a.status] - rank[b.status])
}

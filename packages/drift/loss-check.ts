import type { Check, JsonObject } from '@mlops-actions/verdict'
import { corrections } from './correction.ts'
import { percent, short } from './figure.ts'
import type { MonitorPoint } from './history.ts'
import type { MetricLoss } from './metric-loss.ts'
import { atLeast, type DriftLevel } from './outcome.ts'
import type { DriftKind } from './role.ts'
import type { DriftRules } from './rules.ts'
import type { RowsNeeded } from './sensitivity.ts'
import { type Past, settle } from './settled.ts'

/** A check of its own beside the columns', with what later checks need of it. */
export interface Finding {
  check: Check
  level: DriftLevel
  found?: MonitorPoint['columns'][string]
}

/** Who is judged, and what a loss beyond the limit means. */
export interface LossSubject {
  id: string
  kind: DriftKind
  /** As people call it. */
  name: string
  /** The loss from which on it is significant; the limit alone makes it moderate. */
  significant: number
  /** p-value after the correction. */
  adjusted: number
  family: number
  advice: string
  evidence: JsonObject
}

/**
 * The check of a metric: drift where it is worse by more than the limit and that is not chance; worse but chance, or so
 * few rows that the limit could not be seen, is warned with the rows that are needed.
 */
export function judgeLoss(of: MetricLoss, subject: LossSubject, rules: DriftRules, past: Past): Finding {
  const { id, name, adjusted, family } = subject
  const called = of.relative ? percent : short
  // A step in decimals is not exact in binary: 0.85 - 0.80 is a little under 0.05.
  const isBeyond = of.loss > of.limit + 1e-12
  const isReal = adjusted < rules.alpha
  const level = isBeyond && isReal ? atLeast(of.loss > subject.significant - 1e-12) : 'none'
  const settled = settle({ id, level, effect: of.loss }, rules, past)
  const tests = family === 1 ? '1 test' : `${family} tests, ${corrections[rules.correction].called}`
  const move = `${short(of.reference)} to ${short(of.current)}, ${changeText(of.loss, called)}`
  const observed = `${move}; ${adjusted < 0.001 ? 'p < 0.001' : `p ${short(adjusted)}`} (one-sided, ${tests})`
  const evidence: JsonObject = {
    drift_kind: subject.kind,
    metric: of.metric,
    baseline: of.reference,
    ...subject.evidence,
    effect: {
      name: of.relative ? 'relative_loss' : 'loss',
      value: of.loss,
      threshold: of.limit,
      significant: subject.significant,
    },
    p_value: of.p,
    p_adjusted: adjusted,
    correction: rules.correction,
    family_size: family,
    alpha: rules.alpha,
    n_reference: of.nReference,
    n_current: of.nCurrent,
    reference_noise: of.referenceNoise,
    detectable_effect: of.detectable,
    level: settled.level,
    ...(settled.held === undefined ? {} : { found_level: level, held_by: settled.held.by, ...settled.held.evidence }),
  }
  const finding = (
    status: Check['status'],
    title: string,
    details: (string | undefined)[],
    needed?: RowsNeeded,
  ): Finding => ({
    level: settled.level,
    found: { level, effect: of.loss, p_adjusted: adjusted },
    check: {
      id,
      title: `${name}: ${title}`,
      subject: name,
      observed,
      expected: `worse by at most ${called(of.limit)}, or p at least ${rules.alpha}`,
      status,
      severity: status === 'warned' ? 'warned' : 'failed',
      detail: [...details, noiseText(of)].filter((text) => text !== undefined).join(' '),
      evidence: needed === undefined ? evidence : { ...evidence, rows_needed: { ...needed } },
    },
  })
  if (settled.level !== 'none') {
    return finding(settled.level === 'significant' ? 'failed' : 'warned', move, [subject.advice])
  }
  if (settled.held !== undefined) return finding('warned', `${move}, not called yet`, [settled.held.text])
  if (isBeyond) {
    const needed = of.rowsFor(of.loss)
    return finding('warned', `${changeText(of.loss, called)}, which may be chance`, [neededText(needed)], needed)
  }
  if (of.detectable > of.limit) {
    const needed = of.rowsFor(of.limit)
    const blind = `With these rows a loss under ${called(of.detectable)} would not be called.`
    return finding('warned', 'too few rows to tell', [blind, neededText(needed)], needed)
  }
  const isSmall = isReal && of.loss > 0
  return finding('passed', isSmall ? 'a real but small loss' : 'holds', [])
}

function changeText(loss: number, called: (x: number) => string): string {
  return loss > 0 ? `worse by ${called(loss)}` : loss < 0 ? `better by ${called(-loss)}` : 'unchanged'
}

/** The rows to wait for. */
export function neededText({ current, reference }: RowsNeeded): string {
  return reference === undefined
    ? `At least ${current} labelled rows are needed.`
    : `At least ${reference} labelled rows in the reference and ${current} current ones are needed.`
}

function noiseText({ referenceNoise, nReference }: MetricLoss): string | undefined {
  if (referenceNoise === 'rows') {
    return `The reference has no interval: its error is taken from its ${nReference} rows.`
  }
  if (referenceNoise === 'assumed') {
    return 'The reference has no interval and names no rows: it is taken to be measured on as many rows as the current value.'
  }
  return undefined
}

/** A check of what could not be judged. */
export function unjudged(of: {
  id: string
  kind: DriftKind
  name: string
  title: string
  observed: string
  expected: string
  detail: string
  /** What breaks a rule fails, what the rows are short of is warned. */
  status: 'warned' | 'failed'
  evidence?: JsonObject
}): Finding {
  const { id, kind, name, title, observed, expected, detail, status } = of
  return {
    level: 'none',
    check: {
      id,
      title: `${name}: ${title}`,
      subject: name,
      observed,
      expected,
      status,
      severity: status,
      detail,
      evidence: { drift_kind: kind, level: 'none', ...of.evidence },
    },
  }
}

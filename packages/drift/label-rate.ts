import { holm, homogeneityTest } from '@mlops-actions/statistics'
import { sum } from './counts.ts'
import { percent, short } from './figure.ts'
import { type Finding, neededText, unjudged } from './loss-check.ts'
import type { DriftRules } from './rules.ts'
import { rowsNeeded, shareDifference } from './sensitivity.ts'
import { type Past, settle } from './settled.ts'

/** Relative change of a class's rate beyond which it is called. */
const LIMIT = 0.2
const ID = 'label.rate'

/** How often a class was the truth. */
export interface ClassCounts {
  class: string
  reference: number
  current: number
}

interface Rate {
  class: string
  was: number
  is: number
  /** Of both sides together. */
  pooled: number
  /** |is - was| / was; of a class that the reference lacks, over half a row's share. */
  change: number
  p: number
  /** After Holm's correction over the classes. */
  adjusted: number
}

/**
 * The 20 % rule of the field's guides: the rate of a class, of a binary task that of the positive one, changed by more than
 * 20 % of itself and not by chance (chi-square of homogeneity without Yates, Holm over the classes). It is moderate, for a
 * fifth of a small rate is little, unless the rules ask for more (`asks`): the label's own column judges by the change of the share. Classes of which a side expects
 * fewer than 5 rows are not tested.
 */
export function labelRate(
  counts: readonly ClassCounts[],
  rules: DriftRules,
  {
    positive,
    past = { history: [], now: new Date(0) },
    asks = 'moderate',
  }: { positive?: string; past?: Past; asks?: 'moderate' | 'significant' } = {},
): Finding {
  const n = sum(counts.map((c) => c.reference))
  const m = sum(counts.map((c) => c.current))
  const seen = counts.filter((c) => (positive === undefined || c.class === positive) && c.reference + c.current > 0)
  const rates = ratesOf(seen, n, m)
  if (rates.length === 0) return unknown(n, m)
  const isBeyond = (rate: Rate) => rate.change > LIMIT + 1e-12
  const isCalled = (rate: Rate) => isBeyond(rate) && rate.adjusted < rules.alpha
  const worst = rates.find(isCalled) ?? rates[0]!
  const level = isCalled(worst) ? asks : 'none'
  const settled = settle({ id: ID, level, effect: worst.change }, rules, past)

  // What has to be seen: the change there is where it is beyond the limit, else the smallest one beyond it.
  const target = isBeyond(worst) ? Math.abs(worst.is - worst.was) : LIMIT * worst.was
  const sizeNeeded = shareDifference(worst.pooled, 1).size(target, rules.alpha / rates.length)
  const isOpen = level === 'none' && (isBeyond(worst) || (n * m) / (n + m) < sizeNeeded)
  const needed = rowsNeeded(sizeNeeded, n)

  const move = `rate of ${worst.class} ${percent(worst.was)} to ${percent(worst.is)}`
  const tests = rates.length === 1 ? '1 test' : `${rates.length} tests, Holm`
  const chance = worst.adjusted < 0.001 ? 'p < 0.001' : `p ${short(worst.adjusted)}`
  const title = () => {
    if (settled.level !== 'none') return move
    if (settled.held !== undefined) return `${move}, not called yet`
    if (!isOpen) return 'the rates hold'
    return isBeyond(worst) ? `${move}, which may be chance` : 'too few rows to tell'
  }
  const detail = settled.held?.text ?? (isOpen ? neededText(needed) : undefined)
  const isWarned = level !== 'none' || isOpen
  return {
    level: settled.level,
    found: { level, effect: worst.change, p_adjusted: worst.adjusted },
    check: {
      id: ID,
      title: `label: ${title()}`,
      subject: 'rate of the label',
      observed: `${move}, ${percent(worst.change)} of it; ${chance} (chi-square, ${tests})`,
      expected: `changed by at most ${percent(LIMIT)} of itself, or p at least ${rules.alpha}`,
      status: settled.level === 'significant' ? 'failed' : isWarned ? 'warned' : 'passed',
      severity: isWarned && settled.level !== 'significant' ? 'warned' : 'failed',
      ...(detail === undefined ? {} : { detail }),
      evidence: {
        drift_kind: 'label',
        test: 'chi2',
        effect: { name: 'relative_rate_change', value: worst.change, threshold: LIMIT },
        p_value: worst.p,
        p_adjusted: worst.adjusted,
        correction: 'holm',
        family_size: rates.length,
        alpha: rules.alpha,
        n_reference: n,
        n_current: m,
        untested: seen.length - rates.length,
        rates: rates.map(({ class: category, was, is, change, p }) => ({
          category,
          reference_share: was,
          current_share: is,
          relative_change: change,
          p_value: p,
        })),
        level: settled.level,
        ...(settled.held === undefined
          ? {}
          : { found_level: level, held_by: settled.held.by, ...settled.held.evidence }),
        ...(isOpen ? { rows_needed: { ...needed } } : {}),
      },
    },
  }
}

/** The rates that can be tested, the largest change first. */
function ratesOf(counts: readonly ClassCounts[], n: number, m: number): Rate[] {
  const smaller = Math.min(n, m) / (n + m)
  const tested = counts.filter(({ reference, current }) => {
    const rows = reference + current
    return Math.min(rows, n + m - rows) * smaller >= 5
  })
  const p = tested.map((c) => homogeneityTest([c.reference, n - c.reference], [c.current, m - c.current]).p)
  const adjusted = holm(p)
  return tested
    .map((c, i): Rate => {
      const was = c.reference / n
      const is = c.current / m
      const change = Math.abs(is - was) / Math.max(was, 0.5 / n)
      const pooled = (c.reference + c.current) / (n + m)
      return { class: c.class, was, is, pooled, change, p: p[i]!, adjusted: adjusted[i]! }
    })
    .sort((a, b) => b.change - a.change)
}

function unknown(n: number, m: number): Finding {
  const isEmpty = n === 0 || m === 0
  return unjudged({
    id: ID,
    kind: 'label',
    name: 'label',
    title: isEmpty ? 'no labels on one side' : 'too few rows to tell',
    observed: `${n} labels in the reference and ${m} current ones${isEmpty ? '' : ', of which a class or the others are too rare'}`,
    expected: 'on both sides at least 5 expected, of a class and of the others',
    detail: isEmpty
      ? 'Without labels on both sides their rates cannot be compared.'
      : 'Wait for more labels; where there is one class alone, there is no rate to compare.',
    status: 'warned',
    evidence: { n_reference: n, n_current: m },
  })
}

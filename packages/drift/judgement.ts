import type { Check } from '@mlops-actions/verdict'
import { type Comparison, nullShare } from './comparison.ts'
import { type Counts, sum } from './counts.ts'
import { evidenceOf, topChanges } from './evidence.ts'
import {
  type Adjusted,
  type DriftLevel,
  decidingSensitivity,
  detectableEffect,
  type Outcome,
  outcomesOf,
  sizes,
  worseLevel,
  type Yardstick,
} from './outcome.ts'
import { type RowsNeeded, rowsNeeded } from './sensitivity.ts'

export interface Judged {
  level: DriftLevel
  check: Check
}

/** The check of one column: the worse of what its values and its nulls say. */
export function judge(comparison: Comparison, adjusted: Adjusted, by: Yardstick): Judged {
  if (comparison.kind === 'timestamp') return timestamp(comparison)
  const outcomes = outcomesOf(comparison, adjusted, by)
  const worst = outcomes.reduce((a, b) => (worseLevel(a.level, b.level) === a.level ? a : b), outcomes[0]!)
  const evidence = evidenceOf(comparison, adjusted, by, worst)
  const check = (
    status: Check['status'],
    rest: { title: string; observed: string; detail: string | undefined },
  ): Judged => ({
    level: worst?.level ?? 'none',
    check: {
      id: `drift.${comparison.name}`,
      subject: comparison.name,
      expected: `p at least ${by.alpha}, or an effect under ${by.floor}`,
      severity: status === 'warned' ? 'warned' : 'failed',
      status,
      evidence,
      title: rest.title,
      observed: rest.observed,
      ...detailOf(rest.detail, comparison),
    },
  })
  if (comparison.reference.count + comparison.current.count === 0) {
    return check('warned', {
      title: `${comparison.name}: no values on either side`,
      observed: 'every row is null in the reference and in the current data',
      detail: 'There is nothing to compare. Drop the column, or find out why it is never filled.',
    })
  }
  const observed = observation(worst, by.family)
  if (worst.level !== 'none') {
    const limit = worst.level === 'significant' ? by.significant : by.floor
    const what = worst.of === 'values' ? 'distribution moved' : 'share of nulls moved'
    return check(worst.level === 'significant' ? 'failed' : 'warned', {
      title: `${comparison.name}: ${what}, ${effectText(worst)} (floor ${limit}), ${pText(worst, by.family)}`,
      observed,
      detail: reading(comparison, worst),
    })
  }
  const scarce = tooFew(comparison, by)
  if (scarce !== undefined) {
    evidence.rows_needed = { ...scarce }
    return check('warned', {
      title: `${comparison.name}: too few rows to tell`,
      observed: `${observed}; ${comparison.reference.count} and ${comparison.current.count} values`,
      detail: `Even alone, this test would not call an effect of ${by.floor}. ${neededText(scarce)}`,
    })
  }
  const small = outcomes.find((o) => o.adjusted < by.alpha)
  return check('passed', {
    title: small ? `${comparison.name}: a real but small difference` : `${comparison.name}: no drift`,
    observed: observation(small ?? worst, by.family),
    detail: small
      ? `Real but small: p is under ${by.alpha}, the effect under the floor ${by.floor}.`
      : reach(comparison, by),
  })
}

/** Rows needed, where even by itself this column's test could not call an effect at the floor. */
function tooFew(comparison: Comparison, by: Yardstick): RowsNeeded | undefined {
  const { n, m, size } = sizes(comparison)
  const sizeNeeded = decidingSensitivity(comparison).size(by.floor, by.alpha)
  const rowsToTest = comparison.value?.rowsToTest ?? 0
  if (size >= sizeNeeded && rowsToTest === 0) return undefined
  const needed: RowsNeeded = size >= sizeNeeded ? { current: m } : rowsNeeded(sizeNeeded, n)
  if (rowsToTest > 0) {
    needed.current = Math.max(needed.current, rowsToTest)
    if (n < rowsToTest) needed.reference = Math.max(needed.reference ?? 0, rowsToTest)
  }
  return needed
}

function neededText({ current, reference }: RowsNeeded): string {
  return reference === undefined
    ? `At least ${current} current rows with a value are needed.`
    : `At least ${reference} reference rows and ${current} current rows with a value are needed.`
}

/** What a passed column could not have shown, where the correction over many tests puts that above the floor. */
function reach(comparison: Comparison, by: Yardstick): string | undefined {
  if (comparison.value?.untested === 'constant') return 'Both sides hold one and the same value.'
  const detectable = detectableEffect(comparison, by)
  if (detectable <= by.floor) return undefined
  return `With these rows and ${by.family} tests, an effect under ${short(detectable)} would not be called.`
}

function observation(outcome: Outcome, family: number): string {
  return `${effectText(outcome)}, ${pText(outcome, family)}`
}

function effectText({ effect, of }: Outcome): string {
  if (of === 'nulls') return `share of nulls off by ${short(effect.value)}`
  return effect.name === 'psi_above_null'
    ? `PSI ${short(effect.value)} above chance`
    : `largest share off by ${short(effect.value)}`
}

function pText({ adjusted, test }: Outcome, family: number): string {
  const p = adjusted < 0.001 ? 'p < 0.001' : `p ${short(adjusted)}`
  return `${p} (${test === 'ks' ? 'KS' : 'chi-square'}, Holm over ${family} ${family === 1 ? 'test' : 'tests'})`
}

function short(x: number): string {
  return x === 0 ? '0' : x < 0.001 ? x.toExponential(0) : String(Number(x.toPrecision(3)))
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

/** What moved, in words. */
function reading(comparison: Comparison, worst: Outcome): string {
  const { reference, current, value } = comparison
  if (worst.of === 'nulls' || value === undefined) {
    return `Nulls went from ${percent(nullShare(reference))} to ${percent(nullShare(current))} of the rows.`
  }
  const [most] = topChanges(value, 1)
  return most === undefined
    ? 'The values moved within the bins.'
    : `The largest change: ${most.label} went from ${percent(most.was)} to ${percent(most.is)}.`
}

function detailOf(first: string | undefined, comparison: Comparison): { detail?: string } {
  const sentences = first === undefined ? [] : [first]
  const { value } = comparison
  if (value?.binned) {
    sentences.push(
      "One side keeps no exact values, so the test is chi-square over the reference's PSI bins instead of Kolmogorov-Smirnov.",
    )
  }
  if (value !== undefined && value.folded > 0) {
    const what = value.counts.of === 'bin' ? 'bins' : 'categories'
    sentences.push(`${value.folded} rare ${what} are tested as one.`)
  }
  if (value !== undefined && value.counts.added.length > 0) sentences.push(addedText(value.counts))
  if (comparison.kind === 'text') sentences.push('Free text is compared by the length of its values.')
  if (value === undefined && comparison.nulls !== undefined && comparison.nulls.difference !== 0) {
    sentences.push('One side has no values, so the column is judged by its share of nulls alone.')
  }
  return sentences.length === 0 ? {} : { detail: sentences.join(' ') }
}

/** Categories are named from this count on: a rarer one may be a single person's, and this text may be published. */
const NAMED_FROM = 10

function addedText({ added, addedMayBeRare }: Counts): string {
  const named = added.filter(({ count }) => count >= NAMED_FROM).slice(0, 5)
  const others = added.slice(named.length)
  const rows = sum(others.map(({ count }) => count))
  const parts = named.map(({ category, count }) => `${category} (${count})`)
  if (others.length > 0)
    parts.push(`${others.length} ${parts.length > 0 ? 'more ' : ''}in ${rows} ${rows === 1 ? 'row' : 'rows'}`)
  const what = addedMayBeRare ? 'Categories that the reference does not list, new or rare there' : 'New categories'
  return `${what}: ${parts.join(', ')}.`
}

function timestamp(comparison: Comparison): Judged {
  const { name, reference, current } = comparison
  return {
    level: 'none',
    check: {
      id: `drift.${name}`,
      title: `${name}: dates are not compared`,
      subject: name,
      observed: 'a column of dates or times',
      expected: 'time moves on: it is no drift',
      status: 'skipped',
      severity: 'failed',
      evidence: {
        type: comparison.type,
        kind: comparison.kind,
        test: null,
        n_reference: reference.count,
        n_current: current.count,
        nulls_reference: reference.nulls,
        nulls_current: current.nulls,
        level: 'none',
      },
    },
  }
}

import type { Check } from '@mlops-actions/verdict'
import { type Comparison, nullShare } from './comparison.ts'
import { corrections } from './correction.ts'
import { type Counts, sum } from './counts.ts'
import { evidenceOf, topChanges } from './evidence.ts'
import { percent, short } from './figure.ts'
import {
  type Adjusted,
  type DriftLevel,
  decidingSensitivity,
  detectableEffect,
  type Outcome,
  sizes,
  type Yardstick,
} from './outcome.ts'
import type { DriftKind } from './role.ts'
import { type RowsNeeded, rowsNeeded } from './sensitivity.ts'
import type { Settled } from './settled.ts'

export interface Judged {
  /** What is called, by all the rules. */
  level: DriftLevel
  check: Check
}

/** All that is known of one column when it is judged. */
export interface Case {
  /** Its name, and its slice. */
  name: string
  /** Name of the slice; empty for all rows. */
  slice: string
  kind: DriftKind
  comparison: Comparison
  adjusted: Adjusted
  by: Yardstick
  /** What its values and its nulls say, and the worst of that. */
  outcomes: Outcome[]
  worst: Outcome | undefined
  settled: Settled
}

/** The check of one column: the worse of what its values and its nulls say. */
export function judge({ name, slice, kind, comparison, adjusted, by, outcomes, worst, settled }: Case): Judged {
  if (comparison.kind === 'timestamp' || worst === undefined) return timestamp(name, kind, comparison)
  const { level, held } = settled
  const evidence = evidenceOf(kind, comparison, adjusted, by, worst)
  if (slice !== '') Object.assign(evidence, { column: comparison.name, slice })
  if (held !== undefined) evidence[held.by] = held.evidence
  const check = (
    status: Check['status'],
    rest: { title: string; observed: string; detail: string | undefined },
  ): Judged => ({
    level,
    check: {
      id: `drift.${name}`,
      subject: name,
      expected: expectation(worst, by),
      severity: status === 'warned' ? 'warned' : 'failed',
      status,
      evidence: { ...evidence, level },
      title: rest.title,
      observed: rest.observed,
      ...detailOf(rest.detail, comparison),
    },
  })
  if (comparison.reference.count + comparison.current.count === 0) {
    return check('warned', {
      title: `${name}: no values on either side`,
      observed: 'every row is null in the reference and in the current data',
      detail: 'There is nothing to compare. Drop the column, or find out why it is never filled.',
    })
  }
  const observed = observation(worst, by)
  const unknown = outcomes.find((outcome) => outcome.undefined !== undefined)
  if (unknown !== undefined) {
    return check('failed', {
      title: `${name}: the preset has no number for it`,
      observed: unknown.undefined!,
      detail: 'Leave the column out with `ignore`, or judge by the preset default.',
    })
  }
  if (held !== undefined) {
    const asUsual = held.by === 'baseline'
    return check(asUsual ? 'passed' : 'warned', {
      title: `${name}: ${asUsual ? 'moved, as usual in this season' : 'moved, but not yet often enough to be called'}`,
      observed,
      detail: `${held.text} ${reading(comparison, worst)}`,
    })
  }
  if (level !== 'none') {
    const { threshold, significant } = worst.effect
    const what = worst.of === 'values' ? 'distribution moved' : 'share of nulls moved'
    const floor = worst.limit?.expected ?? `floor ${level === 'significant' ? significant : threshold}`
    return check(level === 'significant' ? 'failed' : 'warned', {
      title: `${name}: ${what}, ${effectText(worst)} (${floor}), ${pText(worst, by)}`,
      observed,
      detail: [reading(comparison, worst), byChance(comparison, worst, by)].filter(Boolean).join(' '),
    })
  }
  const scarce = worst.limit ? undefined : tooFew(comparison, by)
  if (scarce !== undefined) {
    evidence.rows_needed = { ...scarce }
    return check('warned', {
      title: `${name}: too few rows to tell`,
      observed: `${observed}; ${comparison.reference.count} and ${comparison.current.count} values`,
      detail: `Even alone, this test would not call an effect of ${by.floor}. ${neededText(scarce)}`,
    })
  }
  const small = worst.limit ? undefined : outcomes.find((o) => o.adjusted < by.alpha)
  return check('passed', {
    title: small ? `${name}: a real but small difference` : `${name}: no drift`,
    observed: observation(small ?? worst, by),
    detail: small
      ? `Real but small: p is under ${by.alpha}, the effect under the floor ${by.floor}.`
      : worst.limit
        ? undefined
        : reach(comparison, by),
  })
}

function expectation({ limit }: Outcome, by: Yardstick): string {
  return limit?.expected ?? `p at least ${by.alpha}, or an effect under ${by.floor}`
}

/** What a fixed limit does not know: that few rows alone may carry the figure beyond it. */
function byChance({ value }: Comparison, { limit, adjusted }: Outcome, { alpha }: Yardstick): string | undefined {
  if (limit === undefined || adjusted < alpha || value === undefined) return undefined
  return `This may be chance: with these rows a PSI of ${short(value.psi.nullExpectation)} is usual where nothing changed.`
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

function observation(outcome: Outcome, by: Yardstick): string {
  return `${effectText(outcome)}, ${pText(outcome, by)}`
}

function effectText({ effect, of, limit }: Outcome): string {
  if (limit !== undefined) return limit.observed
  if (of === 'nulls') return `share of nulls off by ${short(effect.value)}`
  return effect.name === 'psi_above_null'
    ? `PSI ${short(effect.value)} above chance`
    : `largest share off by ${short(effect.value)}`
}

function pText({ adjusted, test }: Outcome, { correction, family }: Yardstick): string {
  const p = adjusted < 0.001 ? 'p < 0.001' : `p ${short(adjusted)}`
  return `${p} (${test === 'ks' ? 'KS' : 'chi-square'}, ${corrections[correction].called} over ${family} ${family === 1 ? 'test' : 'tests'})`
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

function timestamp(name: string, drift_kind: DriftKind, comparison: Comparison): Judged {
  const { reference, current } = comparison
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
        drift_kind,
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

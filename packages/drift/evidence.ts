import { shares } from '@mlops-actions/statistics'
import type { Json, JsonObject } from '@mlops-actions/verdict'
import type { Comparison, ValueComparison } from './comparison.ts'
import { type Adjusted, detectableEffect, type Outcome, type Yardstick } from './outcome.ts'
import type { DriftKind } from './role.ts'

/** The bins or categories whose share changed most, the largest change first. */
export function topChanges({ counts }: ValueComparison, most: number): { label: string; was: number; is: number }[] {
  const before = shares(counts.reference)
  const after = shares(counts.current)
  return counts.labels
    .map((label, i) => ({ label, was: before[i]!, is: after[i]! }))
    .filter(({ was, is }) => was !== is)
    .sort((a, b) => Math.abs(b.is - b.was) - Math.abs(a.is - a.was))
    .slice(0, most)
}

/** The figures behind a column's check, under stable keys. */
export function evidenceOf(
  drift_kind: DriftKind,
  comparison: Comparison,
  adjusted: Adjusted,
  by: Yardstick,
  worst: Outcome | undefined,
): JsonObject {
  const { value, nulls, reference, current } = comparison
  const evidence: JsonObject = {
    drift_kind,
    type: comparison.type,
    kind: comparison.kind,
    test: value?.test ?? (nulls === undefined ? null : 'chi2'),
    statistic: value?.statistic ?? nulls?.statistic ?? null,
    p_value: value?.p ?? nulls?.p ?? null,
    p_adjusted: value !== undefined ? (adjusted.value ?? 1) : (adjusted.nulls ?? null),
    correction: by.correction,
    family_size: by.family,
    alpha: by.alpha,
    folded: value?.folded ?? 0,
    effect: worst === undefined ? null : { ...worst.effect },
    distances: { ...value?.distances },
    ...(comparison.meanShift === undefined ? {} : { mean_shift: comparison.meanShift }),
    psi_null_expectation: value?.psi.nullExpectation ?? null,
    n_reference: reference.count,
    n_current: current.count,
    nulls_reference: reference.nulls,
    nulls_current: current.nulls,
    null_share_p_value: nulls?.p ?? null,
    null_share_p_adjusted: adjusted.nulls ?? null,
    detectable_effect: worst === undefined ? null : detectableEffect(comparison, by),
    level: worst?.level ?? 'none',
    top_changes: value === undefined ? [] : topChangesEvidence(value),
  }
  if (value !== undefined && value.counts.added.length > 0) {
    evidence.new_categories = value.counts.added.slice(0, 20).map(({ category, count }) => ({ category, count }))
  }
  return evidence
}

function topChangesEvidence(value: ValueComparison): Json[] {
  return topChanges(value, 5).map(({ label, was, is }) => ({
    [value.counts.of]: label,
    reference_share: was,
    current_share: is,
  }))
}

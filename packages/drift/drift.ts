import { compareSchemas, type Roles, type Sample } from '@mlops-actions/profile'
import { holm } from '@mlops-actions/statistics'
import type { Check } from '@mlops-actions/verdict'
import { type Comparison, compareColumn } from './comparison.ts'
import { judge } from './judgement.ts'
import { type DriftLevel, worseLevel } from './outcome.ts'
import { CLASS_FLOORS, type DriftRules } from './rules.ts'

export interface DriftResult {
  checks: Check[]
  drift: DriftLevel
  decision: 'keep' | 'investigate' | 'retrain'
  /** Names of the columns that drifted, in the reference's order. */
  columns: string[]
}

const DECISIONS = { none: 'keep', moderate: 'investigate', significant: 'retrain' } as const

/**
 * Compares current data with a reference, column by column: numbers and text lengths by the two-sample
 * Kolmogorov-Smirnov test, categories by chi-square of homogeneity, nulls by their share. A column drifts when its
 * p-value, after Holm's correction over every test of the check, is below alpha and its effect is at or above the floor.
 *
 * The current profile must be counted in the reference's bins (`sampleTable` with `bins`); throws an internal Error
 * otherwise. A side without rows, or nothing to compare, gives failed checks.
 */
export function drift(reference: Sample, current: Sample, rules: DriftRules, roles: Roles = {}): DriftResult {
  const empty = emptySides(reference, current)
  if (empty.length > 0) return { checks: empty, drift: 'none', decision: 'investigate', columns: [] }

  const schema = compareSchemas(reference.profile, current.profile, roles)
  const comparisons = schema.shared.map((pair) =>
    compareColumn({
      ...pair,
      referenceValues: reference.values?.[pair.reference.name],
      currentValues: current.values?.[pair.reference.name],
      classes: isClass(pair.reference.name, roles),
    }),
  )
  const { family, adjusted } = correct(comparisons)
  const judged = comparisons.map((comparison, i) => {
    const classes = comparison.kind === 'categorical' && isClass(comparison.name, roles)
    const floors = classes ? CLASS_FLOORS : { floor: rules.floor, significant: rules.significant }
    return { name: comparison.name, ...judge(comparison, adjusted[i]!, { alpha: rules.alpha, family, ...floors }) }
  })
  const level = judged.map((j) => j.level).reduce(worseLevel, 'none')
  const checks = [...judged.map((j) => j.check), ...schema.checks]
  if (judged.every((j) => j.check.status === 'skipped')) checks.push(nothingCompared())
  const broken = checks.some((c) => c.status === 'failed')
  return {
    checks,
    drift: level,
    // What failed without drift (a missing column, say) is for a person to look at, not for retraining.
    decision: level === 'none' && broken ? 'investigate' : DECISIONS[level],
    columns: judged.filter((j) => j.level !== 'none').map((j) => j.name),
  }
}

function isClass(name: string, roles: Roles): boolean {
  return name === roles.label || name === roles.prediction
}

/** Holm over every test that was made: of values and of null shares. */
function correct(comparisons: Comparison[]) {
  const tests: { index: number; of: 'value' | 'nulls'; p: number }[] = []
  comparisons.forEach(({ value, nulls, reference, current }, index) => {
    if (value !== undefined && value.untested === undefined) tests.push({ index, of: 'value', p: value.p })
    const anyValue = reference.count + current.count > 0
    if (nulls !== undefined && anyValue) tests.push({ index, of: 'nulls', p: nulls.p })
  })
  const corrected = holm(tests.map((t) => t.p))
  const adjusted: { value?: number; nulls?: number }[] = comparisons.map(() => ({}))
  tests.forEach((t, i) => {
    adjusted[t.index]![t.of] = corrected[i]!
  })
  return { family: tests.length, adjusted }
}

function emptySides(reference: Sample, current: Sample): Check[] {
  const sides = [
    { side: 'reference', rows: reference.profile.rows },
    { side: 'current', rows: current.profile.rows },
  ]
  return sides
    .filter(({ rows }) => rows === 0)
    .map(({ side, rows }) => ({
      id: side === 'current' ? 'guard.rows' : 'guard.reference_rows',
      title: `The ${side} data have no rows`,
      subject: `${side} data`,
      observed: '0 rows',
      expected: 'at least one row',
      status: 'failed',
      severity: 'failed',
      detail: `Nothing can be compared. Find out why the ${side} data are empty, then run the check again.`,
      evidence: { side, rows },
    }))
}

function nothingCompared(): Check {
  return {
    id: 'guard.columns',
    title: 'No column could be compared',
    subject: 'columns',
    observed: 'no column besides dates on both sides',
    expected: 'at least one column on both sides to compare',
    status: 'failed',
    severity: 'failed',
    detail: 'Check that the reference belongs to these data.',
    evidence: {},
  }
}

import { compareSchemas, type Roles, type Sample } from '@mlops-actions/profile'
import type { Check } from '@mlops-actions/verdict'
import { outcomesBy } from './by-preset.ts'
import { type Comparison, compareColumn } from './comparison.ts'
import { type Correction, corrections } from './correction.ts'
import { type Decision, decide } from './decision.ts'
import {
  type EvidentlyDrift,
  type EvidentlyResult,
  type EvidentlyRules,
  evidentlyDrift,
  evidentlyRules,
} from './evidently/index.ts'
import type { MonitorPoint } from './history.ts'
import { type Judged, judge } from './judgement.ts'
import { type Adjusted, type DriftLevel, lesserLevel, type Outcome, worseLevel } from './outcome.ts'
import type { PresetName } from './presets.ts'
import { type DriftKind, driftKindOf } from './role.ts'
import { CLASS_FLOORS, type DriftRules, presetOf } from './rules.ts'
import { type Past, settle } from './settled.ts'
import { judgeWhole } from './whole.ts'

export interface DriftResult {
  checks: Check[]
  drift: DriftLevel
  decision: Decision
  /** Names of the columns that drifted, in the reference's order; of a slice with its name. */
  columns: string[]
  /** By check id: what was found on these rows alone, for the checks to come. */
  found: MonitorPoint['columns']
}

/** A part of the rows on both sides, such as those of one region. */
export interface SampleSlice {
  /** `region=EU` */
  name: string
  reference: Sample
  current: Sample
}

export interface DriftOptions {
  roles?: Roles
  /** Parts of the rows that are compared on their own; their tests join the family. */
  slices?: SampleSlice[]
  /** Earlier checks against the same reference, and the time of this one: for a seasonal baseline and hysteresis. */
  past?: Past
}

/**
 * Compares current data with a reference, column by column: numbers and text lengths by the two-sample
 * Kolmogorov-Smirnov test, categories by chi-square of homogeneity, nulls by their share. A column drifts when its
 * p-value, after the correction over every test of the check, is below alpha and its effect is at or above the floor;
 * the presets judge by other rules.
 *
 * The current profile must be counted in the reference's bins (`sampleTable` with `bins`); throws an internal Error
 * otherwise. A side without rows, or nothing to compare, gives failed checks.
 */
export function drift(
  reference: Sample,
  current: Sample,
  rules: DriftRules,
  { roles = {}, slices = [], past = { history: [], now: new Date(0) } }: DriftOptions = {},
): DriftResult {
  const empty = emptySides(reference, current)
  if (empty.length > 0) return { checks: empty, drift: 'none', decision: 'investigate', columns: [], found: {} }

  const apart = { ...roles, apart: [...(roles.apart ?? []), ...rules.ignore, ...unasked(rules, [reference, current])] }
  const schema = compareSchemas(reference.profile, current.profile, apart)
  const preset = presetOf(rules, 'columns')
  const parts = [{ name: '', reference, current }, ...slices].map((part) => ({
    ...part,
    evidently:
      preset === 'evidently' ? evidentlyDrift(part.reference, part.current, evidentlyOf(rules), apart) : undefined,
  }))
  const compared = parts.flatMap((part) => compareAll(part, apart))
  const { family, adjusted } = correct(compared, rules.correction)
  const judged = compared.map((of, i) => judgeColumn(of, adjusted[i]!, rules, family, past))
  const features = judged.filter(({ of }) => of.kind === 'data' && of.slice === '')
  const whole = judgeWhole(preset, features, parts[0]!.evidently)
  const level = [...judged, ...whole].map((j) => j.level).reduce(worseLevel, 'none')
  const checks = [...judged, ...whole]
    .map((j) => j.check)
    .concat(schema.checks.map(ofSchema), strangers(rules, reference, current))
  if (judged.every((j) => j.check.status === 'skipped')) checks.push(nothingCompared())
  return {
    checks,
    drift: level,
    decision: decide(level, checks),
    columns: judged.filter((j) => j.level !== 'none').map((j) => j.name),
    found: Object.fromEntries(judged.flatMap((j) => (j.found === undefined ? [] : [[j.check.id, j.found]]))),
  }
}

function evidentlyOf({ evidently }: DriftRules): EvidentlyRules {
  return evidently ?? evidentlyRules.parse({})
}

/** Columns that Evidently was told not to look at. */
function unasked(rules: DriftRules, sides: Sample[]): string[] {
  const asked = presetOf(rules, 'columns') === 'evidently' ? rules.evidently?.columns : undefined
  if (asked === undefined) return []
  return sides.flatMap((side) => side.profile.columns.map(({ name }) => name)).filter((name) => !asked.includes(name))
}

/** A column of all rows or of a slice. */
interface Compared {
  evidently: EvidentlyResult | undefined
  comparison: Comparison
  kind: DriftKind
  /** Whether it holds class labels or predicted classes. */
  classes: boolean
  /** Name of the slice; empty for all rows. */
  slice: string
}

function compareAll({ name, reference, current, evidently }: Part, roles: Roles): Compared[] {
  if (reference.profile.rows === 0 || current.profile.rows === 0) return []
  return compareSchemas(reference.profile, current.profile, roles).shared.map((pair) => {
    const column = pair.reference.name
    const asClasses = column === roles.label || column === roles.prediction
    const comparison = compareColumn({
      ...pair,
      referenceValues: reference.values?.[column],
      currentValues: current.values?.[column],
      classes: asClasses,
      late: column === roles.label,
    })
    const classes = asClasses && comparison.kind === 'categorical'
    return {
      comparison,
      kind: driftKindOf(column, roles),
      classes,
      slice: name,
      evidently: evidently?.columns.get(column),
    }
  })
}

/** All rows, or a slice of them. */
type Part = SampleSlice & { evidently: EvidentlyDrift | undefined }

interface JudgedColumn extends Judged {
  of: Compared
  /** The column's name, and its slice. */
  name: string
  psi: number | undefined
  found: MonitorPoint['columns'][string] | undefined
}

function judgeColumn(of: Compared, adjusted: Adjusted, rules: DriftRules, family: number, past: Past): JudgedColumn {
  const { comparison, kind, classes, slice } = of
  const name = slice === '' ? comparison.name : `${comparison.name} [${slice}]`
  const floors = classes ? CLASS_FLOORS : { floor: rules.floor, significant: rules.significant }
  const by = { alpha: rules.alpha, correction: rules.correction, family, ...floors }
  const preset = presetFor(kind, rules)
  const outcomes = outcomesBy(preset, comparison, adjusted, by, of.evidently).map((outcome) =>
    capped(outcome, rules, kind),
  )
  const worst = outcomes.reduce<Outcome | undefined>(
    (a, b) => (a !== undefined && worseLevel(a.level, b.level) === a.level ? a : b),
    undefined,
  )
  const settled = settle(
    { id: `drift.${name}`, level: worst?.level ?? 'none', effect: worst?.effect.value ?? 0 },
    rules,
    past,
  )
  const judged = judge({ name, slice, kind, comparison, adjusted, by, outcomes, worst, settled })
  return {
    ...judged,
    of,
    name,
    psi: comparison.value?.psi.psi,
    found: worst && { level: worst.level, effect: worst.effect.value, p_adjusted: worst.adjusted },
  }
}

/** The preset that judges columns of a kind, where one does: the limits of `psi` are for features and scores. */
function presetFor(kind: DriftKind, rules: DriftRules): PresetName | undefined {
  const columns = presetOf(rules, 'columns')
  if (kind === 'prediction') return presetOf(rules, 'scores') ?? columns
  return kind === 'label' && columns !== 'evidently' ? undefined : columns
}

/** Where the number of drifted features decides on retraining, no feature does so alone. */
function capped(outcome: Outcome, rules: DriftRules, kind: DriftKind): Outcome {
  const isCounted = kind === 'data' && presetOf(rules, 'columns') === 'two-features'
  return isCounted ? { ...outcome, level: lesserLevel(outcome.level, 'moderate') } : outcome
}

/** The correction over every test that was made: of values and of null shares. */
function correct(compared: Compared[], correction: Correction) {
  const tests: { index: number; of: 'value' | 'nulls'; p: number }[] = []
  compared.forEach(({ comparison: { value, nulls, reference, current } }, index) => {
    if (value !== undefined && value.untested === undefined) tests.push({ index, of: 'value', p: value.p })
    const anyValue = reference.count + current.count > 0
    if (nulls !== undefined && anyValue) tests.push({ index, of: 'nulls', p: nulls.p })
  })
  const corrected = corrections[correction].adjust(tests.map((t) => t.p))
  const adjusted: { value?: number; nulls?: number }[] = compared.map(() => ({}))
  tests.forEach((t, i) => {
    adjusted[t.index]![t.of] = corrected[i]!
  })
  return { family: tests.length, adjusted }
}

function ofSchema(check: Check): Check {
  return { ...check, evidence: { drift_kind: 'schema', ...check.evidence } }
}

/** Columns to be left out that neither side has: a slip of the pen, which would leave a column in. */
function strangers({ ignore }: DriftRules, reference: Sample, current: Sample): Check[] {
  const known = new Set([...reference.profile.columns, ...current.profile.columns].map(({ name }) => name))
  return ignore
    .filter((name) => !known.has(name))
    .map((name) => ({
      id: `rule.ignore.${name}`,
      title: `${name}: no such column to leave out`,
      subject: name,
      observed: 'neither side has it',
      expected: 'a column of the data',
      status: 'warned',
      severity: 'warned',
      detail: 'Correct or remove the name under `ignore` in the drift rules.',
      evidence: { drift_kind: 'schema' },
    }))
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

import { type ColumnProfile, compareSchemas, type Roles, type Sample } from '@mlops-actions/profile'
import { UserError } from '@mlops-actions/verdict'
import { defaultMethod } from './choose.ts'
import {
  categoricalColumn,
  type EvidentlyColumn,
  type EvidentlyType,
  inferType,
  numericColumn,
  rowsOf,
  type Side,
} from './column.ts'
import type { MethodName } from './method-names.ts'
import { METHODS, type Method } from './methods.ts'
import type { EvidentlyRules } from './rules.ts'
import { noScore, type Score } from './score.ts'

/** One column as Evidently judges it. */
export interface EvidentlyResult {
  type: EvidentlyType | 'text'
  /** Rows that were compared: without nulls and infinities. */
  n_reference: number
  n_current: number
  /** null where none applies: free text, or a side without values. */
  method: MethodName | null
  kind: Method['kind'] | null
  score: number | null
  threshold: number | null
  drifted: boolean
  /** The score is a p-value of random permutations: Evidently's own is of others. */
  simulated?: true
  /** Why there is no score: Evidently raises or gives NaN here, or compares free text. Such a column must not pass. */
  undefined?: string
}

export interface EvidentlyDrift {
  /** By name, in the reference's order. Dates and columns that one side lacks or holds otherwise are not judged. */
  columns: Map<string, EvidentlyResult>
  drifted_columns: number
  /** Of the columns that were judged, those without a score included. */
  share: number
  drift_share: number
  /** Whether the share of drifted columns is at least the asked. */
  drifted: boolean
}

/**
 * Judges current data as Evidently's `DataDriftPreset` does (version 0.7.23 on pandas 2 and numpy 2): its types, its test by
 * type and rows of the reference, its thresholds, no correction for many tests. Nulls and infinities are dropped, as its
 * `ValueDrift` does.
 *
 * UserError where a rule names an unknown column or a test that the column's type does not have, and where a side is a stored
 * profile that lacks what the test needs.
 */
export function evidentlyDrift(
  reference: Sample,
  current: Sample,
  rules: EvidentlyRules,
  roles: Roles = {},
): EvidentlyDrift {
  checkNames(reference, rules)
  const columns = new Map<string, EvidentlyResult>()
  for (const pair of compareSchemas(reference.profile, current.profile, roles).shared) {
    const { name } = pair.reference
    if (rules.columns !== undefined && !rules.columns.includes(name)) continue
    const type = typeOf(pair.current, rules)
    if (type === undefined) continue
    const before: Side = { side: 'reference', profile: pair.reference, values: reference.values?.[name] }
    const after: Side = { side: 'current', profile: pair.current, values: current.values?.[name] }
    columns.set(name, judge(type, before, after, rules))
  }
  const drifted_columns = [...columns.values()].filter(({ drifted }) => drifted).length
  const share = columns.size === 0 ? 0 : drifted_columns / columns.size
  return { columns, drifted_columns, share, drift_share: rules.drift_share, drifted: share >= rules.drift_share }
}

function typeOf(current: ColumnProfile, rules: EvidentlyRules): EvidentlyType | 'text' | undefined {
  if (rules.categorical_columns.includes(current.name)) return 'cat'
  if (rules.numerical_columns.includes(current.name)) return 'num'
  return inferType(current)
}

function judge(type: EvidentlyType | 'text', reference: Side, current: Side, rules: EvidentlyRules): EvidentlyResult {
  const empty = [reference, current].find(({ profile }) => profile.count === 0)
  if (empty !== undefined) return unjudged(type, reference, current, `the ${empty.side} data have no value`)
  if (type === 'text') {
    return unjudged(type, reference, current, 'it is free text, which Evidently compares by training a classifier')
  }
  const column = type === 'num' ? numericColumn(reference, current) : categoricalColumn(reference, current)
  const rows = rowsOf(column)
  const without = rows.reference === 0 ? 'reference' : rows.current === 0 ? 'current' : undefined
  if (without !== undefined) return unjudged(type, reference, current, `the ${without} data have no finite value`)
  const { name } = reference.profile
  const asked = methodFor(name, type, rules)
  const method = asked ?? defaultMethod(column)
  const { types, kind, threshold: usual, drifts, simulated, score: test }: Method = METHODS[method]
  if (asked !== undefined && !types.includes(type)) throw inapplicable(name, method, type)
  const threshold = thresholdFor(name, type, rules) ?? usual
  const score = scoreOf(column, test)
  const result = { type, n_reference: rows.reference, n_current: rows.current, method, kind, threshold }
  if (typeof score !== 'number') return { ...result, score: null, drifted: false, ...score }
  return { ...result, score, drifted: beyond(score, drifts, threshold), ...(simulated && { simulated }) }
}

function unjudged(type: EvidentlyResult['type'], reference: Side, current: Side, reason: string): EvidentlyResult {
  return {
    type,
    n_reference: reference.profile.count,
    n_current: current.profile.count,
    method: null,
    kind: null,
    score: null,
    threshold: null,
    drifted: false,
    undefined: reason,
  }
}

/** The test that the rules name, by Evidently's precedence. */
function methodFor(name: string, type: EvidentlyType, rules: EvidentlyRules): MethodName | undefined {
  if (Object.hasOwn(rules.per_column_method, name)) return rules.per_column_method[name]
  return (type === 'num' ? rules.num_method : rules.cat_method) ?? rules.method
}

function thresholdFor(name: string, type: EvidentlyType, rules: EvidentlyRules): number | undefined {
  if (Object.hasOwn(rules.per_column_threshold, name)) return rules.per_column_threshold[name]
  return (type === 'num' ? rules.num_threshold : rules.cat_threshold) ?? rules.threshold
}

function scoreOf(column: EvidentlyColumn, test: Method['score']): Score {
  try {
    const score = test(column)
    if (typeof score !== 'number' || Number.isFinite(score)) return score
    return noScore('its numbers are too large to compute with')
  } catch (error) {
    if (error instanceof RangeError) return noScore(error.message)
    throw error
  }
}

function beyond(score: number, drifts: Method['drifts'], threshold: number): boolean {
  if (drifts === '<') return score < threshold
  if (drifts === '<=') return score <= threshold
  return drifts === '>' ? score > threshold : score >= threshold
}

function inapplicable(column: string, method: MethodName, type: EvidentlyType): UserError {
  const fitting = Object.entries(METHODS).filter(([, of]: [string, Method]) => of.types.includes(type))
  return new UserError({
    code: 'RULES_INVALID',
    message: `Evidently's ${method} does not apply to ${column}, which holds ${type === 'num' ? 'numbers' : 'categories'}.`,
    where: { key: 'evidently' },
    help: `Use num_method, cat_method or per_column_method; for ${column} one of ${fitting.map(([name]) => name).join(', ')}.`,
  })
}

function checkNames(reference: Sample, rules: EvidentlyRules): void {
  const known = new Set(reference.profile.columns.map(({ name }) => name))
  const named = {
    columns: rules.columns ?? [],
    numerical_columns: rules.numerical_columns,
    categorical_columns: rules.categorical_columns,
    per_column_method: Object.keys(rules.per_column_method),
    per_column_threshold: Object.keys(rules.per_column_threshold),
  }
  for (const [key, names] of Object.entries(named)) {
    const unknown = names.find((name) => !known.has(name))
    if (unknown === undefined) continue
    throw new UserError({
      code: 'RULES_INVALID',
      message: `The rules name ${unknown}, which is no column of the reference.`,
      where: { key: `evidently.${key}` },
      help: `Its columns: ${[...known].slice(0, 20).join(', ')}.`,
    })
  }
}

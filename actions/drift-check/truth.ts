import {
  asksForTruth,
  conceptOf,
  type DriftRules,
  judgeTruth,
  type Past,
  type TruthResult,
  truthMissing,
} from '@mlops-actions/drift'
import { canonicalMetric, evaluate, type Metric, type Predictions } from '@mlops-actions/metrics'
import type { ColumnProfile, Roles } from '@mlops-actions/profile'
import { type LabelledRows, labelledPredictions, type NamedSample, type NamedTable } from '@mlops-actions/references'
import type { DriftContext } from './inputs.ts'
import { type CurrentSample, rowsOf } from './samples.ts'

/** Metrics by which a model is judged where the rules name none, and its calibration. */
const usual = ['roc_auc', 'accuracy', 'root_mean_squared_error', 'expected_calibration_error']
/** More numbers than these are quantities, and no classes. */
const mostClasses = 100

export interface TruthOf {
  reference: NamedSample
  current: CurrentSample
  roles: Roles
  rules: DriftRules
  past: Past
}

/**
 * What the truth of the current rows says, where they hold both the model's answers and labels: of the label, and of how
 * good the model still is. Where they do not: undefined or, if the rules ask for it, a warning.
 */
export async function judgeLabels(a: DriftContext, of: TruthOf): Promise<TruthResult | undefined> {
  const { reference, current, roles, rules, past } = of
  const { label } = roles
  const answers = [roles.prediction ?? [], roles.scores ?? []].flat()
  const has = (side: NamedSample, name: string) => side.sample.profile.columns.some((column) => column.name === name)
  const notThere = asksForTruth(rules) ? truthMissing() : undefined
  if (label === undefined || !has(current, label) || !answers.some((name) => has(current, name))) return notThere
  const rows = current.rows ?? (await rowsOf(a, 'current'))
  if (rows === undefined) return notThere
  const labelled = await labelledRows(a, rows, label, answers)
  const isKnown = has(reference, label) && answers.some((name) => has(reference, name))
  const before = isKnown ? await rowsOf(a, 'reference') : undefined
  const metrics =
    before === undefined
      ? ofVersion(reference)
      : measured((await labelledRows(a, before, label, answers)).predictions, rules)
  const classes = classesOf(reference.sample.profile.columns.find(({ name }) => name === label))
  const states = past.history.at(-1)?.detectors
  return judgeTruth(labelled, { metrics, classes }, rules, {
    past,
    model: reference.name,
    ...(states === undefined ? {} : { states }),
  })
}

async function labelledRows(
  a: DriftContext,
  rows: NamedTable,
  label: string,
  answers: string[],
): Promise<LabelledRows> {
  const { task = {}, predictions } = a.settings.values
  const present = answers.filter((name) => rows.table.schema.some((column) => column.name === name))
  const columns = { label, time: rows.log?.time ?? a.inputs.window?.column, answers: present, names: predictions }
  return labelledPredictions(rows.table, { type: task.type, positive: task.positive, label }, columns, rows.name)
}

/** The metrics that a registered version carries; its rows and intervals are not known. */
function ofVersion({ metrics = {} }: NamedSample): Metric[] {
  return Object.entries(metrics).map(([name, value]) => ({ name: canonicalMetric(name)?.name ?? name, value, n: 0 }))
}

function measured(p: Predictions, rules: DriftRules): Metric[] {
  const wanted = [...Object.keys(conceptOf(rules).metrics ?? {}), ...usual]
  const metrics = new Set(wanted.map((name) => canonicalMetric(name)).filter((of) => of?.tasks.includes(p.task.type)))
  // Two-sided intervals of 1 - 2 alpha are what a one-sided test at alpha asks of each side.
  const confidence = Math.max(0.5, 1 - 2 * rules.alpha)
  return evaluate(p, { metrics: [...metrics].map((of) => of!.name), confidence })
}

/** How often each class was the truth, where the profile tells. */
function classesOf(label: ColumnProfile | undefined): Record<string, number> | undefined {
  const { categories, numbers } = label ?? {}
  if (categories !== undefined && categories.folded.count === 0 && !label!.sensitive) {
    return Object.fromEntries(categories.values.map(({ value, count }) => [value, count]))
  }
  const { values, counts, error } = numbers?.distribution ?? { values: [], counts: [], error: 0 }
  if (error > 0 || values.length === 0 || values.length > mostClasses) return undefined
  return Object.fromEntries(Array.from(values, (value, i) => [String(value), counts[i]!]))
}

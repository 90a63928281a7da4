import type { Direction } from './metric.ts'
import type { Task } from './predictions.ts'

/** What a metric's name settles. */
export interface MetricDefinition {
  name: string
  direction: Direction
  /** The values it can take; an open end is absent. */
  range: { low?: number; high?: number }
  tasks: Task['type'][]
}

type Row = [
  name: string,
  direction: Direction,
  low: number | undefined,
  high: number | undefined,
  tasks: Task['type'][],
]

const up = 'higher_is_better'
const down = 'lower_is_better'
const classes: Task['type'][] = ['binary', 'multiclass']
const averages = ['macro', 'micro', 'weighted']

/** Named as scikit-learn's scorers without `neg_`, in the order in which people read them. */
const rows: Row[] = [
  ['roc_auc', up, 0, 1, ['binary']],
  ['average_precision', up, 0, 1, ['binary']],
  ['roc_auc_ovr', up, 0, 1, ['multiclass']],
  ['accuracy', up, 0, 1, classes],
  ['balanced_accuracy', up, 0, 1, classes],
  ['precision', up, 0, 1, ['binary']],
  ['recall', up, 0, 1, ['binary']],
  ['specificity', up, 0, 1, ['binary']],
  ['f1', up, 0, 1, ['binary']],
  ...['precision', 'recall', 'f1'].flatMap((name) =>
    averages.map((average): Row => [`${name}_${average}`, up, 0, 1, ['multiclass']]),
  ),
  ['matthews_corrcoef', up, -1, 1, classes],
  ['log_loss', down, 0, undefined, classes],
  ['brier_score', down, 0, 1, ['binary']],
  ['expected_calibration_error', down, 0, 1, ['binary']],
  ['r2', up, undefined, 1, ['regression']],
  ['explained_variance', up, undefined, 1, ['regression']],
  ['mean_absolute_error', down, 0, undefined, ['regression']],
  ['mean_squared_error', down, 0, undefined, ['regression']],
  ['root_mean_squared_error', down, 0, undefined, ['regression']],
  ['median_absolute_error', down, 0, undefined, ['regression']],
  ['mean_absolute_percentage_error', down, 0, undefined, ['regression']],
  ['max_error', down, 0, undefined, ['regression']],
]

const definitions = new Map<string, MetricDefinition>(
  rows.map(([name, direction, low, high, tasks]) => [
    name,
    {
      name,
      direction,
      range: { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) },
      tasks,
    },
  ]),
)

const aliases = new Map<string, string>(
  Object.entries({
    roc_auc: ['auc', 'auroc', 'rocauc', 'roc_auc_score', 'area_under_roc'],
    roc_auc_ovr: ['auc_ovr', 'roc_auc_ovr_macro'],
    average_precision: ['ap', 'average_precision_score', 'auprc', 'pr_auc'],
    accuracy: ['acc', 'accuracy_score'],
    balanced_accuracy: ['balanced_accuracy_score', 'bal_acc'],
    precision: ['precision_score'],
    recall: ['recall_score', 'sensitivity', 'tpr', 'true_positive_rate'],
    specificity: ['tnr', 'true_negative_rate'],
    f1: ['f1_score'],
    matthews_corrcoef: ['mcc', 'phi'],
    log_loss: ['logloss', 'cross_entropy', 'binary_logloss', 'multi_logloss'],
    brier_score: ['brier', 'brier_score_loss', 'brier_loss'],
    expected_calibration_error: ['ece', 'calibration_error'],
    r2: ['r2_score', 'r_squared'],
    explained_variance: ['explained_variance_score'],
    mean_absolute_error: ['mae'],
    mean_squared_error: ['mse'],
    root_mean_squared_error: ['rmse'],
    median_absolute_error: ['medae', 'median_ae'],
    mean_absolute_percentage_error: ['mape'],
    max_error: ['maximum_error'],
  }).flatMap(([name, others]) => others.map((other): [string, string] => [other, name])),
)

/**
 * The metric that a name means: canonical names and their aliases (`auc`, `rmse`, `f1_score`, `neg_log_loss`), in any
 * letter case, with `-` or spaces for `_`. undefined for a name that this pack does not know.
 */
export function canonicalMetric(name: string): MetricDefinition | undefined {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/^neg_/, '')
  return definitions.get(aliases.get(plain) ?? plain)
}

/** Every name and alias, for messages that name the nearest. */
export function metricNames(): string[] {
  return [...definitions.keys(), ...aliases.keys()]
}

/** Canonical names of the metrics of a task, in reading order. */
export function metricsOf(type: Task['type']): string[] {
  return [...definitions.values()].filter((d) => d.tasks.includes(type)).map((d) => d.name)
}

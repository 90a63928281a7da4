import { type Context, choice, lines, text } from '@mlops-actions/action'

export const inputs = {
  metrics: text('JSON file with metrics. Default: the metrics of the run of this job.'),
  predictions: text(
    'File of predictions (CSV, JSON Lines or Parquet with the columns label, prediction, score) to measure here.',
  ),
  'model-file': text('ONNX model to run on `data` and measure here.'),
  data: lines('Data to run `model-file` on: paths or globs, one a line.'),
  label: text(
    'The column that holds the truth. Default: `task.label` of mlops.yaml, else the one column that is no model input.',
  ),
  positive: text(
    'The class of interest of a binary task. Default: `task.positive`, else the second class in sorted order.',
  ),
  task: choice(
    ['auto', 'binary', 'multiclass', 'regression'],
    'auto',
    'The kind of task; auto goes by mlops.yaml and the labels.',
  ),
  rules: text('Rules as YAML, or the path of a YAML file. They may tighten the base’s rules or add to them.'),
}

export const outputs = {
  'failed-checks': 'JSON array of the ids of the checks that failed',
  metrics: 'JSON object: name -> { value, low, high, n, method }',
}

export type GateContext = Context<typeof inputs, typeof outputs>

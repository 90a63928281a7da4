import { type Context, lines, text, textOr } from '@mlops-actions/action'

export const inputs = {
  model: text('Name of the model in the registry. Default: `model` of mlops.yaml.'),
  stage: textOr('production', 'The stage whose holder is compared with.'),
  candidate: text(
    'The candidate: a model file, or a version such as churn@v1.5.0. Default: the model of the run of this job.',
  ),
  holdout: lines('Data to run both models on: paths or globs, one a line. Default: `data.holdout` of mlops.yaml.'),
  predictions: text("The candidate's predictions as a file (CSV, JSON Lines, Parquet), instead of running models."),
  'production-predictions': text(
    "Production's predictions of the same rows. With both files neither GitHub nor a model is needed.",
  ),
  label: text(
    'The column that holds the truth. Default: `task.label` of mlops.yaml, else the one column that is no model input.',
  ),
  positive: text(
    'The class of interest of a binary task. Default: `task.positive`, else the second class in sorted order.',
  ),
  rules: text(
    'Comparison rules as YAML, or the path of a YAML file. They may tighten the base’s rules or add to them.',
  ),
}

export const outputs = {
  decision: 'better, non-inferior, inconclusive, worse or no-production',
  'production-version': 'The version compared with, e.g. v1.4.0; none where nobody holds the stage',
  'production-slot': 'The slot compared with, e.g. 7; none where nobody holds the stage',
  deltas: 'JSON object: metric -> { delta, low, high, production, candidate }',
}

export type CompareContext = Context<typeof inputs, typeof outputs>

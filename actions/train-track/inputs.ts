import { type Context, count, lines, text, unsupported } from '@mlops-actions/action'

export const inputs = {
  command: text(
    'The training command, run in bash at the root of the repository. Default: `train.command` of mlops.yaml.',
  ),
  experiment: text('Name of the experiment. Default: the model of mlops.yaml, else the job.'),
  'run-name': text('Name of the run. Default: its start time.'),
  params: text('Files with parameters (YAML or JSON, one a line), or the parameters themselves as YAML.'),
  metrics: lines('JSON files with metrics that the command writes, one a line.'),
  artifacts: lines('Files to keep with the run: paths or globs, one a line.'),
  'model-file': text('The model that the command writes. Default: `train.model_file` of mlops.yaml.'),
  data: lines('Data files that the command reads, for lineage: paths or globs, one a line.'),
  tags: text('Tags as YAML.'),
  'retention-days': count("Days that the run's artifact is kept. Default: the repository's setting."),
  sweep: unsupported('File that describes a sweep.'),
  mlflow: unsupported('Receive what MLflow code logs.'),
  import: unsupported('A remote run or folder to import.'),
  cache: unsupported('Reuse a run with the same inputs.'),
}

export const outputs = {
  'run-id': 'Id of the run',
  status: 'finished or failed',
  params: 'JSON object: name -> text',
  metrics: 'JSON object: name -> number',
  'run-file': 'Path of run.json',
  'artifact-id': "Id of the run's artifact; empty where none was written",
  'artifact-name': "Name of the run's artifact; empty where none was written",
  'model-file': 'Path of the model file kept with the run',
  'cache-hit': 'Always false in this version',
}

export type TrainContext = Context<typeof inputs, typeof outputs>

import { type ActionNeed, type Context, choice, lines, text, type Values } from '@mlops-actions/action'

export const inputs = {
  data: lines(
    'Data files (CSV, TSV, JSON Lines or Parquet), or profiles of shards (.json): paths or globs, one a line.',
    'required',
  ),
  suite: text('Path of the suite of expectations (YAML or JSON). Default: `suite` of mlops.yaml.'),
  'dataset-name': text('Name of the dataset in reports and lineage. Default: the first pattern of `data`.'),
  format: choice(
    ['auto', 'csv', 'tsv', 'jsonl', 'parquet'],
    'auto',
    'Format of the files: auto goes by the name and the first bytes.',
  ),
  reference: text(
    'What the columns and categories are compared with: a data file, a profile.json, or a version (churn@v1.4.0, churn#production).',
  ),
  infer: text(
    'Path to write a proposed suite to. Without a suite, the data are judged by it, and the verdict is warned.',
  ),
  shard: text(
    'Path to write the profile to so that it can be merged with those of other shards. It holds values: keep it within the workflow.',
  ),
}

export const outputs = {
  rows: 'Number of rows',
  columns: 'Number of columns',
  fingerprint: '`sha256:…` of the data: of the bytes of one file, or of what sha256sum prints for several',
  profile: 'Path of profile.json',
  'failed-checks': 'JSON array of the ids of the checks that failed',
}

export const permissions: ActionNeed<Values<typeof inputs>>[] = [
  {
    permission: 'contents: read',
    why: 'read the version that is the reference',
    without: 'an error',
    when: ({ reference }) => /[@#]/.test(reference ?? ''),
  },
  {
    permission: 'deployments: read',
    why: 'see which version holds a stage, where the reference is one',
    without: 'a warned check says that this was not seen',
    when: ({ reference }) => reference?.includes('#') === true,
  },
]

export type DataContext = Context<typeof inputs, typeof outputs>

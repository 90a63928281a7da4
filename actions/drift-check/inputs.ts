import { type Context, choices, type Input, lines, requiredText, secret, text } from '@mlops-actions/action'
import { workflowFile } from '@mlops-actions/drift'
import { type WindowRules, windowRules } from '@mlops-actions/references'

export const inputs = {
  reference: requiredText(
    'What current data are compared with: a version or stage (churn#production), a data file, or a profile.json.',
  ),
  current: lines(
    'Current data (CSV, TSV, JSON Lines or Parquet) or prediction logs of the serving image: paths or globs, one a line; or one profile.json; or addresses of running servers, such as https://host/profile, one a replica.',
    'required',
  ),
  'current-token': secret(
    'The token (PROFILE_TOKEN) of the servers that current names. It is sent to these addresses only, over https, and never along a redirect.',
  ),
  rules: text('Drift rules as YAML, the path of a YAML file, or the name of a preset. Default: `drift` of mlops.yaml.'),
  label: text('The column that holds the truth, where the current data have it. Default: `task.label` of mlops.yaml.'),
  'on-drift': choices(
    ['none', 'issue', 'dispatch'],
    'What to do, one a line: issue keeps one issue per model open while there is something to do; dispatch starts the workflow that retrains where the decision is retrain.',
  ),
  'ground-truth': lines(
    'Labels that arrived later: tables with the id of a row and its label, paths or globs, one a line. They are joined onto the current rows.',
  ),
  slices: lines(
    'Columns whose groups of rows are compared on their own as well, one a line: region. The reference must be data.',
  ),
  window: {
    description:
      'Only the newest of the current rows: those of the last while (24h, 7d), or so many (1000 rows). `7d by at` names the column of times; that of a prediction log is known. Default: all.',
    default: '',
    required: false,
    parse: parseWindow,
    absent: undefined,
  } satisfies Input<WindowRules | undefined>,
  workflow: {
    ...text(
      'on-drift: dispatch: the workflow to start, a file of .github/workflows with `on: workflow_dispatch`. Default: `retrain.workflow` of mlops.yaml, where cooldown and cap stand too.',
    ),
    parse: (given: string) => {
      const file = workflowFile.safeParse(given)
      if (file.success) return file.data
      throw new Error(file.error.issues[0]!.message)
    },
  },
  'workflow-inputs': text(
    'on-drift: dispatch: inputs of that workflow, as YAML (name: value, one a line). Besides these it gets model, reason and drift-run-url, each where it declares an input of that name.',
  ),
}

/** `7d`, `7d by at`, `1000 rows`, `1000 rows by at`. */
function parseWindow(given: string): WindowRules {
  const [, size = given, column] = /^(.*?) by (.+)$/.exec(given) ?? []
  const rows = /^(\d+) rows?$/.exec(size)
  const found = windowRules.safeParse({
    ...(rows ? { rows: Number(rows[1]) } : { last: size }),
    ...(column === undefined ? {} : { column }),
  })
  if (found.success) return found.data
  throw new Error(
    'must be a while such as 24h or 7d, or a number such as 1000 rows; `7d by at` names the column of times',
  )
}

export const outputs = {
  drift: 'none, moderate or significant',
  'drift-detected': 'true where drift is moderate or significant',
  decision: 'keep, investigate or retrain',
  'drifted-columns': 'JSON array of column names',
  'retrain-run-url': 'Address of the run that retrains; empty where none was started',
}

export type DriftContext = Context<typeof inputs, typeof outputs>

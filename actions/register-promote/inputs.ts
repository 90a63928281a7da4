import { type Context, choice, flag, type Input, lines, secret, text, textOr } from '@mlops-actions/action'

const operations = ['register', 'promote', 'rollback', 'approve', 'show', 'download', 'archive', 'doctor'] as const
export type Operation = (typeof operations)[number]

const operation: Input<Operation> = {
  ...choice(
    operations,
    'show',
    'What to do: register, promote, rollback, approve (carry out what an issue asks for), archive, show, download, or doctor (examine the whole registry).',
  ),
  default: '',
  required: true,
}

export const inputs = {
  operation,
  model: text(
    'Name of the model in the registry. Default: `model` of mlops.yaml; for doctor: all models. show: * shows all.',
  ),
  version: text(
    'register: the version to give, e.g. v2.0.0. Else the version meant: v1.4.0, churn@v1.4.0 or churn#staging. Default: promote: the one that this job registered; rollback: the one before.',
  ),
  bump: choice(
    ['auto', 'major', 'minor', 'patch'],
    'auto',
    'register: which number goes up. auto: major when inputs or outputs of the model changed, else minor; the first is v1.0.0.',
  ),
  stage: textOr('production', 'The stage to promote to, roll back, show or download from.'),
  run: text('register: id of the run whose model is registered. Default: the run of this job, the only one supported.'),
  files: lines(
    'register: more files of the model, one a line: paths or globs, or files kept elsewhere, as https://host/weights.bin sha256:<hex>, or s3://bucket/weights.bin sha256:<hex> size:<bytes>. download: names of the files wanted; default all.',
  ),
  evidence: lines('Files of verdicts (JSON) to count besides those of this job, one a line.'),
  expect: text(
    'Refuse unless the stage is held by this slot (7), version (v1.4.0) or nobody (none). Default for promote: what the newest comparison compared with.',
  ),
  issue: text(
    'approve: number of the issue in which the change was asked for; model, version, stage and reason are taken from there.',
  ),
  reason: text('Why: kept in the log of the stage.'),
  path: text('download: folder for the files. Default: a folder of this step.'),
  at: text('show: who held the stage at this time, e.g. 2026-03-01T12:00:00Z.'),
  'dry-run': flag(false, 'Judge, and write nothing.'),
  attest: flag(
    false,
    'register: sign provenance and model files through Sigstore, and store both as attestations. Needs id-token: write and attestations: write.',
  ),
  'override-freeze': flag(false, 'promote: although promotions to the stage are frozen; needs "reason".'),
  'webhook-url': secret('Address that is told of a promotion or rollback, in JSON that Slack understands.'),
  'webhook-secret': secret('Signs what is sent to webhook-url, as GitHub does: X-Hub-Signature-256.'),
}

export const outputs = {
  version: 'The version, e.g. v1.4.0',
  tag: 'Its tag, e.g. churn@v1.4.0',
  'release-id': 'Id of its release',
  'release-url': 'Address of its release',
  stage: 'The stage; empty for register',
  slot: 'The slot that holds the stage, e.g. 7; none where nobody holds it',
  'previous-version': 'The version that held the stage before; none where there was none',
  promoted: 'true when this step wrote a slot',
  manifest: 'Path of manifest.json',
  files: 'JSON array of the paths of downloaded files',
}

export type RegistryContext = Context<typeof inputs, typeof outputs>
export type Results = Record<keyof typeof outputs, string | number | boolean | string[]>

/** Outputs of an operation that leaves the others empty. */
export function results(some: Partial<Results>): Results {
  const none = { version: '', tag: '', 'release-id': '', 'release-url': '', stage: '', slot: '' }
  return { ...none, 'previous-version': '', promoted: false, manifest: '', files: [], ...some }
}

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { action, choice, lines, text, unsupported, writingOf } from '@mlops-actions/action'
import { dataset, readText } from '@mlops-actions/files'
import { type ColumnProfile, profileTable, serialiseProfile } from '@mlops-actions/profile'
import { rulesDigest } from '@mlops-actions/settings'
import { readTable } from '@mlops-actions/table'
import { parseSuite, readForSuite, validate } from '@mlops-actions/validation'
import { UserError, verdict } from '@mlops-actions/verdict'

export const main = action({
  name: 'data-validate',
  description: 'Checks data files against a suite of expectations, and describes them in a small profile.',
  kind: 'validation',
  inputs: {
    data: lines('Data files (CSV, TSV, JSON Lines or Parquet): paths or globs, one a line.', 'required'),
    suite: text('Path of the suite of expectations (YAML or JSON). Default: `suite` of mlops.yaml.'),
    'dataset-name': text('Name of the dataset in reports and lineage. Default: the first pattern of `data`.'),
    format: choice(
      ['auto', 'csv', 'tsv', 'jsonl', 'parquet'],
      'auto',
      'Format of the files: auto goes by the name and the first bytes.',
    ),
    reference: unsupported('Data, profile or version to compare with.'),
    infer: unsupported('Path to write a proposed suite to.'),
  },
  outputs: {
    rows: 'Number of rows',
    columns: 'Number of columns',
    fingerprint: '`sha256:…` of the data: of the bytes of one file, or of what sha256sum prints for several',
    profile: 'Path of profile.json',
    'failed-checks': 'JSON array of the ids of the checks that failed',
  },
  async run(a) {
    const { inputs, settings, roots, log } = a
    const suitePath = inputs.suite ?? (settings.values.suite && settings.resolve(settings.values.suite))
    if (!suitePath) throw noSuite()

    const suite = parseSuite(await readText(suitePath, roots), suitePath)
    const data = await dataset(inputs.data, roots)
    const { sensitive = [], categorical = [] } = settings.values.data ?? {}
    const reading = { ...writingOf(a), format: inputs.format === 'auto' ? undefined : inputs.format }
    const checks = await log.group(`Check ${data.files.map((file) => file.path).join(', ')}`, async () =>
      validate(await readForSuite(data.sources, suite, reading), suite),
    )
    const table = await readTable(data.sources, reading)
    const { profile } = await log.group('Describe the columns', () => profileTable(table, { sensitive, categorical }))
    const profilePath = join(a.folder, 'profile.json')
    await writeFile(
      profilePath,
      serialiseProfile(profile, { sensitive, minCategoryCount: settings.values.min_category_count ?? 10 }),
    )

    const name = inputs['dataset-name'] ?? inputs.data[0]!
    const subject = { data: data.fingerprint, dataset: name, rules: rulesDigest(suite), suite: suitePath }
    const result = verdict('validation', subject, checks, a.context({ files: data.files.map((file) => ({ ...file })) }))
    return a.finish(
      result,
      {
        rows: table.rows,
        columns: table.schema.length,
        fingerprint: data.fingerprint,
        profile: profilePath,
        'failed-checks': checks.filter((c) => c.status === 'failed' || c.status === 'errored').map((c) => c.id),
      },
      {
        title: `Data of ${name}`,
        profile: withoutSensitive(profile, sensitive),
        facts: facts(table.rows, profile.columns),
      },
    )
  },
})

/** What the report shows of the columns: none of the values of a sensitive one. */
function withoutSensitive<P extends { columns: ColumnProfile[] }>(profile: P, sensitive: string[]): P {
  return { ...profile, columns: profile.columns.filter((column) => !sensitive.includes(column.name)) }
}

function facts(rows: number, columns: ColumnProfile[]): { label: string; value: string }[] {
  const nulls = columns.reduce((sum, column) => sum + column.nulls, 0)
  return [
    { label: 'Rows', value: rows.toLocaleString('en') },
    { label: 'Columns', value: String(columns.length) },
    { label: 'Empty cells', value: nulls.toLocaleString('en') },
  ]
}

function noSuite(): UserError {
  return new UserError({
    code: 'SUITE_MISSING',
    message: 'There is no suite to check the data against.',
    where: { key: 'suite' },
    help: 'Give the input "suite", or "suite:" in mlops.yaml. Data that nothing is expected of cannot pass.',
  })
}

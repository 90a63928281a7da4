import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { action, choice, lines, text, unsupported, writingOf } from '@mlops-actions/action'
import { dataset, insidePath, readText, writeFileAtomic } from '@mlops-actions/files'
import { type ColumnProfile, serialiseProfile, serialiseShard } from '@mlops-actions/profile'
import { rulesDigest } from '@mlops-actions/settings'
import { parseSuite } from '@mlops-actions/validation'
import { UserError, verdict } from '@mlops-actions/verdict'
import { areShards, onlyProposed, openRows, openShards, propose, writeProposal } from './judge.ts'

export const main = action({
  name: 'data-validate',
  description: 'Checks data files against a suite of expectations, and describes them in a small profile.',
  kind: 'validation',
  permissions: [],
  inputs: {
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
    reference: unsupported('Data, profile or version to compare with.'),
    infer: text(
      'Path to write a proposed suite to. Without a suite, the data are judged by it, and the verdict is warned.',
    ),
    shard: text(
      'Path to write the profile to so that it can be merged with those of other shards. It holds values: keep it within the workflow.',
    ),
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
    const { infer, shard } = inputs
    const named = inputs.suite ?? (settings.values.suite && settings.resolve(settings.values.suite))
    const inferPath = infer === undefined ? undefined : await insidePath(infer, roots)
    const shardPath = shard === undefined ? undefined : await insidePath(shard, roots)
    // A suite that is to be proposed under the name of the project's own is not there yet.
    const suitePath = named && inferPath && (await insidePath(named, roots)) === inferPath ? undefined : named
    if (!suitePath && infer === undefined) throw noSuite()
    const given = suitePath ? parseSuite(await readText(suitePath, roots), suitePath) : undefined

    const data = await dataset(inputs.data, roots)
    const name = inputs['dataset-name'] ?? inputs.data[0]!
    const reading = { ...writingOf(a), format: inputs.format === 'auto' ? undefined : inputs.format }
    const { sensitive = [], categorical = [] } = settings.values.data ?? {}
    const judged = await log.group('Describe the columns', () =>
      areShards(data) ? openShards(data, roots) : openRows(data, reading, { sensitive, categorical }),
    )
    const { profile } = judged
    if (shardPath !== undefined) await writeFileAtomic(shardPath, serialiseShard(profile, sensitive))
    const proposed = inferPath === undefined ? undefined : await propose(judged, name)
    if (inferPath !== undefined) await writeProposal(inferPath, infer!, proposed!)
    const suite = given ?? parseSuite(proposed!, infer!)
    const checks = await log.group(`Check ${data.files.map((file) => file.path).join(', ')}`, () =>
      judged.checks(suite),
    )
    if (given === undefined) checks.push(onlyProposed(infer!))
    const profilePath = join(a.folder, 'profile.json')
    await writeFile(
      profilePath,
      serialiseProfile(profile, { sensitive, minCategoryCount: settings.values.min_category_count ?? 10 }),
    )

    const subject = { data: data.fingerprint, dataset: name, rules: rulesDigest(suite), suite: suitePath ?? infer! }
    const result = verdict('validation', subject, checks, a.context({ files: data.files.map((file) => ({ ...file })) }))
    return a.finish(
      result,
      {
        rows: profile.rows,
        columns: profile.columns.length,
        fingerprint: data.fingerprint,
        profile: profilePath,
        'failed-checks': checks.filter((c) => c.status === 'failed' || c.status === 'errored').map((c) => c.id),
      },
      {
        title: `Data of ${name}`,
        profile: withoutSensitive(profile, sensitive),
        facts: facts(profile.rows, profile.columns),
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
    help: 'Give the input "suite", or "suite:" in mlops.yaml; "infer" proposes one. Data that nothing is expected of cannot pass.',
  })
}

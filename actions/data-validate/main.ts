import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { action, writingOf } from '@mlops-actions/action'
import { dataset, insidePath, readText, writeFileAtomic } from '@mlops-actions/files'
import {
  type ColumnProfile,
  type Profile,
  serialiseProfile,
  serialiseShard,
  typesToCompare,
} from '@mlops-actions/profile'
import { rulesDigest } from '@mlops-actions/settings'
import { againstReference, parseSuite } from '@mlops-actions/validation'
import { nearest, UserError, verdict } from '@mlops-actions/verdict'
import { inputs, outputs, permissions } from './inputs.ts'
import {
  areShards,
  onlyProposed,
  openOthers,
  openReference,
  openRows,
  openShards,
  propose,
  writeProposal,
} from './judge.ts'

export const main = action({
  name: 'data-validate',
  description: 'Checks data files against a suite of expectations, and describes them in a small profile.',
  kind: 'validation',
  permissions,
  inputs,
  outputs,
  async run(a) {
    const { inputs, settings, roots, log } = a
    const { infer, shard } = inputs
    const named = inputs.suite ?? (settings.values.suite && settings.resolve(settings.values.suite))
    const inferPath = infer === undefined ? undefined : await insidePath(infer, roots)
    const shardPath = shard === undefined ? undefined : await insidePath(shard, roots)
    // A suite that is to be proposed under the name of the project's own is not there yet.
    const suitePath = named && inferPath && (await insidePath(named, roots)) === inferPath ? undefined : named
    if (!suitePath && infer === undefined) throw noSuite()
    const given = suitePath ? parseSuite(await readText(suitePath, roots), suitePath, a.now) : undefined

    const data = await dataset(inputs.data, roots)
    const name = inputs['dataset-name'] ?? inputs.data[0]!
    const { sensitive = [], categorical = [] } = settings.values.data ?? {}
    const reference = await openReference(a, { sensitive, categorical })
    const types = reference === undefined ? {} : { types: typesToCompare(reference.sample.profile) }
    const reading = { ...writingOf(a), ...types, format: inputs.format === 'auto' ? undefined : inputs.format }
    const shards = areShards(data)
    // A profile tells nothing of rows, so that other files have nothing to be compared with.
    const others = given === undefined || shards ? undefined : await openOthers(a, given)
    const judged = await log.group('Describe the columns', () =>
      shards ? openShards(data, roots, sensitive) : openRows(data, reading, { sensitive, categorical }),
    )
    const { profile } = judged
    for (const warning of misspelt(sensitive, profile)) log.warning(warning)
    if (shardPath !== undefined) await writeFileAtomic(shardPath, serialiseShard(profile, sensitive))
    const proposed = inferPath === undefined ? undefined : await propose(judged, name)
    if (inferPath !== undefined) await writeProposal(inferPath, infer!, proposed!)
    const suite = given ?? parseSuite(proposed!, infer!)
    const checks = await log.group(`Check ${data.files.map((file) => file.path).join(', ')}`, () =>
      judged.checks(suite, {
        now: a.now.getTime(),
        referenceRows: reference?.sample.profile.rows,
        files: others?.tables,
      }),
    )
    if (given === undefined) checks.push(onlyProposed(infer!))
    if (reference !== undefined) checks.push(...againstReference(reference.sample.profile, profile))
    const profilePath = join(a.folder, 'profile.json')
    await writeFile(
      profilePath,
      serialiseProfile(profile, { sensitive, minCategoryCount: settings.values.min_category_count ?? 10 }),
    )

    const subject = {
      data: data.fingerprint,
      dataset: name,
      rules: rulesDigest(suite),
      suite: suitePath ?? infer!,
      ...(reference ? { reference: reference.digest } : {}),
    }
    const files = data.files.map((file) => ({ ...file }))
    const result = verdict(
      'validation',
      subject,
      checks,
      a.context({ files, ...(others ? { others: others.named } : {}) }),
    )
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
        profile: withoutSensitive(profile),
        facts: facts(profile.rows, profile.columns),
      },
    )
  },
})

/** A name that no column has hides nothing: said where one looks like it, for other files may well have it. */
function misspelt(sensitive: string[], { columns }: Profile): string[] {
  const names = columns.map(({ name }) => name)
  return sensitive.flatMap((name) => {
    const meant = names.includes(name) ? undefined : nearest(name, names)
    return meant === undefined || sensitive.includes(meant)
      ? []
      : [`mlops.yaml calls a column sensitive, "${name}", which the data do not have. Did you mean "${meant}"?`]
  })
}

/** What the report shows of the columns: none of the values of a sensitive one. */
function withoutSensitive(profile: Profile): Profile {
  const columns = profile.columns.map((column) => {
    const { numbers: _, categories: __, sketch: ___, ...plain } = column
    return column.sensitive ? plain : column
  })
  return { ...profile, columns }
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

import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Check, parseVerdict } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAction, sourceAction } from '../../local-github/index.ts'

const example = fileURLToPath(new URL('../../examples/churn/data/churn.csv', import.meta.url))
let root: string
let action: string
let jobs = 0

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'data-validate-')))
  action = await sourceAction(join(root, 'action'), new URL('./', import.meta.url))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** A job with these files in its workspace, in a commit if asked; runs the action and reads back what it wrote. */
async function validate(inputs: Record<string, string>, files: Record<string, string>, committed = false) {
  const place = { workspace: join(root, `job-${++jobs}`, 'work'), temp: join(root, `job-${jobs}`, 'temp') }
  for (const [path, text] of Object.entries(files)) {
    const file = join(path.startsWith('temp/') ? join(place.temp, '..') : place.workspace, path)
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, text)
  }
  if (committed) {
    const git = (...command: string[]) => execFileSync('git', ['-C', place.workspace, ...command], { stdio: 'pipe' })
    git('init', '-q')
    git('add', '-A')
    git('-c', 'user.name=mona', '-c', 'user.email=mona@example.com', 'commit', '-qm', 'data')
  }
  const github = { repository: 'octo/churn', runId: 1, job: 'check', sha: 'a'.repeat(40), eventName: 'push' }
  const result = await runAction({ action, ...place, inputs, github })
  const report = await readFile(result.outputs['report-json']!, 'utf8')
  const checks = result.outputs.verdict === 'error' ? [] : parseVerdict(report, 'report').checks
  const read = (path: string) =>
    readFile(join(path.startsWith('temp/') ? join(place.temp, '..') : place.workspace, path), 'utf8')
  return {
    ...result,
    place,
    report,
    checks,
    read,
    profile: result.outputs.profile ? await readFile(result.outputs.profile, 'utf8') : '',
  }
}

const compared = ({ id, status, evidence }: Check) => ({
  id,
  status,
  figures: [evidence.element_count, evidence.missing_count, evidence.unexpected_count],
})

const table = `
rows: { between: [2400, 2400] }
columns:
  tenure: { type: integer, not_null: true, between: [0, 72], mean: [30, 35], stdev: [20, 30], distinct: [70, 73] }
  monthly_charges: { type: number, min: [18, null], max: [null, 120], between: [20, 110], median: [60, 80], mostly: 0.9 }
  total_charges: { not_null: true, sum: [5000000, 6000000], mean: [2000, 2400] }
  contract: { in_set: [Month-to-month, One year], length: [8, 14] }
  churn: { in_set: ["yes", "no"], matches: "^(yes|no)$" }
`

describe('data-validate over shards', () => {
  it('judges the merged profiles of shards as it judges the whole', async () => {
    const [header, ...rows] = (await readFile(example, 'utf8')).trimEnd().split('\n')
    const shards: Record<string, string> = {}
    const places = [0, 7, 900, 1500, rows.length]
    for (const [i, to] of places.slice(1).entries()) {
      const data = [header, ...rows.slice(places[i], to)].join('\n')
      const inputs = { data: 'data.csv', suite: 'rows.yaml', shard: `temp/shards/${i}.json` }
      const absolute = { ...inputs, shard: join(root, `job-${jobs + 1}`, 'temp/shards', `${i}.json`) }
      const part = await validate(absolute, { 'data.csv': data, 'rows.yaml': 'columns: { churn: { not_null: true } }' })
      expect(part.outputs.verdict, part.stderr).toBe('passed')
      shards[`temp/shards/${i}.json`] = await part.read(`temp/shards/${i}.json`)
    }
    const whole = await validate(
      { data: 'data.csv', suite: 'table.yaml' },
      { 'data.csv': [header, ...rows].join('\n'), 'table.yaml': table },
    )
    const pattern = join(root, `job-${jobs + 1}`, 'temp/shards/*.json')
    const merged = await validate({ data: pattern, suite: 'table.yaml' }, { ...shards, 'table.yaml': table })
    // A sketch settles that too many charges are out of range, not how many: that figure is null.
    const known = merged.checks.map(compared)
    const told = whole.checks.map(compared).map((of, i) => ({
      ...of,
      figures: of.figures.map((figure, j) => (known[i]!.figures[j] === null ? null : figure)),
    }))
    expect(known).toEqual(told)
    expect(known.filter(({ figures }) => figures.includes(null)).map(({ id }) => id)).toEqual([
      'expect_column_values_to_be_between.monthly_charges',
    ])
    expect(new Set(merged.checks.map(({ status }) => status))).toEqual(new Set(['passed', 'failed']))
    expect(merged.outputs).toMatchObject({ verdict: 'failed', rows: '2400', columns: '20' })
    expect(merged.exitCode).toBe(1)
    // What the whole lists, the merged shards list; what is sketched (charges) may differ within its bound.
    const exact = (text: string) => text.split('\n').filter((line) => !/"(?:monthly|total)_charges"/.test(line))
    expect(exact(merged.profile)).toEqual(exact(whole.profile))
  })

  it('refuses shards among data files, and profiles that hold no sketches', async () => {
    const kept = await validate(
      { data: 'data.csv', suite: 's.yaml' },
      { 'data.csv': 'a\n1\n', 's.yaml': 'columns: { a: {} }' },
    )
    const files = {
      'data.csv': 'a\n1\n',
      'p/1.json': kept.profile,
      'p/2.json': kept.profile,
      's.yaml': 'columns: { a: {} }',
    }
    const mixed = await validate({ data: 'data.csv\np/1.json', suite: 's.yaml' }, files)
    expect([mixed.exitCode, JSON.parse(mixed.report).code]).toEqual([2, 'DATA_MIXED'])
    const published = await validate({ data: 'p/*.json', suite: 's.yaml' }, files)
    expect([published.exitCode, JSON.parse(published.report).code]).toEqual([2, 'PROFILES_DIFFER'])
    expect(JSON.parse(published.report).message).toContain('p/1.json')
  })
})

describe('data-validate with infer', () => {
  const data = readFile(example, 'utf8')

  it('writes a suite that the data pass, and warns that nobody has read it', async () => {
    const files = { 'churn.csv': await data, 'mlops.yaml': 'suite: suite.yaml\ndata: { sensitive: [contract] }\n' }
    const first = await validate({ data: 'churn.csv', infer: 'suite.yaml' }, files)
    expect(first.outputs.verdict, first.stderr).toBe('warned')
    expect(first.checks.filter(({ status }) => status !== 'passed').map(({ id }) => id)).toEqual(['suite.proposed'])
    const suite = await first.read('suite.yaml')
    expect(suite).toContain('internet_service:')
    expect(suite).not.toContain('Month-to-month')
    const second = await validate({ data: 'churn.csv' }, { ...files, 'suite.yaml': suite })
    expect(second.outputs.verdict).toBe('passed')
  })

  it('overwrites no suite', async () => {
    const files = { 'churn.csv': await data, 'suite.yaml': 'columns: { tenure: {} }\n' }
    const { exitCode, report, read } = await validate({ data: 'churn.csv', infer: 'suite.yaml' }, files)
    expect([exitCode, JSON.parse(report).code]).toEqual([2, 'SUITE_EXISTS'])
    expect(await read('suite.yaml')).toBe(files['suite.yaml'])
  })
})

it('compares columns and categories with a reference', async () => {
  const suite = 'columns: { n: { not_null: true } }'
  const files = { 'suite.yaml': suite, 'old.csv': 'n,plan\n1,a\n2,b\n', 'new.csv': 'n,plan,x\n3,a,1\n4,c,2\n' }
  const same = await validate({ data: 'old.csv', suite: 'suite.yaml', reference: 'old.csv' }, files)
  expect(same.checks.map(({ id, status }) => [id, status]).slice(-1)).toEqual([['schema', 'passed']])
  const found = await validate({ data: 'new.csv', suite: 'suite.yaml', reference: 'old.csv' }, files)
  expect(found).toMatchObject({ exitCode: 0, outputs: { verdict: 'warned' } })
  expect(found.checks.filter(({ status }) => status === 'warned').map(({ id }) => id)).toEqual([
    'schema.x',
    'reference.categories.plan',
  ])
  const lost = await validate({ data: 'old.csv', suite: 'suite.yaml', reference: 'new.csv' }, files)
  expect(lost).toMatchObject({ exitCode: 1, outputs: { verdict: 'failed', 'failed-checks': '["schema.x"]' } })
  const none = await validate({ data: 'old.csv', suite: 'suite.yaml', reference: 'run:latest' }, files)
  expect(none.exitCode).toBe(2)
  expect(none.report).toContain('NOT_SUPPORTED')
})

describe('data-validate with what a suite names beside the data', () => {
  const suite = `
rows: { of_reference: [0.5, 2] }
columns:
  customer: { in_file: { file: 'data/customers*.csv', column: id } }
  seen: { fresh: 36500 days }
leaks: { label: churned, time: asked, holdout: data/holdout.csv }
point_in_time: { feature: seen, event: asked, ttl: 30 days }
`
  const row = (i: number) => `${i},2024-01-${10 + (i % 8)},2024-02-01,${(i * 7) % 11},${i % 3 === 0 ? 'yes' : 'no'}`
  const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i))
  const table = (of: string[]) => `${['customer,seen,asked,calls,churned', ...of].join('\n')}\n`
  const files = {
    'suite.yaml': suite,
    'data/train.csv': table(rows(0, 90)),
    'data/holdout.csv': table(rows(90, 120)),
    'data/customers-1.csv': `id\n${Array.from({ length: 60 }, (_, i) => i).join('\n')}\n`,
    'data/customers-2.csv': `id\n${Array.from({ length: 60 }, (_, i) => 60 + i).join('\n')}\n`,
  }
  const inputs = { data: 'data/train.csv', suite: 'suite.yaml', reference: 'data/holdout.csv' }

  it('passes what holds, and fails what does not, each by name', async () => {
    const held = await validate({ ...inputs, reference: 'data/train.csv' }, files)
    expect(held.outputs.verdict, held.stderr).toBe('passed')
    const { context } = parseVerdict(held.report, 'report')
    expect(context.others).toMatchObject([
      { name: 'data/customers*.csv', files: [{ path: 'data/customers-1.csv' }, { path: 'data/customers-2.csv' }] },
      {
        name: 'data/holdout.csv',
        fingerprint: expect.stringMatching(/^sha256:/),
        files: [{ path: 'data/holdout.csv' }],
      },
    ])
    const broken = {
      ...files,
      'data/train.csv': `customer,seen,asked,calls,churned,left\n${[
        ...rows(0, 80),
        ...rows(100, 110),
        '999,2024-03-01,2024-02-01,1,no',
      ]
        .map((line) => `${line},${line.endsWith('yes') ? 'moved' : ''}`)
        .join('\n')}\n`,
    }
    const found = await validate(inputs, broken)
    expect(found.exitCode).toBe(1)
    expect(JSON.parse(found.outputs['failed-checks']!)).toEqual([
      'expect_table_row_count_of_reference_to_be_between',
      'expect_column_values_to_be_in_file.customer',
      'expect_columns_to_not_tell_label',
      'expect_columns_to_not_be_later_than',
      'expect_rows_to_not_be_in_file',
      'expect_features_to_be_known_at_event',
    ])
    const markdown = await readFile(found.outputs['report-markdown']!, 'utf8')
    expect(markdown).toContain('where it is empty')
  })

  it('names the file and the key of what cannot be read, and never passes without it', async () => {
    const { 'data/holdout.csv': _, ...without } = files
    const missing = await validate({ ...inputs, reference: 'data/train.csv' }, without)
    expect(missing.exitCode).toBe(2)
    expect(JSON.parse(missing.report)).toMatchObject({
      where: { file: 'data/holdout.csv', key: 'leaks.holdout' },
      message: expect.stringContaining('data/holdout.csv'),
    })
    const outside = { ...files, 'suite.yaml': suite.replace('data/holdout.csv', '../../holdout.csv') }
    const refused = await validate({ ...inputs, reference: 'data/train.csv' }, outside)
    expect([refused.exitCode, JSON.parse(refused.report).code]).toEqual([2, 'PATH_OUTSIDE'])
    const alone = await validate({ data: 'data/train.csv', suite: 'suite.yaml' }, files)
    expect(alone.checks.filter(({ status }) => status !== 'passed').map(({ id, status }) => [id, status])).toEqual([
      ['expect_table_row_count_of_reference_to_be_between', 'errored'],
    ])
  })
})

describe('what breaks is shown where it stands', () => {
  const name = 'data/my, 100%: part.csv'
  const suite = `columns:
  plan: { in_set: [a, b] }
  "n, 50%: x": { between: [0, 5], severity: warned }
`
  const csv = 'plan,"n, 50%: x"\na,1\n"c%0A\r\n::error::forged",2\nb,9\n'

  it('with an annotation on the line of the file, which no text of the data can end', async () => {
    const files = { [name]: csv, 'data/second.csv': 'plan,"n, 50%: x"\na,7\n', 'suite.yaml': suite }
    const { annotations } = await validate({ data: 'data/*.csv', suite: 'suite.yaml' }, files, true)
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'plan is one of ["a", "b"]',
        message: 'here c%0A↵::error::forged, not so in 1 of 4 values (25.0 %)',
        file: name,
        line: 3,
      },
      ...[
        { file: name, line: 5, value: 9 },
        { file: 'data/second.csv', line: 2, value: 7 },
      ].map(({ file, line, value }) => ({
        level: 'warning',
        title: 'n, 50%: x is between 0 and 5',
        message: `here ${value}, not so in 2 of 4 values (50.0 %)`,
        file,
        line,
      })),
    ])
  })

  it('without a place where the file is in no commit, and with the lines in the report all the same', async () => {
    const found = await validate({ data: name, suite: 'suite.yaml' }, { [name]: csv, 'suite.yaml': suite })
    expect(found.annotations.map(({ level, file }) => [level, file])).toEqual([
      ['error', undefined],
      ['warning', undefined],
    ])
    expect(found.summary).toContain('`c%0A↵::error::forged` line 3')
    expect(found.summary).toContain('`9` line 5')
    expect(await readFile(found.outputs['report-html']!, 'utf8')).toContain('<code>9</code> line 5')
    expect(found.checks[0]!.evidence).toMatchObject({ unexpected_rows: [3], unexpected_files: [name] })
  })
})

describe('a sensitive column', () => {
  const secret = /hunter|730\d\d|73,0\d\d|1987/
  const row = (i: number) => `hunter${i}@example.com,${73_000 + i},1987-03-${String(10 + (i % 9))},${i}`
  const csv = ['email,salary,born,n', ...Array.from({ length: 40 }, (_, i) => row(i))].join('\n')
  const suite = `columns:
  email: { type: integer, in_set: [a], matches: "^a", unique: true, length: [1, 2], distinct: [1, 2] }
  salary: { between: [0, 1], min: [0, 1], max: [0, 1], median: [0, 1], mean: [0, 1], sum: [0, 1] }
  born: { between: ["2000-01-01", "2001-01-01"], min: ["2000-01-01", null] }
expectations:
  - { type: expect_column_pair_values_to_be_equal, column_A: n, column_B: salary }
  - { type: expect_compound_columns_to_be_unique, column_list: [n, email] }
  - { type: expect_column_most_common_value_to_be_in_set, column: email, value_set: [a] }
  - { type: expect_column_values_to_be_between, column: n, max_value: 1, row_condition: "salary > 5", condition_parser: pandas }
`
  const settings = 'data: { sensitive: [email, salary, born] }\n'
  const files = { 'data.csv': csv, 'suite.yaml': suite, 'mlops.yaml': settings }

  /** All that a step leaves behind for others to read, but the profile. */
  const doors = async ({
    stdout,
    stderr,
    summary,
    annotations,
    outputs,
    report,
  }: Awaited<ReturnType<typeof validate>>) =>
    JSON.stringify([
      ...[stdout, stderr, summary, annotations, outputs, report],
      ...(await Promise.all(['markdown', 'html'].map((form) => readFile(outputs[`report-${form}`]!, 'utf8')))),
    ])

  it('shows none of its values in the log, the summary, the reports, the JSON and the annotations', async () => {
    const found = await validate({ data: 'data.csv', suite: 'suite.yaml' }, files, true)
    expect(found.outputs.verdict).toBe('failed')
    expect(await doors(found)).not.toMatch(secret)
    expect(found.annotations.filter(({ line }) => line !== undefined).length).toBeGreaterThan(0)
    expect(found.summary.match(/\| not shown: sensitive \|/g)).toHaveLength(3)
    // Without the setting the same rules show them.
    expect(
      await doors(await validate({ data: 'data.csv', suite: 'suite.yaml' }, { ...files, 'mlops.yaml': '' })),
    ).toMatch(secret)
    expect(found.profile).not.toMatch(/hunter/)
  })

  it('shows none in a proposed suite, nor beside a reference', async () => {
    const later = csv.replaceAll('hunter', 'hunter9')
    const inputs = { data: 'data.csv', infer: 'proposed.yaml', reference: 'old.csv' }
    const found = await validate(inputs, { ...files, 'data.csv': later, 'old.csv': csv })
    expect(found.outputs.verdict, found.stderr).not.toBe('error')
    expect(await found.read('proposed.yaml')).not.toMatch(secret)
    expect(await doors(found)).not.toMatch(secret)
  })

  it('that is spelt wrong in mlops.yaml is warned of', async () => {
    const wrong = { ...files, 'mlops.yaml': 'data: { sensitive: [e-mail] }\n' }
    const { annotations } = await validate({ data: 'data.csv', suite: 'suite.yaml' }, wrong)
    expect(annotations[0]!.message).toContain('"e-mail", which the data do not have. Did you mean "email"?')
  })

  it('shows none of shards, whichever of the steps calls it sensitive', async () => {
    for (const [part, whole] of [
      [settings, ''],
      ['', settings],
    ]) {
      const shard = join(root, `job-${jobs + 1}`, 'temp/shards/1.json')
      const made = { ...files, 'mlops.yaml': part!, 'suite.yaml': 'columns: { n: { not_null: true } }' }
      const written = await validate({ data: 'data.csv', suite: 'suite.yaml', shard }, made)
      expect(written.outputs.verdict, written.stderr).toBe('passed')
      const pattern = join(root, `job-${jobs + 1}`, 'temp/shards/*.json')
      const merged = { ...files, 'temp/shards/1.json': await readFile(shard, 'utf8'), 'mlops.yaml': whole! }
      const found = await validate({ data: pattern, suite: 'suite.yaml' }, merged)
      expect(found.outputs.verdict, found.stderr).toBe('failed')
      expect(await doors(found)).not.toMatch(secret)
      expect(found.profile).not.toMatch(/hunter/)
    }
  })
})

describe('data-validate against hostile names and files', () => {
  it('takes columns by any name', async () => {
    const names = [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'a\u0000b',
      'c\u001b[31m\nd',
      '::error::x',
      '|',
    ]
    const rows = [1, 2, 3].map((row) => `{${names.map((name) => `${JSON.stringify(name)}:${row}`).join(',')}}`)
    const columns = names.map((name) => `${JSON.stringify(name)}: { between: [1, 2], unique: true, type: integer }`)
    const files = { 'data.jsonl': rows.join('\n'), 'suite.yaml': `columns: { ${columns.join(', ')} }` }
    const found = await validate({ data: 'data.jsonl', suite: 'suite.yaml', reference: 'data.jsonl' }, files)
    expect(found.outputs, found.stderr).toMatchObject({ verdict: 'failed', rows: '3', columns: '8' })
    const judged = (expectation: string) => found.checks.filter(({ evidence }) => evidence.expectation === expectation)
    expect(judged('expect_column_values_to_be_unique').map(({ subject, status }) => [subject, status])).toEqual(
      names.map((name) => [name, 'passed']),
    )
    expect(judged('expect_column_values_to_be_between').map(({ evidence }) => evidence.unexpected_count)).toEqual(
      names.map(() => 1),
    )
    expect((JSON.parse(found.profile) as { columns: { name: string }[] }).columns.map(({ name }) => name)).toEqual(
      names,
    )
    expect(found.stdout).not.toMatch(/^::error::x/m)
    const inferred = await validate({ data: 'data.jsonl', infer: 'new.yaml' }, { 'data.jsonl': files['data.jsonl'] })
    expect(inferred.outputs.verdict, inferred.stderr).toBe('warned')
    const again = { 'data.jsonl': files['data.jsonl'], 'new.yaml': await inferred.read('new.yaml') }
    expect((await validate({ data: 'data.jsonl', suite: 'new.yaml' }, again)).outputs.verdict).toBe('passed')
  })

  it('reads what DVC links into its cache, and says where nothing was pulled', async () => {
    const place = join(root, `job-${jobs + 1}`, 'work')
    const cache = join(place, '.dvc/cache/files/md5/0a')
    await mkdir(cache, { recursive: true })
    await mkdir(join(place, 'data'))
    await writeFile(join(cache, 'bcdef'), 'a\n1\n2\n', { mode: 0o444 })
    await symlink(join(cache, 'bcdef'), join(place, 'data/train.csv'))
    const inputs = { data: 'data/*.csv', suite: 's.yaml' }
    const linked = await validate(inputs, { 's.yaml': 'rows: { equal: 2 }' })
    expect(linked.outputs).toMatchObject({ verdict: 'passed', rows: '2' })
    const empty = join(root, `job-${jobs + 1}`, 'work')
    await mkdir(join(empty, 'data'), { recursive: true })
    await symlink(join(empty, '.dvc/cache/files/md5/0a/bcdef'), join(empty, 'data/train.csv'))
    const missing = await validate(inputs, { 's.yaml': 'rows: { equal: 2 }', 'data/other.csv': 'a\n1\n2\n' })
    expect(missing.exitCode).toBe(2)
    expect(JSON.parse(missing.report)).toMatchObject({
      code: 'PATH_OUTSIDE',
      help: expect.stringContaining('dvc pull'),
    })
  })

  it('judges no file that is written to meanwhile', async () => {
    const place = join(root, `job-${jobs + 1}`, 'work')
    await mkdir(place, { recursive: true })
    const text = `a\n${'1\n'.repeat(200_000)}`
    await writeFile(join(place, 'data.csv'), text)
    let isOver = false
    const writing = (async () => {
      while (!isOver) {
        await appendFile(join(place, 'data.csv'), '1\n')
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    const found = await validate(
      { data: 'data.csv', suite: 's.yaml' },
      { 's.yaml': 'columns: { a: { not_null: true } }' },
    )
    isOver = true
    await writing
    expect([found.exitCode, JSON.parse(found.report).code]).toEqual([2, 'FILE_CHANGED'])
  })
})

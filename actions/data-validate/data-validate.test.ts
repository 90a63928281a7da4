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

/** A job with these files in its workspace; runs the action and reads back what it wrote. */
async function validate(inputs: Record<string, string>, files: Record<string, string>) {
  const place = { workspace: join(root, `job-${++jobs}`, 'work'), temp: join(root, `job-${jobs}`, 'temp') }
  for (const [path, text] of Object.entries(files)) {
    const file = join(path.startsWith('temp/') ? join(place.temp, '..') : place.workspace, path)
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, text)
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

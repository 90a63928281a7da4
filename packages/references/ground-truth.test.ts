import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { sampleTable } from '@mlops-actions/profile'
import { readTable, type Table } from '@mlops-actions/table'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusal, source } from '../table/table.fixture.ts'
import { joinGroundTruth, labelledPredictions, openGroundTruth } from './ground-truth.ts'
import { openTable, type SampleWorld, sampleFiles, sampleOf } from './sample.ts'

const names = { id: 'id', truthId: 'id', truthLabel: 'churn', label: 'churn' }
const table = (text: string) => readTable([source(text)], { types: { id: 'text' } })

async function cells(of: Table, name: string): Promise<(string | null)[]> {
  const csv: (string | null)[] = []
  for await (const { columns, rows } of of.batches([name])) {
    const [column] = columns
    for (let row = 0; row < rows; row++) {
      const isNull = column!.nulls[row] === 1
      csv.push(
        isNull
          ? null
          : column!.type === 'text'
            ? column!.dictionary[column!.codes[row]!]!
            : String(column!.values[row]),
      )
    }
  }
  return csv
}

describe('joinGroundTruth', () => {
  it('gives the rows the labels that have arrived, and counts what did not meet', async () => {
    const current = await table('id,x\na,1\nb,2\nc,3\nd,4\nb,5\n,6\n')
    const truth = await table('id,churn\nb,no\nz,yes\na,\nd,no\nd,yes\n')
    const { table: joined, counts } = await joinGroundTruth(current, truth, names)
    expect(await cells(joined, 'churn')).toEqual([null, 'no', null, 'yes', 'no', null])
    expect(await cells(joined, 'x')).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(counts).toEqual({ rows: 6, labelled: 3, unmatched: 1, replaced: 1 })
    expect(joined.schema.at(-1)).toEqual({ name: 'churn', type: 'text', nulls: 3 })
    const all: string[][] = []
    for await (const batch of joined.batches()) all.push(batch.columns.map(({ name }) => name))
    expect(all).toEqual([['id', 'x', 'churn']])
  })

  it('agrees with a Map, whatever the ids and labels are', async () => {
    const id = fc.constantFrom('1', '01', '1.0', 'a', 'ä', 'A', ' ', 'sha256:00', '-1', 'true', '2024-01-01')
    const truthRow = fc.tuple(id, fc.constantFrom('-3', '0', '7', ''))
    await fc.assert(
      fc.asyncProperty(fc.array(id, { minLength: 1 }), fc.array(truthRow), async (ids, truth) => {
        const current = await table(`x,id\n${ids.map((one) => `1,"${one}"\n`).join('')}`)
        const given = await table(`id,churn\n${truth.map(([one, label]) => `"${one}",${label}\n`).join('')}`)
        const labels = new Map(truth.filter(([, label]) => label !== ''))
        const { table: joined, counts } = await joinGroundTruth(current, given, names)
        expect(await cells(joined, 'churn')).toEqual(ids.map((one) => labels.get(one) ?? null))
        expect(counts.labelled).toBe(ids.filter((one) => labels.has(one)).length)
        expect(counts.unmatched).toBe([...labels.keys()].filter((one) => !ids.includes(one)).length)
        expect(counts.replaced).toBe(truth.filter(([, label]) => label !== '').length - labels.size)
      }),
    )
  })

  it('joins many ids, over batches and over the growth of its index', async () => {
    const rows = 60_000
    const lines = (value: (i: number) => string) => Array.from({ length: rows }, (_, i) => `${value(i)}\n`).join('')
    const current = await table(`id,x\n${lines((i) => `customer-${i},${i}`)}`)
    const truth = await table(`id,churn\n${lines((i) => `customer-${2 * i},${2 * i}`)}`)
    const { table: joined, counts } = await joinGroundTruth(current, truth, names)
    expect(counts).toEqual({ rows, labelled: rows / 2, unmatched: rows / 2, replaced: 0 })
    expect(await cells(joined, 'churn')).toEqual(Array.from({ length: rows }, (_, i) => (i % 2 ? null : String(i))))
  })

  it('refuses a row of the truth without an id, and current data that have the label', async () => {
    const current = await table('id,x\na,1\n')
    const noId = await table('id,churn\na,1\n,1\n')
    expect(await refusal(joinGroundTruth(current, noId, names))).toMatchObject({
      code: 'GROUND_TRUTH_ID',
      where: { line: 3 },
    })
    const withLabel = await table('id,churn\na,1\n')
    expect(await refusal(joinGroundTruth(withLabel, withLabel, names))).toMatchObject({ code: 'GROUND_TRUTH_COLUMN' })
  })
})

const log = [
  '{"id":"r-3","timestamp":"2026-01-03T00:00:00.000Z","model_version":"v1.0.0","tenure":3,"plan":"a","prediction":1,"score":0.9}',
  '{"id":"r-1","timestamp":"2026-01-01T00:00:00.000Z","model_version":"v1.0.0","tenure":1,"plan":"b","prediction":0,"score":0.2}',
  '{"id":"r-4","timestamp":"2026-01-04T00:00:00.000Z","model_version":"v1.0.0","tenure":4,"plan":"a","prediction":1,"score":0.8}',
  '{"id":"r-2","timestamp":"2026-01-02T00:00:00.000Z","model_version":"v1.0.1","tenure":null,"plan":"b","prediction":0,"score":0.1}',
]

function project(files: Record<string, string | Buffer>): SampleWorld {
  const workspace = mkdtempSync(join(tmpdir(), 'log-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(workspace, name), content)
  const github = () => Promise.reject(new Error('no GitHub here'))
  return { roots: { workspace }, folder: workspace, github, reading: {}, sensitive: [], categorical: [] }
}

describe('a prediction log', () => {
  const world = project({
    'a.jsonl': `${log.slice(0, 2).join('\n')}\n`,
    'b.jsonl.gz': gzipSync(`${log.slice(2).join('\n')}\n`),
    'truth.csv': 'id,churn\nr-2,1\nr-1,0\nr-3,1\nr-9,1\n',
    'numbers.csv': 'id,churn\n1,0\n',
    'half.jsonl': '{"id":"a","timestamp":"2026-01-03T00:00:00Z","x":1}\n',
  })

  it('is known by its columns, and those that tell rows apart are no data', async () => {
    const opened = await openTable(['*.jsonl.gz', 'a.jsonl'], world)
    expect(opened.log).toEqual({
      id: 'id',
      time: 'timestamp',
      version: 'model_version',
      prediction: 'prediction',
      scores: ['score'],
    })
    const { sample } = await sampleOf(opened, world)
    expect(sample.profile.columns.map(({ name }) => name)).toEqual(['tenure', 'plan', 'prediction', 'score'])
    expect(sample.profile.rows).toBe(4)
    expect((await sampleFiles(['*.jsonl.gz', 'a.jsonl'], world)).sample).toEqual(sample)
    const half = await openTable(['half.jsonl'], world)
    expect(half.log).toBeUndefined()
  })

  it('meets labels that arrived later; those are predictions in the order of time', async () => {
    const opened = await openTable(['a.jsonl', 'b.jsonl.gz'], world)
    const joined = await openGroundTruth(opened, ['truth.csv'], { label: 'churn' }, world)
    expect(joined.counts).toEqual({ rows: 4, labelled: 3, unmatched: 1, replaced: 0 })
    const { predictions, times } = await labelledPredictions(
      joined.table,
      { type: 'binary', positive: 1 },
      { label: 'churn', time: 'timestamp', answers: ['prediction', 'score'], slices: ['plan'] },
    )
    expect(predictions).toMatchObject({
      rows: 3,
      actual: Uint8Array.of(0, 1, 1),
      predicted: Uint8Array.of(0, 0, 1),
      score: Float64Array.of(0.2, 0.1, 0.9),
      slices: { plan: ['b', 'b', 'a'] },
    })
    expect(times).toEqual(times!.toSorted())
    const { sample } = await sampleOf(joined, world)
    expect(sample.profile.columns.at(-1)).toMatchObject({ name: 'churn', count: 3, nulls: 1 })
  })

  it('reads ids as they stand, in the log and in the truth', async () => {
    const of = project({
      'log.jsonl': ['007', '1e3', '1.50'].map((id) => `${JSON.stringify({ ...JSON.parse(log[0]!), id })}\n`).join(''),
      'truth.csv': 'customer,label\n007,yes\n7,no\n1e3,yes\n1000,no\n1.50,yes\n',
    })
    const { profile } = await sampleTable(await readTable([source('tenure,churn\n1,yes\n')]))
    const opened = await openTable(['log.jsonl'], of, profile)
    const { counts } = await openGroundTruth(opened, ['truth.csv'], { id: 'customer', label: 'churn' }, of, profile)
    expect(counts).toEqual({ rows: 3, labelled: 3, unmatched: 2, replaced: 0 })
  })

  it('says which columns the ground truth must have', async () => {
    const opened = await openTable(['a.jsonl'], world)
    const of = project({ 'no-id.csv': 'key,churn\n1,0\n', 'two.csv': 'id,a,b\n1,0,1\n' })
    const refused = async (file: string) =>
      (await refusal(openGroundTruth(opened, [file], { label: 'churn' }, { ...of, reading: {} }))).code
    expect(await refused('no-id.csv')).toBe('GROUND_TRUTH_COLUMN')
    expect(await refused('two.csv')).toBe('GROUND_TRUTH_COLUMN')
    const plain = { ...opened, log: undefined, table: await readTable([source('x\n1\n')]) }
    expect((await refusal(openGroundTruth(plain, ['numbers.csv'], {}, world))).code).toBe('GROUND_TRUTH_ID')
  })

  it('orders by time only what are times', async () => {
    const rows = await readTable([source('id,timestamp,prediction,churn\na,soon,1,1\n')])
    const by = { label: 'churn', time: 'timestamp', answers: ['prediction'] }
    expect((await refusal(labelledPredictions(rows, { type: 'binary' }, by))).code).toBe('TIME_NOT_TIMESTAMP')
  })

  it('gives no predictions where no label has arrived', async () => {
    const joined = await openGroundTruth(
      await openTable(['a.jsonl'], world),
      ['numbers.csv'],
      { label: 'churn' },
      world,
    )
    expect(joined.counts.labelled).toBe(0)
    const by = { label: 'churn', time: 'timestamp', answers: ['prediction', 'score'] }
    expect((await labelledPredictions(joined.table, { type: 'binary', positive: 1 }, by)).predictions.rows).toBe(0)
    expect((await sampleTable(joined.table)).profile.columns.at(-1)).toMatchObject({ name: 'churn', count: 0 })
  })
})

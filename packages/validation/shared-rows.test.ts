import { readFileSync } from 'node:fs'
import { randomStream } from '@mlops-actions/statistics'
import { describe, expect, it } from 'vitest'
import { csvOf, firstCheck, firstOfProfile } from './beside.fixture.ts'

const suite = 'leaks: { holdout: holdout.csv }'
const against = (csv: string, holdout: string, text = suite) =>
  firstCheck(csv, text, { files: { 'holdout.csv': holdout } })

const churn = readFileSync(new URL('../../examples/churn/data/churn.csv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')

/** The rows in another order, the same from the same seed. */
function shuffled<T>(rows: T[], seed: number): T[] {
  const next = randomStream(seed)
  return rows
    .map((row) => ({ row, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
}

describe('leaks: holdout', () => {
  it('finds planted rows, by the columns that both have, in any order and type', async () => {
    const data = csvOf('id,x,y', 500, (i) => [i, i * 0.5, i % 2])
    // y as text, another order of columns, a column of its own.
    const holdout = csvOf('y,more,x,id', 100, (i) =>
      i < 5 ? [i % 2, 'm', `${i * 0.5}0`.replace(/^(\d+)0$/, '$1'), i] : ['1', 'm', i, -i],
    )
    const check = await against(data, holdout)
    expect(check).toMatchObject({
      status: 'failed',
      id: 'expect_rows_to_not_be_in_file',
      observed: '5 of its 100 rows (5 %)',
      evidence: {
        shared_count: 5,
        file_count: 100,
        element_count: 500,
        repeated_count: 0,
        unexpected_rows: [2, 3, 4, 5, 6],
      },
    })
    expect(check.detail).toContain('More than chance gives')
  })

  it('takes rows that repeat within the data, and within the holdout, for no leak', async () => {
    const data = csvOf('a,b', 300, (i) => [i % 100, 'x'])
    expect(
      await against(
        data,
        csvOf('a,b', 50, () => [500, 'x']),
      ),
    ).toMatchObject({ status: 'passed' })
  })

  it('does not fail honest splits of real rows, and tells of rows that cannot be told apart', async () => {
    const [header, ...rows] = churn
    const columns = [3, 4, 14, 17, 19]
    const cut = (line: string) => columns.map((i) => line.split(',')[i]).join(',')
    const statuses: string[] = []
    for (let seed = 1; seed <= 12; seed++) {
      const mixed = shuffled(rows, seed)
      for (const of of [(line: string) => line, cut]) {
        const part = (some: string[]) => `${[header!, ...some].map(of).join('\n')}\n`
        statuses.push((await against(part(mixed.slice(480)), part(mixed.slice(0, 480)))).status)
      }
    }
    expect(statuses).not.toContain('failed')
    expect(statuses).not.toContain('errored')
    const few = (some: string[]) =>
      `a,b\n${some.map((line) => [3, 19].map((i) => line.split(',')[i]).join(',')).join('\n')}\n`
    expect(await against(few(rows.slice(480)), few(rows.slice(0, 480)))).toMatchObject({
      status: 'warned',
      severity: 'warned',
      detail: expect.stringContaining('No more than chance gives'),
    })
  })

  it('fails where 2 % of a real holdout were trained on', async () => {
    const [header, ...rows] = churn
    const mixed = shuffled(rows, 1)
    const holdout = `${[header, ...mixed.slice(0, 480)].join('\n')}\n`
    const data = `${[header, ...mixed.slice(470)].join('\n')}\n`
    const check = await against(data, holdout)
    expect(check).toMatchObject({ status: 'failed', evidence: { unexpected_rows: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11] } })
  })

  it('does not let a column keep all rows apart', async () => {
    const split = (name: string) => csvOf('x,split', 50, (i) => [i, name])
    expect(await against(split('train'), split('test'))).toMatchObject({
      status: 'failed',
      observed: '50 of its 50 rows (100 %)',
      detail: expect.stringContaining('Not compared, as all its rows hold the same: split.'),
    })
    const labelled = csvOf('x,y', 50, (i) => [i, i % 2])
    expect(
      await against(
        labelled,
        csvOf('x,y', 50, (i) => [i, '']),
      ),
    ).toMatchObject({ status: 'failed' })
    const apart = { status: 'errored', detail: expect.stringContaining('"y" holds nothing in the data that') }
    expect(
      await against(
        csvOf('x,y', 50, (i) => [i, '']),
        labelled,
      ),
    ).toMatchObject(apart)
    expect(
      await against(
        labelled,
        csvOf('x,y', 50, (i) => [i, `2024-01-${10 + (i % 9)}`]),
      ),
    ).toMatchObject(apart)
  })

  it.each([
    ['a\n1\n', 'b\n1\n', suite, 'errored', 'no column in common'],
    ['a\n1\n', 'a\n1\n', 'leaks: { holdout: holdout.csv, except: [b] }', 'errored', 'no column "b"'],
    ['a\n1\n', 'a\n', suite, 'failed', ''],
    [
      'a\n1\n',
      'a\n2\n',
      'expectations: [{ type: expect_rows_to_not_be_in_file, file: holdout.csv, row_condition: a > 5, condition_parser: pandas }]',
      'failed',
      '',
    ],
  ])('of %j and %j (%s) is %s', async (csv, holdout, text, status, why) => {
    const check = await against(csv, holdout, text)
    expect(check.status).toBe(status)
    expect(check.detail ?? '').toContain(why)
  })

  it('leaves out rows without any value, and cannot be told by a profile', async () => {
    const empty = 'a,b\n,\n,\n1,2\n'
    expect(await against(empty, 'a,b\n,\n3,4\n')).toMatchObject({
      status: 'passed',
      evidence: { file_count: 1, element_count: 1 },
    })
    expect(await firstOfProfile('a\n1\n', suite)).toMatchObject({
      status: 'errored',
      detail: expect.stringContaining('needs the rows'),
    })
  })
})

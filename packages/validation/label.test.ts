import { readFileSync } from 'node:fs'
import { randomStream } from '@mlops-actions/statistics'
import type { Check } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { allChecks, csvOf, firstCheck, firstOfProfile } from './beside.fixture.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const churn = read('examples/churn/data/churn.csv')
const flights = read('packages/drift/fixtures/flights-2013-01.csv')
const suiteOf = (label: string, more = '') => `leaks: { label: ${label}${more} }`

/** The CSV text with one more column, made of each row's label. */
function withColumn(csv: string, label: string, make: (label: string, i: number) => unknown): string {
  const [header, ...rows] = csv.trimEnd().split('\n')
  const at = header!.split(',').indexOf(label)
  return `${[`${header},made`, ...rows.map((row, i) => `${row},${make(row.split(',')[at]!, i)}`)].join('\n')}\n`
}

const strongest = ({ evidence }: Check) => (evidence.features as { column: string; statistic: string }[])[0]!

describe('leaks: label', () => {
  it.each([
    ['churn', churn, 'churn', 'tenure'],
    ['flights', flights, 'air_time', 'distance'],
    ['flights', flights, 'delayed, except: [arr_delay]', 'dep_delay'],
    ['flights', flights, 'arr_delay', 'dep_delay'],
  ])('is not alarmed by the honest columns of %s', async (_, csv, label, column) => {
    const check = await firstCheck(csv, suiteOf(label))
    expect(check).toMatchObject({ status: 'passed', subject: 'table' })
    expect(strongest(check).column).toBe(column)
  })

  const next = randomStream(7)
  const noise = () => next() / 2 ** 32 - 0.5
  it.each([
    ['a copy', (of: string) => of, 'equal', 'failed'],
    ['another coding', (of: string) => (of === 'yes' ? 'L' : 'S'), 'lambda', 'failed'],
    [
      'another coding with few exceptions',
      (of: string, i: number) => ((of === 'yes') !== (i % 500 === 0) ? 'L' : 'S'),
      'lambda',
      'failed',
    ],
    [
      'another coding with some exceptions',
      (of: string, i: number) => ((of === 'yes') !== (i % 150 === 0) ? 'L' : 'S'),
      'lambda',
      'warned',
    ],
    ['the label and noise', (of: string) => Number(of === 'yes') + 0.9 * noise(), 'separation', 'failed'],
    ['its opposite and noise', (of: string) => 5 - Number(of === 'yes') + 0.9 * noise(), 'separation', 'failed'],
    [
      'a reason filled after the outcome',
      (of: string, i: number) => (of === 'yes' ? `left since ${i}` : ''),
      'lambda_of_nulls',
      'failed',
    ],
    [
      'a date filled after the outcome',
      (of: string, i: number) => (of === 'yes' ? `2024-01-${10 + (i % 20)}` : ''),
      'lambda_of_nulls',
      'failed',
    ],
  ])('finds %s', async (_, make, statistic, status) => {
    const check = await firstCheck(withColumn(churn, 'churn', make), suiteOf('churn'))
    expect(check).toMatchObject({ status, observed: '1 of 20 columns, first made' })
    expect(strongest(check)).toMatchObject({ column: 'made', statistic })
    expect(await firstCheck(withColumn(churn, 'churn', make), suiteOf('churn', ', except: [made]'))).toMatchObject({
      status: 'passed',
    })
  })

  it.each([
    ['another unit', (of: string) => (of === '' ? '' : Number(of) / 60), 'failed'],
    ['a curve', (of: string) => (of === '' ? '' : Math.exp(Number(of) / 100)), 'failed'],
    ['a little noise', (of: string) => (of === '' ? '' : Number(of) + noise()), 'failed'],
    ['some noise', (of: string) => (of === '' ? '' : Number(of) + 8 * noise()), 'warned'],
    ['much noise', (of: string) => (of === '' ? '' : Number(of) + 60 * noise()), 'passed'],
    ['an identifier', (_: string, i: number) => `F${i}`, 'passed'],
  ])('tells of a number: %s', async (_, make, status) => {
    const check = await firstCheck(withColumn(flights, 'arr_delay', make), suiteOf('arr_delay'))
    expect(check.status).toBe(status)
    if (status !== 'passed') expect(strongest(check).column).toBe('made')
  })

  it.each([
    ['identifiers', (_: string, i: number) => `C${i}`],
    ['households', (of: string, i: number) => `${of}${i >> 3}`],
    ['chance', () => next() % 3],
  ])('is not fooled by %s', async (_, make) => {
    expect(await firstCheck(withColumn(churn, 'churn', make), suiteOf('churn'))).toMatchObject({ status: 'passed' })
  })

  it('tells several classes, of which a middle one is set apart too', async () => {
    const csv = csvOf('y,x,half', 90, (i) => ['abc'[i % 3], (i % 3) * 10 + (i % 7), i % 3 === 0 ? i : 100 + (i % 13)])
    const check = await firstCheck(csv, suiteOf('y'))
    expect(check).toMatchObject({ status: 'failed', evidence: { unexpected_count: 1, label_as: 'classes' } })
    expect(strongest(check)).toMatchObject({ column: 'x', statistic: 'separation', value: 1 })
  })

  it.each([
    ['a constant label', csvOf('y,x', 50, (i) => [1, i]), 'failed', 'the same value in all rows'],
    ['an empty label', csvOf('y,x', 50, (i) => ['', i]), 'failed', 'no values'],
    ['few rows of a class', csvOf('y,x', 50, (i) => [Number(i < 9), i]), 'failed', 'too few'],
    ['few numbers', csvOf('y,x', 6, (i) => [i + 0.5, i]), 'failed', 'too few'],
    ['texts that are no classes', csvOf('y,x', 200, (i) => [`t${i}`, i]), 'failed', 'neither classes nor numbers'],
    [
      'a label of dates',
      csvOf('y,x', 50, (i) => [`2024-01-${10 + (i % 9)}`, i]),
      'errored',
      'neither classes nor numbers',
    ],
    ['no label', csvOf('z,x', 50, (i) => [i, i]), 'errored', 'no column "y"'],
    ['nothing beside it', csvOf('y', 50, (i) => [i % 2]), 'errored', 'no column besides "y"'],
    ['no rows', 'y,x\n', 'failed', 'no values'],
  ])('does not pass %s', async (_, csv, status, why) => {
    const check = await firstCheck(csv, suiteOf('y'))
    expect(check.status).toBe(status)
    expect(check.detail).toContain(why)
  })

  it('leaves rows without a label out, and columns without a value alone', async () => {
    const csv = csvOf('y,x,none', 60, (i) => [i % 3 === 0 ? '' : i % 3, i % 5, ''])
    const checks = await allChecks(csv, suiteOf('y'))
    expect(checks.map(({ status }) => status)).toEqual(['passed', 'passed'])
    expect(checks[0]!.evidence.element_count).toBe(40)
  })

  it('looks at some of many rows, always the same', async () => {
    const csv = csvOf('y,x', 80_000, (i) => [i % 2, (i % 2) * 2 + (i % 3) / 4])
    const check = await firstCheck(csv, suiteOf('y'))
    expect(check).toMatchObject({ status: 'failed', evidence: { sampled_share: 0.625 } })
    expect(Math.abs(Number(check.evidence.element_count) - 50_000)).toBeLessThan(1000)
    expect(await firstCheck(csv, suiteOf('y'))).toEqual(check)
  })

  it('cannot be told by a profile', async () => {
    expect(await firstOfProfile(churn, suiteOf('churn'))).toMatchObject({
      status: 'errored',
      detail: expect.stringContaining('needs the rows'),
    })
  })
})

import { describe, expect, it } from 'vitest'
import { firstCheck, firstOfProfile } from './beside.fixture.ts'

const now = Date.parse('2024-03-10T12:00:00Z')

describe('fresh', () => {
  const suite = 'columns: { at: { fresh: 7 days } }'
  it.each([
    ['2024-03-09\n2024-01-01\n', 'passed', 'newest value 36 hours old', 1.5],
    ['2024-03-03T12:00:00Z\n', 'passed', 'newest value 7 days old', 7],
    // Noon in New York is past noon in Greenwich.
    ['2024-03-03T12:00:00-05:00\n', 'passed', 'newest value 6.79 days old', 7 - 5 / 24],
    ['2024-03-03T12:00:00+05:00\n', 'failed', 'newest value 7.21 days old', 7 + 5 / 24],
    ['2024-02-01\n\n', 'failed', 'newest value 38.5 days old', 38.5],
    ['2024-03-11\n', 'passed', 'newest value 12 hours ahead of the clock', -0.5],
  ])('of %j is %s', async (rows, status, observed, days) => {
    const check = await firstCheck(`at,b\n${rows.replaceAll('\n', ',x\n')}`, suite, { now })
    expect(check).toMatchObject({ status, observed, id: 'expect_column_to_be_fresh.at' })
    expect(check.evidence.age_days).toBeCloseTo(days, 9)
  })

  it('does not take a value of the future for fresh data', async () => {
    const check = await firstCheck('at\n2099-12-31\n2023-01-01\n', suite, { now })
    expect(check).toMatchObject({ status: 'failed', detail: expect.stringContaining('future') })
  })

  it.each([
    ['at\n2024-03-09\n', {}, 'no clock'],
    ['at\n1709942400\n', { now }, 'holds no dates but numbers'],
    ['at\nyesterday\n', { now }, 'no dates'],
    ['then\n2024-03-09\n', { now }, 'no column "at"'],
  ])('is errored for %j', async (csv, beside, why) => {
    expect(await firstCheck(csv, suite, beside)).toMatchObject({
      status: 'errored',
      detail: expect.stringContaining(why),
    })
  })

  it('fails without values, and is judged by a profile too', async () => {
    expect(await firstCheck('at,b\n,x\n', 'columns: { at: { fresh: 7 days } }', { now })).toMatchObject({
      status: 'errored',
    })
    const dates = 'at\n2024-03-09\n2024-01-01\n'
    expect(await firstOfProfile(dates, suite, { now })).toMatchObject({
      status: 'passed',
      observed: 'newest value 36 hours old',
    })
    expect(await firstOfProfile(dates, 'columns: { at: { fresh: 1 day } }', { now })).toMatchObject({
      status: 'failed',
    })
  })

  it('reads dates as texts where pandas would', async () => {
    const check = await firstCheck('at\n2024-03-09\n', `compat: great-expectations\n${suite}`, { now })
    expect(check).toMatchObject({ status: 'passed' })
  })
})

describe('point_in_time', () => {
  const suite = 'point_in_time: { feature: computed, event: event, ttl: 30 days }'
  const csv = (...rows: string[]) => `computed,event\n${rows.join('\n')}\n`

  it('takes both ends of the window, and counts what lies beyond', async () => {
    const check = await firstCheck(
      csv(
        '2024-01-31T00:00:00Z,2024-01-31T00:00:00Z',
        '2024-01-01T00:00:00Z,2024-01-31T00:00:00Z',
        '2024-01-31T00:00:01Z,2024-01-31T00:00:00Z',
        '2023-12-31T23:59:59Z,2024-01-31T00:00:00Z',
        ',2024-01-31T00:00:00Z',
        '2024-01-01T00:00:00Z,',
        '2024-01-01,2024-01-30T10:00:00Z',
        // The same moment in two zones.
        '2024-01-31T06:00:00+06:00,2024-01-30T19:00:00-05:00',
      ),
      suite,
    )
    expect(check).toMatchObject({
      status: 'failed',
      subject: 'table',
      title: 'the table has computed no later than event, and at most 30 days before it',
      evidence: { element_count: 8, missing_count: 1, unexpected_count: 3, unexpected_rows: [4, 5, 7] },
    })
    expect(check.detail).toBe(
      'computed is later than event in 1 rows. 1 rows are older than 30 days. 1 rows lack event.',
    )
  })

  it('says that days stand for their midnight', async () => {
    const check = await firstCheck(csv('2024-01-31T08:00:00Z,2024-01-31'), suite)
    expect(check).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('midnight in UTC; 1 rows are later'),
    })
  })

  it('has no window without ttl, and a share that may break it', async () => {
    const old = csv('1999-01-01,2024-01-31')
    expect(await firstCheck(old, 'point_in_time: { feature: computed, event: event }')).toMatchObject({
      status: 'passed',
    })
    const rows = csv(...Array(99).fill('2024-01-01,2024-01-31'), '2024-02-01,2024-01-31')
    const long = (mostly: number) =>
      firstCheck(
        rows,
        `expectations: [{ type: expect_features_to_be_known_at_event, feature: computed, event: event, mostly: ${mostly} }]`,
      )
    expect(await long(0.99)).toMatchObject({ status: 'passed' })
    expect(await long(0.995)).toMatchObject({ status: 'failed' })
  })

  it('cannot be told by a profile', async () => {
    expect(await firstOfProfile(csv('2024-01-01,2024-01-31'), suite)).toMatchObject({
      status: 'errored',
      detail: expect.stringContaining('needs the rows'),
    })
  })
})

describe('leaks: time', () => {
  const suite = 'leaks: { time: labelled, except: [due] }'

  it('compares every column of dates, and names those that are later', async () => {
    const check = await firstCheck(
      'labelled,seen,closed,due,note\n2024-01-05,2024-01-01,,2025-01-01,a\n2024-01-05,2024-01-05,2024-01-09,2025-01-01,b\n',
      suite,
    )
    expect(check).toMatchObject({
      status: 'failed',
      title: 'the table has no date later than labelled (leaving out due)',
      detail: 'closed is later than labelled in 1 rows.',
      evidence: { partial_unexpected_list: [{ seen: '2024-01-05', closed: '2024-01-09', labelled: '2024-01-05' }] },
    })
  })

  it.each([
    ['labelled,due\n2024-01-05,2024-01-01\n', 'No column besides "labelled" holds dates'],
    ['labelled,due,seen\n5,2024-01-01,2024-01-01\n', '"labelled" holds no dates but numbers'],
    ['labelled,seen\n2024-01-05,2024-01-01\n', 'no column "due"'],
  ])('is errored for %j', async (csv, why) => {
    expect(await firstCheck(csv, suite)).toMatchObject({ status: 'errored', detail: expect.stringContaining(why) })
  })
})

import { parseProfile, profileTable, serialiseProfile } from '@mlops-actions/profile'
import { readTable, type Source } from '@mlops-actions/table'
import { expect, it } from 'vitest'
import { againstReference } from './against-reference.ts'

async function profileOf(csv: string, sensitive: string[] = []) {
  const source: Source = {
    name: 'data.csv',
    async *open() {
      yield Buffer.from(csv)
    },
  }
  return profileTable(await readTable([source]), { sensitive })
}

/** A profile as a version carries it: rare categories are folded. */
const stored = async (csv: string, sensitive: string[] = []) =>
  parseProfile(serialiseProfile(await profileOf(csv, sensitive), { minCategoryCount: 2 }), 'profile.json')

const before = 'tenure,plan,charges\n1,month,2.5\n2,month,3\n3,year,4\n4,year,1\n5,month,9\n'
const told = (checks: ReturnType<typeof againstReference>) => checks.map(({ id, status }) => [id, status])

it('passes where columns and categories are those of the reference', async () => {
  const now = 'tenure,plan,charges\n9,year,1\n8,month,2\n'
  expect(told(againstReference(await stored(before), await profileOf(now)))).toEqual([['schema', 'passed']])
})

it('names columns that are missing, renamed, retyped, new and in another order', async () => {
  const now = 'charges,tenures,plan,region\n1.5,9,1,north\n2.5,8,2,south\n'
  const checks = againstReference(await stored(before), await profileOf(now))
  expect(told(checks)).toEqual([
    ['schema.tenure', 'failed'],
    ['schema.plan', 'failed'],
    ['schema.tenures', 'warned'],
    ['schema.region', 'warned'],
  ])
  expect(checks[0]!.detail).toContain('Perhaps it is called tenures now')
  expect(checks[0]!.evidence).toMatchObject({ change: 'missing', renamed_to: 'tenures' })
  expect(checks[1]!.title).toBe('plan: type changed from text to integer')
  const turned = againstReference(await stored(before), await profileOf('plan,tenure,charges\nyear,9,1.5\nmonth,8,2\n'))
  expect(turned.map(({ id, evidence }) => [id, evidence.moved ?? null])).toEqual([
    ['schema', null],
    ['schema.order', ['tenure', 'plan']],
  ])
})

it('tells of new categories with their counts, and of no value of a sensitive column', async () => {
  const now = 'tenure,plan,charges\n1,month,1\n2,week,2\n3,week,2\n4,day,2\n'
  const [, check] = againstReference(await stored(before), await profileOf(now))
  expect(check).toMatchObject({
    id: 'reference.categories.plan',
    status: 'warned',
    observed: '2 others, in 3 of 4 rows',
    evidence: { unexpected_count: 3, partial_unexpected_list: ['week', 'day'] },
  })
  const [, hidden] = againstReference(await stored(before, ['plan']), await profileOf(now, ['plan']))
  expect(hidden).toMatchObject({ status: 'warned', evidence: { partial_unexpected_list: [] } })
  for (const [was, is] of [
    [[], ['plan']],
    [['plan'], []],
  ])
    expect(againstReference(await stored(before, was), await profileOf(now, is))[1]).toEqual(hidden)
})

it('does not take a category for new that the reference may have folded', async () => {
  const folded = `${before}6,once,3\n`
  const rare = 'tenure,plan,charges\n1,once,1\n2,week,2\n'
  expect(told(againstReference(await stored(folded), await profileOf(rare)))).toEqual([['schema', 'passed']])
  const often = `tenure,plan,charges\n${'1,week,1\n'.repeat(10)}`
  const [, check] = againstReference(await stored(folded), await profileOf(often))
  expect(check).toMatchObject({
    observed: '1 others, in 10 of 10 rows',
    detail: expect.stringContaining('from 10 rows on'),
  })
})

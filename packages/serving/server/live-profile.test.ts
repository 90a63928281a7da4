import { parseProfile, recount, sampleTable } from '@mlops-actions/profile'
import { readTable } from '@mlops-actions/table'
import { describe, expect, it } from 'vitest'
import { source } from '../../table/table.fixture.ts'
import { LiveProfile } from './live-profile.ts'
import type { RecordedCell, RecordedColumn } from './recorded.ts'

const columns: RecordedColumn[] = [
  { name: 'x', type: 'number' },
  { name: 'plan', type: 'text' },
  { name: 'flag', type: 'boolean' },
]
const row = (i: number): RecordedCell[] => [
  i % 50 === 0 ? null : Math.round(1e4 * Math.sin(i)) / 10,
  ['basic', 'plus', 'pro'][i % 3]!,
  i % 4 === 0,
]
const hour = 3_600_000

async function profiled(live: LiveProfile) {
  return parseProfile(await live.text(), '/profile')
}

describe('LiveProfile', () => {
  it('is the profile of the rows, as good as its bound', async () => {
    const live = new LiveProfile(columns, {}, 24)
    const rows = Array.from({ length: 30_000 }, (_, i) => row(i))
    for (const cells of rows) live.add(cells)
    const csv = `x,plan,flag\n${rows.map((cells) => `${cells.map((cell) => cell ?? '').join(',')}\n`).join('')}`
    const reference = await readTable([source(csv.split('\n').slice(0, 2000).join('\n'))])
    const { profile: before } = await sampleTable(reference)
    const { profile: exact } = await sampleTable(await readTable([source(csv)]), { bins: before })
    const found = recount(await profiled(live), before, '/profile')
    expect(found.rows).toBe(30_000)
    expect(found.columns.slice(1).map(({ categories }) => categories)).toEqual(
      exact.columns.slice(1).map(({ categories }) => categories),
    )
    const [ours, theirs] = [found.columns[0]!, exact.columns[0]!]
    expect(ours).toMatchObject({ count: theirs.count, nulls: 600 })
    expect(ours.numbers!.error).toBeLessThan(0.005 * 30_000)
    let apart = 0
    ours.numbers!.counts.forEach((count, i) => {
      apart += count - theirs.numbers!.counts[i]!
      expect(Math.abs(apart)).toBeLessThanOrEqual(ours.numbers!.error!)
    })
  })

  it('holds the rows of the last hours alone', async () => {
    let now = 0
    const live = new LiveProfile(columns, {}, 24, () => now)
    for (let i = 0; i < 50; i++) {
      now = i * hour
      for (let j = 0; j < 10; j++) live.add(row(j))
    }
    expect((await profiled(live)).rows).toBe(250)
    now += 40 * hour
    expect((await profiled(live)).rows).toBe(0)
    live.add(row(1))
    expect((await profiled(live)).rows).toBe(1)
  })

  it('tells no rare category, hides what is sensitive, and is ever as large', async () => {
    const live = new LiveProfile(columns, { sensitive: ['x'] }, 1)
    for (let i = 0; i < 200; i++) live.add([i, i < 9 ? 'seldom' : 'common', true])
    const text = await live.text()
    expect(text).not.toContain('seldom')
    expect(text).toContain('common')
    const [x, plan] = parseProfile(text, '/profile').columns
    expect(x).toMatchObject({ sensitive: true })
    expect(x!.numbers!.min).toBeGreaterThan(0)
    expect(plan!.categories).toEqual({
      values: [{ value: 'common', count: 191 }],
      folded: { categories: 1, count: 9 },
      rare: [{ hash: expect.any(String), count: 9 }],
    })

    const many = new LiveProfile(columns, {}, 1)
    for (let i = 0; i < 20_000; i++) many.add([i, `${i} ${'y'.repeat(1000)}`, null])
    const first = (await many.text()).length
    for (let i = 0; i < 20_000; i++) many.add([i / 7, `${i}-${'y'.repeat(1000)}`, null])
    expect((await many.text()).length).toBeLessThan(1.2 * first)
  })

  it('is a profile of no rows while nothing was served', async () => {
    expect(await profiled(new LiveProfile(columns, {}, 1))).toMatchObject({ rows: 0, columns: [{ name: 'x' }, {}, {}] })
  })
})

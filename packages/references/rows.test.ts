import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drift, driftRules } from '@mlops-actions/drift'
import { describe, expect, it } from 'vitest'
import { inWindow, openReferenceRows, slicesOf } from './rows.ts'
import { openTable, type SampleWorld, sampleOf } from './sample.ts'

const folder = mkdtempSync(join(tmpdir(), 'rows-'))
const world: SampleWorld = {
  roots: { workspace: folder },
  folder,
  github: () => Promise.reject(new Error('no version is named here')),
  reading: {},
  sensitive: [],
  categorical: [],
}

/** Sixty days of a log, newest first: in the last ten, x is larger in the EU. */
const days = Array.from({ length: 60 }, (_, i) => 60 - i)
const log = days.flatMap((day) =>
  Array.from({ length: 20 }, (_, i) => {
    const region = i % 2 === 0 ? 'EU' : 'US'
    const timestamp = new Date(Date.UTC(2026, 0, day, i)).toISOString()
    return {
      id: `${day}-${i}`,
      timestamp,
      model_version: 'v1',
      region,
      x: ((i * 7) % 20) + (day > 50 && region === 'EU' ? 9 : 0),
    }
  }),
)
writeFileSync(join(folder, 'log.jsonl'), log.map((row) => `${JSON.stringify(row)}\n`).join(''))
writeFileSync(
  join(folder, 'reference.csv'),
  ['x,region', ...Array.from({ length: 1000 }, (_, i) => `${(i * 7) % 20},${i % 2 === 0 ? 'EU' : 'US'}`), ''].join(
    '\n',
  ),
)

describe('rows of both sides', () => {
  it('finds what moved in one group, in the last days of a log', async () => {
    const reference = await openReferenceRows('reference.csv', world)
    const before = await sampleOf(reference, world)
    const all = await openTable(['log.jsonl'], world, before.sample.profile)
    const { data, window } = await inWindow(all, { last: '10d' })
    expect(window.text).toMatch(/^200 of 1200 rows are in the window, from 2026-02-20 to 2026-03-01T19:00:00Z/)
    const after = await sampleOf(data, world, before.sample.profile)
    const { slices, leftOut } = await slicesOf(reference, data, ['region'], world)
    expect([slices.map(({ name }) => name), leftOut]).toEqual([['region=EU', 'region=US'], []])
    const found = drift(before.sample, after.sample, driftRules.parse({}), { slices })
    expect(found.columns).toContain('x [region=EU]')
    expect(found.columns).not.toContain('x [region=US]')
  })

  it.each(['profile.json', 'churn@v1.0.0', 'churn#production', 'run:latest'])(
    'refuses %s, which keeps no rows',
    async (text) => {
      await expect(openReferenceRows(text, world)).rejects.toMatchObject({ code: 'SLICES_NEED_ROWS' })
    },
  )
})

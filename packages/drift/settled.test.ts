import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cells, sampleOf } from './fixtures/sample.ts'
import type { MonitorPoint } from './history.ts'
import { drift, driftRules } from './index.ts'
import type { DriftLevel } from './outcome.ts'
import { usualEffect } from './season.ts'

const mix = (a: number, b: number): Cells => [...new Array(a).fill('a'), ...new Array(b).fill('b')]
const now = new Date('2026-03-30T06:00:00Z')

function point(time: string, level: DriftLevel, effect = 0.3): MonitorPoint {
  const columns = { 'drift.x': { level, effect, p_adjusted: 0.001 } }
  return { time, drift: level, decision: 'keep', rows: { reference: 1, current: 1 }, columns }
}

/** A feature that moved far, after the given checks. */
function after(history: MonitorPoint[], rules: object) {
  const reference = sampleOf({ x: mix(900, 100) })
  const current = sampleOf({ x: mix(500, 500) }, reference)
  return drift(reference, current, driftRules.parse(rules), { past: { history, now } })
}

describe('hysteresis', () => {
  const days = (...levels: DriftLevel[]) => levels.map((level, i) => point(`2026-03-${10 + i}T06:00:00Z`, level))

  test('drift is called once it was found so many times in a row', () => {
    const first = after(days('none', 'none'), { consecutive: 3 })
    expect(first).toMatchObject({ drift: 'none', decision: 'keep', columns: [] })
    expect(first.checks[0]).toMatchObject({ status: 'warned', evidence: { consecutive: { in_a_row: 1, asked: 3 } } })
    expect(after(days('significant', 'none', 'significant'), { consecutive: 3 }).drift).toBe('none')
    expect(after(days('none', 'significant', 'significant'), { consecutive: 3 }).drift).toBe('significant')
  })
  test('at the level that all of them reach', () => {
    expect(after(days('moderate', 'significant'), { consecutive: 3 }).drift).toBe('moderate')
  })
  test('what was found is remembered though it is not called', () => {
    expect(after([], { consecutive: 2 }).found['drift.x']).toMatchObject({ level: 'significant' })
  })
  test('without rules for it the history has no say', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<DriftLevel>('none', 'moderate', 'significant')), (levels) => {
        expect(after(days(...levels.slice(0, 18)), {}).drift).toBe('significant')
      }),
    )
  })
})

describe('a seasonal baseline', () => {
  // 2026-03-30 is a Monday.
  const mondays = ['02', '09', '16', '23'].map((day) => `2026-03-${day}T06:00:00Z`)
  const tuesdays = ['03', '10', '17', '24'].map((day) => `2026-03-${day}T06:00:00Z`)
  const effect = after([], {}).found['drift.x']!.effect!

  test('what is usual on this weekday is no drift, and says so', () => {
    const found = after(
      mondays.map((time, i) => point(time, 'significant', effect + 0.01 * (i - 1.5))),
      { baseline: 'weekday' },
    )
    expect(found.drift).toBe('none')
    expect(found.checks[0]).toMatchObject({
      status: 'passed',
      evidence: { baseline: { season: 'weekday', checks: 4 } },
    })
  })
  test('other days have no say, nor have too few', () => {
    expect(
      after(
        tuesdays.map((time) => point(time, 'significant', effect)),
        { baseline: 'weekday' },
      ).drift,
    ).toBe('significant')
    expect(
      after(
        mondays.slice(1).map((time) => point(time, 'significant', effect)),
        { baseline: 'weekday' },
      ).drift,
    ).toBe('significant')
  })
  test('what is larger than usual is drift', () => {
    const found = after(
      mondays.map((time, i) => point(time, 'none', 0.01 * i)),
      { baseline: 'weekday' },
    )
    expect(found.drift).toBe('significant')
  })
  test('the bound is the normal prediction bound', () => {
    // scipy: x = [1, 2, 3, 6]; x.mean() + stats.t.ppf(.95, 3) * x.std(ddof=1) * sqrt(1.25)
    const history = mondays.map((time, i) => point(time, 'none', [1, 2, 3, 6][i]))
    expect(usualEffect('drift.x', 'weekday', history, now, 0.05)).toEqual({
      checks: 4,
      bound: expect.closeTo(8.6839127, 4),
    })
  })
})

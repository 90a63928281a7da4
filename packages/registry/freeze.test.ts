import { describe, expect, it } from 'vitest'
import { freezeCheck, freezeWindows } from './freeze.ts'

const at = (now: string, windows: unknown, override: string | null = null) =>
  freezeCheck({
    subject: 'm@v1.0.0',
    stage: 'production',
    windows: freezeWindows.parse(windows),
    now: new Date(now),
    override,
  })

describe('a freeze', () => {
  const holidays = [{ from: '2026-12-20', until: '2027-01-02', reason: 'holidays' }]

  it('covers its first and its last day, in UTC', () => {
    expect(at('2026-12-19T23:59:59Z', holidays).status).toBe('passed')
    expect(at('2026-12-20T00:00:00Z', holidays)).toMatchObject({
      status: 'failed',
      observed: 'frozen from 2026-12-20 until 2027-01-02 (UTC): holidays',
    })
    expect(at('2027-01-02T23:59:59Z', holidays).status).toBe('failed')
    expect(at('2027-01-03T00:00:00Z', holidays).status).toBe('passed')
  })

  it('ends at the time it names', () => {
    const evening = [{ from: '2026-12-20T18:00Z', until: '2026-12-20T20:00:00Z' }]
    expect(at('2026-12-20T17:59:59Z', evening).status).toBe('passed')
    expect(at('2026-12-20T19:59:59Z', evening).status).toBe('failed')
    expect(at('2026-12-20T20:00:00Z', evening).status).toBe('passed')
  })

  it('comes back every week', () => {
    // 2026-11-21 was a Saturday.
    expect(at('2026-11-21T12:00:00Z', [{ days: ['sat', 'sun'] }]).status).toBe('failed')
    expect(at('2026-11-23T00:00:00Z', [{ days: ['sat', 'sun'] }]).status).toBe('passed')
  })

  it('is warned of where it is overridden, with the reason', () => {
    expect(at('2026-12-24T00:00:00Z', holidays, 'leaks ages')).toMatchObject({
      status: 'warned',
      observed: 'frozen from 2026-12-20 until 2027-01-02 (UTC): holidays; overridden: leaks ages',
    })
    expect(at('2026-11-24T00:00:00Z', holidays, 'leaks ages').status).toBe('passed')
  })

  it('must be a time that there is', () => {
    for (const wrong of [
      [{ from: '20.12.2026', until: '2027-01-02' }],
      [{ from: '2026-13-40', until: '2027-01-02' }],
      [{ days: ['caturday'] }],
      [{}],
    ])
      expect(freezeWindows.safeParse(wrong).success).toBe(false)
  })
})

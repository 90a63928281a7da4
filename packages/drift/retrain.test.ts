import { milliseconds } from '@mlops-actions/document'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cooldownWindow, mayRetrain, retrainingsCountFrom, retrainPolicy } from './retrain.ts'

const now = new Date('2026-11-22T12:00:00Z')
const policy = retrainPolicy.parse({})
const ago = (...hours: number[]) =>
  hours.map((h) => ({ createdAt: new Date(now.getTime() - h * 3_600_000).toISOString() }))

describe('mayRetrain', () => {
  test('nothing was started yet', () => {
    expect(mayRetrain({ runs: [], now, policy })).toEqual({ ok: true })
  })
  test('the cooldown ends after exactly its length', () => {
    expect(mayRetrain({ runs: ago(24), now, policy })).toEqual({ ok: true })
    const late = mayRetrain({ runs: ago(100, 23.99), now, policy })
    expect(late).toEqual({
      ok: false,
      reason: 'the last retraining was started at 2026-11-21T12:00:36.000Z, within the cooldown of 24h',
    })
  })
  test('the cap counts the last seven days', () => {
    expect(mayRetrain({ runs: ago(30, 60, 168), now, policy })).toEqual({ ok: true })
    expect(mayRetrain({ runs: ago(30, 60, 167), now, policy })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('3 times in the last seven days'),
    })
  })
  test('a cooldown may be longer than a week', () => {
    const slow = retrainPolicy.parse({ cooldown: '30d' })
    expect(mayRetrain({ runs: ago(29 * 24), now, policy: slow }).ok).toBe(false)
    expect(retrainingsCountFrom(slow, now).toISOString()).toBe('2026-10-23T12:00:00.000Z')
    expect(retrainingsCountFrom(policy, now).toISOString()).toBe('2026-11-15T12:00:00.000Z')
  })
  test.each(['', 'yesterday', '2027-01-01T00:00:00Z'])('a run at %j counts as one of just now', (createdAt) => {
    expect(mayRetrain({ runs: [{ createdAt }], now, policy }).ok).toBe(false)
  })
  test('whatever the checks find, no week sees more than the cap, and no two lie within the cooldown', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 80 })
    const rules = fc.record({ hours: fc.integer({ min: 1, max: 60 }), max_per_week: fc.integer({ min: 1, max: 5 }) })
    fc.assert(
      fc.property(gaps, rules, (hours, { hours: cooldown, max_per_week }) => {
        const policy = retrainPolicy.parse({ cooldown: `${cooldown}h`, max_per_week })
        const started: number[] = []
        let time = now.getTime()
        for (const gap of hours) {
          time += gap * 3_600_000
          const runs = started.map((at) => ({ createdAt: new Date(at).toISOString() }))
          if (mayRetrain({ runs, now: new Date(time), policy }).ok) started.push(time)
        }
        started.forEach((at, i) => {
          if (i > 0) expect(at - started[i - 1]!).toBeGreaterThanOrEqual(cooldown * 3_600_000)
          expect(started.filter((other) => other > at - milliseconds('7d') && other <= at).length).toBeLessThanOrEqual(
            max_per_week,
          )
        })
      }),
    )
  })
})

test('times a cooldown apart lie in different windows, whose names git takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: 1, max: 9999 }),
      fc.nat(1e9),
      (at, hours, more) => {
        const policy = retrainPolicy.parse({ cooldown: `${hours}h` })
        const window = cooldownWindow(policy, new Date(at))
        expect(window).toMatch(/^\d{8}T\d{6}Z$/)
        expect(cooldownWindow(policy, new Date(at + hours * 3_600_000 + more))).not.toBe(window)
      },
    ),
  )
  expect(cooldownWindow(policy, now)).toBe('20261122T000000Z')
})

test.each([
  [{ cooldown: '0h' }, 'cooldown'],
  [{ cooldown: '1 day' }, 'cooldown'],
  [{ max_per_week: 0 }, 'max_per_week'],
  [{ max_per_week: 1.5 }, 'max_per_week'],
  [{ workflow: '../train.yml' }, 'workflow'],
  [{ workflow: 'train' }, 'workflow'],
  [{ worklfow: 'train.yml' }, undefined],
])('%j is refused', (given, key) => {
  const issues = retrainPolicy.safeParse(given).error?.issues
  expect(issues?.[0]?.path[0]).toBe(key)
  expect(issues).toHaveLength(1)
})

test('a workflow may be named with its folder', () => {
  expect(retrainPolicy.parse({ workflow: '.github/workflows/train.yml' }).workflow).toBe('train.yml')
})

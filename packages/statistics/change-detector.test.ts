import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adwin } from './adwin.ts'
import { randomStream } from './bootstrap.ts'
import type { Change, ChangeDetector } from './change-detector.ts'
import { ddm } from './ddm.ts'
import { eddm } from './eddm.ts'
import { kswin } from './kswin.ts'
import { mersenneTwister, sampleBelow } from './mersenne-twister.ts'
import { pageHinkley } from './page-hinkley.ts'

type Law = number | [scale: number, shift: number]
interface Case {
  detector: keyof typeof detectors
  parameters: Record<string, number | string>
  seed: number
  length: number
  change: number
  before: Law
  after: Law
  warnings: number[]
  drifts: number[]
}
interface Golden {
  cases: Case[]
  python_random: { seed: number; bits: number[]; samples: [below: number, count: number, drawn: number[]][] }[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/detectors.golden.json', import.meta.url), 'utf8'))

const detectors = { DDM: ddm, EDDM: eddm, ADWIN: adwin, PageHinkley: pageHinkley, KSWIN: kswin }
type Start = (parameters?: object, state?: unknown) => ChangeDetector<unknown>

/** The golden script's stream: its numbers, or the errors that they make at a rate. */
function stream({ seed, length, change, before, after }: Case): number[] {
  const random = mersenneTwister(seed)
  return Array.from({ length }, (_, i) => {
    const uniform = (random.bits(27) * 67108864 + random.bits(26)) / 9007199254740992
    const law = i >= change ? after : before
    return typeof law === 'number' ? Number(uniform < law) : uniform * law[0] + law[1]
  })
}

function camelCased(parameters: object) {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name.replace(/_(.)/g, (_, c: string) => c.toUpperCase()),
      value,
    ]),
  )
}

describe("river's change points and warnings", () => {
  for (const one of golden.cases) {
    test(`${one.detector} ${JSON.stringify(one.parameters)}, stream ${one.seed}`, () => {
      const detector = (detectors[one.detector] as Start)(camelCased(one.parameters))
      const said = stream(one).map((value) => detector.update(value))
      const where = (change: Change) => said.flatMap((word, i) => (word === change ? [i] : []))
      expect(where('drift')).toEqual(one.drifts)
      expect(where('warning')).toEqual(one.warnings)
    })
  }
  test('every detector has cases with a drift and cases without', () => {
    for (const name of Object.keys(detectors)) {
      const found = golden.cases.filter(({ detector }) => detector === name)
      expect(found.some(({ drifts }) => drifts.length > 0)).toBe(true)
      expect(found.some(({ drifts }) => drifts.length === 0)).toBe(true)
    }
  })
})

test("the Mersenne Twister and its samples are Python's", () => {
  for (const { seed, bits, samples } of golden.python_random) {
    const random = mersenneTwister(seed)
    expect(Array.from({ length: 700 }, () => random.bits(32)).slice(-20)).toEqual(bits)
    for (const [below, count, drawn] of samples) expect(sampleBelow(random, below, count)).toEqual(drawn)
  }
  expect(() => mersenneTwister(0.5)).toThrow(RangeError)
  expect(() => sampleBelow(mersenneTwister(1), 2, 3)).toThrow(RangeError)
})

describe('a stream cut anywhere and resumed from JSON has the change points of the whole', () => {
  const eager: Record<keyof typeof detectors, object> = {
    DDM: { warmStart: 5 },
    EDDM: { warmStart: 5 },
    ADWIN: { clock: 2, delta: 0.5 },
    PageHinkley: { threshold: 2, minInstances: 5 },
    KSWIN: { windowSize: 20, statSize: 8, alpha: 0.1 },
  }
  for (const [name, start] of Object.entries(detectors) as [keyof typeof detectors, Start][]) {
    test(name, () => {
      const binary = name === 'DDM' || name === 'EDDM'
      const value = binary ? fc.integer({ min: 0, max: 1 }) : fc.double({ min: -9, max: 9, noNaN: true })
      const values = fc.array(value, { maxLength: 300, size: 'max' })
      let drifts = 0
      fc.assert(
        fc.property(values, values, fc.integer({ min: 1, max: 40 }), (before, after, every) => {
          const all = [...before, ...after.map((v) => (binary ? v : v + 4))]
          const whole = start(eager[name])
          let resumed = start(eager[name])
          all.forEach((one, i) => {
            if (i % every === 0) resumed = start(eager[name], JSON.parse(JSON.stringify(resumed.state())))
            const said = whole.update(one)
            if (said === 'drift') drifts++
            expect(resumed.update(one)).toBe(said)
          })
          expect(JSON.stringify(resumed.state())).toBe(JSON.stringify(whole.state()))
        }),
      )
      expect(drifts).toBeGreaterThan(10)
    })
  }
})

describe('what a detector is not made for is refused, never NaN', () => {
  test('values', () => {
    for (const start of [ddm, eddm]) {
      for (const wrong of [2, 0.5, Number.NaN]) expect(() => start().update(wrong)).toThrow(RangeError)
    }
    for (const start of [adwin, pageHinkley, kswin] as Start[]) {
      for (const wrong of [Number.NaN, Infinity, 1e200]) expect(() => start().update(wrong)).toThrow(RangeError)
    }
  })
  test('parameters', () => {
    for (const wrong of [
      () => ddm({ driftThreshold: 0 }),
      () => eddm({ alpha: 0.8, beta: 0.9 }),
      () => adwin({ delta: 0 }),
      () => adwin({ maxBuckets: 1 }),
      () => adwin({ clock: 0 }),
      () => pageHinkley({ alpha: 0 }),
      () => pageHinkley({ threshold: Number.NaN }),
      () => kswin({ windowSize: 50, statSize: 30 }),
      () => kswin({ seed: 0.5 }),
    ]) {
      expect(wrong).toThrow(RangeError)
    }
  })
  test('states: any part that is missing, null or of another kind', () => {
    const broken = ['x', -7, null, undefined, Number.NaN, {}, []]
    for (const start of Object.values(detectors) as Start[]) {
      const running = start()
      for (let i = 0; i < 150; i++) running.update(i % 2)
      const state = running.state() as Record<string, unknown>
      expect(() => start({}, state)).not.toThrow()
      for (const part of Object.keys(state)) {
        let refused = 0
        for (const wrong of broken) {
          try {
            const resumed = start({}, { ...state, [part]: wrong })
            for (let i = 0; i < 200; i++) resumed.update(i % 2)
            expect(JSON.stringify(resumed.state())).not.toContain('NaN')
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError)
            refused++
          }
        }
        expect(refused, part).toBeGreaterThanOrEqual(4)
      }
    }
  })
})

test('where nothing changes ADWIN calls next to nothing, and DDM by its defaults often', () => {
  const random = randomStream(5)
  const streams = 60
  for (const [rate, least] of [
    [0.02, 0.3],
    [0.1, 0.15],
    [0.3, 0.03],
  ] as const) {
    let byAdwin = 0
    let byDdm = 0
    for (let i = 0; i < streams; i++) {
      const errors = Array.from({ length: 1000 }, () => Number(random() / 4294967296 < rate))
      const called = (detector: ChangeDetector<unknown>) => errors.some((bit) => detector.update(bit) === 'drift')
      byAdwin += Number(called(adwin()))
      byDdm += Number(called(ddm()))
    }
    expect(byAdwin / streams).toBeLessThanOrEqual(0.05)
    expect(byDdm / streams).toBeGreaterThan(least)
  }
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MonitorPoint, parseMonitorPoint, serialiseMonitorPoint } from './history.ts'

const level = fc.constantFrom('none', 'moderate', 'significant')
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const point = fc.record<MonitorPoint>(
  {
    time: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }).map((at) => at.toISOString()),
    drift: level,
    decision: fc.constantFrom('keep', 'investigate', 'retrain'),
    rows: fc.record({ reference: fc.nat(), current: fc.nat() }),
    columns: fc.dictionary(
      fc.string().map((name) => `drift.${name}`),
      fc.record({
        level,
        effect: fc.option(finite),
        p_adjusted: fc.option(fc.double({ noNaN: true, min: 0, max: 1 })),
      }),
    ),
    detectors: fc.dictionary(fc.constantFrom('adwin', 'page-hinkley'), fc.jsonValue()) as fc.Arbitrary<never>,
  },
  { requiredKeys: ['time', 'drift', 'decision', 'rows', 'columns'] },
)

test('a point is read as it was written', () => {
  fc.assert(
    fc.property(point, (written) => {
      // JSON has no negative zero.
      const expected = JSON.parse(JSON.stringify(written)) as MonitorPoint
      expect(parseMonitorPoint(serialiseMonitorPoint(written))).toEqual(expected)
    }),
  )
})

const good = {
  schema: 'mlops-actions/monitor@1',
  time: '2026-11-01T06:00:00.000Z',
  drift: 'none',
  decision: 'keep',
  rows: { reference: 1, current: 1 },
  columns: {},
}

test('what a newer version adds does not make a point unreadable', () => {
  expect(parseMonitorPoint(JSON.stringify({ ...good, weather: 'fair' }))).not.toHaveProperty('weather')
})

test.each([
  ['', 'no JSON'],
  ['null', 'nothing'],
  [JSON.stringify({ ...good, schema: 'mlops-actions/monitor@2' }), 'another schema'],
  [JSON.stringify({ ...good, drift: 'huge' }), 'an unknown level'],
  [JSON.stringify({ ...good, time: 'yesterday' }), 'no time'],
  [JSON.stringify({ ...good, columns: { 'drift.a': { level: 'none', effect: 'NaN', p_adjusted: 0 } } }), 'no number'],
  [JSON.stringify({ ...good, columns: { 'drift.a': { level: 'none', effect: 0, p_adjusted: 7 } } }), 'no probability'],
])('%s is no point: %s', (text) => {
  expect(parseMonitorPoint(text)).toBeUndefined()
})

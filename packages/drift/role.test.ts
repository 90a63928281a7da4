import { expect, test } from 'vitest'
import { type Cells, sampleOf } from './fixtures/sample.ts'
import { type DriftOptions, drift, driftRules } from './index.ts'

const mix = (a: number, b: number): Cells => [...new Array(a).fill('a'), ...new Array(b).fill('b')]
const rules = (of: object = {}) => driftRules.parse(of)

function compare(before: Record<string, Cells>, after: Record<string, Cells>, of: object, options: DriftOptions) {
  const reference = sampleOf(before)
  return drift(reference, sampleOf(after, reference), rules(of), options)
}

test('each check says what kind of drift it is of', () => {
  const columns = {
    x: mix(5, 5),
    churned: mix(5, 5),
    prediction: mix(5, 5),
    score: [0.1, 0.9, ...new Array(8).fill(0.5)],
  }
  const roles = { label: 'churned', prediction: 'prediction', scores: ['score'] }
  const found = compare(columns, { ...columns, y: mix(5, 5) }, {}, { roles })
  expect(found.checks.map(({ id, evidence }) => [id, evidence.drift_kind])).toEqual([
    ['drift.x', 'data'],
    ['drift.churned', 'label'],
    ['drift.prediction', 'prediction'],
    ['drift.score', 'prediction'],
    ['schema.y', 'schema'],
  ])
})

test('labels that have not arrived are no finding, and those that have are compared', () => {
  const options = { roles: { label: 'churned' } }
  const before = { x: mix(500, 500), churned: mix(500, 500) }
  const late = (a: number, b: number): Cells => [...mix(a, b), ...new Array(1000 - a - b).fill(null)]
  const few = compare(before, { x: mix(500, 500), churned: late(51, 49) }, {}, options)
  expect(few).toMatchObject({ drift: 'none', decision: 'keep' })
  expect(few.checks[1]).toMatchObject({ evidence: { n_current: 100, nulls_current: 900, level: 'none' } })
  expect(compare(before, { x: mix(500, 500), churned: late(10, 90) }, {}, options).columns).toEqual(['churned'])
  const none = compare(before, { x: mix(500, 500), churned: late(0, 0) }, {}, options)
  expect(none.drift).toBe('none')
  expect(none.checks.at(-1)).toMatchObject({ id: 'schema.churned', status: 'warned', evidence: { change: 'missing' } })
  const other = compare(before, { x: mix(500, 500), churned: late(51, 49) }, {}, {})
  expect(other.columns).toEqual(['churned'])
})

test('columns that are set apart are not compared, and a name that is none is told', () => {
  const before = { x: mix(500, 500), day: mix(1000, 0), id: mix(1, 999) }
  const found = compare(
    before,
    { x: mix(500, 500), day: mix(0, 1000) },
    { ignore: ['day', 'dya'] },
    { roles: { apart: ['id'] } },
  )
  expect(found.drift).toBe('none')
  expect(found.checks.map(({ id, status }) => [id, status])).toEqual([
    ['drift.x', 'passed'],
    ['rule.ignore.dya', 'warned'],
  ])
})

test('predictions that the reference lacks are a warning that says where to compare them', () => {
  const found = compare(
    { x: mix(500, 500) },
    { x: mix(500, 500), score: mix(1, 999) },
    {},
    { roles: { scores: ['score'] } },
  )
  expect(found.checks[1]).toMatchObject({
    id: 'schema.score',
    status: 'warned',
    detail: expect.stringContaining('earlier log'),
  })
})

test('a slice is compared on its own, and its tests join the family', () => {
  const all = { x: mix(1000, 1000) }
  const slice = {
    name: 'region=EU',
    reference: sampleOf({ x: mix(500, 500) }),
    current: sampleOf({ x: mix(900, 100) }),
  }
  const found = compare(all, all, {}, { slices: [slice] })
  expect(found).toMatchObject({ drift: 'significant', columns: ['x [region=EU]'] })
  expect(found.checks.map(({ id, status, evidence }) => [id, status, evidence.family_size])).toEqual([
    ['drift.x', 'passed', 2],
    ['drift.x [region=EU]', 'failed', 2],
  ])
  expect(found.checks[1]!.evidence).toMatchObject({ column: 'x', slice: 'region=EU' })
})

test('the correction is the one that the rules name', () => {
  const before = { x: mix(500, 500), y: mix(500, 500), z: mix(500, 500) }
  const after = { x: mix(530, 470), y: mix(535, 465), z: mix(540, 460) }
  const adjusted = (correction: string) =>
    compare(before, after, { correction }, {}).checks.map(({ evidence }) => evidence.p_adjusted as number)
  const [x, y, z] = compare(before, after, {}, {}).checks.map(({ evidence }) => evidence.p_value as number)
  expect(adjusted('holm')).toEqual([2 * y!, 2 * y!, 3 * z!].map((p) => expect.closeTo(p, 12)))
  expect(adjusted('bonferroni')).toEqual([3 * x!, 3 * y!, 3 * z!].map((p) => expect.closeTo(p, 12)))
  const stepped = [x!, Math.min(x!, 1.5 * y!), Math.min(x!, 1.5 * y!, 3 * z!)]
  expect(adjusted('benjamini-hochberg')).toEqual(stepped.map((p) => expect.closeTo(p, 12)))
  expect(compare(before, after, { correction: 'bonferroni' }, {}).checks[0]!.observed).toContain(
    'Bonferroni over 3 tests',
  )
})

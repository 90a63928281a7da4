import { readFileSync } from 'node:fs'
import { parseDocument } from '@mlops-actions/document'
import {
  parseProfile,
  profileTable,
  protect,
  type Roles,
  type Sample,
  sampleTable,
  serialiseProfile,
  typesToCompare,
} from '@mlops-actions/profile'
import { readTable } from '@mlops-actions/table'
import type { Check, Json } from '@mlops-actions/verdict'
import { verdict } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cells, sampleOf } from './fixtures/sample.ts'
import { drift, driftRules } from './index.ts'

const rules = driftRules.parse({})
const CHURN = '../../examples/churn/data'
const tables: Record<string, [string, string]> = {
  churn: [`${CHURN}/churn.csv`, `${CHURN}/churn-current.csv`],
  'churn-drifted': [`${CHURN}/churn.csv`, `${CHURN}/churn-current-drifted.csv`],
  'flights-july': ['./fixtures/flights-2013-01.csv', './fixtures/flights-2013-07.csv'],
}

async function tableFrom(path: string, types = {}) {
  async function* open() {
    yield new Uint8Array(readFileSync(new URL(path, import.meta.url)))
  }
  return readTable([{ name: path, open }], { types })
}

async function profileOf(path: string, reference?: Sample) {
  const table = await tableFrom(path, reference === undefined ? {} : typesToCompare(reference.profile))
  return sampleTable(table, reference === undefined ? {} : { bins: reference.profile })
}

async function compareTables(name: string, roles: Roles = {}, asked = rules, stored = false) {
  const [before, after] = tables[name]!
  const built: Sample = await profileOf(before)
  const reference = stored ? { profile: parseProfile(serialiseProfile(built.profile), before) } : built
  return drift(reference, await profileOf(after, reference), asked, { roles })
}

function compare(before: Record<string, Cells>, after: Record<string, Cells>, roles: Roles = {}) {
  const reference = sampleOf(before)
  return drift(reference, sampleOf(after, reference), rules, { roles })
}

const find = (checks: Check[], id: string) => checks.find((c) => c.id === id) ?? expect.fail(`no check ${id}`)
const repeat = (value: string | null, times: number): Cells => new Array(times).fill(value)

/** A reproducible stream of uniform numbers (mulberry32). */
function stream(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
const uniform = (n: number, random: () => number) => Array.from({ length: n }, random)
const category = (n: number, k: number, random: () => number) =>
  Array.from({ length: n }, () => `c${Math.floor(random() * k)}`)

describe('agreement with scipy on the example tables', () => {
  type Column = Record<string, number> & { test: string }
  const golden: Record<string, { family: number; columns: Record<string, Column> }> = JSON.parse(
    readFileSync(new URL('./golden/drift.golden.json', import.meta.url), 'utf8'),
  )
  const near = (actual: Json | undefined, wanted: number | undefined, relative: number, what: string) => {
    if (wanted === undefined) return
    const error = Math.abs(Number(actual) - wanted)
    if (!(error <= relative * Math.abs(wanted) + 1e-14)) expect.fail(`${what}: ${actual} is not ${wanted}`)
  }
  test.each(Object.keys(tables))('%s', async (name) => {
    const found = await compareTables(name)
    const { family, columns } = golden[name]!
    for (const [column, wanted] of Object.entries(columns)) {
      const { evidence } = find(found.checks, `drift.${column}`)
      const distances = evidence.distances as Record<string, number>
      expect([column, evidence.test, evidence.family_size]).toEqual([column, wanted.test, family])
      near(evidence.statistic, wanted.statistic, 1e-12, `${column} statistic`)
      near(evidence.p_value, wanted.p, 1e-9, `${column} p`)
      near(evidence.p_adjusted, wanted.p_adjusted, 1e-9, `${column} adjusted p`)
      near(evidence.null_share_p_value, wanted.null_p, 1e-9, `${column} null share`)
      near(distances.psi, wanted.psi, 1e-12, `${column} psi`)
      near(evidence.psi_null_expectation, wanted.psi_null, 1e-12, `${column} null expectation`)
      near(distances.js, wanted.js, 1e-12, `${column} js`)
      near(distances.ks, wanted.ks, 1e-12, `${column} ks`)
      near(distances.wasserstein, wanted.wasserstein, 1e-12, `${column} wasserstein`)
      const drifted = wanted.p_adjusted! < 0.05 && wanted.effect! >= 0.1
      if (!drifted) expect(found.columns).not.toContain(column)
      else expect(found.columns).toContain(column)
    }
  })
})

describe('the example tables', () => {
  test('a month without drift keeps the model', async () => {
    const found = await compareTables('churn')
    expect(found).toMatchObject({ drift: 'none', decision: 'keep', columns: [] })
    expect(found.checks).toHaveLength(20)
    expect(found.checks.filter((c) => c.status !== 'passed')).toEqual([])
    expect(await compareTables('churn', { label: 'churn' })).toMatchObject({ drift: 'none', decision: 'keep' })
    expect(verdict('drift', {}, found.checks).status).toBe('passed')
  })
  test('a month after a campaign asks for retraining, and says in words what moved', async () => {
    const found = await compareTables('churn-drifted', { label: 'churn' })
    expect(found).toMatchObject({ drift: 'significant', decision: 'retrain' })
    expect(found.columns).toEqual(['tenure', 'contract', 'total_charges', 'churn'])
    const tenure = find(found.checks, 'drift.tenure')
    expect(tenure).toMatchObject({ status: 'failed', severity: 'failed' })
    expect(tenure.title).toBe(
      'tenure: distribution moved, PSI 0.611 above chance (floor 0.25), p < 0.001 (KS, Holm over 21 tests)',
    )
    const contract = find(found.checks, 'drift.contract')
    expect(contract.status).toBe('warned')
    expect(contract.detail).toMatch(/^The largest change: Month-to-month went from 5\d\.\d % to [67]\d\.?\d? %\./)
    expect(find(found.checks, 'drift.churn').evidence.effect).toMatchObject({
      name: 'largest_share_difference',
      threshold: 0.05,
    })
    const small = find(found.checks, 'drift.streaming_tv')
    expect([small.status, small.detail]).toEqual([
      'passed',
      'Real but small: p is under 0.05, the effect under the floor 0.1.',
    ])
  })
  test.each(Object.keys(tables))('a stored reference gives the outcome of its rows: %s', async (name) => {
    const [before, after] = tables[name]!
    const stored = parseProfile(serialiseProfile(await profileTable(await tableFrom(before))), before)
    const found = drift({ profile: stored }, await profileOf(after, { profile: stored }), rules)
    const exact = await compareTables(name)
    expect([found.columns, found.decision]).toEqual([exact.columns, exact.decision])
    for (const { id, evidence, detail } of found.checks) {
      const { evidence: wanted } = find(exact.checks, id)
      expect([id, evidence.test, evidence.family_size]).toEqual([id, wanted.test, wanted.family_size])
      expect(detail ?? '').not.toContain('keeps no exact values')
      if (evidence.test === 'ks') expect(Number(evidence.p_value)).toBeGreaterThanOrEqual(Number(wanted.p_value))
      if (evidence.test === 'ks') expect(evidence.p_value).toBeCloseTo(Number(wanted.p_value), 1)
    }
  })
  test('profiles on both sides are compared, the current one counted anew in the bins of the reference', async () => {
    const [reference, current] = await Promise.all(
      tables['churn-drifted']!.map(async (path) =>
        parseProfile(serialiseProfile(await profileTable(await tableFrom(path))), path),
      ),
    )
    const found = drift({ profile: reference! }, { profile: current! }, rules)
    expect(found.columns).toEqual((await compareTables('churn-drifted')).columns)
  })
  test('a stored reference without distributions is judged over its bins, with the same outcome, and says so', async () => {
    const exact = await compareTables('churn-drifted')
    const binned = await compareTables('churn-drifted', {}, rules, true)
    expect(binned.columns).toEqual(exact.columns)
    const tenure = find(binned.checks, 'drift.tenure')
    expect(tenure.evidence.test).toBe('chi2')
    expect(tenure.detail).toContain('keeps no exact values')
    expect(tenure.evidence.distances).not.toHaveProperty('ks')
  })
  test('dates are skipped and stand outside the family', async () => {
    const found = await compareTables('flights-july')
    expect(find(found.checks, 'drift.date').status).toBe('skipped')
    expect(found.columns).toEqual(['air_time'])
  })
})

describe('false alarms', () => {
  const REPEATS = 250
  /** The level plus four standard errors of a simulated share. */
  const limit = rules.alpha + 4 * Math.sqrt((rules.alpha * (1 - rules.alpha)) / REPEATS)
  test.each([
    [2000, 100, 3],
    [300, 300, 5],
    [60, 40, 10],
    [1000, 50, 20],
  ])('no drift at n=%i, m=%i, k=%i: p-values alone alarm within alpha over the whole family', (n, m, k) => {
    const random = stream(n + m + k)
    const table = (rows: number) => ({
      few: category(rows, k, random),
      skewed: Array.from({ length: rows }, () => `c${Math.floor(k * random() ** 4)}`),
      number: uniform(rows, random),
      steps: uniform(rows, random).map((u) => Math.floor(k * u)),
      gaps: uniform(rows, random).map((u) => (u < 0.1 ? null : u)),
    })
    let byP = 0
    let byRule = 0
    for (let i = 0; i < REPEATS; i++) {
      const found = compare(table(n), table(m))
      if (found.drift !== 'none') byRule++
      const least = found.checks.flatMap((c) => [c.evidence.p_adjusted, c.evidence.null_share_p_adjusted])
      if (least.some((p) => typeof p === 'number' && p < rules.alpha)) byP++
    }
    expect(byP / REPEATS).toBeLessThanOrEqual(limit)
    expect(byRule).toBeLessThanOrEqual(byP)
  })
})

describe('the schema', () => {
  const number = uniform(300, stream(1))
  test('a missing column fails and names the fall-back', () => {
    const found = compare({ a: number, b: number }, { a: number })
    expect(find(found.checks, 'schema.b')).toMatchObject({ status: 'failed', subject: 'b' })
    expect(find(found.checks, 'schema.b').detail).toContain('previous version')
    expect(found).toMatchObject({ drift: 'none', decision: 'investigate' })
  })
  test('a label that has not arrived yet is a warning', () => {
    const found = compare({ a: number, y: number }, { a: number }, { label: 'y' })
    expect(find(found.checks, 'schema.y').status).toBe('warned')
    expect(found.decision).toBe('keep')
  })
  test('a retyped column fails and is not compared', () => {
    const found = compare({ a: number, b: number }, { a: number, b: number.map(String).map((s) => `v${s}`) })
    expect(find(found.checks, 'schema.b').title).toBe('b: type changed from number to text')
    expect(found.checks.map((c) => c.id)).not.toContain('drift.b')
  })
  test('whole numbers beside fractions are one type', () => {
    const whole = number.map((u) => Math.round(10 * u))
    const found = compare({ a: whole }, { a: number.map((u) => 10 * u) })
    expect(find(found.checks, 'drift.a').evidence.type).toBe('number')
  })
  test('a new column is a warning', () => {
    const found = compare({ a: number }, { a: number, b: number })
    expect(find(found.checks, 'schema.b').status).toBe('warned')
    expect(found.decision).toBe('keep')
  })
  test('new categories are listed with counts and judged by the test alone', () => {
    const before = [...repeat('x', 500), ...repeat('y', 500)]
    const some = compare({ a: before }, { a: [...repeat('x', 249), ...repeat('y', 249), ...repeat('z', 2)] })
    expect(find(some.checks, 'drift.a')).toMatchObject({
      status: 'passed',
      evidence: { new_categories: [{ category: 'z', count: 2 }], folded: 2 },
    })
    const many = compare({ a: before }, { a: [...repeat('x', 150), ...repeat('y', 150), ...repeat('z', 200)] })
    expect(find(many.checks, 'drift.a').status).toBe('failed')
    expect(find(many.checks, 'drift.a').detail).toContain('New categories: z (200).')
    expect(find(some.checks, 'drift.a').detail).toContain('New categories: 1 in 2 rows.')
  })
})

describe('rare categories', () => {
  test('a rare remainder takes in the smallest other category until it expects 5 on either side', () => {
    const before = [...repeat('x', 600), ...repeat('y', 380), ...repeat('z', 20)]
    const found = compare({ a: before }, { a: [...repeat('x', 60), ...repeat('y', 38), ...repeat('z', 2)] })
    expect(find(found.checks, 'drift.a').evidence).toMatchObject({ folded: 2, statistic: 0, p_value: 1 })
  })
  test('categories that a profile folded are compared as one', () => {
    const folded = (named: [string, number][], rest: number): Sample => {
      const sample = sampleOf({ a: named.flatMap(([value, count]) => repeat(value, count)) })
      const [column] = sample.profile.columns
      column!.count += rest
      column!.categories!.folded = { categories: rest > 0 ? 9 : 0, count: rest }
      sample.profile.rows += rest
      return sample
    }
    const before = folded([['x', 500]], 500)
    const after = folded(
      Array.from({ length: 51 }, (_, i) => (i === 0 ? ['x', 250] : [`r${i}`, 5])),
      0,
    )
    const found = find(drift(before, after, rules).checks, 'drift.a')
    expect(found).toMatchObject({ status: 'passed', evidence: { statistic: 0, distances: { psi: 0 } } })
    expect(found.detail).toContain('Categories that the reference does not list, new or rare there: 50 in 250 rows.')
  })
})

test('names no value of a sensitive column of numbers', () => {
  const hidden = (sample: Sample): Sample => ({
    ...sample,
    profile: { ...sample.profile, columns: sample.profile.columns.map((column) => ({ ...column, sensitive: true })) },
  })
  const before = sampleOf({ a: Array.from({ length: 400 }, (_, i) => (i < 100 ? 700.5 : 801 + i)) })
  const after = sampleOf({ a: Array.from({ length: 400 }, () => 700.5) }, before)
  const open = find(drift(before, after, rules).checks, 'drift.a')
  const closed = find(drift(hidden(before), hidden(after), rules).checks, 'drift.a')
  expect(JSON.stringify(open)).toContain('700.5')
  expect(closed.evidence.top_changes).toContainEqual({ bin: 'bin 2 of 9', reference_share: 0.25, current_share: 1 })
  expect(JSON.stringify(closed)).not.toMatch(/700\.5|[89]\d\d\b/)
  expect(closed.evidence.effect).toEqual(open.evidence.effect)
})

describe('rare categories of a stored reference', () => {
  const words = (rows: number, k: number, random: () => number) => ({ a: category(rows, k, random) })
  const stored = (cells: Cells, sensitive: string[] = []) =>
    parseProfile(serialiseProfile(sampleOf({ a: cells }).profile, { sensitive }), 'profile.json')
  test('are compared by their hashes, as the rows would be', () => {
    const random = stream(21)
    for (const [n, m, k] of [
      [300, 300, 30],
      [1000, 400, 100],
      [60, 500, 12],
    ] as const) {
      const before = words(n, k, random)
      const after = { a: [...words(m, k, random).a, ...repeat('new', 25)] }
      const exact = find(compare(before, after).checks, 'drift.a')
      const profile = stored(before.a)
      const found = find(drift({ profile }, sampleOf(after), rules).checks, 'drift.a')
      expect(profile.columns[0]!.categories!.folded.categories).toBeGreaterThan(0)
      expect(found.evidence.statistic).toBeCloseTo(Number(exact.evidence.statistic), 9)
      expect(found.evidence.p_value).toBeCloseTo(Number(exact.evidence.p_value), 9)
      expect(found.evidence.new_categories).toEqual(exact.evidence.new_categories)
      const both = find(drift({ profile }, { profile: stored(after.a) }, rules).checks, 'drift.a')
      expect(both.evidence.p_value).toBeCloseTo(Number(exact.evidence.p_value), 9)
    }
  })
  test('that are only a sum raise no more alarms than alpha', () => {
    const random = stream(22)
    let [alarms, found] = [0, 0]
    for (let i = 0; i < 200; i++) {
      const profile = stored(words(1000, 100, random).a, ['a'])
      const p = (cells: Cells) =>
        find(drift({ profile }, sampleOf({ a: cells }), rules).checks, 'drift.a').evidence.p_adjusted as number
      if (p(words(1000, 100, random).a) < rules.alpha) alarms++
      if (i < 20 && p([...words(500, 100, random).a, ...repeat('c0', 500)]) < rules.alpha) found++
    }
    // By the degrees of freedom of the cells that are left, a sixth of these would alarm.
    expect(alarms).toBeLessThanOrEqual(200 * (0.05 + 4 * Math.sqrt((0.05 * 0.95) / 200)))
    expect(found).toBe(20)
  })
})

describe('nulls', () => {
  const half = [...uniform(300, stream(3)), ...repeat(null, 300)]
  const full = uniform(600, stream(4))
  test('a share of nulls that moves is drift, whatever the values say', () => {
    const found = compare({ a: full }, { a: half })
    const check = find(found.checks, 'drift.a')
    expect(check.status).toBe('failed')
    expect(check.title).toContain('share of nulls moved')
    expect(check.detail).toBe('Nulls went from 0 % to 50 % of the rows.')
    expect(check.evidence.effect).toMatchObject({ name: 'null_share_difference', value: 0.5 })
    expect(found.columns).toEqual(['a'])
  })
  test.each([
    ['current', { a: full }, { a: repeat(null, 600) }],
    ['reference', { a: repeat(null, 600) }, { a: full }],
  ])('a column without values on the %s side is judged by its nulls alone', (_, before, after) => {
    const check = find(compare(before, after).checks, 'drift.a')
    expect(check).toMatchObject({ status: 'failed', evidence: { test: 'chi2', family_size: 1 } })
    expect(check.detail).toContain('judged by its share of nulls alone')
  })
  test('a column without values on both sides is a warning', () => {
    const found = compare({ a: repeat(null, 20), b: full.slice(0, 20) }, { a: repeat(null, 20), b: full.slice(0, 20) })
    expect(find(found.checks, 'drift.a')).toMatchObject({ status: 'warned', title: 'a: no values on either side' })
  })
})

describe('how many rows', () => {
  const reference = { n: uniform(2000, stream(5)), c: category(2000, 4, stream(6)) }
  test('too few to see the floor is a warning with the number needed, and that number suffices', () => {
    const few = compare(reference, { n: uniform(20, stream(7)), c: category(20, 4, stream(8)) })
    expect(few.drift).toBe('none')
    for (const id of ['drift.n', 'drift.c']) {
      const check = find(few.checks, id)
      const { current } = check.evidence.rows_needed as { current: number }
      expect(check.status).toBe('warned')
      expect(check.detail).toContain(`At least ${current} current rows with a value are needed.`)
      const enough = compare(reference, { n: uniform(current, stream(9)), c: category(current, 4, stream(10)) })
      expect(find(enough.checks, id).status).toBe('passed')
    }
  })
  test('a reference that is too small is named', () => {
    const few = compare({ n: uniform(30, stream(1)) }, { n: uniform(5000, stream(2)) })
    expect(find(few.checks, 'drift.n').detail).toMatch(/At least \d+ reference rows and \d+ current rows/)
  })
  test('a large effect in few rows is drift all the same', () => {
    const found = compare(reference, { n: uniform(30, stream(7)).map((u) => u + 2), c: category(30, 4, stream(8)) })
    expect(found.columns).toEqual(['n'])
  })
  test('where every category is too rare to be tested, nothing passes', () => {
    const found = compare({ c: category(5000, 50, stream(1)) }, { c: category(100, 50, stream(2)) })
    expect(find(found.checks, 'drift.c')).toMatchObject({ status: 'warned', evidence: { family_size: 0, p_value: 1 } })
  })
  test('no rows on a side fail closed', () => {
    for (const [before, after, id] of [
      [{ a: [1] }, { a: [] }, 'guard.rows'],
      [{ a: [] }, { a: [1] }, 'guard.reference_rows'],
    ] as [Record<string, Cells>, Record<string, Cells>, string][]) {
      const found = compare(before, after)
      expect(find(found.checks, id).status).toBe('failed')
      expect(found).toMatchObject({ drift: 'none', decision: 'investigate' })
    }
  })
  test('dates alone, or no column in common, fail closed', () => {
    const dates = { when: repeat('2026-01-01', 50) }
    expect(verdict('drift', {}, compare(dates, dates).checks).status).toBe('failed')
    expect(find(compare({ a: [1] }, { b: [1] }).checks, 'guard.columns').status).toBe('failed')
  })
})

test('a current profile counted in bins of its own is an internal error', () => {
  const reference = sampleOf({ a: uniform(100, stream(1)) })
  const current = sampleOf({ a: uniform(100, stream(2)) })
  expect(() => drift(reference, current, rules)).toThrow("not counted in the reference's bins")
})

test('categories hashed in one profile only are compared by their hashes', () => {
  const before = { a: [...repeat('x', 50), ...repeat('y', 50)] }
  const after = { a: [...repeat('x', 20), ...repeat('y', 80)] }
  const hidden = (cells: typeof before) => {
    const sample = sampleOf(cells)
    return { ...sample, profile: { ...sample.profile, columns: sample.profile.columns.map(protect) } }
  }
  const open = find(compare(before, after).checks, 'drift.a')
  for (const [reference, current] of [
    [sampleOf(before), hidden(after)],
    [hidden(before), sampleOf(after)],
  ] as const) {
    const check = find(drift(reference, current, rules).checks, 'drift.a')
    expect(check.evidence.statistic).toBe(open.evidence.statistic)
    expect(JSON.stringify(check)).not.toMatch(/"[xy]"/)
  }
})

test('free text is compared by its length', () => {
  const asText = (sample: Sample): Sample => {
    for (const column of sample.profile.columns) Object.assign(column, { kind: 'text', type: 'text' })
    return sample
  }
  const random = stream(11)
  const lengths = (mean: number) => uniform(400, random).map((u) => Math.round(mean * (0.5 + u)))
  const reference = asText(sampleOf({ note: lengths(80) }))
  const same = drift(reference, asText(sampleOf({ note: lengths(80) }, reference)), rules)
  const longer = drift(reference, asText(sampleOf({ note: lengths(160) }, reference)), rules)
  expect(same.drift).toBe('none')
  expect(find(longer.checks, 'drift.note')).toMatchObject({ status: 'failed', evidence: { test: 'ks', kind: 'text' } })
})

test('any two tables give checks without NaN, one a column', () => {
  const cell = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 4 }), fc.double({ noNaN: true }))
  const word = fc.oneof(fc.constant(null), fc.constantFrom('a', 'b', 'c', ''))
  const side = fc
    .array(fc.record({ n: cell, w: word }), { minLength: 1, maxLength: 60 })
    .map((rows) => ({ n: rows.map((r) => r.n), w: rows.map((r) => r.w) }))
  fc.assert(
    fc.property(side, side, (before, after) => {
      const found = compare(before, after)
      expect(found.checks.map((c) => c.subject).sort()).toEqual(['n', 'w'])
      // JSON turns NaN and Infinity into null: what comes back unequal held one.
      expect(JSON.parse(JSON.stringify(found))).toEqual(found)
      for (const c of found.checks) expect(`${c.title} ${c.observed} ${c.detail}`).not.toMatch(/NaN|Infinity/)
    }),
  )
})

describe('the rules', () => {
  test('the default, in every way it can be asked for', () => {
    for (const text of ['', '{}', 'preset: default']) {
      expect(parseDocument(text, 'rules', driftRules, 'RULES_INVALID')).toEqual({
        preset: ['default'],
        ignore: [],
        consecutive: 1,
        alpha: 0.05,
        correction: 'holm',
        floor: 0.1,
        significant: 0.25,
      })
    }
  })
  test.each([
    ['preset: dflt', 'preset', /"dflt" is no preset/, /Change/],
    ['correction: sidak', 'correction', /supported: holm, bonferroni/, /Change/],
    ['alpha: 1.5', 'alpha', /not valid/, /Change/],
    ['floor: 0.4', 'significant', /at least the floor/, /Change/],
    ['flor: 0.2', 'flor', /unknown key "flor"/, /^Did you mean "floor"\?$/],
  ])('%j is refused and named', (text, key, message, help) => {
    expect(() => parseDocument(text, 'rules.yaml', driftRules, 'RULES_INVALID')).toThrow(
      expect.objectContaining({
        code: 'RULES_INVALID',
        message: expect.stringMatching(message),
        where: { file: 'rules.yaml', line: 1, column: 1, key },
        help: expect.stringMatching(help),
      }),
    )
  })
  test('the floor decides', async () => {
    const strict = await compareTables('churn-drifted', {}, driftRules.parse({ floor: 0.04 }))
    const lenient = await compareTables('churn-drifted', {}, driftRules.parse({ floor: 0.7, significant: 0.9 }))
    expect(strict.columns.length).toBeGreaterThan(8)
    expect(lenient.columns).toEqual([])
  })
})

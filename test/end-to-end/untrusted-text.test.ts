// Names and values from data reach reports, logs and comments as text, whatever they look like.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Churn, type Files, type Job, type Pull, train, use, validate } from './churn.ts'
import { mentionsIn, tablesOf, vocabularyOf } from './hostile.ts'

const element = '<img src=x onerror=alert(1)>|'
const hostile = {
  column: element,
  values: [
    'one | two\n\n## A heading\n| a | b |',
    '::error::forged by data',
    '\n::set-output name=passed::true\n::error file=x::forged',
    '@octocat please look at #1 and https://evil.example/x',
    '[click](javascript:alert(1)) ![x](https://evil.example/p.png) `code` $x$ <!-- -->',
    '"><script>alert(1)</script><a href="javascript:alert(1)">',
    '</style><svg onload=alert(1)>',
  ],
  dataset: '@octocat ::error::x <b onclick=alert(1)>|',
}
const harmless = {
  column: 'colour',
  values: ['one', 'two', 'three', 'four', 'five', 'six', 'seven'],
  dataset: 'customers',
}
type Kind = typeof hostile

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

/** 280 rows; in the second month the values have changed places, so that the column drifts. */
function table({ column, values }: Kind, month: number): string {
  const rows = values.flatMap((value, i) => Array(month === 1 || i < 2 ? 40 : 4).fill(value) as string[])
  return [[quoted(column), 'number'], ...rows.map((value, i) => [quoted(value), String(i % 7)])]
    .map((cells) => `${cells.join(',')}\n`)
    .join('')
}

function project(of: Kind): Files {
  const column = JSON.stringify(of.column)
  const suite = {
    columns: {
      [of.column]: { in_set: [of.values[0]!], matches: '^[a-z]$' },
      number: { between: [1, 3] },
    },
    expectations: [{ type: 'expect_column_to_exist', kwargs: { column: `${of.column}2` } }],
  }
  return {
    'hostile.csv': table(of, 1),
    'hostile-2.csv': table(of, 2),
    'suite.yaml': JSON.stringify(suite),
    'params.json': JSON.stringify({ [of.column]: of.values[3] }),
    'write.mjs': `import { writeFileSync } from 'node:fs'\nwriteFileSync('m.json', JSON.stringify({ [${column}]: 0.5 }))\n`,
  }
}

let churn: Churn
let forged: Job
let plain: Job
let pulls: { hostile: Pull; harmless: Pull }

beforeAll(async () => {
  churn = await Churn.open()
  pulls = { hostile: await churn.propose('a', project(hostile)), harmless: await churn.propose('b', project(harmless)) }
  const run = (of: Kind, on: Pull) =>
    churn.run(
      [
        validate({ data: 'hostile.csv', 'dataset-name': of.dataset }),
        train({
          command: 'node write.mjs',
          metrics: 'm.json',
          'model-file': 'write.mjs',
          tags: `a: ${quoted('@octocat')}`,
        }),
        use('metrics-gate', {
          metrics: 'm.json',
          rules: JSON.stringify({ [of.column]: { threshold: 0.9, direction: 'higher_is_better' } }),
        }),
        use('drift-check', { reference: 'hostile.csv', current: 'hostile-2.csv' }),
        validate({ data: `${of.column}.csv` }),
        use('pr-report', { model: of.dataset }),
      ].map((step, i) => ({ ...step, id: `${i}` })),
      { on },
    )
  ;[forged, plain] = await Promise.all([run(hostile, pulls.hostile), run(harmless, pulls.harmless)])
})
afterAll(() => churn?.close())

const text = (job: Job, id: string, form: string) => readFileSync(job.of(id).outputs[`report-${form}`]!, 'utf8')
const steps = ['0', '1', '2', '3', '4', '5']

it('the hostile project is judged as the harmless one is', () => {
  const seen = (job: Job) => job.steps.map((s) => [s.exitCode, s.outputs.verdict])
  expect(seen(forged)).toEqual(seen(plain))
  expect(seen(forged).map(([, verdict]) => verdict)).toEqual([
    'failed',
    'passed',
    'failed',
    'failed',
    'error',
    'failed',
  ])
})

describe.each(steps)('step %s', (id) => {
  it('its HTML has the elements and attributes of a harmless report', () => {
    const page = text(forged, id, 'html')
    const found = vocabularyOf(page)
    expect([...found].filter((word) => /^(img|script|iframe|object|b\[)|\[on/.test(word))).toEqual([])
    const known = vocabularyOf(text(plain, id, 'html'))
    expect([...found].filter((word) => !known.has(word))).toEqual([])
    expect(page).not.toMatch(/(href|src)\s*=\s*["']?\s*javascript:/i)
  })

  it('its Markdown keeps the cells of every table, and names nobody', () => {
    for (const markdown of [text(forged, id, 'markdown'), forged.of(id).summary]) {
      for (const rows of tablesOf(markdown)) expect(new Set(rows).size).toBe(1)
      expect(mentionsIn(markdown)).toEqual([])
      expect(markdown).not.toMatch(/<(img|script|b |svg|a )/i)
      expect(markdown).not.toMatch(/^## A heading/m)
    }
    const shape = (job: Job) => tablesOf(text(job, id, 'markdown')).map((rows) => rows[0])
    expect(shape(forged)).toEqual(shape(plain))
  })

  it('it prints no workflow command that data wrote', () => {
    const [one, other] = [forged.of(id), plain.of(id)]
    expect(one.annotations.map((a) => a.level)).toEqual(other.annotations.map((a) => a.level))
    expect(one.annotations.map((a) => a.message).filter((m) => m.startsWith('forged'))).toEqual([])
    const commands = (out: string) => [...out.matchAll(/^\s*(::|##\[)([\w-]+)/gm)].map(([, , name]) => name!)
    const count = (out: string) => commands(out).filter((name) => !['debug', 'add-mask'].includes(name))
    expect(count(one.stdout)).toEqual(count(other.stdout))
    expect(one.masks.length).toBe(other.masks.length)
  })
})

it('the comment names nobody, links nowhere and keeps its tables', async () => {
  const comments = await churn.comments(pulls.hostile)
  expect(comments).toHaveLength(1)
  const [comment] = comments
  expect(mentionsIn(comment!)).toEqual([])
  expect(tablesOf(comment!).length).toBeGreaterThan(2)
  for (const rows of tablesOf(comment!)) expect(new Set(rows).size).toBe(1)
  expect(comment).not.toMatch(/<(img|script|b |svg|a )/i)
  // The text is there all the same, for people to read.
  expect(comment).toContain('onerror')
})

describe('the readers of this test see what they look for', () => {
  it('elements', () => {
    expect([...vocabularyOf('<p a="1>2" b=\'<i>\' c>x<!-- <u> --><img src=x onerror=f>')]).toEqual([
      ...['p', 'p[a]', 'p[b]', 'p[c]', 'img', 'img[src]', 'img[onerror]'],
    ])
  })
  it('cells', () => {
    expect(tablesOf('| a | b |\n| --- | --- |\n| 1 | 2 |\n| 1 \\| 2 | `x|y` |\n\ntext | x')).toEqual([[2, 2, 2, 3]])
  })
  it('mentions', () => {
    expect(mentionsIn('hi @a and &#64;b, `@c`, \\@d, a@e.f, #12, @&#8203;g, <code>@h</code>')).toEqual([
      ...['@a', '@b', '@d', '#12'],
    ])
  })
})

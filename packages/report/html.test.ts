import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml } from './escape.ts'
import { reportHtml } from './html.ts'
import { fullReport, hostileReport, smallReport } from './report.fixture.ts'

/** Tags and attribute names of a page that is well-formed as we write it; throws where it is not. */
function outline(page: string): { tags: string[]; texts: string[]; hrefs: string[] } {
  const tags: string[] = []
  const texts: string[] = []
  const hrefs: string[] = []
  const open: string[] = []
  const voids = new Set(['meta', '!doctype'])
  let at = 0
  const token = /<(\/?)([a-z!][a-z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"<>]*")?)*)\s*(\/?)>/y
  while (at < page.length) {
    if (page[at] !== '<') {
      const end = page.indexOf('<', at)
      texts.push(page.slice(at, end < 0 ? page.length : end))
      at = end < 0 ? page.length : end
      continue
    }
    token.lastIndex = at
    const match = token.exec(page)
    if (!match) throw new Error(`not a tag: ${page.slice(at, at + 120)}`)
    const [whole, closing, name, attributes, selfClosing] = match as unknown as [string, string, string, string, string]
    at += whole.length
    if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
      continue
    }
    const names = [...attributes.matchAll(/\s([a-zA-Z][\w:-]*)(?:="([^"]*)")?/g)]
    hrefs.push(...names.filter((n) => n[1] === 'href' || n[1] === 'src').map((n) => n[2] ?? ''))
    tags.push([name, ...names.map((n) => n[1])].join(' '))
    if (name === 'style') at = page.indexOf('</style>', at)
    if (!selfClosing && !voids.has(name)) open.push(name)
  }
  expect(open).toEqual([])
  return { tags, texts, hrefs }
}

describe('reportHtml', () => {
  it('is one well-formed page that loads nothing and runs nothing', () => {
    const page = reportHtml(fullReport)
    const { tags, hrefs } = outline(page)
    expect(tags.filter((t) => /^(script|link|img|iframe|object|embed|form|base)\b|\bon[a-z]+/.test(t))).toEqual([])
    expect(hrefs.filter((h) => !h.startsWith('#'))).toEqual(['https://github.com/octo/churn/actions/runs/1'])
    expect(page).toContain("default-src 'none'")
    expect(page).toContain('prefers-color-scheme:dark')
    expect(page).not.toMatch(/url\(|@import/)
    expect(page).not.toMatch(/NaN|undefined|\[object/)
  })

  it('has no element and no attribute out of data, whatever the data', () => {
    const shape = (text: string) => outline(reportHtml(hostileReport(text)))
    const plain = shape('some text').tags
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom(
            '<img src=x onerror=alert(1)>|',
            '"><script>alert(1)</script>',
            "' onload='alert(1)",
            '</style></title><svg/onload=alert(1)>',
            'javascript:alert(1)//',
            'two\nlines | <!-- -->',
          ),
          fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((t) => /[^\w\s]/.test(t)),
        ),
        (text) => {
          const { tags, hrefs } = shape(text)
          expect(tags).toEqual(plain)
          expect(hrefs.every((h) => h.startsWith('#') || h.startsWith('https://'))).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('says the verdict first, shows every check and draws each kind', () => {
    const page = reportHtml(fullReport)
    expect(page).toMatch(/<h1><em>Failed:<\/em> total_charges is never empty: 11 of 7,043 rows are empty/)
    const order = [
      'Data validation of data/churn.csv',
      'Training',
      'Metrics gate',
      'Comparison with production',
      'Drift check',
    ]
    const places = order.map((title) => page.indexOf(`<h2>${title}</h2>`))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places.every((p) => p > 0)).toBe(true)
    for (const v of fullReport.verdicts) for (const c of v.checks) expect(page).toContain(escapeHtml(c.title))
    expect(page).toContain('<title>roc_auc: 0.7412; interval 0.7153 to 0.7668; ≥ 0.8</title>')
    expect(page).toContain('<title>roc_auc: -0.0081; interval -0.0272 to 0.0109; margin -0.02, no change</title>')
    expect(page).toContain('<title>tenure: psi above null 0.621, floors 0.1 and 0.25; failed</title>')
    expect(page).toContain('<title>Month-to-month: reference 55\u00a0%, current 69.7\u00a0%</title>')
  })

  it('renders checks that carry nothing but their texts', () => {
    const bare = fullReport.verdicts.map((v) => ({ ...v, checks: v.checks.map((c) => ({ ...c, evidence: {} })) }))
    const page = reportHtml({ title: 'bare', verdicts: bare })
    outline(page)
    for (const v of bare) for (const c of v.checks) expect(page).toContain(escapeHtml(c.observed))
  })

  it('fails where nothing was judged', () => {
    expect(reportHtml({ title: 'x', verdicts: [] })).toContain('<em>Failed:</em> nothing was judged')
    expect(
      reportHtml({ ...smallReport, verdicts: [{ ...smallReport.verdicts[0]!, checks: [], status: 'failed' }] }),
    ).toContain('<em>Failed:</em> nothing was judged')
  })

  it('has no drawn text under 11 pixels', () => {
    const sizes = [...reportHtml(fullReport).matchAll(/font(?:-size)?:(\d+(?:\.\d+)?)px/g)].map((m) => Number(m[1]))
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11)
  })
})

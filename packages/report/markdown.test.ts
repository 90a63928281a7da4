import { type Check, check, verdict } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commentLimit, reportMarkdown } from './markdown.ts'
import { fullReport, hostileReport, smallReport } from './report.fixture.ts'

/** Tables of a text as their numbers of cells per row. */
function tables(markdown: string): number[][] {
  const found: number[][] = []
  let current: number[] | undefined
  for (const line of markdown.split('\n')) {
    if (!line.startsWith('|')) {
      current = undefined
      continue
    }
    if (!current) {
      current = []
      found.push(current)
    }
    current.push(line.replace(/\\[\s\S]/g, '').split('|').length - 2)
  }
  return found
}

function manyChecks(count: number, held = false): Check[] {
  return Array.from({ length: count }, (_, i) =>
    check(held, {
      id: `c${i}`,
      title: `column_${i} is never empty`,
      subject: `column_${i}`,
      observed: 'é'.repeat(150),
      expected: 'no empty rows',
    }),
  )
}

describe('reportMarkdown', () => {
  it('is this, for a small report', () => {
    expect(reportMarkdown(smallReport)).toMatchInlineSnapshot(`
      "## churn: metrics-gate

      ✅ **Passed:** accuracy is 0.8034, the rule asks for at least 0.75

      <details><summary>Metrics gate: 1 check (1 passed)</summary>

      | Status | Check | Observed | Figures |
      | --- | --- | --- | --- |
      | ✅ passed | accuracy is at least 0.75 | 0.8034 | 90 % interval 0.7852 to 0.8204 · bootstrap (BCa, 2000 resamples, seed 1) · 1,409 rows · rule from mlops.yaml at main |

      </details>

      <sub>Generated 2025-06-01 10:00 UTC</sub>
      "
    `)
  })

  it('says the verdict first, then what does not hold', () => {
    const text = reportMarkdown(fullReport)
    expect(text).toMatch(
      /^## churn: Report of pull request 12\n\n❌ \*\*Failed:\*\* total\\_charges is never empty: 11 of 7,043/,
    )
    expect(text.indexOf('### What does not hold')).toBeLessThan(text.indexOf('<details>'))
    expect(text).toContain('❌ failed | Metrics gate | roc\\_auc is at least 0.80 | 0.7412 |  |')
    expect(text).toContain('| `tenure` | PSI 0.621 above chance, hardly chance | ▃▃▃▃▃▃▃▃▃▃ | █')
    expect(text).not.toMatch(/NaN|undefined|\[object/)
  })

  it('keeps its tables, whatever stands in the data', () => {
    const shape = (text: string) => {
      const markdown = reportMarkdown(hostileReport(text))
      for (const rows of tables(markdown)) {
        expect(new Set(rows).size).toBe(1)
        expect(rows[0]).toBeLessThanOrEqual(8)
      }
      // Our own tags are the only ones, and they come in the same number.
      const own = /<\/?(?:details|summary|br|sub|code)>/g
      expect(markdown.replace(own, '').replaceAll('<span>$</span>', '').replaceAll('](<https://', '')).not.toMatch(
        /<[a-z/!]/i,
      )
      return tables(markdown).map((rows) => rows.length)
    }
    const plain = shape('some text')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom(
            '<img src=x onerror=alert(1)>|',
            'a\n| b | c |\n',
            '`|`',
            '\\|',
            '</details><script>',
            '@octocat #1',
          ),
          fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).filter((t) => t.trim() !== ''),
        ),
        (text) => {
          expect(shape(text)).toEqual(plain)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('stays within the limit by shortening long lists, and says so', () => {
    const report = {
      ...fullReport,
      verdicts: [verdict('validation', {}, manyChecks(400), { name: 'a.csv' }), ...fullReport.verdicts],
    }
    const text = reportMarkdown(report, { limit: commentLimit })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(commentLimit)
    const [, left] = /\n(\d+) more checks \(\1 failed\); see the JSON/.exec(text) ?? []
    expect(text.match(/column\\_\d+ is never empty \| é/g)).toHaveLength(20 + 400 - Number(left))
    expect(text).toContain('<summary>Metrics gate: 5 checks')
    expect(text.split('<details>').length).toBe(text.split('</details>').length)
    expect(reportMarkdown(report)).not.toContain('see the JSON')
  })

  it('leaves out what holds before what does not, and names every section that it leaves out', () => {
    const report = {
      title: 't',
      verdicts: [verdict('validation', {}, [...manyChecks(300), ...manyChecks(300, true)], { name: 'a.csv' })],
      notes: ['n'.repeat(900)],
    }
    for (const limit of [1500, 4000, 12_000, 40_000]) {
      const text = reportMarkdown(report, { limit })
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
      expect(text).toContain('### What does not hold')
      expect(text).not.toContain('✅')
      if (!text.includes('<details>')) expect(text).toContain('the 600 checks of Data validation of a.csv')
      if (!text.includes('### Notes')) expect(text).toContain('the notes')
    }
    expect(reportMarkdown(report)).toContain('✅')
  })

  it('holds any limit, and is whole where it fits', () => {
    const whole = reportMarkdown(fullReport)
    expect(reportMarkdown(fullReport, { limit: Buffer.byteLength(whole) })).toBe(whole)
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 9000 }), (limit) => {
        const text = reportMarkdown(fullReport, { limit })
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
        expect(text.startsWith('## churn')).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('names the checks that a long table leaves to the JSON', () => {
    const text = reportMarkdown({
      title: 't',
      verdicts: [verdict('validation', {}, [...manyChecks(1, false), ...manyChecks(1500, true)])],
    })
    expect(text).toContain('501 more checks (501 passed); see the JSON.')
  })
})

import { type Check, verdict } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DriftHistoryPoint, historyChart, historyLine, historySparkline, historyText } from './drift-history.ts'
import { fullReport, history } from './report.fixture.ts'

const drift = fullReport.verdicts[0]!
const tenure = drift.checks[0]!

describe('the history of drift checks', () => {
  it('is a line of the largest changes, this check at its end', () => {
    const page = historyChart(drift, history)!.text
    expect(page).toContain('<title>4 checks, 2 of them with drift</title>')
    expect(page).toContain('2025-05-11 10:00 UTC: no drift, largest change contract 0.02')
    expect(page).toContain('2025-06-01 10:00 UTC: significant drift, largest change tenure 0.621')
    expect(page.match(/<circle /g)).toHaveLength(4)
    expect(page.match(/class="trend"/g)).toHaveLength(3)
    expect(page.match(/class="floor"/g)).toHaveLength(2)
  })

  it('places checks by time and dashes the line across a pause', () => {
    const early = { ...history[0]!, time: '2024-05-01T10:00:00.000Z' }
    const page = historyChart(drift, [early, ...history])!.text
    expect(page.match(/class="trend is-pause"/g)).toHaveLength(1)
    const places = [...page.matchAll(/cx="([\d.]+)%"/g)].map(([, x]) => Number(x))
    expect(places[1]! - places[0]!).toBeGreaterThan(80)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  it('shows a check that compared nothing as a tick, without a line to it', () => {
    const empty = { ...history[1]!, columns: { 'drift.tenure': { level: 'none', effect: null, p_adjusted: null } } }
    const page = historyChart(drift, [history[0]!, empty, history[2]!])!.text
    expect(page).toContain('2025-05-18 10:00 UTC: no drift, nothing was compared')
    expect(page.match(/class="missing"/g)).toHaveLength(1)
    expect(page.match(/class="trend"/g)).toHaveLength(1)
  })

  it('is nothing without an earlier check, and leaves out those whose time cannot be read', () => {
    expect(historyChart(drift, undefined)).toBeNull()
    expect(historyChart(drift, [])).toBeNull()
    expect(historyChart(drift, [{ ...history[0]!, time: 'yesterday' }])).toBeNull()
    expect(historyLine(drift, [])).toBeUndefined()
    expect(historyText([], tenure)).toBe('')
  })

  it('needs one earlier check only, also of the same moment', () => {
    const now = { ...history[0]!, time: String(drift.context.at) }
    expect(historyChart(drift, [now])!.text).toMatch(/cx="2%".*cx="98%"/)
  })

  it('is text for Markdown: heights against the floors, a mark for each verdict', () => {
    expect(historyLine(drift, history)).toEqual({ line: '▁▂▄█', marks: '✅✅⚠️❌', from: '2025-05-11', checks: 4 })
    expect(historyText(history, tenure)).toBe(' ▂▄█')
  })

  it("draws a column's own line where an earlier check had it", () => {
    expect(historySparkline(history, tenure)!.text).toContain('its change in the last 4 checks')
    expect(historySparkline(history, { ...tenure, id: 'drift.new' })).toBeNull()
  })

  it('holds a column against its own floors of today', () => {
    const effect = { name: 'largest_share_difference', value: 0.2, threshold: 0.05, significant: 0.2 }
    const label = { ...tenure, id: 'drift.label', subject: 'label', evidence: { level: 'moderate', effect } }
    const of = verdict('drift', {}, [label], { at: '2025-06-01T10:00:00.000Z' })
    const before = { ...history[0]!, columns: { 'drift.label': { level: 'none', effect: 0.05, p_adjusted: 1 } } }
    // One third of the height is the floor, two thirds are significant.
    expect(historyLine(of, [before])!.line).toBe('▃▆')
  })

  it('draws numbers only, whatever stands in a history', () => {
    const point: fc.Arbitrary<DriftHistoryPoint> = fc.record({
      time: fc.oneof(
        fc.string(),
        fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
      ),
      drift: fc.constantFrom('none', 'moderate', 'significant'),
      columns: fc.dictionary(
        fc.oneof(fc.constant(tenure.id), fc.string()),
        fc.record({
          level: fc.string(),
          effect: fc.oneof(fc.constant(null), fc.double()),
          p_adjusted: fc.oneof(fc.constant(null), fc.double()),
        }),
      ),
    })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 12 }), fc.boolean(), (points, dated) => {
        const of = dated ? drift : { ...drift, context: {} }
        const drawn = historyChart(of, points)?.text ?? ''
        const spark = historySparkline(points, tenure)?.text ?? ''
        for (const text of [...(drawn + spark).matchAll(/ (?:x|y|cx|cy|x1|x2|y1|y2|d|width|height)="([^"]*)"/g)])
          expect(text[1]).toMatch(/^[-\d.%MLh ]+$/)
        const line = historyLine(of, points)
        if (line) expect([...line.line]).toHaveLength(line.checks)
      }),
    )
  })
})

describe('a thousand columns over a hundred checks', () => {
  it('stay a small page', () => {
    const checks: Check[] = Array.from({ length: 1000 }, (_, i) => ({ ...tenure, id: `drift.c${i}`, subject: `c${i}` }))
    const columns = Object.fromEntries(checks.map(({ id }) => [id, { level: 'none', effect: 0.02, p_adjusted: 1 }]))
    const points = Array.from({ length: 100 }, (_, i) => ({
      time: new Date(Date.UTC(2025, 0, 1 + i)).toISOString(),
      drift: 'none' as const,
      columns,
    }))
    const page = historyChart(verdict('drift', {}, checks, drift.context), points)!.text
    expect(page.length).toBeLessThan(40_000)
    expect(page).toContain('41 older checks not shown.')
  })
})

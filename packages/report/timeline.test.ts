import { verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { reportHtml } from './html.ts'
import { reportMarkdown } from './markdown.ts'
import { type Timeline, timelinePicture, timelineTable } from './timeline.ts'

const entry = (slot: number, version: string, kind: string | null, why: string | null = null) => {
  return { slot, version, kind, who: kind === null ? null : 'ada', why, date: `2026-03-0${slot}T10:00:00Z` }
}
const production: Timeline = {
  stage: 'production',
  entries: [
    entry(1, 'v1.0.0', 'promotion'),
    entry(2, 'v2.0.0', 'promotion', 'better'),
    entry(3, 'v1.0.0', 'rollback', 'complaints'),
    entry(4, 'v1.1.0', null),
  ],
}

describe('a timeline', () => {
  it('is a row for each version, the holder on top, a bar for each slot', () => {
    const { text } = timelinePicture(production)!
    expect([...text.matchAll(/plot-name">([^<]+)/g)].map((m) => m[1])).toEqual(['v1.1.0', 'v1.0.0', 'v2.0.0'])
    expect([...text.matchAll(/<rect class="(\w+)" x="([\d.]+)%"/g)].map((m) => [m[1], m[2]])).toEqual([
      ['held', '75'],
      ['range', '0'],
      ['range', '50'],
      ['range', '25'],
    ])
    expect(text).toContain('<title>slot 3: v1.0.0, rollback by ada, 2026-03-03 10:00 UTC, complaints</title>')
    expect(text).toContain('Slots 1 to 4 of production')
    expect(timelinePicture({ stage: 'staging', entries: [] })).toBeNull()
    expect(timelineTable({ stage: 'staging', entries: [] })).toBeNull()
  })

  it('draws and lists the newest twenty', () => {
    const entries = Array.from({ length: 50 }, (_, i) => ({ ...entry(1, 'v1.0.0', 'promotion'), slot: i + 1 }))
    const { text } = timelinePicture({ stage: 'production', entries })!
    expect(text.match(/<rect/g)).toHaveLength(20)
    expect(text).toContain('Slots 31 to 50 of production')
  })

  it('stands in the report beside the verdict of the registry, and in its Markdown', () => {
    const report = { title: 'churn in the registry', verdicts: [verdict('registry', {}, [])], timelines: [production] }
    expect(reportHtml(report)).toContain('The log of production: 4 slots')
    const markdown = reportMarkdown(report)
    expect(markdown).toContain('The log of production: 4 slots')
    expect(markdown).toContain('| 3 | v1.0.0 | rollback by ada | 2026-03-03 10:00 UTC | complaints |')
    expect(markdown).toContain('| 4 | v1.1.0 | by another tool |')
  })
})

import type { Profile } from '@mlops-actions/profile'
import type { Check, Verdict } from '@mlops-actions/verdict'
import { type Change, changesOf } from './distribution.ts'
import { clip } from './escape.ts'
import { isObject, jsonText, listAt, numberAt, objectAt, textAt } from './evidence.ts'
import { axis } from './interval-chart.ts'
import { html, type Markup } from './markup.ts'
import { number, percent } from './number.ts'
import { isBreak } from './report.ts'
import { round, scale } from './scale.ts'
import { effectSize } from './sentence.ts'

const mostBars = 24
const mostMultiples = 6
const mostCategories = 7
/** The floors of a column, where its evidence names none. */
const usual = { floor: 0.1, significant: 0.25 }

/** The effect of each column against the floors, largest first. Empty where no check has an effect. */
export function driftChart(of: Verdict): Markup | null {
  const rows = byEffect(of)
  if (rows.length === 0) return null
  const shown = rows.slice(0, mostBars)
  const top = shown[0]?.value ?? 0
  // Beyond 1 a longer bar tells nothing more, and it would press the floors against the axis.
  const effects = scale(0, Math.max(0.4, Math.min(1, top * 1.05)))
  const bars = shown.map(({ check, value, name, floor, significant }) => {
    const beyond = value > effects.high
    const floors = [floor, significant].filter((f) => f <= effects.high)
    return html`<div class="plot-row is-${check.status}"><span class="plot-name">${check.subject}</span><svg class="plot-area" width="100%" height="22" role="img"><title>${check.subject}: ${name} ${effectSize(value)}, floors ${number(floor)} and ${number(significant)}; ${check.status}</title><line class="track" x1="0" x2="100%" y1="11" y2="11"/><rect class="bar" x="0" y="5" height="12" rx="2" width="${effects.at(Math.max(value, effects.high * 0.004))}"/>${floors.map((f) => html`<line class="floor" x1="${effects.at(f)}" x2="${effects.at(f)}" y1="1" y2="21"/>`)}${beyond && html`<text class="beyond" x="100%" y="15" text-anchor="end">→</text>`}</svg><span class="plot-value"><b>${effectSize(value)}</b></span></div>`
  })
  const left = rows.length - shown.length
  const caption = `Size of the change of each column, against its floors (dotted): from the first on it counts, from the second it is significant.${left > 0 ? ` ${left} columns with smaller changes are in the table.` : ''}`
  return html`<figure class="chart"><div class="plot">${bars}${axis(
    effects,
    [0, usual.floor, usual.significant, 0.5, 1].filter((tick) => tick <= effects.high),
  )}</div><figcaption>${caption}</figcaption></figure>`
}

interface Row {
  check: Check
  value: number
  name: string
  floor: number
  significant: number
}

function byEffect(of: Verdict): Row[] {
  return of.checks
    .flatMap((check): Row[] => {
      const effect = objectAt(check.evidence, 'effect')
      const value = numberAt(effect, 'value')
      if (value === undefined) return []
      const name = textAt(effect, 'name') ?? 'effect'
      const floor = numberAt(effect, 'threshold') ?? usual.floor
      const significant = numberAt(effect, 'significant') ?? usual.significant
      return [{ check, value, name: name.replaceAll('_', ' '), floor, significant }]
    })
    .sort((a, b) => b.value - a.value)
}

/** Where a check's column moved: from both profiles where they share bins, else from its evidence. */
export function columnChanges(check: Check, reference?: Profile, current?: Profile): Change[] {
  const column = (of: Profile | undefined) => of?.columns.find((c) => c.name === check.subject)
  const fromProfiles = changesOf(column(reference), column(current))
  if (fromProfiles.length > 0) return fromProfiles
  return listAt(check.evidence, 'top_changes').flatMap((entry) => {
    if (!isObject(entry)) return []
    const before = numberAt(entry, 'reference_share')
    const after = numberAt(entry, 'current_share')
    const label = entry.category ?? entry.bin
    return before === undefined || after === undefined || label === undefined
      ? []
      : [{ label: jsonText(label), reference: before, current: after }]
  })
}

/** Reference against current, for the columns that moved most; only columns that do not hold. */
export function driftMultiples(of: Verdict, reference?: Profile, current?: Profile): Markup | null {
  const moved = byEffect(of).filter(({ check }) => isBreak(check))
  const panels = moved.flatMap(({ check }) => {
    const changes = columnChanges(check, reference, current)
    return changes.length === 0 ? [] : [panel(check, changes)]
  })
  if (panels.length === 0) return null
  const left = panels.length - mostMultiples
  return html`<figure class="chart"><p class="legend"><span class="key of-reference"></span>reference <span class="key of-current"></span>current</p><div class="multiples">${panels.slice(0, mostMultiples)}</div><figcaption>Share of rows by value, for the columns that moved most.${left > 0 ? ` ${left} more columns moved.` : ''}</figcaption></figure>`
}

function panel(check: Check, all: Change[]): Markup {
  const numeric = ['integer', 'integer64', 'number', 'timestamp'].includes(textAt(check.evidence, 'type') ?? '')
  const rows = numeric ? all.slice(0, 20) : largest(all)
  const top = Math.max(...rows.flatMap((r) => [r.reference, r.current]), 1e-9)
  const across = scale(0, top)
  const bars = rows.map(
    ({ label, reference, current }) =>
      html`<div class="pair"><span class="pair-name" title="${label}">${clip(label, 40)}</span><svg width="100%" height="15" role="img"><title>${label}: reference ${percent(reference)}, current ${percent(current)}</title><rect class="of-reference" x="0" y="1" height="6" rx="1" width="${across.at(reference)}"/><rect class="of-current" x="0" y="8" height="6" rx="1" width="${across.at(current)}"/></svg><span class="pair-value">${percent(reference)} → ${percent(current)}</span></div>`,
  )
  const left = all.length - rows.length
  return html`<section class="panel"><h4>${check.subject}</h4>${bars}${left > 0 && html`<p class="more">${round(left)} more</p>`}</section>`
}

function largest(changes: Change[]): Change[] {
  const moved = (c: Change) => Math.abs(c.current - c.reference)
  const kept = new Set([...changes].sort((a, b) => moved(b) - moved(a)).slice(0, mostCategories))
  return changes.filter((c) => kept.has(c)).sort((a, b) => b.reference - a.reference)
}

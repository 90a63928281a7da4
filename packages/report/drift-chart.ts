import type { Verdict } from '@mlops-actions/verdict'
import { type DriftEffect, driftEffects, effectSize, limitText, usualFloors } from './drift-effect.ts'
import { byDriftKind } from './drift-kind.ts'
import { axis } from './interval-chart.ts'
import { html, type Markup } from './markup.ts'
import { number } from './number.ts'
import { type Scale, scale } from './scale.ts'

const mostBars = 24

/** The effect of each check against its floors, kind by kind, largest first. Empty where no check has an effect. */
export function driftChart(of: Verdict): Markup | null {
  const groups = byDriftKind(of.checks)
    .map(({ title, checks }) => ({ title, effects: driftEffects(checks) }))
    .filter(({ effects }) => effects.length > 0)
  if (groups.length === 0) return null
  const top = Math.max(...groups.flatMap(({ effects }) => effects.slice(0, mostBars).map(({ value }) => value)))
  // Beyond 1 a longer bar tells nothing more, and it would press the floors against the axis.
  const across = scale(0, Math.max(0.4, Math.min(1, top * 1.05)))
  const plots = groups.map(({ title, effects }, i) => {
    const bars = effects.slice(0, mostBars).map((effect) => bar(effect, across))
    const last = i === groups.length - 1
    return html`${groups.length > 1 && html`<h3>${title}</h3>`}<div class="plot">${bars}${last && driftAxis(across)}</div>`
  })
  const left = groups.reduce((sum, { effects }) => sum + Math.max(0, effects.length - mostBars), 0)
  const caption = `Size of each change, against its own floors (dotted): from the first on it counts, from the second it is significant. Faint: it is not called drift.${left > 0 ? ` ${number(left)} smaller changes are in the table.` : ''}`
  return html`<figure class="chart effects">${plots}<figcaption>${caption}</figcaption></figure>`
}

function bar({ check, value, name, floor, significant }: DriftEffect, across: Scale): Markup {
  const beyond = value > across.high
  const floors = [floor, significant].filter((f) => f <= across.high)
  return html`<div class="plot-row is-${check.status}"><span class="plot-name">${check.subject}</span><svg class="plot-area" width="100%" height="22" role="img"><title>${check.subject}: ${name.replaceAll('_', ' ')} ${effectSize(value)}, floors ${limitText(name, floor)} and ${limitText(name, significant)}; ${check.status}</title><line class="track" x1="0" x2="100%" y1="11" y2="11"/><rect class="bar" x="0" y="5" height="12" rx="2" width="${across.at(Math.max(value, across.high * 0.004))}"/>${floors.map((f) => html`<line class="floor" x1="${across.at(f)}" x2="${across.at(f)}" y1="1" y2="21"/>`)}${beyond && html`<text class="beyond" x="100%" y="15" text-anchor="end">→</text>`}</svg><span class="plot-value"><b>${effectSize(value)}</b></span></div>`
}

function driftAxis(across: Scale): Markup {
  return axis(
    across,
    [0, usualFloors.floor, usualFloors.significant, 0.5, 1].filter((tick) => tick <= across.high),
  )
}

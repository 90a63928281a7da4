import type { Check } from '@mlops-actions/verdict'
import { clip } from './escape.ts'
import { jsonText, listAt } from './evidence.ts'
import { statusLabel } from './mark.ts'
import { html, type Markup } from './markup.ts'
import { counted, number } from './number.ts'
import { isBreak, worstFirst } from './report.ts'
import { figures, tally } from './sentence.ts'

/** Passed checks fold away where there are more than this many, or where something breaks. */
const foldAbove = 8
/** A page with more rows than this helps nobody; the JSON beside it holds them all. */
const mostRows = 1000

/** The checks, worst first; those that hold fold away where they would hide the others. */
export function checkTable(checks: Check[]): Markup {
  const sorted = worstFirst(checks)
  const broken = sorted.filter(isBreak)
  const rest = sorted.filter((c) => !isBreak(c))
  if (
    rest.length === 0 ||
    (rest.length <= foldAbove && broken.length === 0) ||
    (rest.length <= 3 && broken.length <= 5)
  )
    return table(sorted)
  return html`<div class="stack">${broken.length > 0 && table(broken)}<details><summary>${counted(rest.length, broken.length > 0 ? 'other check' : 'check')}: ${tally(rest)}</summary>${table(rest)}</details></div>`
}

function table(checks: Check[]): Markup {
  const shown = checks.slice(0, mostRows)
  const left = checks.length - shown.length
  return html`<table class="checks wide"><thead><tr><th scope="col">Status</th><th scope="col">Check</th><th scope="col">Observed</th><th scope="col">Expected</th></tr></thead><tbody>${shown.map(row)}</tbody></table>${left > 0 && html`<p class="more">${number(left)} more in the JSON.</p>`}`
}

function row(check: Check): Markup {
  const title = check.title || check.id
  const subject =
    check.subject === '' || title.includes(check.subject) ? null : html`<code>${clip(check.subject, 120)}</code> `
  const behind = figures(check)
  return html`<tr><td>${statusLabel(check.status)}</td><td><div class="check-title">${subject}${clip(title, 300)}</div>${check.detail ? html`<div class="check-more">${clip(check.detail, 1000)}</div>` : null}${behind.length > 0 && html`<div class="check-more">${clip(behind.join(' · '), 500)}</div>`}${unexpected(check)}</td><td data-label="Observed">${clip(check.observed, 400)}</td><td data-label="Expected">${clip(check.expected, 400)}</td></tr>`
}

function unexpected({ evidence, status, detail = '' }: Check): Markup | null {
  if (status === 'passed' || status === 'skipped') return null
  const values = [...new Set(listAt(evidence, 'partial_unexpected_list').map(jsonText))].slice(0, 8)
  const all = listAt(evidence, 'unexpected_rows').slice(0, 8).map(jsonText)
  const lines = all[0] !== undefined && detail.includes(all[0]) ? [] : all
  if (values.length === 0 && lines.length === 0) return null
  const named = values.map((value) => html` <code>${clip(value, 60)}</code>`)
  return html`<div class="check-more">${values.length > 0 && html`Seen:${named}`}${lines.length > 0 && html` on ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}`}</div>`
}

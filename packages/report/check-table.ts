import type { Check, Verdict } from '@mlops-actions/verdict'
import { isBreak, worstFirst } from './check-order.ts'
import { clip } from './escape.ts'
import { statusLabel } from './mark.ts'
import { html, type Markup } from './markup.ts'
import { counted, number } from './number.ts'
import { offenders } from './offenders.ts'
import { titleTells } from './report.ts'
import { figures, tally } from './sentence.ts'

/** Passed checks fold away where there are more than this many, or where something breaks. */
const foldAbove = 8
/** A page with more rows than this helps nobody; the JSON beside it holds them all. */
const mostRows = 1000

/** The checks, worst first; those that hold fold away where they would hide the others. */
export function checkTable(of: Verdict): Markup {
  const sorted = worstFirst(of.checks)
  const broken = sorted.filter(isBreak)
  const rest = sorted.filter((c) => !isBreak(c))
  if (
    rest.length === 0 ||
    (rest.length <= foldAbove && broken.length === 0) ||
    (rest.length <= 3 && broken.length <= 5)
  )
    return table(sorted, of)
  return html`<div class="stack">${broken.length > 0 && table(broken, of)}<details><summary>${counted(rest.length, broken.length > 0 ? 'other check' : 'check')}: ${tally(rest)}</summary>${table(rest, of)}</details></div>`
}

function table(checks: Check[], of: Verdict): Markup {
  const shown = checks.slice(0, mostRows)
  const left = checks.length - shown.length
  const expects = !shown.every(titleTells)
  return html`<table class="checks wide"><thead><tr><th scope="col">Status</th><th scope="col">Check</th><th scope="col">Observed</th>${expects && html`<th scope="col">Expected</th>`}</tr></thead><tbody>${shown.map((check) => row(check, of, expects))}</tbody></table>${left > 0 && html`<p class="more">${number(left)} more in the JSON.</p>`}`
}

function row(check: Check, of: Verdict, expects: boolean): Markup {
  const title = check.title || check.id
  const subject =
    check.subject === '' || title.includes(check.subject) ? null : html`<code>${clip(check.subject, 120)}</code> `
  const behind = figures(check)
  return html`<tr><td>${statusLabel(check.status)}</td><td><div class="check-title">${subject}${clip(title, 300)}</div>${check.detail ? html`<div class="check-more">${clip(check.detail, 1000)}</div>` : null}${behind.length > 0 && html`<div class="check-more">${clip(behind.join(' · '), 500)}</div>`}${refused(check, of)}</td><td data-label="Observed">${clip(check.observed, 400)}</td>${expects && html`<td data-label="Expected">${!titleTells(check) && clip(check.expected, 400)}</td>`}</tr>`
}

function refused(check: Check, of: Verdict): Markup | null {
  const { file, seen, rest } = offenders(check, of)
  if (seen.length === 0 && rest === '') return null
  const named = seen.map(
    ({ value, places }) => html`<li>${value !== undefined && html`<code>${value}</code> `}${places}</li>`,
  )
  return html`<ul class="seen">${file && html`<li>${file}:</li>`}${named}${rest !== '' && html`<li>${rest}</li>`}</ul>`
}

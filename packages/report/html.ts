import type { Verdict } from '@mlops-actions/verdict'
import { isBreak } from './check-order.ts'
import { checkTable } from './check-table.ts'
import { driftAnswers } from './drift-answers.ts'
import { driftChart } from './drift-chart.ts'
import { historyChart } from './drift-history.ts'
import { byDriftKind } from './drift-kind.ts'
import { clip, linkable } from './escape.ts'
import { jsonText } from './evidence.ts'
import { comparisonChart, gateChart } from './interval-chart.ts'
import { mark, statusLabel } from './mark.ts'
import { type Content, html, Markup } from './markup.ts'
import { moment } from './number.ts'
import { profileTable } from './profile-table.ts'
import { inPipelineOrder, type Report, reportFacts, verdictTitle } from './report.ts'
import { pairs, runSection } from './run-section.ts'
import { headline, statusWords, tally, verdictSentence } from './sentence.ts'
import { smallMultiples } from './small-multiples.ts'
import { style } from './style.ts'
import { timelinePicture, timelineTable } from './timeline.ts'

/**
 * The report as one self-contained HTML page: no script, nothing loaded from elsewhere, light and dark, from 360 pixels
 * to print. Every text from data is escaped.
 */
export function reportHtml(report: Report): string {
  const { status, sentence, rest } = headline(report)
  const verdicts = inPipelineOrder(report.verdicts)
  const facts = reportFacts(report)
  const title = report.model ? `${report.model}: ${report.title}` : report.title
  const eyebrow = [
    report.model && html`<b>${clip(report.model, 120)}</b>`,
    html`<span>${clip(report.title, 200)}</span>`,
  ]
  // A run without a training verdict (a gate's report) still deserves its figures.
  const alone =
    report.run !== undefined && report.run.kind === 'training' && !verdicts.some((v) => v.kind === 'training')
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${clip(title, 200)}: ${statusWords[status].toLowerCase()}</title>
<style>${new Markup(style)}</style></head>
<body><main>
<header><div class="eyebrow">${eyebrow}</div>
<div class="headline is-${status}">${mark(status)}<div><h1><em>${statusWords[status]}:</em> ${sentence}</h1>${rest !== '' && html`<p class="rest">${rest}</p>`}</div></div>
${facts.length > 0 && html`<dl class="facts">${facts.map((f) => html`<div><dt>${f.label}</dt><dd>${clip(f.value, 200)}</dd></div>`)}</dl>`}
${verdicts.length > 1 && html`<nav aria-label="Verdicts">${verdicts.map((v, i) => html`<a class="is-${v.status}" href="#v${i}">${mark(v.status)}${clip(verdictTitle(v), 80)}</a>`)}</nav>`}
</header>
${verdicts.map((v, i) => card(v, `v${i}`, report))}
${alone && report.run && html`<section class="card"><div class="card-head"><h2>Training run</h2></div>${runSection(report.run)}</section>`}
${notes(report)}
${footer(report)}
</main></body></html>
`
  return page.text
}

function card(of: Verdict, id: string, report: Report): Markup {
  // The sentence of a drift check stands in the headline, and its answers follow.
  const lead = of.kind === 'drift' || of.checks.some(isBreak) ? tally(of.checks) : verdictSentence(of)
  return html`
<section class="card" id="${id}"><div><div class="card-head"><h2>${clip(verdictTitle(of), 160)}</h2><span class="pill is-${of.status}">${statusLabel(of.status)}</span></div><p class="lead">${sentenceCase(lead)}</p></div>
${charts(of, report)}
${of.checks.length > 0 && tables(of)}
${of.kind === 'validation' && report.profile && profileTable(report.profile, of)}
${of.kind === 'training' && report.run && runSection(report.run)}
${judged(of)}</section>`
}

function charts(of: Verdict, { profile, reference, history, timelines = [] }: Report): Content {
  switch (of.kind) {
    case 'gate':
      return gateChart(of)
    case 'comparison':
      return comparisonChart(of)
    case 'drift':
      return [
        answers(of),
        smallMultiples(of, { reference, current: profile, history }),
        historyChart(of, history),
        driftChart(of),
      ]
    case 'registry':
      return timelines.map((one) => [timelinePicture(one), timelineTable(one)])
    default:
      return null
  }
}

function answers(of: Verdict): Markup | null {
  const all = driftAnswers(of)
  if (all.length === 0) return null
  return html`<dl class="answers">${all.map(({ question, answer }) => html`<div><dt>${question}</dt><dd>${answer}</dd></div>`)}</dl>`
}

/** The checks in one table, those of a drift check in one for each kind of drift. */
function tables(of: Verdict): Content {
  const groups = of.kind === 'drift' ? byDriftKind(of.checks) : []
  if (groups.length < 2) return checkTable(of)
  const parts = groups.map(({ title, checks }) => html`<div><h3>${title}</h3>${checkTable({ ...of, checks })}</div>`)
  return html`<div class="stack">${parts}</div>`
}

/** What the verdict is bound to, and who reached it where. */
function judged(of: Verdict): Markup | null {
  const entries = [...Object.entries(of.subject), ...Object.entries(of.context)]
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]): [string, string] => [name.replaceAll('_', ' '), jsonText(value)])
  if (entries.length === 0) return null
  return html`<details><summary>What was judged, by whom and when</summary>${pairs(entries)}</details>`
}

function notes(report: Report): Markup | null {
  const lines = report.notes ?? []
  if (lines.length === 0) return null
  return html`<section class="card"><h2>Notes</h2><ul class="notes">${lines.map((n) => html`<li>${clip(n, 2000)}</li>`)}</ul></section>`
}

function footer(report: Report): Markup | null {
  const links = (report.links ?? []).map(({ label, url }) => {
    const href = linkable(url)
    return href === undefined
      ? html`<span>${label}</span>`
      : html`<a href="${href}" rel="noopener noreferrer">${label}</a>`
  })
  if (links.length === 0 && report.generated === undefined) return null
  return html`<footer>${links}${report.generated !== undefined && html`<span>Generated ${moment(report.generated)}</span>`}</footer>`
}

function sentenceCase(text: string): string {
  return /^(nothing|all) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
}

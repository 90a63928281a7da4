import type { RunRecord } from '@mlops-actions/runs'
import { clip } from './escape.ts'
import { html, type Markup } from './markup.ts'
import { bytes, counted, number } from './number.ts'

const most = 300

/** What a training run measured, was given and left behind. */
export function runSection(run: RunRecord): Markup {
  return html`<div class="stack">${metrics(run)}${params(run)}${files(run)}</div>`
}

function metrics(run: RunRecord): Markup | null {
  const rows = Object.entries(run.metrics)
    .slice(0, most)
    .map(
      ([name, m]) =>
        html`<tr><td>${clip(name, 160)}</td><td class="num" data-label="Last">${number(m.value)}</td><td class="num" data-label="Best">${number(m.best)}</td><td class="num" data-label="Step">${m.step === null ? '' : number(m.step)}</td><td class="num" data-label="Points">${number(m.points)}</td></tr>`,
    )
  if (rows.length === 0) return null
  return html`<section><h3>Metrics</h3><table class="wide"><thead><tr><th scope="col">Metric</th><th scope="col" class="num">Last</th><th scope="col" class="num">Best</th><th scope="col" class="num">Step</th><th scope="col" class="num">Points</th></tr></thead><tbody>${rows}</tbody></table></section>`
}

function params(run: RunRecord): Markup | null {
  const entries = Object.entries(run.params).slice(0, most)
  if (entries.length === 0) return null
  return html`<section><h3>Parameters</h3>${pairs(entries)}</section>`
}

function files(run: RunRecord): Markup | null {
  if (run.artifacts.length === 0) return null
  const rows = run.artifacts
    .slice(0, most)
    .map(
      (f) =>
        html`<tr><td>${f.path}</td><td class="num" data-label="Size">${bytes(f.size)}</td><td data-label="sha256"><code>${f.sha256.slice(0, 16)}…</code></td></tr>`,
    )
  return html`<details><summary>${counted(run.artifacts.length, 'file')}</summary><table class="wide"><thead><tr><th scope="col">File</th><th scope="col" class="num">Size</th><th scope="col">sha256</th></tr></thead><tbody>${rows}</tbody></table></details>`
}

/** Names and values side by side. */
export function pairs(entries: [string, string][]): Markup {
  return html`<dl class="pairs">${entries.map(([name, value]) => html`<div><dt>${clip(name, 120)}</dt><dd>${clip(value, 300)}</dd></div>`)}</dl>`
}

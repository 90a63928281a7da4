import { clip, escapeMarkdown } from './escape.ts'
import { html, type Markup } from './markup.ts'
import { moment, number } from './number.ts'
import { round } from './scale.ts'

/** One slot of a stage's log. */
export interface TimelineEntry {
  slot: number
  /** null where the slot names no version. */
  version: string | null
  /** What it was: promotion, rollback, archive; null where another tool wrote it. */
  kind: string | null
  who: string | null
  why: string | null
  /** ISO 8601. */
  date: string | null
}

/** The log of a stage, oldest first. */
export interface Timeline {
  stage: string
  entries: TimelineEntry[]
}

/** So many of the newest slots are drawn and listed. */
const most = 20
const rowHeight = 22

/** Which version held the stage in which slot: a row for each version, the newest to have held it on top. */
export function timelinePicture({ stage, entries }: Timeline): Markup | null {
  if (entries.length === 0) return null
  const shown = entries.slice(-most)
  const step = 100 / shown.length
  const versions = [...new Set(shown.map(nameOf).reverse())]
  const holder = shown.at(-1)!
  const rows = versions.map((version) => {
    const bars = shown.map((entry, i) => {
      if (nameOf(entry) !== version) return null
      const kind = entry === holder ? 'held' : 'range'
      return html`<rect class="${kind}" x="${round(i * step)}%" width="${round(step * 0.94)}%" y="5" height="12" rx="4"><title>${spoken(entry)}</title></rect>`
    })
    const holds = nameOf(holder) === version
    return html`<div class="plot-row is-passed"><span class="plot-name">${clip(version, 60)}</span><svg class="plot-area" width="100%" height="${rowHeight}" role="img"><title>${`${version} in ${stage}`}</title><line class="track" x1="0" x2="100%" y1="${rowHeight / 2}" y2="${rowHeight / 2}"/>${bars}</svg><span class="plot-value">${holds ? html`<b>slot ${number(holder.slot)}</b>` : ''}</span></div>`
  })
  const first = shown[0]!.slot
  const span = shown.length === 1 ? `Slot ${number(first)}` : `Slots ${number(first)} to ${number(holder.slot)}`
  return html`<figure class="chart"><div class="plot">${rows}</div><figcaption>${span} of ${stage}, from left to right: which version held it. The strong bar holds it now.</figcaption></figure>`
}

const columns = ['Slot', 'Version', 'What', 'When', 'Why']

/** The same as a table, newest first. */
export function timelineTable({ stage, entries }: Timeline): Markup | null {
  if (entries.length === 0) return null
  const cells = entries.slice(-most).reverse().map(cellsOf)
  return html`<details><summary>The log of ${stage}: ${number(entries.length)} ${entries.length === 1 ? 'slot' : 'slots'}</summary><table class="wide"><thead><tr>${columns.map((c) => html`<th scope="col">${c}</th>`)}</tr></thead><tbody>${cells.map((row) => html`<tr>${row.map((cell, i) => html`<td data-label="${columns[i]}">${clip(cell, 300)}</td>`)}</tr>`)}</tbody></table></details>`
}

/** The rows for Markdown, escaped, newest first. */
export function timelineRows({ entries }: Timeline): { columns: string[]; rows: string[][] } {
  const rows = entries.slice(-most).reverse().map(cellsOf)
  return { columns, rows: rows.map((row) => row.map((cell) => escapeMarkdown(clip(cell, 240)))) }
}

function cellsOf(entry: TimelineEntry): string[] {
  const { slot, kind, who, why, date } = entry
  const what = kind === null ? 'by another tool' : `${kind}${who === null ? '' : ` by ${who}`}`
  return [number(slot), nameOf(entry), what, date === null ? '' : moment(date), why ?? '']
}

const nameOf = ({ version }: TimelineEntry) => version ?? 'no version'

function spoken(entry: TimelineEntry): string {
  const [slot, version, what, when, why] = cellsOf(entry)
  return [`slot ${slot}: ${version}`, what, when, why].filter((text) => text !== '').join(', ')
}

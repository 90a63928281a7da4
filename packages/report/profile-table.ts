import type { ColumnProfile, Profile } from '@mlops-actions/profile'
import type { Verdict } from '@mlops-actions/verdict'
import { histogram, rangeText } from './distribution.ts'
import { clip } from './escape.ts'
import { mark } from './mark.ts'
import { html, type Markup } from './markup.ts'
import { counted, number, percent } from './number.ts'
import { isBreak, worstFirst } from './report.ts'
import { barsSvg } from './sparkline.ts'

const openUpTo = 12
const mostColumns = 500

/** The columns of a table at a glance; a column that a check of the verdict breaks carries its mark. */
export function profileTable(profile: Profile, verdict: Verdict): Markup {
  const broken = new Map(
    worstFirst(verdict.checks.filter(isBreak))
      .reverse()
      .map((c) => [c.subject, c.status]),
  )
  const shown = profile.columns.slice(0, mostColumns)
  const rows = shown.map((column) => {
    const status = broken.get(column.name)
    const total = column.count + column.nulls
    const { exact, error } = column.distinct
    const about = exact ? '' : error === undefined ? 'at least ' : 'about '
    return html`<tr><td>${status && html`<span class="status is-${status}" title="${status}">${mark(status)}</span> `}${clip(column.name, 120)}</td><td data-label="Type">${column.type}</td><td class="num" data-label="Empty">${total === 0 ? '' : percent(column.nulls / total)}</td><td class="num" data-label="Distinct">${about}${number(column.distinct.count)}</td><td data-label="Range">${clip(rangeText(column), 160)}</td><td data-label="Shape">${shape(column)}</td></tr>`
  })
  const left = profile.columns.length - shown.length
  const table = html`<table class="columns wide"><thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col" class="num">Empty</th><th scope="col" class="num">Distinct</th><th scope="col">Range</th><th scope="col">Shape</th></tr></thead><tbody>${rows}</tbody></table>${left > 0 && html`<p class="more">${counted(left, 'more column')} in the profile.</p>`}`
  const open = profile.columns.length <= openUpTo
  return html`<details${open && html` open`}><summary>${counted(profile.columns.length, 'column')}, ${counted(profile.rows, 'row')}</summary>${table}</details>`
}

function shape(column: ColumnProfile): Markup | null {
  if (column.count === 0) return null
  const { numbers, categories } = column
  if (numbers !== undefined) {
    const { from, to, shares } = histogram(numbers)
    return shares.length === 0
      ? null
      : barsSvg(`${column.name}: distribution from ${number(from)} to ${number(to)}`, shares)
  }
  if (categories === undefined) return null
  const shares = categories.values.slice(0, 12).map((c) => c.count / column.count)
  return shares.length === 0
    ? null
    : barsSvg(`${column.name}: shares of the ${shares.length} most frequent values`, shares)
}

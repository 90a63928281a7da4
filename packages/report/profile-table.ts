import type { ColumnProfile, Profile } from '@mlops-actions/profile'
import type { CheckStatus, Verdict } from '@mlops-actions/verdict'
import { isBreak, worstFirst } from './check-order.ts'
import { columnShape } from './column-shape.ts'
import { rangeText } from './distribution.ts'
import { clip } from './escape.ts'
import { statusMark } from './mark.ts'
import { html, type Markup } from './markup.ts'
import { counted, number, percent } from './number.ts'
import { barsSvg } from './sparkline.ts'

const openUpTo = 12
/** More columns than this are left to the profile. */
export const mostColumns = 500

/** The columns of a table at a glance; a column that a check of the verdict breaks carries its mark. */
export function profileTable(profile: Profile, verdict: Verdict): Markup {
  const broken = brokenColumns(verdict)
  const shown = profile.columns.slice(0, mostColumns)
  const rows = shown.map((column) => {
    const status = broken.get(column.name)
    const { empty, distinct, range } = columnFacts(column)
    const shape = columnShape(column)
    return html`<tr><td>${status && html`${statusMark(status)} `}${clip(column.name, 120)}</td><td data-label="Type">${column.type}</td><td class="num" data-label="Empty">${empty}</td><td class="num" data-label="Distinct">${distinct}</td><td data-label="Range">${range}</td><td data-label="Shape">${shape && barsSvg(shape)}</td></tr>`
  })
  const left = profile.columns.length - shown.length
  const table = html`<table class="columns wide"><thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col" class="num">Empty</th><th scope="col" class="num">Distinct</th><th scope="col">Range</th><th scope="col">Shape</th></tr></thead><tbody>${rows}</tbody></table>${left > 0 && html`<p class="more">${counted(left, 'more column')} in the profile.</p>`}`
  const open = profile.columns.length <= openUpTo
  return html`<details${open && html` open`}><summary>${counted(profile.columns.length, 'column')}, ${counted(profile.rows, 'row')}</summary>${table}</details>`
}

/** The worst that a check says of each column. */
export function brokenColumns(verdict: Verdict): Map<string, CheckStatus> {
  const worstLast = worstFirst(verdict.checks.filter(isBreak)).reverse()
  return new Map(worstLast.map((check) => [check.subject, check.status]))
}

/** The figures of a column as texts: its share of empty cells, how many values differ, and what it ranges over. */
export function columnFacts(column: ColumnProfile): { empty: string; distinct: string; range: string } {
  const total = column.count + column.nulls
  const { exact, error, count } = column.distinct
  const about = exact ? '' : error === undefined ? 'at least ' : 'about '
  return {
    empty: total === 0 ? '' : percent(column.nulls / total),
    distinct: about + number(count),
    range: column.sensitive ? 'not shown: sensitive' : clip(rangeText(column), 160),
  }
}

import type { Check, Verdict } from '@mlops-actions/verdict'
import { numberAt, textAt } from './evidence.ts'
import { html, type Markup } from './markup.ts'
import { number, signed } from './number.ts'
import { type Scale, scaleOver } from './scale.ts'

interface Row {
  name: string
  status: Check['status']
  /** Rows of one group share a scale: '' for metrics within 0 and 1, else the metric's own. */
  group: string
  value: number
  low: number | undefined
  high: number | undefined
  /** Lines that the value is held against, the deciding one first. */
  lines: { at: number; label: string }[]
  text: string
}

const rowHeight = 26
const mostRows = 40

/** Gate: each metric with its interval against its threshold. Empty where no check has a value and a threshold. */
export function gateChart(of: Verdict): Markup | null {
  const rows = of.checks.flatMap((check): Row[] => {
    const { evidence } = check
    const value = numberAt(evidence, 'value')
    const threshold = numberAt(evidence, 'threshold')
    if (value === undefined || threshold === undefined) return []
    const low = numberAt(evidence, 'low')
    const high = numberAt(evidence, 'high')
    const metric = textAt(evidence, 'metric') ?? check.subject
    const slice = textAt(evidence, 'slice')
    const unit = [value, threshold, low, high].every((v) => v === undefined || (v >= 0 && v <= 1))
    const sign = textAt(evidence, 'direction') === 'lower_is_better' ? '≤' : '≥'
    return [
      {
        name: nameOf(metric, slice) + (numberAt(evidence, 'baseline') === undefined ? '' : ' against the baseline'),
        status: check.status,
        group: unit ? '' : metric,
        value,
        low,
        high,
        lines: [{ at: threshold, label: `${sign} ${number(threshold)}` }],
        text: number(value),
      },
    ]
  })
  return charts(rows, [0, 1], 'Each metric with its interval (bar), measured value (dot) and threshold (upright line).')
}

/** Comparison: each difference to production with its interval, against no change and the margin. */
export function comparisonChart(of: Verdict): Markup | null {
  const rows = of.checks.flatMap((check): Row[] => {
    const { evidence } = check
    const delta = numberAt(evidence, 'delta')
    if (delta === undefined) return []
    const margin = numberAt(evidence, 'margin')
    const metric = textAt(evidence, 'metric') ?? check.subject
    const slice = textAt(evidence, 'slice')
    const lower = textAt(evidence, 'direction') === 'lower_is_better'
    const worst = margin === undefined ? undefined : lower ? margin : -margin
    const unit = [numberAt(evidence, 'value'), numberAt(evidence, 'baseline')].every(
      (v) => v !== undefined && v >= 0 && v <= 1,
    )
    return [
      {
        name: nameOf(metric, slice),
        status: check.status,
        group: unit ? '' : metric,
        value: delta,
        low: numberAt(evidence, 'delta_low'),
        high: numberAt(evidence, 'delta_high'),
        lines: [
          ...(worst === undefined ? [] : [{ at: worst, label: `margin ${signed(worst)}` }]),
          { at: 0, label: 'no change' },
        ],
        text: signed(delta),
      },
    ]
  })
  return charts(
    rows,
    [-1, 1],
    'Candidate minus production: interval (bar) and measured difference (dot), against no change (0) and the margin that is still accepted (upright line).',
  )
}

function nameOf(metric: string, slice: string | undefined): string {
  return slice === undefined ? metric : `${metric}, ${slice}`
}

function charts(all: Row[], unit: [number, number], caption: string): Markup | null {
  if (all.length === 0) return null
  const rows = all.slice(0, mostRows)
  const groups = [...new Set(rows.map((r) => r.group))]
  const left = all.length - rows.length
  const figures = groups.map((group) =>
    chart(
      rows.filter((r) => r.group === group),
      unit,
    ),
  )
  return html`<figure class="chart">${figures}<figcaption>${caption}${left > 0 ? ` ${left} more are in the table.` : ''}</figcaption></figure>`
}

function chart(rows: Row[], unit: [number, number]): Markup {
  const numbers = rows
    .flatMap((r) => [r.value, r.low, r.high, ...r.lines.map((l) => l.at)])
    .filter((v) => v !== undefined)
  const scale = scaleOver(numbers, rows[0]?.group === '' ? { leastSpan: 0.04, within: unit } : {})
  return html`<div class="plot">${rows.map((row) => plotRow(row, scale))}${axis(scale)}</div>`
}

function plotRow(row: Row, scale: Scale): Markup {
  const middle = rowHeight / 2
  const { low, high, value, lines } = row
  const spoken = [
    `${row.name}: ${row.text}`,
    low !== undefined && high !== undefined ? `interval ${number(low)} to ${number(high)}` : '',
    lines.map((l) => l.label).join(', '),
  ]
  const bar =
    low !== undefined && high !== undefined
      ? html`<rect class="range" x="${scale.at(low)}" width="${scale.width(low, high)}" y="${middle - 4}" height="8" rx="4"/>`
      : null
  const upright = lines.map(
    ({ at }, i) =>
      html`<line class="${i === 0 ? 'rule' : 'zero'}" x1="${scale.at(at)}" x2="${scale.at(at)}" y1="2" y2="${rowHeight - 2}"/>`,
  )
  return html`<div class="plot-row is-${row.status}"><span class="plot-name">${row.name}</span><svg class="plot-area" width="100%" height="${rowHeight}" role="img"><title>${spoken.filter((s) => s !== '').join('; ')}</title><line class="track" x1="0" x2="100%" y1="${middle}" y2="${middle}"/>${bar}${upright}<circle class="dot" cx="${scale.at(value)}" cy="${middle}" r="5"/></svg><span class="plot-value"><b>${row.text}</b> <small>${lines[0]?.label}</small></span></div>`
}

/** Tick labels under a plot; they keep their size however wide the plot is drawn. */
export function axis(scale: Scale, values = scale.ticks(5)): Markup {
  const ticks = values.map((tick) => {
    const place = Number.parseFloat(scale.at(tick))
    const anchor = place < 6 ? 'start' : place > 94 ? 'end' : 'middle'
    return html`<line class="tick" x1="${scale.at(tick)}" x2="${scale.at(tick)}" y1="0" y2="4"/><text x="${scale.at(tick)}" y="16" text-anchor="${anchor}">${number(tick)}</text>`
  })
  return html`<div class="plot-row plot-axis"><span class="plot-name"></span><svg class="plot-area" width="100%" height="20" aria-hidden="true">${ticks}</svg><span class="plot-value"></span></div>`
}

import type { ColumnProfile, NumberProfile, Profile } from '@mlops-actions/profile'
import type { Verdict } from '@mlops-actions/verdict'
import { type Change, columnChanges, mostMoved, movement } from './column-changes.ts'
import { histogram, type Range, valueText } from './distribution.ts'
import { chanceText, type DriftEffect, driftEffects, effectText, hasDrifted, limitText } from './drift-effect.ts'
import { type DriftHistoryPoint, historySparkline } from './drift-history.ts'
import { clip } from './escape.ts'
import { numberAt } from './evidence.ts'
import { html, type Markup } from './markup.ts'
import { counted, number, percent } from './number.ts'
import { round, scale } from './scale.ts'

const mostPanels = 6
/** Columns that did not drift, shown folded away where none did. */
const mostStill = 4
const mostPairs = 7
const cells = 40
const stepHeight = 76

/** What the panels are drawn from, besides the verdict. */
export interface Sides {
  reference?: Profile | undefined
  current?: Profile | undefined
  history?: DriftHistoryPoint[] | undefined
}

/** Reference against current for the columns that drifted most; where none did, for those that came nearest, folded away. */
export function smallMultiples(of: Verdict, sides: Sides): Markup | null {
  const column = (name: string, profile?: Profile) => profile?.columns.find((c) => c.name === name)
  const drawn = (effects: DriftEffect[]) =>
    effects.flatMap((effect) => {
      const name = effect.check.subject
      const [reference, current] = [column(name, sides.reference), column(name, sides.current)]
      const changes = columnChanges(effect.check, reference, current)
      return changes.length === 0 ? [] : [() => panel(effect, changes, reference, current, sides.history)]
    })
  const moved = of.checks.filter(hasDrifted)
  const panels = drawn(driftEffects(moved))
  if (panels.length > 0) {
    const left = panels.length - mostPanels
    const more = left > 0 ? ` ${counted(left, 'more column')} drifted.` : ''
    return figure(panels.slice(0, mostPanels), `The columns that drifted most.${more}`)
  }
  const still = moved.length > 0 ? [] : drawn(driftEffects(of.checks)).slice(0, mostStill)
  if (still.length === 0) return null
  return html`<details><summary>The columns that came nearest to drift</summary>${figure(still, 'None of them drifted.')}</details>`
}

function figure(panels: (() => Markup)[], caption: string): Markup {
  const drawn = panels.map((draw) => draw())
  return html`<figure class="chart"><p class="legend"><span class="key of-reference"></span>reference <span class="key of-current"></span>current <span class="key is-most"></span>moved most</p><div class="multiples">${drawn}</div><figcaption>${caption} Shares are of the rows with a value; of (empty), of all rows.</figcaption></figure>`
}

function panel(
  effect: DriftEffect,
  changes: Change[],
  reference: ColumnProfile | undefined,
  current: ColumnProfile | undefined,
  history: DriftHistoryPoint[] | undefined,
): Markup {
  const { check, name, floor } = effect
  const most = new Set(mostMoved(changes))
  const steps = reference?.numbers && current?.numbers && stepped(changes, reference.numbers, current.numbers)
  const drawing = steps
    ? stepsPanel(changes, most, reference, { reference: reference.numbers!, current: current!.numbers! }, steps)
    : pairsPanel(changes, most)
  const nulls = nullsPair(effect)
  const told = [effectText(effect), `counts from ${limitText(name, floor)}`, chanceText(effect)].filter((t) => t !== '')
  return html`<section class="panel is-${check.status}"><div class="panel-head"><h4>${clip(check.subject, 120)}</h4>${historySparkline(history, check)}</div><p class="panel-size">${told.join(' · ')}</p>${drawing}${nulls}</section>`
}

/** The range over which numbers are drawn as steps; undefined where there are so few bins that a bar each tells more. */
function stepped(changes: Change[], reference: NumberProfile, current: NumberProfile): Range | undefined {
  const bins = changes.filter(({ low, high }) => low !== high).length
  if (bins < 3) return undefined
  // Without the outer hundredths: one far value would press all others together.
  const from = Math.min(...[reference, current].map(({ quantiles, min }) => quantiles[0] ?? min))
  const to = Math.max(...[reference, current].map(({ quantiles, max }) => quantiles.at(-1) ?? max))
  return to > from ? { from, to } : undefined
}

/** The shares of a side within the range; what its outer bins hold is drawn between their edge and the range's end. */
function sharesWithin(of: NumberProfile, range: Range): number[] {
  const inside = { ...of, min: Math.max(of.min, range.from), max: Math.min(of.max, range.to) }
  return histogram(inside, cells, range).shares
}

/** Both histograms over one axis: the reference as an area, current as a line, and behind them the bins that moved most. */
function stepsPanel(
  changes: Change[],
  most: Set<Change>,
  column: ColumnProfile,
  sides: { reference: NumberProfile; current: NumberProfile },
  range: Range,
): Markup {
  const before = sharesWithin(sides.reference, range)
  const after = sharesWithin(sides.current, range)
  const top = Math.max(...before, ...after, 1e-9)
  const across = scale(range.from, range.to)
  const bands = [...most].map(({ low = 0, high = 0, label, reference, current }) => {
    const width = low === high ? '1.5%' : across.width(low, high)
    return html`<rect class="most" x="${across.at(low)}" y="0" width="${width}" height="${stepHeight}"><title>${changeText({ label, reference, current })}</title></rect>`
  })
  const hidden = column.sensitive
  const ticks = across.ticks(4).map((tick) => {
    const place = Number.parseFloat(across.at(tick))
    const anchor = place < 8 ? 'start' : place > 92 ? 'end' : 'middle'
    return html`<text x="${across.at(tick)}" y="${stepHeight + 14}" text-anchor="${anchor}">${valueText(column, tick)}</text>`
  })
  const unit = column.kind === 'text' ? ' (lengths in characters)' : ''
  const height = hidden ? stepHeight : stepHeight + 18
  const spoken = changes.map(changeText).join('; ')
  return html`<svg class="steps" width="100%" height="${height}" role="img"><title>${column.name}${unit}: reference and current over the same bins</title><desc>${clip(spoken, 1500)}</desc>${bands}<svg width="100%" height="${stepHeight}" viewBox="0 0 100 100" preserveAspectRatio="none"><path class="area" d="${outline(before, top)}V100H0Z"/><path class="line" d="${outline(after, top)}" vector-effect="non-scaling-stroke"/></svg>${hidden ? null : ticks}</svg>${medianText(column, sides)}<ul class="changes">${[...most].map((change) => html`<li>${changeText(change)}</li>`)}</ul>`
}

function medianText(
  column: ColumnProfile,
  { reference, current }: { reference: NumberProfile; current: NumberProfile },
) {
  const [before, after] = [reference.quantiles[3], current.quantiles[3]]
  if (column.sensitive || before === undefined || after === undefined) return null
  const what = column.kind === 'text' ? 'median length' : 'median'
  return html`<p class="panel-size">${what} ${valueText(column, before)} → ${valueText(column, after)}</p>`
}

/** The steps from left to right, the highest cell at the top of a square of 100. */
function outline(shares: number[], top: number): string {
  const width = 100 / shares.length
  const at = (share: number) => round(100 - (share / top) * 96)
  return `M0 ${at(shares[0] ?? 0)}${shares.map((share, i) => `V${at(share)}H${round((i + 1) * width)}`).join('')}`
}

/** A pair of bars for each of the values that moved most, the most frequent first. */
function pairsPanel(changes: Change[], most: Set<Change>): Markup {
  const ordered = changes.some(({ low }) => low !== undefined)
  const rows = ordered ? changes.slice(0, 20) : largest(changes)
  const top = Math.max(...rows.flatMap((r) => [r.reference, r.current]), 1e-9)
  const left = changes.length - rows.length
  return html`${rows.map((row) => pair(row, top, most.has(row)))}${left > 0 && html`<p class="more">${number(left)} more</p>`}`
}

function pair(change: Change, top: number, most: boolean): Markup {
  const { label, reference, current } = change
  const across = scale(0, top)
  return html`<div class="pair${most && ' is-most'}"><span class="pair-name" title="${label}">${clip(label, 40)}</span><svg width="100%" height="15" role="img"><title>${label}: reference ${percent(reference)}, current ${percent(current)}</title><rect class="of-reference" x="0" y="1" height="6" rx="1" width="${across.at(reference)}"/><rect class="of-current" x="0" y="8" height="6" rx="1" width="${across.at(current)}"/></svg><span class="pair-value">${percent(reference)} → ${percent(current)}</span></div>`
}

/** The shares of empty rows, where there are any. */
function nullsPair({ check: { evidence }, alpha }: DriftEffect): Markup | null {
  const share = (side: 'reference' | 'current') => {
    const nulls = numberAt(evidence, `nulls_${side}`) ?? 0
    const rows = nulls + (numberAt(evidence, `n_${side}`) ?? 0)
    return rows === 0 ? 0 : nulls / rows
  }
  const [reference, current] = [share('reference'), share('current')]
  if (reference === 0 && current === 0) return null
  const change = { label: '(empty)', reference, current }
  const moved = (numberAt(evidence, 'null_share_p_adjusted') ?? 1) < alpha
  return html`<div class="nulls">${pair(change, Math.max(reference, current), moved)}</div>`
}

function largest(changes: Change[]): Change[] {
  const kept = new Set([...changes].sort((a, b) => movement(b) - movement(a)).slice(0, mostPairs))
  return changes.filter((c) => kept.has(c)).sort((a, b) => b.reference - a.reference)
}

function changeText({ label, reference, current }: Change): string {
  return `${clip(label, 60)}: ${percent(reference)} → ${percent(current)}`
}

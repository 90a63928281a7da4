import type { Check, Verdict } from '@mlops-actions/verdict'
import { againstFloors, type DriftLevel, driftEffect, driftLevel, effectSize, usualFloors } from './drift-effect.ts'
import { clip } from './escape.ts'
import { textAt } from './evidence.ts'
import { html, type Markup } from './markup.ts'
import { counted, moment } from './number.ts'
import { round, scale } from './scale.ts'
import { sparkline } from './sparkline.ts'

/** What an earlier drift check found. */
export interface DriftHistoryPoint {
  /** ISO 8601. */
  time: string
  drift: DriftLevel
  /** By check id. */
  columns: Record<string, { level: string; effect: number | null; p_adjusted: number | null }>
}

/** One check on the line. */
interface Mark {
  time: number
  drift: DriftLevel
  /** The largest effect against its own floors; undefined where the check has none. */
  height: number | undefined
  told: string
}

/** So many of the newest checks are drawn. */
const mostChecks = 60
/** Higher effects are drawn here: three times as far beyond significant as that is beyond its floor tells nothing more. */
const highest = 3
const chartHeight = 120
/** So many times the usual time between two checks is a gap, across which the line is dashed. */
const gap = 3

const statusOf: Record<DriftLevel, Check['status']> = { none: 'passed', moderate: 'warned', significant: 'failed' }
const levelMarks: Record<DriftLevel, string> = { none: '✅', moderate: '⚠️', significant: '❌' }

/** The largest change of each check over time, against the floors. Nothing where there is no earlier check. */
export function historyChart(of: Verdict, history: DriftHistoryPoint[] | undefined): Markup | null {
  const { marks, older } = marksOf(of, history, mostChecks)
  if (marks.length < 2) return null
  const places = placesOf(marks)
  const y = (height: number) => round(chartHeight - 8 - ((chartHeight - 16) * height) / highest)
  const limits = [
    { at: 1, label: 'counts' },
    { at: 2, label: 'significant' },
  ].map(
    ({ at, label }) =>
      html`<line class="floor" x1="0" x2="100%" y1="${y(at)}" y2="${y(at)}"/><text class="limit" x="0" y="${y(at) - 4}">${label}</text>`,
  )
  const usual = usualPause(marks)
  const segments = marks.slice(1).map((mark, i) => {
    const before = marks[i]!
    if (mark.height === undefined || before.height === undefined) return null
    const pause = mark.time - before.time > gap * usual
    return html`<line class="${pause ? 'trend is-pause' : 'trend'}" x1="${places[i]}" x2="${places[i + 1]}" y1="${y(before.height)}" y2="${y(mark.height)}"/>`
  })
  const dots = marks.map(({ drift, height, told }, i) => {
    const now = i === marks.length - 1
    const shape = html`<title>${told}</title>`
    if (height === undefined)
      return html`<g class="is-skipped"><line class="missing" x1="${places[i]}" x2="${places[i]}" y1="${chartHeight - 12}" y2="${chartHeight}">${shape}</line></g>`
    return html`<g class="is-${statusOf[drift]}"><circle class="${drift === 'none' ? 'dot is-hollow' : 'dot'}" cx="${places[i]}" cy="${y(height)}" r="${now ? 6 : 4}">${shape}</circle></g>`
  })
  const drifted = marks.filter(({ drift }) => drift !== 'none').length
  const title = `${counted(marks.length, 'check')}, ${drifted === 0 ? 'none of them' : counted(drifted, 'of them', 'of them')} with drift`
  const [first, last] = endsOf(marks)
  const more = older > 0 ? ` ${counted(older, 'older check')} not shown.` : ''
  return html`<figure class="chart history"><h3>Past checks</h3><svg class="plot-area" width="100%" height="${chartHeight}" role="img"><title>${title}</title><desc>${clip(marks.map(({ told }) => told).join('; '), 4000)}</desc>${limits}${segments}${dots}</svg><div class="span"><span>${first}</span><span>${last}, this check</span></div><figcaption>The largest change of each check, against its own floors. Filled: drift; hollow: none; a tick: nothing was compared.${more}</figcaption></figure>`
}

/** The history of one column as a small line; nothing where no earlier check had it. */
export function historySparkline(history: DriftHistoryPoint[] | undefined, check: Check): Markup | null {
  const heights = heightsOf(history, check).slice(-mostChecks)
  if (heights.filter((height) => height !== undefined).length < 2) return null
  const width = 100 / Math.max(1, heights.length - 1)
  const top = Math.min(highest, Math.max(1.25, ...heights.map((height) => height ?? 0)))
  const at = (height: number) => round(100 - (Math.min(height, top) / top) * 100)
  const path = heights.map((height, i) => {
    if (height === undefined) return ''
    const place = `${round(i * width)} ${at(height)}`
    // A line of no length is a dot, where its neighbours are missing.
    return heights[i - 1] === undefined ? `M${place}h0` : `L${place}`
  })
  const title = `${clip(check.subject, 60)}: its change in the last ${counted(heights.length, 'check')}`
  return html`<svg class="spark" width="84" height="20" viewBox="0 0 100 100" preserveAspectRatio="none" role="img"><title>${title}</title><line class="floor" x1="0" x2="100" y1="${at(1)}" y2="${at(1)}" vector-effect="non-scaling-stroke"/><path d="${path.join('')}" vector-effect="non-scaling-stroke"/></svg>`
}

/** The same as text, oldest first: `▁▂▁▅`, a blank where a check did not have the column. Empty without earlier checks. */
export function historyText(history: DriftHistoryPoint[] | undefined, check: Check, most = 12): string {
  const heights = heightsOf(history, check).slice(-most)
  return heights.filter((height) => height !== undefined).length < 2 ? '' : sparks(heights)
}

/** The largest change of each check as text, with a mark for each verdict; undefined without earlier checks. */
export function historyLine(
  of: Verdict,
  history: DriftHistoryPoint[] | undefined,
  most = 24,
): { line: string; marks: string; from: string; checks: number } | undefined {
  const { marks } = marksOf(of, history, most)
  if (marks.length < 2) return undefined
  return {
    line: sparks(marks.map(({ height }) => height)),
    marks: marks.map(({ drift }) => levelMarks[drift]).join(''),
    from: endsOf(marks)[0],
    checks: marks.length,
  }
}

/** Up to the floor the lower third, up to significant the middle one. */
function sparks(heights: (number | undefined)[]): string {
  return sparkline(
    heights.map((height) => (height === undefined ? Number.NaN : Math.min(height, highest))),
    highest,
  )
}

/** Earlier checks and this one, oldest first, of them the newest; those whose time cannot be read are left out. */
function marksOf(
  of: Verdict,
  history: DriftHistoryPoint[] | undefined,
  most: number,
): { marks: Mark[]; older: number } {
  const past = (history ?? [])
    .map((point) => ({ ...point, time: Date.parse(point.time) }))
    .filter(({ time }) => Number.isFinite(time))
    .sort((a, b) => a.time - b.time)
  const shown = past.slice(1 - most)
  const today = new Map(of.checks.map((check) => [check.id, { name: check.subject, effect: driftEffect(check) }]))
  const marks = shown.map(({ time, drift, columns }) =>
    markOf(
      time,
      drift,
      Object.entries(columns).map(([id, { effect }]) => ({
        name: today.get(id)?.name ?? id.replace(/^drift\./, ''),
        value: effect,
        floors: today.get(id)?.effect ?? usualFloors,
      })),
    ),
  )
  const now = [...today.values()].flatMap(({ name, effect }) =>
    effect === undefined ? [] : [{ name, value: effect.value, floors: effect }],
  )
  const stated = Date.parse(textAt(of.context, 'at') ?? '')
  const time = Number.isFinite(stated) ? stated : (marks.at(-1)?.time ?? 0) + (marks.length > 1 ? usualPause(marks) : 1)
  return { marks: [...marks, markOf(time, levelOf(of), now)], older: past.length - shown.length }
}

function markOf(
  time: number,
  drift: DriftLevel,
  columns: { name: string; value: number | null; floors: { floor: number; significant: number } }[],
): Mark {
  let largest: { name: string; value: number; against: number } | undefined
  for (const { name, value, floors } of columns) {
    if (value === null || !Number.isFinite(value)) continue
    const against = againstFloors(value, floors)
    if (largest === undefined || against > largest.against) largest = { name, value, against }
  }
  const found = drift === 'none' ? 'no' : drift
  const told =
    largest === undefined
      ? 'nothing was compared'
      : `largest change ${clip(largest.name, 60)} ${effectSize(largest.value)}`
  return {
    time,
    drift,
    height: largest && Math.min(largest.against, highest),
    told: `${minuteOf(time)}: ${found} drift, ${told}`,
  }
}

function heightsOf(history: DriftHistoryPoint[] | undefined, check: Check): (number | undefined)[] {
  const effects = (history ?? []).map(({ columns }) =>
    Object.hasOwn(columns, check.id) ? (columns[check.id]?.effect ?? null) : null,
  )
  // A history keeps no floors: a column is held against those that it has today.
  const today = driftEffect(check)
  return [...effects, today?.value ?? null].map((effect) =>
    effect === null || !Number.isFinite(effect) ? undefined : againstFloors(effect, today ?? usualFloors),
  )
}

function levelOf(of: Verdict): DriftLevel {
  const named = textAt(of.context, 'drift')
  if (named === 'none' || named === 'moderate' || named === 'significant') return named
  const levels = of.checks.map(driftLevel)
  return levels.includes('significant') ? 'significant' : levels.includes('moderate') ? 'moderate' : 'none'
}

/** Places by time; one after the other where the times do not differ. */
function placesOf(marks: Mark[]): string[] {
  const first = marks[0]!.time
  const last = marks.at(-1)!.time
  const along = last > first ? scale(first, last) : scale(0, marks.length - 1)
  // A little room on both sides, so that the outer dots are whole.
  return marks.map((mark, i) => `${round(2 + 0.96 * Number.parseFloat(along.at(last > first ? mark.time : i)))}%`)
}

/** The median time between two checks. */
function usualPause(marks: { time: number }[]): number {
  const pauses = marks.slice(1).map((mark, i) => mark.time - marks[i]!.time)
  return pauses.sort((a, b) => a - b)[pauses.length >> 1] ?? 1
}

/** The first and the last moment: their days, or their minutes within one day. */
function endsOf(marks: Mark[]): [string, string] {
  const [first, last] = [minuteOf(marks[0]!.time), minuteOf(marks.at(-1)!.time)]
  return first.slice(0, 10) === last.slice(0, 10) ? [first, last] : [first.slice(0, 10), last.slice(0, 10)]
}

function minuteOf(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '' : moment(date.toISOString())
}

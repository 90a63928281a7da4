import type { Check, CheckStatus, Verdict } from '@mlops-actions/verdict'
import { isBreak, worstFirst } from './check-order.ts'
import { columnChanges, movement } from './column-changes.ts'
import { columnShape } from './column-shape.ts'
import { driftAnswers } from './drift-answers.ts'
import { chanceText, driftEffects, effectText, hasDrifted } from './drift-effect.ts'
import { historyLine, historyText } from './drift-history.ts'
import { byDriftKind } from './drift-kind.ts'
import { clip, codeMarkdown, escapeMarkdown, escapeSummary, linkable } from './escape.ts'
import { bytes, counted, moment, number, percent } from './number.ts'
import { offenders } from './offenders.ts'
import { brokenColumns, columnFacts, mostColumns } from './profile-table.ts'
import { inPipelineOrder, type Report, reportFacts, titleTells, verdictTitle } from './report.ts'
import { figures, headline, statusWords, tally, verdictSentence } from './sentence.ts'
import { sparkline } from './sparkline.ts'
import { type Timeline, timelineRows } from './timeline.ts'

const marks: Record<CheckStatus, string> = { passed: '✅', warned: '⚠️', failed: '❌', errored: '⛔', skipped: '➖' }

/** A job's summary is dropped above 1 MiB; a comment is refused above 65,536 characters. */
export const summaryLimit = 1_000_000
export const commentLimit = 65_000

const mostBreaks = 20
const mostRows = 1000
/** Characters of a sparkline. */
const sparks = 12
const cellLength = 240

/** A part of the report, which is shown whole where there is room. */
interface Section {
  name: string
  text: string
  /** As much of it as so many bytes hold, which says what it leaves out; empty where that is nothing. */
  within?(room: number): string
}

/**
 * The report as GitHub's Markdown: the verdict as a sentence, what breaks, and the rest folded away. What does not fit
 * into `limit` bytes of UTF-8 (never fewer than its characters) is left out and named: whole sections, then the ends of
 * lists, which begin with what is worst. What does not hold goes last.
 */
export function reportMarkdown(report: Report, options: { limit?: number } = {}): string {
  const limit = options.limit ?? summaryLimit
  const verdicts = inPipelineOrder(report.verdicts)
  const broken = breakage(verdicts)
  const sections: Section[] = [
    overview(report, verdicts),
    ...verdicts.flatMap((v) => answers(v, report)),
    broken,
    ...notes(report),
    ...verdicts.flatMap(allChecks),
    ...verdicts.flatMap((v) => columns(v, report)),
    ...(report.timelines ?? []).flatMap(log),
    ...verdicts.flatMap((v) => moved(v, report)),
    ...training(report),
  ].filter((s) => s.text !== '')
  const head = opening(report)
  const tail = ending(report)
  const compose = (kept: Map<Section, string>) => {
    const cut = sections.filter((s) => !kept.has(s)).map((s) => s.name)
    const texts = sections.map((s) => kept.get(s) ?? '')
    return `${[head, ...texts, cutLine(cut), tail].filter((t) => t !== '').join('\n\n')}\n`
  }
  const whole = compose(new Map(sections.map((s) => [s, s.text])))
  if (Buffer.byteLength(whole) <= limit) return whole

  const kept = new Map<Section, string>()
  const size = (text: string) => Buffer.byteLength(text) + 2
  let room = limit - Buffer.byteLength(compose(kept))
  const keep = (section: Section, text: string) => {
    if (text === '' || kept.has(section) || size(text) > room) return
    kept.set(section, text)
    room -= size(text)
  }
  const shorter = (section: Section) => section.within?.(room - 2) ?? ''
  keep(broken, size(broken.text) <= room ? broken.text : shorter(broken))
  for (const section of sections) keep(section, section.text)
  for (const section of sections) if (!kept.has(section)) keep(section, shorter(section))
  // The line that names what was cut is longest where nothing is kept, so that this fits.
  const text = compose(kept)
  return Buffer.byteLength(text) <= limit ? text : withinBytes(`${head}\n`, limit)
}

function opening(report: Report): string {
  const { status, sentence, rest } = headline(report)
  const model = report.model === undefined || report.model === '' ? '' : `${escapeMarkdown(clip(report.model, 120))}: `
  return [
    `## ${model}${escapeMarkdown(clip(report.title, 160))}`,
    `${marks[status]} **${statusWords[status]}:** ${escapeMarkdown(sentence)}`,
    escapeMarkdown(rest),
  ]
    .filter((t) => t !== '')
    .join('\n\n')
}

function overview(report: Report, verdicts: Verdict[]): Section {
  const facts = reportFacts(report).map(
    (f) => `${escapeMarkdown(clip(f.label, 60))} **${escapeMarkdown(clip(f.value, 120))}**`,
  )
  const rows = verdicts.map((v) => [
    `${marks[v.status]} ${v.status}`,
    escapeMarkdown(clip(verdictTitle(v), 120)),
    tally(v.checks) || 'no checks',
    escapeMarkdown(clip(verdictSentence(v), cellLength)),
  ])
  const list = verdicts.length > 1 ? table(['Verdict', 'Of', 'Checks', 'Result'], rows) : ''
  return { name: 'the overview', text: [facts.join(' · '), list].filter((t) => t !== '').join('\n\n') }
}

function breakage(verdicts: Verdict[]): Section {
  const broken = verdicts.flatMap((v) => v.checks.filter(isBreak).map((check) => ({ v, check })))
  if (broken.length === 0) return { name: '', text: '' }
  const several = verdicts.length > 1
  const expects = !broken.every(({ check }) => titleTells(check))
  const order = new Map(worstFirst(broken.map((b) => b.check)).map((check, i) => [check, i]))
  const rows = broken
    .sort((a, b) => order.get(a.check)! - order.get(b.check)!)
    .slice(0, mostBreaks)
    .map(({ v, check }) => [
      `${marks[check.status]} ${check.status}`,
      ...(several ? [escapeMarkdown(clip(verdictTitle(v), 80))] : []),
      titleCell(check, v),
      cell(check.observed),
      ...(expects ? [titleTells(check) ? '' : cell(check.expected)] : []),
    ])
  const header = ['Status', ...(several ? ['Verdict'] : []), 'Check', 'Observed', ...(expects ? ['Expected'] : [])]
  const first = (count: number) => {
    const left = broken.length - count
    const more = left > 0 ? `\n\n${counted(left, 'more check')} ${left === 1 ? 'does' : 'do'} not hold.` : ''
    return `### What does not hold\n\n${table(header, rows.slice(0, count))}${more}`
  }
  return {
    name: 'what does not hold',
    text: first(rows.length),
    within: (room) => longest(rows.length, room, first),
  }
}

/** The list with as many of its first rows as so many bytes hold; empty where that is none. */
function longest(rows: number, room: number, first: (count: number) => string): string {
  let low = 0
  let high = rows
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (Buffer.byteLength(first(middle)) <= room) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : first(low)
}

/** Every check; those of a drift check kind by kind. */
function allChecks(of: Verdict): Section[] {
  const title = verdictTitle(of)
  const groups = of.kind === 'drift' ? byDriftKind(of.checks) : []
  if (groups.length < 2) return listOfChecks(of, title)
  return groups.flatMap((group) =>
    listOfChecks({ ...of, checks: group.checks }, `${title}, ${group.title.toLowerCase()}`),
  )
}

function listOfChecks(of: Verdict, title: string): Section[] {
  if (of.checks.length === 0) return []
  const sorted = worstFirst(of.checks)
  const expects = !sorted.every(titleTells)
  const rows = sorted
    .slice(0, mostRows)
    .map((check) => [
      `${marks[check.status]} ${check.status}`,
      titleCell(check, of),
      cell(check.observed),
      ...(expects ? [titleTells(check) ? '' : cell(check.expected)] : []),
      escapeMarkdown(clip(figures(check).join(' · '), cellLength)),
    ])
  const header = ['Status', 'Check', 'Observed', ...(expects ? ['Expected'] : []), 'Figures']
  const heading = `${title}: ${counted(sorted.length, 'check')} (${tally(sorted)})`
  const first = (count: number) => {
    const left = sorted.slice(count)
    const more = left.length > 0 ? `\n\n${counted(left.length, 'more check')} (${tally(left)}); see the JSON.` : ''
    return folded(heading, table(header, rows.slice(0, count)) + more)
  }
  return [
    {
      name: `the ${counted(sorted.length, 'check')} of ${title}`,
      text: first(rows.length),
      within: (room) => longest(rows.length, room, first),
    },
  ]
}

function columns(of: Verdict, { profile }: Report): Section[] {
  if (of.kind !== 'validation' || profile === undefined || profile.columns.length === 0) return []
  const broken = brokenColumns(of)
  const rows = profile.columns.slice(0, mostColumns).map((column) => {
    const status = broken.get(column.name)
    const { empty, distinct, range } = columnFacts(column)
    const shape = columnShape(column, sparks)
    return [
      (status === undefined ? '' : `${marks[status]} `) + codeMarkdown(clip(column.name, 80)),
      column.type,
      empty,
      distinct,
      escapeMarkdown(range),
      shape === undefined ? '' : sparkline(shape.bars.map(({ share }) => share)),
    ]
  })
  const all = profile.columns.length
  const first = (count: number) => {
    const more = all > count ? `\n\n${counted(all - count, 'more column')} in the profile.` : ''
    const header = ['Column', 'Type', 'Empty', 'Distinct', 'Range', 'Shape']
    return folded(
      `${counted(all, 'column')}, ${counted(profile.rows, 'row')}`,
      table(header, rows.slice(0, count)) + more,
    )
  }
  return [
    {
      name: `the ${counted(all, 'column')}`,
      text: first(rows.length),
      within: (room) => longest(rows.length, room, first),
    },
  ]
}

function log(of: Timeline): Section[] {
  if (of.entries.length === 0) return []
  const { columns, rows } = timelineRows(of)
  const heading = `The log of ${of.stage}: ${counted(of.entries.length, 'slot')}`
  return [{ name: `the log of ${of.stage}`, text: folded(heading, table(columns, rows)) }]
}

function answers(of: Verdict, { history }: Report): Section[] {
  const found = of.kind === 'drift' ? driftAnswers(of) : []
  if (found.length === 0) return []
  const lines = found.map(({ question, answer }) => `- **${question}:** ${escapeMarkdown(clip(answer, 600))}`)
  const past = historyLine(of, history)
  if (past) {
    const { line, marks: each, from, checks } = past
    lines.push(`- **Past checks:** ${line} ${each} (the last ${checks}, since ${from}, this one at the right)`)
  }
  return [{ name: 'what moved', text: lines.join('\n') }]
}

function moved(of: Verdict, report: Report): Section[] {
  if (of.kind !== 'drift') return []
  const column = (name: string, profile = report.profile) => profile?.columns.find((c) => c.name === name)
  const drifted = driftEffects(of.checks.filter(hasDrifted)).slice(0, mostBreaks)
  const rows = drifted.flatMap((effect) => {
    const { check } = effect
    const changes = columnChanges(check, column(check.subject, report.reference), column(check.subject)).slice(0, 16)
    if (changes.length === 0) return []
    const top = Math.max(...changes.flatMap((c) => [c.reference, c.current]))
    const bars = (of: 'reference' | 'current') =>
      sparkline(
        changes.map((change) => change[of]),
        top,
      )
    const largest = [...changes].sort((a, b) => movement(b) - movement(a))[0]!
    return [
      [
        codeMarkdown(clip(check.subject, 80)),
        cell([effectText(effect), chanceText(effect)].filter((t) => t !== '').join(', ')),
        bars('reference'),
        bars('current'),
        cell(`${largest.label}: ${percent(largest.reference)} → ${percent(largest.current)}`),
        historyText(report.history, check),
      ],
    ]
  })
  if (rows.length === 0) return []
  const header = ['Column', 'Change', 'Reference', 'Current', 'Largest part of it', 'Past checks']
  const used = rows.some((row) => row[5] !== '') ? 6 : 5
  const shown = rows.map((row) => row.slice(0, used))
  const first = (count: number) => {
    const left = of.checks.filter(hasDrifted).length - count
    const more = left > 0 ? `\n\n${counted(left, 'more column')} drifted.` : ''
    return folded('Where the columns moved', table(header.slice(0, used), shown.slice(0, count)) + more)
  }
  return [
    {
      name: 'where the columns moved',
      text: first(shown.length),
      within: (room) => longest(shown.length, room, first),
    },
  ]
}

function training({ run }: Report): Section[] {
  if (run === undefined) return []
  const metrics = Object.entries(run.metrics)
    .slice(0, 200)
    .map(([name, m]) => [codeMarkdown(clip(name, 120)), number(m.value), number(m.best), number(m.points)])
  const params = Object.entries(run.params)
    .slice(0, 200)
    .map(([name, value]) => [codeMarkdown(clip(name, 120)), cell(value)])
  const files = run.artifacts.slice(0, 100).map((f) => [codeMarkdown(clip(f.path, 160)), bytes(f.size)])
  const parts = [
    metrics.length === 0 ? '' : table(['Metric', 'Last', 'Best', 'Points'], metrics),
    params.length === 0 ? '' : table(['Parameter', 'Value'], params),
    files.length === 0 ? '' : table(['File', 'Size'], files),
  ].filter((t) => t !== '')
  if (parts.length === 0) return []
  const name = `Training run ${run.name || run.id}`
  return [{ name: 'the training run', text: folded(name, parts.join('\n\n')) }]
}

function notes(report: Report): Section[] {
  const lines = (report.notes ?? []).map((note) => `- ${escapeMarkdown(clip(note, 1000))}`)
  return lines.length === 0 ? [] : [{ name: 'the notes', text: `### Notes\n\n${lines.join('\n')}` }]
}

function ending(report: Report): string {
  const links = (report.links ?? []).flatMap(({ label, url }) => {
    const href = linkable(url)
    return href === undefined
      ? []
      : [`[${escapeMarkdown(clip(label, 120))}](<${href.replace(/[<>\s\\]/g, encodeURIComponent)}>)`]
  })
  const made =
    report.generated === undefined ? [] : [`<sub>Generated ${escapeMarkdown(moment(report.generated))}</sub>`]
  return [...links, ...made].join(' · ')
}

function cutLine(names: string[]): string {
  if (names.length === 0) return ''
  const shown = names.slice(0, 12).map((n) => escapeMarkdown(clip(n, 120)))
  const more = names.length > 12 ? ` and ${counted(names.length - 12, 'more section')}` : ''
  return `*Left out to stay within GitHub's size limit: ${shown.join('; ')}${more}. The HTML report and the JSON hold everything.*`
}

function titleCell(check: Check, of: Verdict): string {
  const title = check.title || check.id
  const named = title.includes(check.subject) || check.subject === '' ? '' : `${codeMarkdown(clip(check.subject, 80))} `
  const { file, seen, rest } = offenders(check, of)
  const refused = seen.map(({ value, places }) =>
    [value === undefined ? '' : codeMarkdown(value), escapeMarkdown(places)].filter((t) => t !== '').join(' '),
  )
  const inFile = file === undefined ? '' : `${escapeMarkdown(file)}: `
  const list = [...refused, rest].filter((t) => t !== '').join(' · ')
  const lines = [check.detail === undefined ? '' : cell(check.detail), list === '' ? '' : inFile + list]
  const behind = lines.filter((line) => line !== '').map((line) => `<br><sub>${line}</sub>`)
  return `${named}${escapeMarkdown(clip(title, cellLength))}${behind.join('')}`
}

const cell = (text: string) => escapeMarkdown(clip(text, cellLength))

function folded(summary: string, body: string): string {
  return `<details><summary>${escapeSummary(clip(summary, 200))}</summary>\n\n${body}\n\n</details>`
}

/** A table of cells that are Markdown already. */
export function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The longest start of a text that is at most this many bytes, cut between characters. */
function withinBytes(text: string, limit: number): string {
  let kept = ''
  let size = 0
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > limit) break
    kept += character
  }
  return kept
}

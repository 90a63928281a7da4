import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as core from '@actions/core'
import { errorReport, passes, type Verdict, whereText } from '@mlops-actions/verdict'
import { annotationPlace } from './annotation-place.ts'
import type { Finished } from './definition.ts'

/** GitHub drops a step's summary above 1 MiB; the rest of that room is left to other writers of the same step. */
const summaryLimit = 1_000_000

interface VerdictEnd {
  finished: Finished
  folder: string
  workspace: string
  outputNames: string[]
  failOn: string
  notes: string[]
  started: Date
  title: string
  /** No annotations: the steps whose verdicts are shown have written theirs. */
  quiet: boolean
}

/** Writes the report in its three forms, the summary, annotations and outputs; gives the exit code. */
export async function concludeVerdict({
  finished,
  folder,
  workspace,
  outputNames,
  failOn,
  notes,
  started,
  title,
  quiet,
}: VerdictEnd): Promise<number> {
  const { plainHeadline, plainSummary, reportHtml, reportMarkdown } = await import('@mlops-actions/report')
  const { verdict } = finished
  const report = { title, verdicts: [verdict], generated: started.toISOString(), ...finished.report }
  report.notes = [...(finished.report.notes ?? []), ...notes]
  const files = {
    json: join(folder, `${verdict.kind}.json`),
    markdown: join(folder, `${verdict.kind}.md`),
    html: join(folder, `${verdict.kind}.html`),
  }
  await writeFile(files.json, `${JSON.stringify(verdict, null, 2)}\n`)
  await writeFile(files.markdown, reportMarkdown(report))
  await writeFile(files.html, reportHtml(report))
  await writeSummary(reportMarkdown(report, { limit: summaryLimit }))
  if (!quiet) await annotate(verdict, workspace)
  setOutputs(outputNames, {
    ...finished.outputs,
    verdict: verdict.status,
    passed: String(passes(verdict)),
    'report-json': files.json,
    'report-markdown': files.markdown,
    'report-html': files.html,
  })
  core.info(quiet ? plainHeadline(report) : plainSummary(verdict))
  const reached = verdict.status === 'failed' || (verdict.status === 'warned' && failOn === 'warned')
  return reached && failOn !== 'never' ? 1 : 0
}

interface ErrorEnd {
  thrown: unknown
  /** Absent where the step has no folder, because not even the runner's own variables were there. */
  folder?: string
  outputNames: string[]
  title: string
}

/** One sentence for people, error.json for programs, every output set; an internal error shows its stack in debug logs. */
export async function concludeError({ thrown, folder, outputNames, title }: ErrorEnd): Promise<number> {
  const report = errorReport(thrown)
  const place = whereText(report.where)
  const sentence = [
    report.message,
    report.where.file && !report.message.includes(place) ? `At ${place}.` : '',
    report.help,
  ]
    .filter((s) => s)
    .join(' ')
  core.error(sentence, { title: `${title}: ${report.code}`, ...annotationPlace(report.where) })
  if (report.internal && thrown instanceof Error) core.debug(thrown.stack ?? '')
  const files = { json: '', markdown: '', html: '' }
  if (folder !== undefined) {
    const { blockMarkdown, escapeHtml, escapeMarkdown } = await import('@mlops-actions/report')
    Object.assign(files, {
      json: join(folder, 'error.json'),
      markdown: join(folder, 'error.md'),
      html: join(folder, 'error.html'),
    })
    // Lines after the first are there to be copied.
    const [prose = '', ...lines] = sentence.split('\n')
    const block = lines.length === 0 ? '' : `\n${blockMarkdown(lines.join('\n'))}\n`
    const markdown = `## ${title}: error\n\n${escapeMarkdown(prose)}\n${block}`
    const copied = lines.length === 0 ? '' : `<pre>${lines.map(escapeHtml).join('\n')}</pre>\n`
    await writeFile(files.json, `${JSON.stringify(report, null, 2)}\n`)
    await writeFile(files.markdown, markdown)
    await writeFile(
      files.html,
      `<!doctype html><meta charset="utf-8"><title>${title}: error</title><h1>${title}: error</h1><p>${escapeHtml(prose)}</p>\n${copied}`,
    )
    await writeSummary(markdown)
  }
  const named = {
    verdict: 'error',
    passed: 'false',
    'report-json': files.json,
    'report-markdown': files.markdown,
    'report-html': files.html,
  }
  setOutputs(outputNames, named)
  return 2
}

/** Sets every declared output, those without a value to the empty text. */
function setOutputs(names: string[], values: Record<string, string>): void {
  if (!process.env.GITHUB_OUTPUT) return
  for (const name of names) core.setOutput(name, values[name] ?? '')
}

async function writeSummary(markdown: string): Promise<void> {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (file) await appendFile(file, `${markdown}\n`)
}

async function annotate(verdict: Verdict, workspace: string): Promise<void> {
  const { annotations, filesNamed } = await import('./annotations.ts')
  const { heldLines } = await import('./held-lines.ts')
  for (const { level, title, message, place } of annotations(
    verdict,
    await heldLines(filesNamed(verdict), workspace),
  )) {
    const say = level === 'warned' ? core.warning : core.error
    say(message, { title, ...place })
  }
}

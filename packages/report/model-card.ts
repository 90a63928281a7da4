import { fetchCommand } from '@mlops-actions/files'
import type { Manifest, ModelFile } from '@mlops-actions/registry'
import type { JsonObject, Verdict } from '@mlops-actions/verdict'
import { type FrontMatter, frontMatter } from './card-front-matter.ts'
import { clip, codeMarkdown, escapeMarkdown } from './escape.ts'
import { isObject, jsonText, listAt, numberAt, objectAt, textAt } from './evidence.ts'
import { table } from './markdown.ts'
import { loading, verifying } from './model-loading.ts'
import { bytes, number } from './number.ts'
import { inPipelineOrder, verdictTitle } from './report.ts'
import { statusWords, tally, verdictSentence } from './sentence.ts'

/** What people wrote of the model: `card:` of mlops.yaml. What is missing is `not stated`. */
export interface CardWords {
  description?: string | undefined
  contact?: string | undefined
  /** As Hugging Face lists them, e.g. `apache-2.0`, or any other name. */
  license?: string | undefined
  intended_use?: string | undefined
  out_of_scope?: string | undefined
  factors?: string | undefined
  ethical_considerations?: string | undefined
  limitations?: string | undefined
}

export interface CardOptions {
  /** Named in the heading of a release body. The card as a file names none, so that its bytes do not depend on it. */
  version?: string
  evidence: Verdict[]
  words?: CardWords | undefined
  /** As mlops.yaml says. */
  task?: FrontMatter['task']
  /** Whether the version has golden rows. */
  golden?: boolean
}

const notStated = '*not stated*'
const most = 200

/**
 * The model's card in Markdown, with the sections of Mitchell et al., "Model Cards for Model Reporting" (2019): what the
 * manifest, the evidence and mlops.yaml say, and `not stated` for the rest. Front matter for Hugging Face only where no
 * version is named: a release body would print it.
 */
export function modelCard(manifest: Manifest, o: CardOptions): string {
  const { version, evidence, words = {}, task } = o
  const heading = version === undefined ? manifest.model : `${manifest.model} ${version}`
  const measured = judgedMetrics(evidence)
  const known = measured.flatMap(({ name, value, slice, data }) =>
    slice === undefined && data !== undefined ? [{ metric: name, value, data }] : [],
  )
  const opaque = manifest.format === 'opaque'
  return [
    ...(version === undefined ? [frontMatter({ manifest, license: words.license, task, measured: known })] : []),
    `# ${escapeMarkdown(heading)}`,
    stated(words.description),
    section('Model Details', details(manifest, words)),
    `### Inputs and outputs\n\n${signature(manifest)}`,
    section('Intended Use', stated(words.intended_use)),
    `### Out of scope\n\n${stated(words.out_of_scope)}`,
    section('Factors', factors(words, measured)),
    section('Metrics', metrics(manifest, measured)),
    section('Evaluation Data', evaluationData(evidence)),
    section('Training Data', trainingData(manifest)),
    section('Quantitative Analyses', analyses(evidence, measured)),
    section('Ethical Considerations', stated(words.ethical_considerations)),
    section('Caveats and Recommendations', stated(words.limitations)),
    section(
      'How to load it',
      opaque ? `${notStated} (the file is kept as bytes and never loaded)` : loading(manifest, o.golden === true),
    ),
    section('How to verify it', verifying(manifest, version)),
    section('Files', files(manifest)),
  ]
    .join('\n\n')
    .concat('\n')
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`
}

function stated(text: string | undefined): string {
  if (text === undefined || text.trim() === '') return notStated
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => escapeMarkdown(paragraph.replace(/\s*\n\s*/g, ' ')))
    .join('\n\n')
}

interface JudgedMetric {
  name: string
  value: number
  slice: string | undefined
  data: string | undefined
  /** Value, interval, rows, method. */
  cells: string[]
}

/** The figures that a gate measured or was given, each once. */
function judgedMetrics(evidence: Verdict[]): JudgedMetric[] {
  const all = evidence
    .filter((v) => v.kind === 'gate')
    .flatMap((v) => v.checks.map((c) => ({ e: c.evidence, data: textAt(v.subject, 'data') })))
    .flatMap(({ e, data }): JudgedMetric[] => {
      const name = textAt(e, 'metric')
      const value = numberAt(e, 'value')
      if (name === undefined || value === undefined) return []
      const low = numberAt(e, 'low')
      const high = numberAt(e, 'high')
      const n = numberAt(e, 'n')
      const interval = low === undefined || high === undefined ? '' : `${number(low)} to ${number(high)}`
      const cells = [number(value), interval, n === undefined ? '' : number(n), textAt(e, 'method') ?? '']
      return [{ name, value, slice: textAt(e, 'slice'), data, cells }]
    })
  return [...new Map(all.map((m) => [JSON.stringify([m.name, m.slice]), m])).values()]
}

/** Measured values with their intervals where a gate judged them, then what else the manifest holds. */
function metrics(manifest: Manifest, measured: JudgedMetric[]): string {
  const whole = measured.filter((m) => m.slice === undefined)
  const names = new Set(whole.map((m) => m.name))
  const others = Object.entries(manifest.metrics)
    .filter(([name]) => !names.has(name))
    .map(([name, value]) => ({ name, cells: [number(value), '', '', ''] }))
  const rows = [...whole, ...others]
    .slice(0, most)
    .map(({ name, cells }) => [codeMarkdown(name), ...cells.map(escapeMarkdown)])
  return rows.length === 0 ? notStated : table(['Metric', 'Value', 'Interval', 'Rows', 'Method'], rows)
}

/** By what the model may behave differently: in words, and the groups that were measured. */
function factors({ factors: words }: CardWords, measured: JudgedMetric[]): string {
  const columns = [
    ...new Set(measured.flatMap(({ slice }) => (slice === undefined ? [] : [slice.split(' = ', 1)[0]!]))),
  ]
  if (columns.length === 0) return stated(words)
  const groups = `Measured by group: ${columns.map(codeMarkdown).join(', ')}.`
  return words === undefined ? groups : `${stated(words)}\n\n${groups}`
}

/** The figures of groups, then what every gate said. */
function analyses(evidence: Verdict[], measured: JudgedMetric[]): string {
  const rows = measured
    .filter((m) => m.slice !== undefined)
    .slice(0, most)
    .map(({ name, slice, cells }) => [codeMarkdown(name), escapeMarkdown(slice!), ...cells.map(escapeMarkdown)])
  const groups = rows.length === 0 ? [] : [table(['Metric', 'Group', 'Value', 'Interval', 'Rows', 'Method'], rows)]
  return [...groups, verdicts(evidence)].join('\n\n')
}

/** The data that gates and comparisons were measured on. */
function evaluationData(evidence: Verdict[]): string {
  const rows = inPipelineOrder(evidence)
    .filter((v) => v.kind === 'gate' || v.kind === 'comparison')
    .flatMap((v) => {
      const data = textAt(v.subject, 'data')
      return data === undefined ? [] : [[escapeMarkdown(verdictTitle(v)), codeMarkdown(data)]]
    })
  return rows.length === 0 ? notStated : table(['Verdict', 'Fingerprint'], rows)
}

function trainingData({ lineage }: Manifest): string {
  const rows = lineage.data.slice(0, most).map((d) => [escapeMarkdown(d.name), codeMarkdown(d.fingerprint)])
  return rows.length === 0 ? notStated : table(['Data', 'Fingerprint'], rows)
}

function verdicts(evidence: Verdict[]): string {
  if (evidence.length === 0) return notStated
  const rows = inPipelineOrder(evidence).map((v) => [
    escapeMarkdown(verdictTitle(v)),
    statusWords[v.status],
    escapeMarkdown(tally(v.checks) || 'no checks'),
    escapeMarkdown(clip(verdictSentence(v), 240)),
  ])
  return table(['Verdict', 'Status', 'Checks', 'Result'], rows)
}

function signature({ signature: of, format }: Manifest): string {
  if (format === 'opaque' || of === null) return `${notStated} (the file is kept as bytes and never loaded)`
  const rows = (['inputs', 'outputs'] as const).flatMap((side) =>
    listAt(of, side)
      .filter(isObject)
      .slice(0, most)
      .map((tensor) => [
        side === 'inputs' ? 'input' : 'output',
        codeMarkdown(textAt(tensor, 'name') ?? ''),
        escapeMarkdown(textAt(tensor, 'type') ?? ''),
        escapeMarkdown(shape(tensor)),
      ]),
  )
  if (rows.length === 0) return notStated
  const features = textAt(objectAt(of, 'metadata'), 'mlops.features')
  const order =
    features === undefined ? '' : `\n\nColumns of the matrix, in order: ${escapeMarkdown(clip(features, 4000))}`
  return table(['', 'Name', 'Type', 'Shape'], rows) + order
}

function shape(tensor: JsonObject): string {
  return listAt(tensor, 'shape')
    .map((d) => (d === null ? '?' : jsonText(d)))
    .join(' × ')
}

function details({ lineage: of, run, format }: Manifest, { contact, license }: CardWords): string {
  const rows = [
    ['Run', codeMarkdown(run)],
    ['Repository', of.repository === '' ? notStated : codeMarkdown(of.repository)],
    ['Commit', of.commit === null ? notStated : codeMarkdown(of.commit)],
    ...(of.parent_run === null ? [] : [['Parent run', codeMarkdown(of.parent_run)]]),
    ['Format', format === 'onnx' ? 'ONNX' : 'opaque bytes'],
    ['Licence', license === undefined ? notStated : escapeMarkdown(license)],
    ['Contact', contact === undefined ? notStated : escapeMarkdown(contact)],
  ]
  return table(['', ''], rows)
}

function files(manifest: Manifest): string {
  const all = [
    ...manifest.files,
    manifest.run_file,
    ...(manifest.reference_profile === null ? [] : [manifest.reference_profile]),
  ]
  const rows = all.slice(0, most).map((f) => [codeMarkdown(f.path), bytes(f.size), codeMarkdown(f.sha256)])
  return [table(['File', 'Size', 'sha256'], rows), ...manifest.files.slice(0, most).flatMap(elsewhere)].join('\n\n')
}

/** A file that is not in the release: where it is, and how it is fetched and compared. */
function elsewhere({ path: name, uri, sha256 }: ModelFile): string[] {
  if (uri === undefined) return []
  const where = `${codeMarkdown(name)} is no file of the release. It is kept at ${codeMarkdown(uri)}; fetch and verify it:`
  return [`${where} ${codeMarkdown(fetchCommand({ name, uri, sha256 }))}`]
}

import { fetchCommand } from '@mlops-actions/files'
import type { Manifest, ModelFile } from '@mlops-actions/registry'
import type { JsonObject, Verdict } from '@mlops-actions/verdict'
import { clip, codeMarkdown, escapeMarkdown } from './escape.ts'
import { isObject, jsonText, listAt, numberAt, objectAt, textAt } from './evidence.ts'
import { table } from './markdown.ts'
import { bytes, number } from './number.ts'
import { inPipelineOrder, verdictTitle } from './report.ts'
import { statusWords, tally, verdictSentence } from './sentence.ts'

export interface CardOptions {
  /** Named in the heading of a release body. The card as a file names none, so that its bytes do not depend on it. */
  version?: string
  evidence: Verdict[]
  /** What people wrote of the model; what is missing is `not stated`. */
  description?: string
  intendedUse?: string
  limitations?: string
  /** An identifier as Hugging Face lists them, e.g. `apache-2.0`. */
  license?: string
  /** Front matter for Hugging Face. Default: only where no version is named, for a release body would print it. */
  frontMatter?: boolean
}

const notStated = '*not stated*'
const most = 200

/** The model's card in Markdown: what the manifest and the evidence say, and `not stated` for the rest. */
export function modelCard(manifest: Manifest, o: CardOptions): string {
  const withFrontMatter = o.frontMatter ?? o.version === undefined
  const heading = o.version === undefined ? manifest.model : `${manifest.model} ${o.version}`
  return [
    ...(withFrontMatter ? [frontMatter(manifest, o)] : []),
    `# ${escapeMarkdown(heading)}`,
    stated(o.description),
    section('Intended use', stated(o.intendedUse)),
    section('Limitations', stated(o.limitations)),
    section('Metrics', metrics(manifest, o.evidence)),
    section('Verdicts', verdicts(o.evidence)),
    section('Inputs and outputs', signature(manifest)),
    section('Training', lineage(manifest)),
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

/** A JSON text is a YAML text, whatever stands in it. */
function frontMatter(manifest: Manifest, { license }: CardOptions): string {
  const lines = [
    `model_name: ${JSON.stringify(manifest.model)}`,
    ...(license === undefined ? [] : [`license: ${JSON.stringify(license)}`]),
    ...(manifest.format === 'onnx' ? ['library_name: "onnx"'] : []),
    'tags:',
    ...(manifest.format === 'onnx' ? ['  - "onnx"'] : []),
    '  - "mlops-actions"',
  ]
  return `---\n${lines.join('\n')}\n---`
}

/** Measured values with their intervals where a gate judged them, then what else the manifest holds. */
function metrics(manifest: Manifest, evidence: Verdict[]): string {
  const judged = evidence
    .filter((v) => v.kind === 'gate')
    .flatMap((v) => v.checks)
    .flatMap(({ evidence: e }) => {
      const name = textAt(e, 'metric')
      const value = numberAt(e, 'value')
      if (name === undefined || value === undefined || textAt(e, 'slice') !== undefined) return []
      const low = numberAt(e, 'low')
      const high = numberAt(e, 'high')
      const n = numberAt(e, 'n')
      const interval = low === undefined || high === undefined ? '' : `${number(low)} to ${number(high)}`
      return [{ name, cells: [number(value), interval, n === undefined ? '' : number(n), textAt(e, 'method') ?? ''] }]
    })
  const names = new Set(judged.map((m) => m.name))
  const others = Object.entries(manifest.metrics)
    .filter(([name]) => !names.has(name))
    .map(([name, value]) => ({ name, cells: [number(value), '', '', ''] }))
  const first = [...new Map(judged.map((m) => [m.name, m])).values()]
  const rows = [...first, ...others]
    .slice(0, most)
    .map(({ name, cells }) => [codeMarkdown(name), ...cells.map(escapeMarkdown)])
  return rows.length === 0 ? notStated : table(['Metric', 'Value', 'Interval', 'Rows', 'Method'], rows)
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

function lineage({ lineage: of, run }: Manifest): string {
  const data = of.data.slice(0, most).map((d) => `${escapeMarkdown(d.name)} ${codeMarkdown(d.fingerprint)}`)
  const rows = [
    ['Run', codeMarkdown(run)],
    ['Repository', of.repository === '' ? notStated : codeMarkdown(of.repository)],
    ['Commit', of.commit === null ? notStated : codeMarkdown(of.commit)],
    ['Data', data.length === 0 ? notStated : data.join('<br>')],
    ...(of.parent_run === null ? [] : [['Parent run', codeMarkdown(of.parent_run)]]),
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

import type { Profile } from '@mlops-actions/profile'
import type { RunRecord } from '@mlops-actions/runs'
import {
  type Check,
  type Verdict,
  type VerdictKind,
  type VerdictStatus,
  verdictKinds,
  worstStatus,
} from '@mlops-actions/verdict'
import type { DriftHistoryPoint } from './drift-history.ts'
import { textAt } from './evidence.ts'
import { duration, number } from './number.ts'
import type { Timeline } from './timeline.ts'

/** What a report shows. The verdicts are the truth; everything else helps to read them. */
export interface Report {
  title: string
  model?: string
  verdicts: Verdict[]
  run?: RunRecord
  /** The data that were validated, or the current side of a drift check. */
  profile?: Profile
  /** The reference side of a drift check. */
  reference?: Profile
  /** Sentences for people: what was attempted and did not work, what becomes public. */
  notes?: string[]
  links?: { label: string; url: string }[]
  /** Shown above what the run and the profile tell by themselves; a label given here wins over theirs. */
  facts?: Fact[]
  /** What earlier drift checks of this model found, without this one. */
  history?: DriftHistoryPoint[]
  /** Logs of stages, shown with the registry's verdict. */
  timelines?: Timeline[]
  /** ISO 8601; shown at the end where given. */
  generated?: string
}

export interface Fact {
  label: string
  value: string
}

/** The order in which a model passes through the kinds of verdict. */
export const pipeline: readonly VerdictKind[] = verdictKinds

const kindTitles: Record<VerdictKind, string> = {
  validation: 'Data validation',
  training: 'Training',
  gate: 'Metrics gate',
  comparison: 'Comparison with production',
  drift: 'Drift check',
  registry: 'Registry',
  image: 'Serving image',
}

/** What a verdict is called in a report: its kind, and what it judged where its context or subject names that. */
export function verdictTitle(of: Verdict): string {
  const operation = of.kind === 'registry' ? textAt(of.context, 'operation') : undefined
  if (operation !== undefined) return `${kindTitles.registry}: ${operation}`
  const name = textAt(of.context, 'name') ?? textAt(of.subject, 'dataset')
  return name === undefined ? kindTitles[of.kind] : `${kindTitles[of.kind]} of ${name}`
}

/** The verdicts in pipeline order; those of one kind keep theirs. */
export function inPipelineOrder(verdicts: Verdict[]): Verdict[] {
  return [...verdicts].sort((a, b) => pipeline.indexOf(a.kind) - pipeline.indexOf(b.kind))
}

/** Whether the title says by itself what was expected; then nothing is said twice. */
export function titleTells({ title, expected }: Check): boolean {
  return title.endsWith(expected)
}

/** The worst verdict that the report shows; `failed` for a report without verdicts. */
export function reportStatus(report: Report): VerdictStatus {
  return worstStatus(report.verdicts.map((v) => v.status))
}

/** The facts of the strip under the headline: those given, then what run and profile tell. */
export function reportFacts(report: Report): Fact[] {
  const facts = [...(report.facts ?? [])]
  const add = (label: string, value: string | undefined) => {
    if (value !== undefined && !facts.some((f) => f.label === label)) facts.push({ label, value })
  }
  const { run, profile } = report
  add('Rows', profile && number(profile.rows))
  add('Columns', profile && number(profile.columns.length))
  add('Run', run && (run.name || run.id.slice(0, 12)))
  add('Experiment', run?.experiment || undefined)
  add('Commit', run?.commit ? run.commit.slice(0, 8) + (run.dirty ? ' (changed files)' : '') : undefined)
  add('Duration', run && duration(run.start, run.end))
  add('Started by', run?.user || undefined)
  return facts
}

import { createHash } from 'node:crypto'
import { type Check, type Json, type JsonObject, UserError, type Verdict } from '@mlops-actions/verdict'
import type { Manifest } from './manifest.ts'

/** evidence.json of a version: the verdicts on its model, with nothing in them that came from a row of the data. */
export interface Evidence {
  schema: 'mlops-actions/evidence@1'
  redacted: true
  verdicts: Verdict[]
}

/** Verdicts as they may become public. `minCategoryCount`: categories seen fewer times are left out. */
export function redact(verdicts: Verdict[], minCategoryCount = 10): Evidence {
  return {
    schema: 'mlops-actions/evidence@1',
    redacted: true,
    verdicts: verdicts.map((v) => ({ ...v, checks: v.checks.map((c) => redactCheck(c, minCategoryCount)) })),
  }
}

function redactCheck(of: Check, minCategoryCount: number): Check {
  const { partial_unexpected_list: list, observed_value: value, top_changes: changes, ...rest } = of.evidence
  const evidence: JsonObject = rest
  const showsValues = (Array.isArray(list) && list.length > 0) || (value !== undefined && holdsText(value))
  if (value !== undefined && !holdsText(value)) evidence.observed_value = value
  if (Array.isArray(changes)) evidence.top_changes = changes.filter((c) => isCommon(c, of.evidence, minCategoryCount))
  if (!showsValues && changes === undefined) return { ...of, evidence }
  // The sentences for people may quote what was left out; the counts say the same without it.
  const { detail: _, ...plain } = of
  return { ...plain, observed: showsValues ? countsText(of.evidence) : of.observed, evidence }
}

function holdsText(value: Json): boolean {
  if (typeof value === 'string') return true
  if (Array.isArray(value)) return value.some(holdsText)
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function isCommon(change: Json, evidence: JsonObject, least: number): boolean {
  if (typeof change !== 'object' || change === null || Array.isArray(change) || change.category === undefined)
    return true
  const count = (share: Json | undefined, n: Json | undefined) =>
    typeof share === 'number' && typeof n === 'number' ? share * n : 0
  const reference = count(change.reference_share, evidence.n_reference)
  return Math.max(reference, count(change.current_share, evidence.n_current)) >= least - 1e-6
}

function countsText(evidence: JsonObject): string {
  const { unexpected_count: bad, element_count: all } = evidence
  if (typeof bad === 'number' && typeof all === 'number') return `${bad} of ${all} values do not fit`
  return 'a value that is not shown here'
}

/** The verdicts of an evidence.json. */
export function parseEvidence(text: string, origin: string): Verdict[] {
  let parsed: Partial<Evidence> | null = null
  try {
    parsed = JSON.parse(text) as Partial<Evidence>
  } catch {
    // Said below.
  }
  if (parsed?.schema === 'mlops-actions/evidence@1' && Array.isArray(parsed.verdicts)) return parsed.verdicts
  throw new UserError({
    code: 'EVIDENCE_INVALID',
    message: `${origin} does not hold evidence.`,
    where: { file: origin },
    help: 'It is written by register; download the version again or register the run again.',
  })
}

export const sha256 = (of: string | Uint8Array) => createHash('sha256').update(of).digest('hex')

/** What a verdict may be bound to, to count for a model version. */
export interface Bound {
  /** sha256 of the file that is loaded. */
  model: string
  /** Whether that file is all of the model: weights in files beside it do not show in its digest. */
  whole: boolean
  run: string
  data: string[]
  /** sha256 of the profile that the version carries; null where it has none. */
  profile: string | null
}

export function boundTo(manifest: Manifest): Bound {
  return {
    model: manifest.files[0]!.sha256,
    whole: manifest.files.length === 1,
    run: manifest.run,
    data: manifest.lineage.data.map((d) => d.fingerprint),
    profile: manifest.reference_profile?.sha256 ?? null,
  }
}

/**
 * Whether a verdict judged this very thing: the model's digest decides where the verdict names one (and its run too,
 * where the model is more than that file), else its run. A verdict on data counts where the run was trained on that
 * data; one on drift where that data, or the profile that the version carries, was the reference.
 */
export function judged(of: Verdict, bound: Bound): boolean {
  const { model, run, data, reference } = of.subject
  if (typeof model === 'string') return plain(model) === bound.model && (bound.whole || run === bound.run)
  if (typeof run === 'string') return run === bound.run
  const trainedOn = (digest: unknown) => typeof digest === 'string' && bound.data.map(plain).includes(plain(digest))
  if (of.kind === 'drift')
    return trainedOn(reference) || (typeof reference === 'string' && plain(reference) === bound.profile)
  return of.kind === 'validation' && trainedOn(data)
}

const plain = (digest: string) => digest.replace(/^sha256:/, '')

/** When a verdict was reached, for the newest of a kind; '' where it does not say. */
export const reachedAt = (of: Verdict) => (typeof of.context.at === 'string' ? of.context.at : '')

/**
 * The verdicts of a kind that stand: of those on the same data the newest. One on other data takes nothing back, so that
 * a failed verdict is not hidden by one that asked an easier question later.
 */
export function standing(verdicts: Verdict[], kind: Verdict['kind']): Verdict[] {
  const onSame = new Map<string, Verdict[]>()
  for (const of of verdicts.filter((v) => v.kind === kind)) {
    const key = typeof of.subject.data === 'string' ? plain(of.subject.data) : ''
    onSame.set(key, [...(onSame.get(key) ?? []), of])
  }
  return [...onSame.values()].map((same) => newest(same, kind)!)
}

/** The newest verdict of a kind. */
export function newest(verdicts: Verdict[], kind: Verdict['kind']): Verdict | undefined {
  return verdicts
    .filter((v) => v.kind === kind)
    .reduce<Verdict | undefined>((a, b) => (a === undefined || reachedAt(b) >= reachedAt(a) ? b : a), undefined)
}

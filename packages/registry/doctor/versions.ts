import type { Check } from '@mlops-actions/verdict'
import { sha256 } from '../evidence.ts'
import type { VersionTag } from '../log.ts'
import type { Manifest } from '../manifest.ts'
import { readVersionEvent, type VersionEvent } from '../slot.ts'
import { formText, tagForm } from '../tag-form.ts'
import type { ModelFacts, RecordFiles, Tag } from './facts.ts'
import { broken, deleting, harmless, orPassed } from './finding.ts'

/** A version that stands as it was registered: its tag and its record agree. */
export interface SoundVersion {
  tag: string
  version: string
  event: VersionEvent
  manifest: Manifest
}

export interface Versions {
  checks: Check[]
  sound: SoundVersion[]
}

/** Whether every version tag is one of ours, whole, on a record that says what the tag says. */
export function versionsOf(of: ModelFacts, records: Map<string, RecordFiles>): Versions {
  const sound: SoundVersion[] = []
  const holding = holders(of)
  const faults = of.log.versions.flatMap((v) => {
    const tag = of.tags.get(v.tag)!
    const files = records.get(v.record) ?? { manifest: null, run: null }
    const found = malformed(tag) ?? judge(v, files, holding.get(v.tag))
    if (!Array.isArray(found)) sound.push(found)
    return Array.isArray(found) ? found : []
  })
  faults.push(...doubled(of))
  const count = sound.length
  const checks = orPassed(of.log.versions.length === 0 ? [] : faults, {
    id: 'registry.versions',
    title: `The versions of ${of.model} are whole`,
    subject: of.model,
    observed: `${count} ${count === 1 ? 'version' : 'versions'}, each tag with a tagger, on a record with its digests`,
    expected: 'annotated tags on records of this action',
    evidence: { versions: count },
  })
  return { checks, sound }
}

/** The stages that each version holds, by tag. */
function holders({ model, log }: ModelFacts): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const stage of log.stages) {
    const holder = log.holder(stage)
    if (holder === 'none' || holder.version === null) continue
    const tag = `${model}@${holder.version}`
    found.set(tag, [...(found.get(tag) ?? []), stage])
  }
  return found
}

function malformed({ name, said }: Tag): Check[] | undefined {
  const form = tagForm(name, said?.tag ?? null, said?.tagger?.date ?? null)
  if (form === 'sound') return undefined
  return [
    broken({
      id: 'registry.version-tag',
      title: `${name} is a tag as this action writes them`,
      subject: name,
      observed: `${name} ${formText(form, said?.tag ?? null)}`,
      expected: 'an annotated tag with its own name and a tagger',
      detail: `If it took the place of a tag of the registry, push that one again from a clone that has it; else delete it: ${deleting(name)}`,
      evidence: { form },
    }),
  ]
}

function judge(v: VersionTag, files: RecordFiles, holds: string[] = []): Check[] | SoundVersion {
  const event = v.message === null ? null : readVersionEvent(v.message)
  if (event === null) return [foreign(v, holds)]
  const manifest = readManifest(files.manifest)
  const digest = files.manifest === null ? null : sha256(files.manifest)
  const wrong =
    digest === null || files.run === null
      ? `it is on ${v.record.slice(0, 12)}, which is no record: ${digest === null ? 'manifest.json' : 'run.json'} is missing`
      : digest !== event.digests['manifest.json']
        ? `manifest.json of its record has sha256 ${digest.slice(0, 12)}…, the tag says ${String(event.digests['manifest.json']).slice(0, 12)}…`
        : manifest === null
          ? 'manifest.json of its record is none'
          : sha256(files.run) !== manifest.run_file.sha256
            ? 'run.json of its record is not the one that its manifest names'
            : null
  if (wrong === null && manifest !== null) return { tag: v.tag, version: v.version, event, manifest }
  return [
    broken({
      id: 'registry.record',
      title: `The record of ${v.tag} is the one that was tagged`,
      subject: v.tag,
      observed: wrong ?? '',
      expected: 'the record whose digests stand in the tag',
      detail: 'The tag was written by hand or put on another commit. Do not use this version; register the run again.',
      evidence: { record: v.record, sha256: digest },
    }),
  ]
}

function foreign(v: VersionTag, holds: string[]): Check {
  const of = {
    id: 'registry.version-foreign',
    title: `${v.tag} was registered by this action`,
    subject: v.tag,
    observed: `another tool tagged ${v.record.slice(0, 12)}: there are no digests${holds.length > 0 ? `, and it holds ${holds.join(', ')}` : ''}`,
    expected: 'a version with a record and digests',
  }
  return holds.length > 0
    ? broken({
        ...of,
        detail: `Its bytes cannot be had or checked. Promote a registered version to ${holds.join(', ')}.`,
      })
    : harmless({
        ...of,
        detail: 'It cannot be promoted or downloaded. Register the model with the operation "register".',
      })
}

/** GTO refuses every command where two versions of a model share a commit that holds a stage. */
function doubled({ model, log }: ModelFacts): Check[] {
  const byRecord = Map.groupBy(log.versions, (v) => v.record)
  return [...byRecord].flatMap(([record, versions]) => {
    const tags = versions.map((v) => v.tag)
    if (tags.length < 2) return []
    return broken({
      id: 'registry.version-doubled',
      title: `Every version of ${model} has a record of its own`,
      subject: tags.join(', '),
      observed: `${tags.join(' and ')} stand on one commit, ${record.slice(0, 12)}`,
      expected: 'one version a record',
      detail: `GTO breaks on this for the whole repository. Delete the one that was not registered, for example: ${deleting(tags.at(-1)!)}`,
      evidence: { record, tags },
    })
  })
}

/** A manifest, as far as the doctor relies on it; null for anything else. */
function readManifest(text: string | null): Manifest | null {
  try {
    const value = JSON.parse(text ?? '') as Partial<Manifest> | null
    const whole = value?.schema === 'mlops-actions/manifest@1' && Array.isArray(value.files)
    return whole && typeof value.run_file?.path === 'string' ? (value as Manifest) : null
  } catch {
    return null
  }
}

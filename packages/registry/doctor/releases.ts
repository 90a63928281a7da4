import type { Asset, Release } from '@mlops-actions/github'
import type { Check } from '@mlops-actions/verdict'
import { readDraftName } from '../draft.ts'
import { parseTagName } from '../names.ts'
import { digestsOf } from '../version.ts'
import type { Facts, ModelFacts } from './facts.ts'
import { broken, harmless, orPassed, restoring } from './finding.ts'
import type { SoundVersion } from './versions.ts'

/** Whether every version is published with its files, and nothing else was left behind. */
export function releaseChecks(of: ModelFacts, sound: SoundVersion[], later: Facts['later']): Check[] {
  const published = new Map(of.releases.filter((r) => !r.draft).map((r) => [r.tag, r]))
  let unchecked = 0
  const faults = sound.flatMap((version) => {
    const release = published.get(version.tag)
    if (release === undefined) return [unpublished(of, version)]
    unchecked += release.assets.filter((a) => a.sha256 === null).length
    return assetFaults(version, release)
  })
  faults.push(...withoutTag(of, later), ...drafts(of, sound, published))
  const count = sound.length
  return orPassed(count === 0 && faults.length === 0 ? [] : faults, {
    id: 'registry.releases',
    title: `The versions of ${of.model} are published with their files`,
    subject: of.model,
    observed: `${count} ${count === 1 ? 'release' : 'releases'}, each file as registered${unchecked > 0 ? `; of ${unchecked} files GitHub gives no digest, so their sizes were compared` : ''}`,
    expected: 'the files and digests of record and tag',
    evidence: { releases: count, unchecked },
  })
}

function unpublished(of: ModelFacts, { tag, event }: SoundVersion): Check {
  const drafts = of.releases.filter((r) => r.draft && (r.tag === tag || readDraftName(r.name)?.run === event.run))
  return broken({
    id: 'registry.release',
    title: `${tag} is published`,
    subject: tag,
    observed: drafts.length > 0 ? 'its release is still a draft, or was made one again' : 'its release is gone',
    expected: 'a published release under this tag',
    detail:
      drafts.length > 0
        ? `A registration of run ${event.run} is running now, or broke off: run its job again, which finishes it.`
        : `Register run ${event.run} again, with the same files and verdicts: that publishes it once more. Where these are lost, or the release was an immutable one, promote another version.`,
    evidence: { run: event.run, drafts: drafts.map((d) => d.id) },
  })
}

function assetFaults({ tag, event, manifest }: SoundVersion, release: Release): Check[] {
  const digests = digestsOf(manifest, event)
  const sizes = new Map(
    [manifest.run_file, manifest.reference_profile, ...manifest.files].flatMap((f) => (f ? [[f.path, f.size]] : [])),
  )
  const assets = new Map(release.assets.map((a) => [a.name, a]))
  const wrong = Object.entries(digests).flatMap(([name, digest]) => {
    const asset = assets.get(name)
    const subject = `${tag}: ${name}`
    if (asset?.state !== 'uploaded')
      return broken({
        id: 'registry.asset-missing',
        title: `${tag} has its file ${name}`,
        subject,
        observed: asset === undefined ? 'there is no such file' : 'its upload broke off',
        expected: `sha256 ${digest}`,
        detail: `The release was changed after it was published. Upload the file again: gh release upload '${tag}' ${name}`,
      })
    const observed = difference(asset, digest, sizes.get(name))
    if (observed === null) return []
    return broken({
      id: 'registry.asset',
      title: `${name} of ${tag} has the bytes that were registered`,
      subject,
      observed,
      expected: `sha256 ${digest}`,
      detail: `The file was replaced after it was published. Do not use it; upload the registered one again: gh release upload '${tag}' ${name} --clobber`,
      evidence: { sha256: asset.sha256, expected: digest },
    })
  })
  const added = release.assets.filter((a) => digests[a.name] === undefined)
  const extra = added.map(({ name }) =>
    harmless({
      id: 'registry.asset-added',
      title: `${tag} has only the files that were registered`,
      subject: `${tag}: ${name}`,
      observed: `${name} was added later`,
      expected: 'files with digests',
      detail: `Nothing here reads it, but people may. Remove it: gh release delete-asset '${tag}' '${name}'`,
    }),
  )
  return [...wrong, ...extra]
}

function difference(asset: Asset, digest: string, size: number | undefined): string | null {
  if (asset.sha256 !== null) return asset.sha256 === digest ? null : `sha256 ${asset.sha256}`
  return size === undefined || asset.size === size ? null : `${asset.size} bytes in place of ${size}`
}

/** GitHub makes a release a draft again when its tag is deleted; a draft of ours under way has its run in its name. */
function withoutTag(of: ModelFacts, later: Facts['later']): Check[] {
  const orphans = of.releases.filter(
    (r) =>
      parseTagName(r.tag)?.kind === 'version' &&
      !(r.draft && readDraftName(r.name)) &&
      !of.tags.has(r.tag) &&
      !later.has(r.tag),
  )
  return orphans.map((r) =>
    broken({
      id: 'registry.release-tag',
      title: `The release ${r.tag} has its tag`,
      subject: r.tag,
      observed: `there is a release${r.draft ? ' (now a draft)' : ''}, and the tag ${r.tag} is gone`,
      expected: 'the tag that names its record',
      detail: `Without its tag it is no version. ${restoring(r.tag, null, 'gone')}${r.draft ? '; then publish the release again' : ''}`,
      evidence: { release: r.id },
    }),
  )
}

function drafts(of: ModelFacts, sound: SoundVersion[], published: Map<string, Release>): Check[] {
  const byRun = Map.groupBy(
    of.releases.filter((r) => r.draft && readDraftName(r.name) !== undefined),
    (r) => readDraftName(r.name)!.run,
  )
  return [...byRun].flatMap(([run, left]) => {
    const version = sound.find((v) => v.event.run === run)
    const done = version !== undefined && published.has(version.tag)
    // The version without a release is a fault of its own, which says what becomes of its one draft.
    if (version !== undefined && !done && left.length === 1) return []
    const ids = left.map((r) => r.id)
    const removing = `Delete ${left.length === 1 ? 'it' : done ? 'them' : 'the emptier one'}: gh api -X DELETE repos/{owner}/{repo}/releases/${ids.at(-1)}`
    return harmless({
      id: left.length === 1 ? 'registry.draft' : 'registry.drafts',
      title: `No draft of run ${run} is left behind`,
      subject: left.map((r) => r.name).join(', '),
      observed: `${left.length === 1 ? 'a draft is' : `${left.length} drafts are`} left (${ids.join(', ')}); ${done ? `the run is registered as ${version.tag}` : 'the run is not registered'}`,
      expected: 'no draft',
      detail: done
        ? `No reader sees a draft. ${removing}`
        : `A registration is running now, or broke off: run its job again, which finishes it. ${left.length > 1 ? removing : 'Or delete the draft.'}`,
      evidence: { run, releases: ids },
    })
  })
}

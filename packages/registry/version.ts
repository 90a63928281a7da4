import { createHash } from 'node:crypto'
import { fetchCommand, isFetched, remoteSize, withoutQuery } from '@mlops-actions/files'
import type { Asset, GitHub, Release } from '@mlops-actions/github'
import type { RunRecord } from '@mlops-actions/runs'
import { type Check, check, nearest, UserError, type Verdict } from '@mlops-actions/verdict'
import { parseEvidence, sha256 } from './evidence.ts'
import type { StageLog, VersionTag } from './log.ts'
import { kept, type Manifest } from './manifest.ts'
import { readVersionEvent, type VersionEvent } from './slot.ts'

/** A registered version, opened: what its record says, and the release with its bytes. */
export interface Version {
  model: string
  version: string
  tag: string
  record: string
  date: string | null
  manifest: Manifest
  manifestSha256: string
  run: RunRecord
  /** `absent` where the tag stands but nothing is published under it. */
  release: Release | 'absent'
  /** sha256 of every asset that the version must have, by name. */
  digests: Record<string, string>
}

/** Opens a version by its tag. UserError where there is no such version, or another tool tagged it. */
export async function openVersion(github: GitHub, log: StageLog, version: string): Promise<Version> {
  const found = log.versions.find((v) => v.version === version)
  if (found === undefined) throw noVersion(log, version)
  const [manifestText, runText, event, release] = await Promise.all([
    github.contents.read('manifest.json', found.record),
    github.contents.read('run.json', found.record),
    eventOf(github, found),
    github.releases.byTag(found.tag),
  ])
  if (manifestText === 'absent' || runText === 'absent' || event === null)
    throw new UserError({
      code: 'VERSION_FOREIGN',
      message: `${found.tag} was tagged by another tool: it names no record of ours.`,
      where: { key: 'version' },
      help: 'Register the model with the operation "register"; such a tag can only be read with gto.',
    })
  const manifest = JSON.parse(manifestText) as Manifest
  const { tag, record, date } = found
  return {
    model: log.model,
    version,
    tag,
    record,
    date,
    manifest,
    manifestSha256: sha256(manifestText),
    run: JSON.parse(runText) as RunRecord,
    release,
    digests: digestsOf(manifest, event),
  }
}

/** sha256 of every asset that a version must have, by name: as its record has them, and its tag those of the others. */
export function digestsOf(manifest: Manifest, event: VersionEvent): Record<string, string> {
  const files = [
    manifest.run_file,
    ...manifest.files.filter((f) => f.uri === undefined),
    ...(manifest.reference_profile ? [manifest.reference_profile] : []),
  ]
  return { ...event.digests, ...Object.fromEntries(files.map((f) => [f.path, f.sha256])) }
}

async function eventOf(github: GitHub, of: VersionTag) {
  if (of.message !== null) return readVersionEvent(of.message)
  const tag = await github.objects.readTag(of.object)
  return tag === 'absent' ? null : readVersionEvent(tag.message)
}

function noVersion(log: StageLog, version: string): UserError {
  const known = log.versions.map((v) => v.version)
  const near = nearest(version, known)
  return new UserError({
    code: 'VERSION_MISSING',
    message: `${log.model} has no version ${version}.`,
    where: { key: 'version' },
    help:
      known.length === 0
        ? `Nothing is registered under ${log.model} yet; register a run first.`
        : `${near === undefined ? '' : `Did you mean ${near}? `}The newest are ${known.slice(-5).join(', ')}.`,
  })
}

/** Whether the release is there, every asset has the digest that record and tag gave it, and what is kept elsewhere is there. */
export async function versionChecks(github: GitHub, of: Version): Promise<Check[]> {
  const subject = of.tag
  const manifest = check(of.digests['manifest.json'] === of.manifestSha256, {
    id: 'registry.manifest',
    title: `The record of ${of.tag} is the one that was tagged`,
    subject,
    observed: `manifest.json has sha256 ${of.manifestSha256.slice(0, 12)}…`,
    expected: `sha256 ${(of.digests['manifest.json'] ?? '').slice(0, 12)}… from the tag`,
    evidence: { sha256: of.manifestSha256, record: of.record },
  })
  if (of.release === 'absent')
    return [
      manifest,
      check(false, {
        id: 'registry.release',
        title: `${of.tag} is published`,
        subject,
        observed: 'there is no published release',
        expected: 'a release under this tag',
        detail: 'Register the run again: that finishes what is there. A deleted release cannot be restored.',
      }),
    ]
  const wrong: string[] = []
  for (const [name, digest] of Object.entries(of.digests)) {
    const asset = of.release.assets.find((a) => a.name === name && a.state === 'uploaded')
    if (asset === undefined) wrong.push(`${name} is missing`)
    else if ((await digestOf(github, asset)) !== digest) wrong.push(`${name} has other bytes`)
  }
  const count = Object.keys(of.digests).length
  return [
    manifest,
    check(wrong.length === 0, {
      id: 'registry.assets',
      title: `All files of ${of.tag} have their digests`,
      subject,
      observed: wrong.length === 0 ? `${count} files, each as registered` : wrong.join('; '),
      expected: `${count} files with the digests of record and tag`,
      ...(wrong.length === 0
        ? {}
        : { detail: 'The release was changed after it was published. Do not use this version.' }),
      evidence: { digests: of.digests, wrong },
    }),
    ...(await Promise.all(kept(of.manifest).map((file) => keptCheck(github, of.tag, file)))),
  ]
}

/** Whether a file that is kept elsewhere can be had. Its bytes are compared when it is downloaded, for they may be many. */
async function keptCheck(github: GitHub, tag: string, file: ReturnType<typeof kept>[number]): Promise<Check> {
  const { name, uri, sha256, size } = file
  const told = {
    id: 'registry.kept-elsewhere',
    title: `${name} of ${tag} is kept at its address`,
    subject: tag,
    expected: `${size} bytes with sha256 ${sha256.slice(0, 12)}…`,
    evidence: { file: name, uri, sha256, size },
  }
  if (!isFetched(file))
    return check(false, {
      ...told,
      observed: `nobody here has read ${uri}`,
      severity: 'warned',
      detail: `See for yourself that it is there: ${fetchCommand(file)}`,
    })
  const found = await remoteSize(uri, github).catch((error: unknown) => {
    if (error instanceof UserError) return error
    throw error
  })
  if (found instanceof UserError)
    return check(false, { ...told, observed: found.message, detail: `Put the file back at its address. ${found.help}` })
  const same = found === null || found === size
  return check(same, {
    ...told,
    observed: found === null ? `${withoutQuery(uri)} answers` : `${withoutQuery(uri)} has ${found} bytes`,
    detail: same
      ? 'Its digest was compared when it was registered, and is again at each download, not now.'
      : 'The file was replaced. Do not use this version; put the right file back at its address.',
  })
}

/** sha256 of an asset: as GitHub computed it, else of the bytes themselves. */
export async function digestOf(github: GitHub, asset: Asset): Promise<string> {
  if (asset.sha256 !== null) return asset.sha256
  const hash = createHash('sha256')
  for await (const chunk of github.releases.download(asset)) hash.update(chunk)
  return hash.digest('hex')
}

/** The bytes of one file of a version, whose digest is checked before they are given. For small files. */
export async function readAsset(github: GitHub, of: Version, name: string): Promise<Buffer> {
  const asset = of.release === 'absent' ? undefined : of.release.assets.find((a) => a.name === name)
  const expected = of.digests[name]
  if (asset === undefined || expected === undefined)
    throw new UserError({
      code: 'ASSET_MISSING',
      message: `${of.tag} has no file ${name}.`,
      where: { key: name },
      help: `Its files are ${Object.keys(of.digests).join(', ')}.`,
    })
  const chunks: Uint8Array[] = []
  for await (const chunk of github.releases.download(asset)) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (sha256(bytes) !== expected) throw wrongDigest(of.tag, name)
  return bytes
}

/** The verdicts that were registered with a version. */
export async function readEvidence(github: GitHub, of: Version): Promise<{ verdicts: Verdict[]; sha256: string }> {
  const bytes = await readAsset(github, of, 'evidence.json')
  return { verdicts: parseEvidence(bytes.toString('utf8'), `evidence.json of ${of.tag}`), sha256: sha256(bytes) }
}

export function wrongDigest(tag: string, name: string): UserError {
  return new UserError({
    code: 'DIGEST_DIFFERS',
    message: `${name} of ${tag} does not have the bytes that were registered.`,
    where: { file: name },
    help: 'Do not use it. The release was changed, or the download was; try once more, then look at the release’s history.',
  })
}

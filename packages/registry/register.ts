import { type GitHub, Rejected, type Release, type ReleaseText, Unclear, type Upload } from '@mlops-actions/github'
import type { RunRecord } from '@mlops-actions/runs'
import { type Check, UserError, type Verdict } from '@mlops-actions/verdict'
import { draftName, readDraftName } from './draft.ts'
import { redact, sha256 } from './evidence.ts'
import { readLog, type StageLog, type VersionTag } from './log.ts'
import { buildManifest, fileText, type Manifest, sameSignature } from './manifest.ts'
import {
  type Bump,
  compareVersions,
  highestVersion,
  isPrerelease,
  nextVersion,
  requireName,
  requireVersion,
  versionTag,
} from './names.ts'
import { pauseAfterLoss } from './pause.ts'
import { person, readVersionEvent, type VersionEvent, versionMessage } from './slot.ts'
import { digestOf, openVersion, type Version, versionChecks } from './version.ts'

/** What is registered. Digests were taken when the run was tracked; the bytes must still have them. */
export interface Registration {
  model: string
  run: RunRecord
  /**
   * The model's files, the one that is loaded first: the name, what the bytes must be, and where they are: at `path` on this
   * machine, from where they are uploaded, unless they are kept at `uri`.
   */
  files: { name: string; sha256: string; size: number; path?: string; uri?: string }[]
  /** As ../onnx reads it; null for opaque files. */
  signature: Manifest['signature']
  evidence: Verdict[]
  /** golden.json and reference.profile.json as text, where there are such. */
  golden: string | null
  referenceProfile: string | null
  bump: 'auto' | Bump
  /** A version asked for by name, in place of `bump`. */
  version: string | null
  minCategoryCount?: number
  /** The model card: without a version as a file, with one as the release's text. */
  describe(manifest: Manifest, evidence: Verdict[], version: string | undefined): string
  who: string
  runUrl: string | null
}

export interface Registered {
  version: Version
  /** false: it was registered before, and nothing was left to do. */
  created: boolean
  /** Whether release and files are as they should be. */
  checks: Check[]
}

interface Prepared {
  of: Registration
  manifest: Manifest
  /** Every asset: its bytes and the digest that must be read back. */
  assets: Map<string, { content: Upload; sha256: string; size: number }>
  /** Digests of the assets that no manifest names, and of the manifest. */
  digests: Record<string, string>
  card(version: string): string
}

/** The registry's version number that a registration would get, and whether its run is registered already. */
export async function planRegistration(
  github: GitHub,
  of: Registration,
): Promise<{ version: string; manifest: Manifest; log: StageLog }> {
  const { manifest } = prepare(github, of)
  const log = await readLog(github, of.model)
  const mine = ofRun(log, of.run.id)
  return { version: mine?.version ?? (await chooseVersion(github, of, manifest, log)), manifest, log }
}

/**
 * Registers a run's model: record commit, draft, files, digests read back, tag, publish. What has no tag is no version, so
 * a crash anywhere leaves at most a draft; registering the same run again finishes what is there.
 */
export async function register(
  github: GitHub,
  of: Registration,
  now: () => Date = () => new Date(),
): Promise<Registered> {
  const ready = prepare(github, of)
  const record = await writeRecord(github, ready)
  let draft: Release | undefined
  const taken = new Set<string>()
  for (;;) {
    const log = await readLog(github, of.model)
    const mine = log.versions.find((v) => v.record === record)
    if (mine !== undefined) return finish(github, ready, mine, draft, draft !== undefined)
    const version = await chooseVersion(github, of, ready.manifest, log, taken)
    draft = await fill(github, ready, draft ?? (await findOrCreateDraft(github, ready, version)))
    const object = await github.objects.tag({
      tag: versionTag(of.model, version),
      object: record,
      message: versionMessage({
        schema: 'mlops-actions/version@1',
        model: of.model,
        version,
        run: of.run.id,
        who: of.who,
        run_url: of.runUrl,
        release: draft.id,
        digests: ready.digests,
      }),
      tagger: person(of.who, now().toISOString()),
    })
    const there = await createTag(github, versionTag(of.model, version), object)
    if (there === object) {
      const tag = { version, tag: versionTag(of.model, version), object, record, date: null, message: null }
      return finish(github, ready, tag, draft, true)
    }
    // Somebody took the number first; if it was this same run, the next reading of the log shows it.
    taken.add(version)
    await pauseAfterLoss(taken.size)
  }
}

function prepare(github: GitHub, of: Registration): Prepared {
  requireName('model', of.model)
  if (of.version !== null) requireVersion(of.version)
  const assets: Prepared['assets'] = new Map()
  const add = (name: string, text: string) => {
    const bytes = Buffer.from(text)
    const digest = { sha256: sha256(bytes), size: bytes.byteLength }
    assets.set(name, { content: { bytes }, ...digest })
    return { path: name, ...digest }
  }
  const evidence = redact(of.evidence, of.minCategoryCount)
  const manifest = buildManifest({
    model: of.model,
    run: of.run,
    files: of.files.map(({ name, path: _, ...file }) => ({ path: name, ...file })),
    runFile: add('run.json', fileText(of.run)),
    referenceProfile: of.referenceProfile === null ? null : add('reference.profile.json', of.referenceProfile),
    signature: of.signature,
    repository: github.repository,
  })
  const others = [
    add('manifest.json', fileText(manifest)),
    add('evidence.json', fileText(evidence)),
    add('MODEL_CARD.md', of.describe(manifest, evidence.verdicts, undefined)),
    ...(of.golden === null ? [] : [add('golden.json', of.golden)]),
  ]
  for (const { name, path, uri, sha256, size } of of.files)
    if (uri === undefined && path !== undefined) assets.set(name, { content: { path }, sha256, size })
  const digests = Object.fromEntries(others.map((o) => [o.path, o.sha256]))
  return { of, manifest, assets, digests, card: (version) => of.describe(manifest, evidence.verdicts, version) }
}

/** The record commit: nothing in it depends on when or where it is written, so every attempt gives the same SHA. */
function writeRecord(github: GitHub, { of, manifest }: Prepared): Promise<string> {
  const who = person(of.run.user, of.run.end)
  return github.objects.commit({
    files: { 'manifest.json': fileText(manifest), 'run.json': fileText(of.run) },
    parents: [],
    message: `${of.model}: run ${of.run.id}\n`,
    author: who,
    committer: who,
  })
}

function ofRun(log: StageLog, run: string): VersionTag | undefined {
  return log.versions.find((v) => v.message !== null && readVersionEvent(v.message)?.run === run)
}

async function chooseVersion(
  github: GitHub,
  of: Registration,
  manifest: Manifest,
  log: StageLog,
  taken: Set<string> = new Set(),
): Promise<string> {
  const used = new Set([...log.versions.map((v) => v.version), ...taken])
  if (of.version !== null) {
    if (!used.has(of.version)) return of.version
    throw new UserError({
      code: 'VERSION_TAKEN',
      message: `${versionTag(of.model, of.version)} is registered already, for another run.`,
      where: { key: 'version' },
      help: 'A version is never changed. Leave the input "version" out to get the next number.',
    })
  }
  // Against what is released: a pre-release may have changed the signature already.
  const released = highestVersion(log.versions.map((v) => v.version))
  const last = log.versions.find((v) => v.version === released)
  let bump = of.bump === 'auto' ? 'minor' : of.bump
  if (of.bump === 'auto' && last !== undefined) {
    const text = await github.contents.read('manifest.json', last.record)
    // A version of another tool says nothing of its signature: it may have changed.
    const before = text === 'absent' ? undefined : (JSON.parse(text) as Manifest).signature
    if (before === undefined || !sameSignature(before, manifest.signature)) bump = 'major'
  }
  const highest = [...used].sort(compareVersions).at(-1)
  return nextVersion(highest, bump)
}

/** So many of the newest releases are searched for a draft of this run: an older one is left behind. */
const draftsLookedAt = 300

async function findDrafts(github: GitHub, of: Registration): Promise<Release[]> {
  const found: Release[] = []
  let looked = 0
  for await (const release of github.releases.list()) {
    const draft = release.draft ? readDraftName(release.name) : undefined
    if (draft?.model === of.model && draft.run === of.run.id) found.push(release)
    if (++looked >= draftsLookedAt) break
  }
  return found
}

async function findOrCreateDraft(github: GitHub, ready: Prepared, version: string): Promise<Release> {
  const { of } = ready
  for (let attempt = 1; ; attempt++) {
    const found = (await findDrafts(github, of))[0]
    if (found !== undefined) return found
    try {
      const text = releaseText(ready, version)
      return await github.releases.createDraft({ ...text, name: draftName(text.name, of.run.id) })
    } catch (error) {
      if (!(error instanceof Unclear) || attempt === 3) throw error
    }
  }
}

function releaseText({ of, card }: Prepared, version: string): ReleaseText {
  const name = `${of.model} ${version}`
  return { tag: versionTag(of.model, version), name, body: card(version), prerelease: isPrerelease(version) }
}

/** Uploads what the draft lacks, and reads every digest back. */
async function fill(github: GitHub, ready: Prepared, draft: Release): Promise<Release> {
  for (let attempt = 1; ; attempt++) {
    const now = await github.releases.get(draft.id)
    if (now === 'absent') throw new Unclear('read the draft release', 'it is not there')
    const lacking = await lackingAssets(github, ready, now)
    if (lacking.length === 0) return now
    if (attempt === 4) throw notUploaded(ready.of, lacking)
    for (const name of lacking) {
      const broken = now.assets.find((a) => a.name === name)
      try {
        if (broken !== undefined) await github.releases.deleteAsset(broken.id)
        await github.releases.upload(now, name, ready.assets.get(name)!.content)
      } catch (error) {
        // What came of it shows when the draft is read again: nothing, a broken upload, or the whole file.
        const readBack = error instanceof Unclear || (error instanceof Rejected && error.status === 422)
        if (!readBack) throw error
      }
    }
  }
}

async function lackingAssets(github: GitHub, ready: Prepared, release: Release): Promise<string[]> {
  const lacking: string[] = []
  for (const [name, { sha256 }] of ready.assets) {
    const asset = release.assets.find((a) => a.name === name)
    const whole = asset?.state === 'uploaded' && (await digestOf(github, asset)) === sha256
    if (!whole) lacking.push(name)
  }
  return lacking
}

function notUploaded(of: Registration, names: string[]): UserError {
  return new UserError({
    code: 'UPLOAD_DIFFERS',
    message: `${names.join(', ')} of run ${of.run.id} could not be stored with the digest that was tracked.`,
    where: { file: names[0]! },
    help: 'If a file changed after training, train again; otherwise run the job again, which goes on with the draft.',
  })
}

/** Creates the tag, and gives the tag object that stands there in the end: ours, or whoever was first. */
async function createTag(github: GitHub, tag: string, object: string): Promise<string> {
  const ref = `refs/tags/${tag}`
  for (let attempt = 1; ; attempt++) {
    try {
      if ((await github.refs.create(ref, object)) === 'created') return object
    } catch (error) {
      if (error instanceof Rejected && /creations being restricted/.test(error.message)) throw notCreatable(tag, error)
      if (!(error instanceof Unclear) || attempt === 5) throw error
    }
    const there = await github.refs.get(ref)
    if (there !== 'absent') return there
  }
}

function notCreatable(tag: string, cause: Error): UserError {
  return new UserError({
    code: 'TAG_RESTRICTED',
    message: `GitHub lets nobody make the tag ${tag}.`,
    where: { key: 'version' },
    help: 'Where an immutable release had this tag and was deleted, the number is spent: give "version" the next one, once. Else a tag ruleset restricts creations: take that rule out of it, or let this workflow bypass it.',
    cause,
  })
}

/** From the tag on: publishes the draft under it, unless that is done. */
async function finish(
  github: GitHub,
  ready: Prepared,
  tag: VersionTag,
  draft: Release | undefined,
  created: boolean,
): Promise<Registered> {
  const published = await github.releases.byTag(tag.tag)
  let wrote = created
  if (published === 'absent') {
    const event = await taggedEvent(github, tag)
    requireTaggedDigests(tag, event, ready)
    const filled = await fill(github, ready, await taggedDraft(github, ready, tag, event, draft))
    await publish(github, filled, releaseText(ready, tag.version))
    wrote = true
  }
  const log = await listed(github, ready.of.model, tag)
  const version = await openVersion(github, log, tag.version)
  return { version, created: wrote, checks: await versionChecks(github, version) }
}

async function taggedEvent(github: GitHub, tag: VersionTag): Promise<VersionEvent | null> {
  const object = tag.message === null ? await github.objects.readTag(tag.object) : { message: tag.message }
  return object === 'absent' ? null : readVersionEvent(object.message)
}

/** The draft that the tag names: of several jobs that register one run, each with a draft of its own, all publish that one. */
async function taggedDraft(
  github: GitHub,
  ready: Prepared,
  tag: VersionTag,
  event: VersionEvent | null,
  own: Release | undefined,
): Promise<Release> {
  if (own !== undefined && own.id === event?.release) return own
  const named = event?.release === undefined ? 'absent' : await github.releases.get(event.release)
  return named === 'absent' ? (own ?? (await findOrCreateDraft(github, ready, tag.version))) : named
}

/**
 * The tag fixed the digests of evidence, golden rows and card. A later attempt whose files differ from them cannot
 * finish the version: it would publish what was not tagged.
 */
function requireTaggedDigests(tag: VersionTag, event: VersionEvent | null, ready: Prepared): void {
  const tagged = event?.digests ?? {}
  const names = new Set([...Object.keys(tagged), ...Object.keys(ready.digests)])
  const differ = [...names].filter((n) => tagged[n] !== ready.digests[n])
  if (differ.length === 0) return
  throw new UserError({
    code: 'REGISTRATION_DIFFERS',
    message: `${tag.tag} was tagged with another ${differ.join(', ')} than this attempt has, and was never published.`,
    where: { file: differ[0]! },
    help: 'Run the step again in the job that began it, with the same verdicts; or publish its draft by hand.',
  })
}

async function publish(github: GitHub, draft: Release, text: ReleaseText): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await github.releases.publish(draft.id, text)
      return
    } catch (error) {
      if (!(error instanceof Unclear) && !(error instanceof Rejected)) throw error
      const now = await github.releases.get(draft.id)
      if (now !== 'absent' && !now.draft) return
      // The same run, registered by another job at the same time, may have published its own draft.
      if ((await github.releases.byTag(text.tag)) !== 'absent') return
      if (/used by an immutable release/.test(error.message)) throw spent(text.tag, error)
      if (error instanceof Rejected || attempt === 3) throw error
    }
  }
}

function spent(tag: string, cause: Error): UserError {
  return new UserError({
    code: 'VERSION_SPENT',
    message: `${tag} was published as an immutable release, and that was deleted: GitHub never publishes this tag again.`,
    where: { key: 'version' },
    help: `The version is lost. To register this run under another number, delete its tag (git push origin ':refs/tags/${tag}') and give "version" the next one.`,
    cause,
  })
}

/** The log with the version in it: a listing may lag behind the tag. */
async function listed(github: GitHub, model: string, tag: VersionTag): Promise<StageLog> {
  const log = await readLog(github, model)
  if (log.versions.some((v) => v.version === tag.version)) return log
  return { ...log, versions: [...log.versions, tag] }
}

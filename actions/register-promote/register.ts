import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { dataset, isFetched, namesRemote, parseRemote, requireDigest, verifyRemote } from '@mlops-actions/files'
import type { GitHub } from '@mlops-actions/github'
import {
  fileNames,
  fileText,
  judged,
  type Manifest,
  planRegistration,
  type Registration,
  register as registerVersion,
  requireVersion,
} from '@mlops-actions/registry'
import { modelCard } from '@mlops-actions/report'
import type { RunRecord } from '@mlops-actions/runs'
import { type Check, check, UserError, verdict } from '@mlops-actions/verdict'
import { type Attested, attest } from './attest.ts'
import { describeModel } from './describe-model.ts'
import { evidenceFiles } from './evidence.ts'
import { type RegistryContext, results } from './inputs.ts'
import { modelOf } from './named.ts'

/** Registers the model of this job's run as a version: a release with its bytes, and a tag that names it. */
export async function register(a: RegistryContext) {
  const model = modelOf(a)
  const run = await runOf(a)
  const github = await a.github()
  const files = await filesOf(a, run, github)
  const described = await describeModel(a, run, files[0]!)
  const bound = {
    model: files[0]!.sha256,
    whole: files.length === 1,
    run: run.id,
    data: run.data.map((d) => d.fingerprint),
    profile: described.referenceProfile === null ? null : digest(described.referenceProfile),
  }
  const given = [...(await a.job.verdicts()).map((s) => s.verdict), ...(await evidenceFiles(a)).map((t) => t.verdict)]
  const about = given.filter((v) => v.kind !== 'registry' && v.kind !== 'image')
  const evidence = about.filter((v) => judged(v, bound))
  const registration: Registration = {
    model,
    run,
    files,
    signature: described.signature,
    evidence,
    golden: described.golden,
    referenceProfile: described.referenceProfile,
    bump: a.inputs.bump,
    version: a.inputs.version === undefined ? null : requireVersion(a.inputs.version.replace(/^[^@]*@/, '')),
    minCategoryCount: a.settings.values.min_category_count ?? 10,
    describe: (manifest, verdicts, version) =>
      modelCard(manifest, {
        evidence: verdicts,
        words: a.settings.values.card,
        task: a.settings.values.task?.type,
        golden: described.golden !== null,
        ...(version === undefined ? {} : { version }),
      }),
    who: a.environment.actor ?? run.user,
    runUrl: a.environment.runUrl ?? null,
  }
  const checks = [finished(run), ...described.checks, ...ignored(about.length - evidence.length, about.length)]
  if (a.inputs['dry-run'] || checks.some((c) => c.status === 'failed' || c.status === 'errored'))
    return plan(a, github, registration, checks)

  const done = await a.log.group(`Register ${model}`, () => registerVersion(github, registration))
  const { version } = done
  const manifest = await keepManifest(a, version.manifest)
  const release = version.release === 'absent' ? undefined : version.release
  const attested: Attested = a.inputs.attest
    ? await a.log.group(`Attest ${version.tag}`, () => attest(a, github, done))
    : { checks: [], links: [] }
  const all = [
    ...checks,
    ...done.checks,
    ...attested.checks,
    outcome(version.tag, done.created ? 'registered' : 'it was registered before'),
  ]
  const notes =
    (await a.attempt('read who can see the repository', () => publicNotes(github, fileNames(version)))) ?? []
  return a.finish(
    verdict('registry', subject(registration, version.version, true), all, a.context({ operation: 'register' })),
    results({
      version: version.version,
      tag: version.tag,
      'release-id': release?.id ?? '',
      'release-url': release?.url ?? '',
      manifest,
    }),
    {
      title: `Registration of ${version.tag}`,
      model,
      run,
      notes,
      facts: [
        { label: 'Version', value: version.version },
        { label: 'Record', value: version.record },
      ],
      links: [...(release === undefined ? [] : [{ label: 'Release', url: release.url }]), ...attested.links],
    },
  )
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

async function plan(a: RegistryContext, github: GitHub, of: Registration, checks: Check[]) {
  const { version, manifest } = await planRegistration(github, of)
  const path = await keepManifest(a, manifest)
  const tag = `${of.model}@${version}`
  const refused = checks.some((c) => c.status === 'failed' || c.status === 'errored')
  const all = refused ? checks : [...checks, outcome(tag, 'would be registered; this was a dry run')]
  return a.finish(
    verdict('registry', subject(of, version, false), all, a.context({ operation: 'register' })),
    results({ ...(refused ? {} : { version, tag }), manifest: path }),
    { title: `Registration of ${of.model}`, model: of.model, run: of.run },
  )
}

async function runOf(a: RegistryContext): Promise<RunRecord> {
  const run = await a.job.run()
  const wanted = a.inputs.run?.replace(/^run:/, '')
  if (run !== undefined && (wanted === undefined || wanted === run.id)) return run
  if (wanted === undefined)
    throw new UserError({
      code: 'RUN_MISSING',
      message: 'There is no run to register: this job made none.',
      where: { key: 'run' },
      help: 'Run train-track before this step, or bring the folder mlops/ of the job that trained into RUNNER_TEMP.',
    })
  throw new UserError({
    code: 'NOT_SUPPORTED',
    message: `The run ${wanted} is not the run of this job, and registering another one is not supported by this version.`,
    where: { key: 'run' },
    help: 'Bring the folder mlops/ of the job that trained into RUNNER_TEMP (download-artifact), and leave "run" out.',
  })
}

/** The run's model file, then those of the input, by the names they get in the release; those kept elsewhere are read there. */
async function filesOf(a: RegistryContext, run: RunRecord, github: GitHub): Promise<Registration['files']> {
  const own = run.model_file
  const given = Map.groupBy(a.inputs.files, (line) => (namesRemote(line) ? 'remote' : 'local'))
  const local = given.get('local') ?? []
  const more = local.length === 0 ? [] : (await dataset(local, a.roots)).files
  const files = [
    ...(own === null
      ? []
      : [{ ...own, name: basename(own.path), path: join(a.job.runFolder(run.id), 'artifacts', own.path) }]),
    ...more
      .filter((f) => f.path !== own?.path)
      .map((f) => ({ ...f, name: basename(f.path), path: join(a.environment.workspace, f.path) })),
  ]
  for (const file of files) await requireDigest(file.path, file.sha256)
  const remote: Registration['files'] = []
  for (const { name, uri, sha256, size } of (given.get('remote') ?? []).map(parseRemote)) {
    const found = isFetched({ uri })
      ? await a.log.group(`Read ${name}`, () => verifyRemote({ name, uri, sha256, size }, github))
      : size!
    remote.push({ name, uri, sha256, size: found })
  }
  // A file of this machine that is named by an address too is kept there, and not uploaded.
  const here = files.map(({ name, path, sha256, size }) => {
    const elsewhere = remote.find((r) => r.sha256 === sha256)
    return { name, path, sha256, size, ...elsewhere }
  })
  const all = [...here, ...remote.filter((r) => !here.some((h) => h.sha256 === r.sha256))]
  if (all.length > 0) return all
  throw new UserError({
    code: 'MODEL_FILE_MISSING',
    message: `The run ${run.id} has no model file to register.`,
    where: { key: 'files' },
    help: 'Give model-file to train-track, or name files in the input "files".',
  })
}

async function keepManifest(a: RegistryContext, manifest: Manifest): Promise<string> {
  const path = join(a.folder, 'manifest.json')
  await writeFile(path, fileText(manifest))
  return path
}

function subject(of: Registration, version: string, registered: boolean) {
  return { name: of.model, version, model: of.files[0]!.sha256, run: of.run.id, registered }
}

function finished(run: RunRecord): Check {
  return check(run.status === 'finished', {
    id: 'registry.run',
    title: 'The run finished',
    subject: run.id,
    observed: run.status,
    expected: 'finished',
    ...(run.status === 'finished' ? {} : { detail: 'A model of a failed run is not registered.' }),
  })
}

function outcome(tag: string, observed: string): Check {
  return check(true, { id: 'registry.version', title: tag, subject: tag, observed, expected: 'a version' })
}

function ignored(count: number, of: number): Check[] {
  if (count === 0) return []
  return [
    check(false, {
      id: 'registry.evidence',
      title: 'The verdicts are about this model',
      subject: 'evidence',
      observed: `${count} of ${of} verdicts judged another model or other data, and are not kept`,
      expected: 'verdicts on this model, its run or its training data',
      severity: 'warned',
      detail: 'A validation counts where train-track names the same data in its input "data".',
    }),
  ]
}

async function publicNotes(github: GitHub, names: string[]): Promise<string[]> {
  if ((await github.about()).private) return []
  return [`The repository is public, and so are these files of the version: ${names.sort().join(', ')}.`]
}

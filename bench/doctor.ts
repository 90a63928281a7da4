// What a registry of 10,000 tags and 1,000 versions costs: API calls of `show` and `promote` beside one of 10 tags, and the
// time of `doctor` beside `gto show` on the same repository, whole processes taken in turns: of one model, and of ten, which
// suits gto better. `npm run bench:doctor [ROUNDS]`; gto takes minutes.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openGitHub } from '@mlops-actions/github'
import { slotTag, versionTag, writeWitness } from '@mlops-actions/registry'
import { runAction, startLocalGitHub } from '../local-github/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const gto = join(root, '.cache/venv/bin/gto')
const rounds = Number(process.argv[2] ?? 1)
const modelOf = (i: number, models: number) => (i % models === 0 ? 'churn' : `churn-${i % models}`)
const stages = ['staging', 'production']
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-doctor-')))
const local = await startLocalGitHub({ directory: join(folder, 'hub'), rateLimit: 10_000_000 })

interface Size {
  name: string
  models: number
  versions: number
  slots: number
}

/** The highest slot of a stage of a model. */
interface Top {
  n: number
  object: string
  of: Version
  stage: string
}

interface Registry extends Size {
  bare: string
  token: string
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
const who = 'ada <ada@users.noreply.github.com>'
const start = Date.parse('2025-01-01T00:00:00Z') / 1000

/** A git object's id. */
function idOf(type: string, content: Buffer): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex')
}

function treeOf(files: [string, string][]): string {
  const entries = files.map(([name, text]) => {
    const blob = Buffer.from(idOf('blob', Buffer.from(text)), 'hex')
    return Buffer.concat([Buffer.from(`100644 ${name}\0`), blob])
  })
  return idOf('tree', Buffer.concat(entries))
}

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`

interface Version {
  model: string
  version: string
  record: string
  mark: number
  manifestSha256: string
  /** The assets of its release. */
  files: Record<string, string>
}

/** The stream for `git fast-import`. Ids are computed on the way, for each slot names the one below by its object. */
function history({ models, versions, slots }: Size): { stream: string; made: Version[]; tops: Map<string, Top> } {
  const stream: string[] = []
  let time = start
  const tag = (name: string, to: Version, message: string): string => {
    stream.push(`tag ${name}\nfrom :${to.mark}\ntagger ${who} ${++time} +0000\n${data(message)}`)
    const text = `object ${to.record}\ntype commit\ntag ${name}\ntagger ${who} ${time} +0000\n\n${message}`
    return idOf('tag', Buffer.from(text))
  }

  const made = Array.from({ length: versions }, (_, i): Version => {
    const model = modelOf(i, models)
    const { files, manifest } = filesOf(model, i)
    const record = [
      ['manifest.json', manifest],
      ['run.json', files['run.json']!],
    ] as [string, string][]
    const message = `${model}: run ${i}\n`
    const inline = record.map(([name, text]) => `M 100644 inline ${name}\n${data(text)}`).join('')
    const people = `author ${who} ${start + i} +0000\ncommitter ${who} ${start + i} +0000\n`
    stream.push(`reset refs/import\n\ncommit refs/import\nmark :${i + 1}\n${people}${data(message)}${inline}\n`)
    const commit = idOf('commit', Buffer.from(`tree ${treeOf(record)}\n${people}\n${message}`))
    return { model, version: `v1.${i}.0`, record: commit, mark: i + 1, manifestSha256: sha256(manifest), files }
  })
  for (const [i, of] of made.entries()) {
    const names = ['manifest.json', 'evidence.json', 'MODEL_CARD.md']
    const digests = Object.fromEntries(names.map((name) => [name, sha256(of.files[name]!)]))
    const said = { model: of.model, version: of.version, run: runId(i), who: 'ada', run_url: null, digests }
    const event = { schema: 'mlops-actions/version@1', ...said }
    tag(versionTag(of.model, of.version), of, `${of.model} ${of.version}, of run ${runId(i)}\n\n${json(event)}`)
  }
  const tops = new Map<string, Top>()
  for (let i = 0; i < slots; i++) {
    const stage = stages[i % stages.length]!
    const of = made[Math.floor(i / stages.length) % made.length]!
    const key = `${of.model}#${stage}`
    const below = tops.get(key)
    const n = (below?.n ?? 0) + 1
    const event = {
      schema: 'mlops-actions/slot@1',
      kind: 'promotion',
      model: of.model,
      stage,
      slot: n,
      version: of.version,
      manifest_sha256: of.manifestSha256,
      previous: below === undefined ? null : { slot: below.n, object: below.object },
      who: 'ada',
      why: 'better recall',
      run_url: null,
      evidence: [],
      request: null,
      nonce: String(i).padStart(32, '0'),
    }
    const message = `ada promoted ${of.model} ${of.version} to ${stage}: better recall\n\n${json(event)}`
    tops.set(key, { n, object: tag(slotTag(of.model, stage, n), of, message), of, stage })
  }
  return { stream: stream.join(''), made, tops }
}

const runId = (i: number) => i.toString(16).padStart(32, '0')

/** The files of a version as register writes them, as small as they may be. */
function filesOf(model: string, i: number): { files: Record<string, string>; manifest: string } {
  const weights = `model ${i}`
  const run = json({
    schema: 'mlops-actions/run@1',
    id: runId(i),
    kind: 'training',
    user: 'ada',
    commit: null,
    data: [],
  })
  const digest = (path: string, text: string) => ({ path, sha256: sha256(text), size: text.length })
  const manifest = json({
    schema: 'mlops-actions/manifest@1',
    model,
    run: runId(i),
    files: [digest('model.onnx', weights)],
    run_file: digest('run.json', run),
    reference_profile: null,
    format: 'opaque',
    signature: null,
    lineage: { repository: 'acme/models', commit: null, data: [], parent_run: null },
    metrics: { roc_auc: 0.8 },
  })
  const evidence = json({ schema: 'mlops-actions/evidence@1', redacted: true, verdicts: [] })
  const files = { 'manifest.json': manifest, 'run.json': run, 'evidence.json': evidence, 'model.onnx': weights }
  return { files: { ...files, 'MODEL_CARD.md': `# ${model} ${i}\n` }, manifest }
}

/** A registry of a size: tags by git fast-import, releases and deployments by the API. */
async function build(size: Size): Promise<Registry> {
  const repository = `acme/${size.name}`
  const { bare } = await local.createRepository(repository)
  await local.commit(repository, { files: { 'mlops.yaml': 'model: churn\n' } })
  const { stream, made, tops } = history(size)
  execFileSync('git', ['-C', bare, 'fast-import', '--quiet'], { input: stream })
  for (const words of [
    ['update-ref', '-d', 'refs/import'],
    ['pack-refs', '--all'],
  ])
    execFileSync('git', ['-C', bare, ...words])
  // Connections that went stale while this process was busy are noticed before the next one is used.
  await sleep(100)
  const token = local.token({ repository })
  const github = openGitHub({ apiUrl: local.apiUrl, serverUrl: 'https://github.com', repository, token })
  const left = [...made]
  const publish = async () => {
    for (let of = left.shift(); of !== undefined; of = left.shift()) {
      const text = {
        tag: versionTag(of.model, of.version),
        name: `${of.model} ${of.version}`,
        body: '',
        prerelease: false,
      }
      const draft = await github.releases.createDraft(text)
      for (const [name, content] of Object.entries(of.files))
        await github.releases.upload(draft, name, { bytes: Buffer.from(content) })
      await github.releases.publish(draft.id, text)
    }
  }
  await Promise.all([1, 2, 3, 4].map(publish))
  for (const { n, object, of, stage } of tops.values()) {
    const { model, version } = of
    const said = { model, stage, slot: n, object, version, tag: versionTag(model, version) }
    await writeWitness(github, { ...said, releaseUrl: null, runUrl: null })
  }
  return { ...size, bare, token }
}

interface Ran {
  ms: number
  calls: number
  outputs: Record<string, string>
  stdout: string
}

let jobs = 0

/** An operation as a step of a job: the built pack, in a process of its own. */
async function operate(of: Registry, inputs: Record<string, string>): Promise<Ran> {
  const repository = `acme/${of.name}`
  const place = { workspace: join(folder, `job-${++jobs}`, 'work'), temp: join(folder, `job-${jobs}`, 'temp') }
  for (const path of Object.values(place)) mkdirSync(path, { recursive: true })
  const before = local.requests.length
  const began = performance.now()
  const { exitCode, outputs, stdout } = await runAction({
    action: join(root, 'actions/register-promote'),
    ...place,
    inputs,
    token: of.token,
    env: local.environment(repository),
    github: { repository, runId: 1, job: 'bench', sha: '0'.repeat(40), actor: 'ada', event: {} },
  })
  const ms = performance.now() - began
  if (exitCode !== 0) throw new Error(`${JSON.stringify(inputs)} ended with ${exitCode}:\n${stdout}`)
  return { ms, calls: local.requests.length - before, outputs, stdout }
}

function gtoShow(bare: string): Promise<number> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(gto, ['show', '-r', bare], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 && said.includes('churn')) resolve(performance.now() - began)
      else reject(new Error(`gto show ended with ${code}: ${said}`))
    })
  })
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`

/** Doctor and gto show in turns; whole processes. */
async function compare(of: Registry): Promise<void> {
  const withGto = existsSync(gto)
  const doctor: number[] = []
  const shown: number[] = []
  let last: Ran | undefined
  for (let round = 0; round < rounds; round++) {
    last = await operate(of, { operation: 'doctor' })
    doctor.push(last.ms)
    if (withGto) shown.push(await gtoShow(of.bare))
  }
  const { status, checks } = JSON.parse(readFileSync(last!.outputs['report-json']!, 'utf8')) as {
    status: string
    checks: unknown[]
  }
  console.log(`\n10,000 tags, 1,000 versions of ${of.models} ${of.models === 1 ? 'model' : 'models'}`)
  console.log(
    `  doctor             ${doctor.map(seconds).join(', ')} (${last!.calls} API calls; ${status}, ${checks.length} checks)`,
  )
  if (!withGto) return console.log('  gto is not there: python3 -m venv .cache/venv && .cache/venv/bin/pip install gto')
  const { stdout } = spawnSync(gto, ['--version'], { encoding: 'utf8' })
  console.log(`  gto show (${stdout.replace(/[^\d.]/g, '')})  ${shown.map(seconds).join(', ')}`)
  const ratio = median(doctor) / median(shown)
  console.log(`  doctor / gto show  ${ratio.toFixed(3)} (goal: below 0.1${ratio < 0.1 ? '' : ', MISSED'})`)
}

try {
  const small = await build({ name: 'small', models: 1, versions: 4, slots: 6 })
  const large = await build({ name: 'large', models: 1, versions: 1000, slots: 9000 })
  console.log('API calls, time          10 tags   10,000 tags')
  for (const [name, inputs] of [
    ['show', { operation: 'show', model: 'churn' }],
    ['show of all models', { operation: 'show' }],
    ['promote', { operation: 'promote', model: 'churn', version: 'v1.0.0' }],
  ] as const) {
    const [few, many] = [await operate(small, inputs), await operate(large, inputs)]
    const same = few.calls === many.calls ? 'equal' : 'NOT EQUAL'
    console.log(`  ${name.padEnd(20)} ${String(few.calls).padStart(9)} ${String(many.calls).padStart(13)}   ${same}`)
    console.log(`  ${' '.repeat(20)} ${seconds(few.ms).padStart(9)} ${seconds(many.ms).padStart(13)}`)
  }
  await compare(await build({ name: 'spread', models: 10, versions: 1000, slots: 9000 }))
  await compare(large)
} finally {
  await local.close()
  rmSync(folder, { recursive: true, force: true })
}

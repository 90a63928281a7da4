// What build-serving-image writes, built and run by a real Docker: a model is trained, the committed pack writes the build
// context, `docker build` makes the image without a network, and a container that is not root, on a read-only root and
// without capabilities, must answer as the training script did, be healthy, write nothing, and end by itself. The
// Kubernetes manifests are held against Kubernetes' own schemas.
//
//   node scripts/node24.mjs test/interop/docker-image.ts VENV
//
// VENV: a virtual environment that holds kubernetes-validate. Needs root, or a sudo that asks nothing.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runAction } from '../../local-github/index.ts'
import { publishPack } from './act.ts'
import { Dockerd, importNodeImage, installDocker, removeTree } from './dockerd.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { positionals } = parseArgs({ allowPositionals: true })
assert.equal(positionals.length, 1, 'Give the folder of the virtual environment.')
const venv = resolve(positionals[0]!)
const cache = join(root, '.cache')
mkdirSync(cache, { recursive: true })
if (process.getuid?.() !== 0) {
  const again = spawnSync('sudo', ['-n', process.execPath, fileURLToPath(import.meta.url), venv], { stdio: 'inherit' })
  if (again.error) console.error('Docker needs root here, and there is no sudo.')
  process.exit(again.status ?? 1)
}

type Row = Record<string, string>
type Sent = Record<string, string | number>
interface Raw {
  label: string
  probabilities: number[]
}

const base = 'localhost/node:24-slim'
const image = 'localhost/churn:v1'
const container = 'served'
const started = performance.now()
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'docker-image-')))
let docker: Dockerd | undefined
const cleanUp = async () => {
  await docker?.stop()
  await removeTree(folder)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)))
}
try {
  await installDocker()
  docker = await Dockerd.start(join(folder, 'docker'))
  await importNodeImage(docker, base, process.execPath, cache)
  tell('Docker and a base image are there')
  const project = trained()
  const outputs = await buildContext(project)
  execFileSync(join(venv, 'bin/kubernetes-validate'), ['--strict', outputs.manifests!], { stdio: 'pipe' })
  await docker.run('build', '--network', 'none', '--tag', image, outputs.context!)
  tell('the image is built')
  await judgeImage(docker, Number(outputs['image-size']))
  const { url, seconds } = await startContainer(docker)
  console.log(`ready ${seconds.toFixed(2)} s after docker run`)
  await judgeConfinement(docker)
  await judgeAnswers(url, project)
  await judgeHealth(docker)
  await judgeTraces(docker)
  await judgeStop(docker, url, project)
  tell('docker image: ok')
} finally {
  await cleanUp()
}

function tell(what: string): void {
  console.log(`${what} (${((performance.now() - started) / 1000).toFixed(0)} s)`)
}

/** A copy of the example with onnxruntime-node installed and a model that only the user who trained it may read. */
function trained(): string {
  const project = join(folder, 'project')
  cpSync(join(root, 'examples/churn'), project, { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'))
  execFileSync(process.execPath, ['train.mjs'], { cwd: project, stdio: 'pipe' })
  chmodSync(join(project, 'model.onnx'), 0o600)
  return project
}

/** Runs the action as a user's runner would; gives its outputs. */
async function buildContext(project: string): Promise<Record<string, string>> {
  const result = await runAction({
    action: join(publishPack(root, join(folder, 'pack')), 'actions/build-serving-image'),
    inputs: { 'model-file': 'model.onnx', image, 'base-image': base },
    workspace: project,
    temp: join(folder, 'temp'),
    github: { repository: 'acme/churn' },
  })
  assert.equal(result.exitCode, 0, result.stdout + result.stderr)
  assert.equal(result.outputs.image, image)
  assert.equal(result.outputs.verdict, 'warned', 'a bare file has no golden rows, and the verdict says so')
  assert.equal(dirname(result.outputs.context!), dirname(result.outputs.manifests!))
  return result.outputs
}

async function judgeImage(docker: Dockerd, promised: number): Promise<void> {
  interface Image {
    Config: { User: string; ExposedPorts: object; Labels: Record<string, string> }
  }
  const { Config } = await docker.inspect<Image>('image', image)
  const size = await layersSize(docker, image)
  const added = size - (await layersSize(docker, base))
  console.log(`image of ${megabytes(size)}, ${megabytes(added)} over its base`)
  // Some of Docker's stores count folders as well.
  const told = `the output image-size, ${promised}, is what the image adds to its base, ${added}`
  assert.ok(added >= promised && added < promised * 1.01, told)
  assert.equal(Config.User, '65532:65532')
  assert.deepEqual(Object.keys(Config.ExposedPorts), ['8080/tcp'])
  assert.equal(Config.Labels['org.opencontainers.image.title'], 'churn')
}

async function layersSize(docker: Dockerd, name: string): Promise<number> {
  const sizes = await docker.run('history', '--human=false', '--format', '{{.Size}}', name)
  return sizes.split('\n').reduce((sum, size) => sum + Number(size), 0)
}

/** Starts the container as strictly as Kubernetes does by our manifest. HOME can be written: telemetry would show there. */
async function startContainer(docker: Dockerd): Promise<{ url: string; seconds: number }> {
  const port = await freePort()
  const start = performance.now()
  await docker.run(
    ...['run', '--detach', '--name', container, '--network', 'host', '--read-only', '--tmpfs', '/tmp'],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--health-interval', '2s'],
    ...['--env', `PORT=${port}`, '--env', 'HOST=127.0.0.1', '--env', 'HOME=/tmp', image],
  )
  const url = `http://127.0.0.1:${port}`
  for (let attempt = 0; attempt < 600; attempt++) {
    const ready = await fetch(`${url}/ready`).catch(() => undefined)
    if (ready?.ok) return { url, seconds: (performance.now() - start) / 1000 }
    if ((await docker.run('ps', '--quiet', '--filter', `name=${container}`)) === '') break
    await wait(20)
  }
  throw new Error(`the container did not become ready:\n${await docker.logs(container)}`)
}

async function judgeConfinement(docker: Dockerd): Promise<void> {
  const status = await docker.run('exec', container, 'cat', '/proc/1/status')
  const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1]
  const command = await docker.run('exec', container, 'cat', '/proc/1/cmdline')
  assert.equal(command, 'node\0server/index.js\0', 'the server is the first process: signals reach it')
  assert.equal(field('Uid'), '65532\t65532\t65532\t65532')
  assert.equal(field('Gid'), '65532\t65532\t65532\t65532')
  assert.equal(field('CapEff'), '0000000000000000')
  assert.equal(field('NoNewPrivs'), '1')
  await assert.rejects(docker.run('exec', container, 'touch', '/app/written'), /Read-only file system/)
}

/** Every way to ask gives the scores that the training script wrote. */
async function judgeAnswers(url: string, project: string): Promise<void> {
  assert.deepEqual(await get(`${url}/health`), { live: true })
  assert.deepEqual(await get(`${url}/ready`), { ready: true })

  const { rows, scores } = sample(project)
  const model = `${url}/v2/models/churn`
  const { inputs } = (await get(model)) as { inputs: { name: string; datatype: string }[] }
  const sent = rows.map((row) => asSent(row, inputs))

  const { predictions } = (await post(`${url}/predict`, sent)) as { predictions: Raw[] }
  near(
    predictions.map(({ probabilities }) => probabilities[1]!),
    scores,
  )
  const labels = scores.map((score) => (score > 0.5 ? 'yes' : 'no'))
  assert.ok(new Set(labels).size === 2, 'the rows are of both classes')
  assert.deepEqual(
    predictions.map(({ label }) => label),
    labels,
  )

  const tensors = inputs.map(({ name, datatype }) => {
    return { name, datatype, shape: [sent.length, 1], data: sent.map((row) => row[name]!) }
  })
  const inferred = (await post(`${model}/infer`, { inputs: tensors })) as {
    outputs: { name: string; data: number[] }[]
  }
  const flat = inferred.outputs.find(({ name }) => name === 'probabilities')!.data
  assert.equal(flat.length, 2 * scores.length)
  near(
    flat.filter((_, i) => i % 2 === 1),
    scores,
  )

  assert.deepEqual(await post(`${url}/invocations`, { dataframe_records: sent }), { predictions: labels })
  const names = inputs.map(({ name }) => name)
  const csv = [names, ...sent.map((row) => names.map((name) => row[name]))].map((cells) => cells.join(',')).join('\n')
  assert.deepEqual(await post(`${url}/invocations`, csv, 'text/csv'), { predictions: labels })

  const times: number[] = []
  for (let i = 0; i < 200; i++) {
    const start = performance.now()
    await post(`${url}/predict`, [sent[i % sent.length]])
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  console.log(`/predict, one row, one after the other: median ${times[100]!.toFixed(2)} ms of 200`)

  const metrics = await (await fetch(`${url}/metrics`)).text()
  assert.match(metrics, /^serving_ready 1$/m)
  assert.match(metrics, /^serving_model_info\{model="churn",.*\} 1$/m)
  assert.match(metrics, /^serving_requests_total\{route="\/predict",code="200"\} 201$/m)
  assert.match(metrics, /^serving_requests_total\{route="\/invocations",code="200"\} 2$/m)
}

/** The image's own HEALTHCHECK, asked more often than its 30 seconds. */
async function judgeHealth(docker: Dockerd): Promise<void> {
  interface Container {
    State: { Health: { Status: string; Log: unknown[] } }
  }
  for (let attempt = 0; attempt < 80; attempt++) {
    const { Health } = (await docker.inspect<Container>('container', container)).State
    if (Health.Status === 'healthy') return
    assert.equal(Health.Status, 'starting', JSON.stringify(Health.Log))
    await wait(500)
  }
  throw new Error('the container is not healthy after 40 seconds')
}

/** onnxruntime's telemetry would have left files in HOME or in /tmp. */
async function judgeTraces(docker: Dockerd): Promise<void> {
  assert.equal(await docker.run('exec', container, 'find', '/tmp', '-mindepth', '1'), '', 'nothing is written')
  assert.equal(await docker.run('diff', container), '')
}

/** docker stop kills after 10 seconds: an exit code of 0 says that the server had ended by then. */
async function judgeStop(docker: Dockerd, url: string, project: string): Promise<void> {
  const { inputs } = (await get(`${url}/v2/models/churn`)) as { inputs: { name: string; datatype: string }[] }
  const row = asSent(sample(project).rows[0]!, inputs)
  const start = performance.now()
  const stopped = docker.run('stop', '--time', '10', container)
  while ((await fetch(`${url}/ready`)).status !== 503) await wait(20)
  // Load balancers need a moment to turn away: until they have, requests are answered.
  for (let i = 0; i < 20; i++) {
    await post(`${url}/predict`, [row])
    await wait(50)
  }
  await stopped
  console.log(`ended ${((performance.now() - start) / 1000).toFixed(1)} s after docker stop`)
  const { State } = await docker.inspect<{ State: { Status: string; ExitCode: number } }>('container', container)
  assert.deepEqual([State.Status, State.ExitCode], ['exited', 0])
  assert.match(await docker.logs(container), /^ready: churn /m)
}

/** Rows of the holdout, and the score that the training script gave each. */
function sample(project: string): { rows: Row[]; scores: number[] } {
  const rows = readRows(join(project, 'data/holdout.csv')).slice(0, 64)
  const scores = readRows(join(project, 'predictions.csv')).map((row) => Number(row.score))
  return { rows, scores: scores.slice(0, rows.length) }
}

/** The rows of a CSV file in which no cell is quoted. */
function readRows(path: string): Row[] {
  const [header = [], ...lines] = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
  return lines.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i]!])))
}

/** The fields that a model takes, as JSON has them. */
function asSent(row: Row, inputs: { name: string; datatype: string }[]): Sent {
  return Object.fromEntries(
    inputs.map(({ name, datatype }) => [name, datatype === 'BYTES' ? row[name]! : Number(row[name])]),
  )
}

/** Within what single precision leaves of a probability. */
function near(found: number[], expected: number[]): void {
  assert.equal(found.length, expected.length)
  for (const [i, value] of found.entries()) {
    assert.ok(Math.abs(value - expected[i]!) < 1e-5, `row ${i + 1}: ${value}, trained ${expected[i]}`)
  }
}

async function get(url: string): Promise<unknown> {
  return await json(await fetch(url))
}

async function post(url: string, body: unknown, type = 'application/json'): Promise<unknown> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return await json(await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: text }))
}

async function json(response: Response): Promise<unknown> {
  const text = await response.text()
  assert.equal(response.status, 200, `${response.url}: ${text}`)
  return JSON.parse(text)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

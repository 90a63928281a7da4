// The token goes to GitHub and nowhere else.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Churn, compare, gate, type Job, registry, train, use, validate } from './churn.ts'

let churn: Churn
let job: Job
let runtimeToken: string

beforeAll(async () => {
  churn = await Churn.open()
  const pull = await churn.propose('candidate', { 'README.md': 'changed' })
  job = await churn.run(
    [
      validate(),
      train({ command: 'env > seen.txt; node train.mjs', artifacts: 'seen.txt' }),
      gate(),
      compare(),
      registry('register'),
      registry('promote'),
      use('drift-check', { reference: 'churn@v1.0.0', current: 'data/churn-current.csv' }),
      use('build-serving-image', { model: 'churn@v1.0.0' }),
      validate({ data: 'no.csv' }),
      use('pr-report'),
    ].map((step, i) => ({ ...step, id: `${i}` })),
    { on: pull },
  )
  runtimeToken =
    readFileSync(join(job.place.workspace, 'seen.txt'), 'utf8').match(/ACTIONS_RUNTIME_TOKEN=.*/)?.[0] ?? ''
})
afterAll(() => churn?.close())

/** Masking the token is the one line that has to print it; the runner takes that line out of the log. */
const unmasked = (text: string) => text.replaceAll(/^::add-mask::.*$/gm, '')

it('the log, the summary, the outputs and the annotations do not hold it', () => {
  expect(job.steps.filter((s) => s.exitCode > 1).map((s) => s.id)).toEqual(['8'])
  for (const step of job.steps) {
    const { stdout, stderr, summary, outputs, env, state, annotations } = step
    const everything = JSON.stringify([unmasked(stdout), stderr, summary, outputs, env, state, annotations])
    expect(everything.includes(churn.token), step.id).toBe(false)
  }
})

it('it is masked before anything else is printed', () => {
  for (const step of job.steps) expect(step.stdout.split('\n')[0]).toBe(`::add-mask::${churn.token}`)
})

it('no file of the job holds it', () => {
  const files = [job.place.temp, job.place.workspace].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  expect(files.length).toBeGreaterThan(50)
  expect(files.filter((file) => readFileSync(file).includes(churn.token))).toEqual([])
})

it('the training command sees no token of the runner and none of the inputs', () => {
  const seen = readFileSync(join(job.place.workspace, 'seen.txt'), 'utf8')
  expect(seen).toContain('MLOPS_RUN_ID=')
  expect(seen).not.toContain(churn.token)
  expect(seen).not.toMatch(/^(INPUT_|STATE_|ACTIONS_RUNTIME|ACTIONS_RESULTS|ACTIONS_ID_TOKEN)/m)
  expect(runtimeToken).toBe('')
})

it('what is published does not hold it', async () => {
  const objects = churn
    .git('rev-list', '--objects', '--all')
    .split('\n')
    .map((line) => line.split(' ')[0]!)
  for (const object of objects) {
    if (churn.git('cat-file', '-t', object) === 'tree') continue
    expect(churn.git('cat-file', '-p', object).includes(churn.token)).toBe(false)
  }
  const blobs = join(churn.folder, 'github/blobs')
  expect(readdirSync(blobs).filter((name) => readFileSync(join(blobs, name)).includes(churn.token))).toEqual([])
  // Storage is asked by signed addresses alone, which take no token.
  expect(churn.github.requests.filter((r) => r.origin === 'blobs' && r.token)).toEqual([])
})

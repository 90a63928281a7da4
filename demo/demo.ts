// The whole product on real data, on this machine: a GitHub on loopback, the example project pushed into it, and its
// workflow run with the committed dist as GitHub would run it. `npm run demo`, `npm run demo -- --keep`
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Report, reportHtml } from '@mlops-actions/report'
import { parseVerdict, type Verdict } from '@mlops-actions/verdict'
import type { JobResult } from '../local-github/index.ts'
import { DemoRepository, type Pull, use } from './repository.ts'
import { ServedModel } from './served.ts'
import { chapter, say, table } from './terminal.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const keep = process.argv.includes('--keep')
const started = performance.now()
const folder = mkdtempSync(join(tmpdir(), 'mlops-demo-'))
let repository: DemoRepository | undefined
let served: ServedModel | undefined

const happened: string[][] = []
const verdicts: Verdict[] = []

function cleanUp(): void {
  served?.kill()
  rmSync(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    cleanUp()
    process.exit(130)
  })
}

/** What a step of a job gave; the demo stops where the story does not go as told. */
function outputsOf(job: JobResult, action: string): Record<string, string> {
  const outputs = job.outputs[action] ?? job.outputs[`__${action}`]
  if (!outputs) throw new Error(`the job has no step ${action}`)
  return outputs
}

function expectStory(held: boolean, what: string): void {
  if (!held) throw new Error(`The story went another way: ${what}.`)
}

function keepVerdicts(job: JobResult, actions: string[]): void {
  for (const action of actions) {
    const path = outputsOf(job, action)['report-json']!
    verdicts.push(parseVerdict(readFileSync(path, 'utf8'), path))
  }
}

function promote(version: string, reason: string) {
  return use(
    'register-promote',
    { operation: 'promote', model: 'churn', stage: 'production', version, reason },
    'promote',
  )
}

async function firstVersion(of: DemoRepository): Promise<string> {
  chapter('1  A first model: pushed to main, validated, trained, gated, registered')
  const job = await of.runWorkflow()
  expectStory(job.conclusion === 'success', 'the first model should pass')
  const { version } = outputsOf(job, 'register-promote')
  chapter('2  "Run workflow": promote it to production')
  const promoted = await of.dispatch([promote(version!, 'the first model')])
  expectStory(outputsOf(promoted, 'promote').promoted === 'true', 'the first version should be promoted')
  happened.push([
    'first model',
    outputsOf(job, 'metrics-gate').verdict!,
    `${version} registered and promoted, slot ${outputsOf(promoted, 'promote').slot}`,
  ])
  return version!
}

async function worseCandidate(of: DemoRepository): Promise<void> {
  chapter('3  A pull request with a worse model')
  const pull = await of.propose('fewer-features', 'Fewer features', params('worse'))
  const job = await of.runWorkflow(pull)
  expectStory(job.conclusion === 'failure', 'the worse candidate should be refused')
  // The gate has stopped the job, as it should; the comparison is asked for all the same, to see it refuse by number too.
  const { decision, deltas } = await compareAnyway(of, pull)
  expectStory(decision === 'worse', 'the comparison should say worse')
  const comments = await of.comments(pull)
  expectStory(comments.length === 1, 'the pull request should have one comment')
  const delta = (JSON.parse(deltas) as { roc_auc: { delta: number } }).roc_auc.delta
  happened.push([
    'worse candidate',
    'failed',
    `refused: gate failed, comparison ${decision} (ROC AUC ${delta.toFixed(3)}), reported in #${pull.number}`,
  ])
}

async function compareAnyway(of: DemoRepository, pull: Pull): Promise<{ decision: string; deltas: string }> {
  const job = await of.runJob(
    [
      { run: 'node train.mjs' },
      use('compare-with-production', { model: 'churn', candidate: 'model.onnx', holdout: 'data/holdout.csv' }),
    ],
    { eventName: 'pull_request', sha: pull.head, ref: `refs/pull/${pull.number}/merge`, event: pullEvent(of, pull) },
  )
  const { decision, deltas } = outputsOf(job, 'compare-with-production')
  return { decision: decision!, deltas: deltas! }
}

function pullEvent(of: DemoRepository, pull: Pull): Record<string, unknown> {
  const repository = { full_name: of.name, default_branch: 'main' }
  return {
    number: pull.number,
    repository,
    pull_request: {
      number: pull.number,
      head: { sha: pull.head, repo: repository },
      base: { ref: 'main', sha: pull.base, repo: repository },
    },
  }
}

async function betterCandidate(of: DemoRepository, first: string): Promise<string> {
  chapter('4  A pull request with a better model')
  const pull = await of.propose('all-features', 'All features', params('better'))
  const checked = await of.runWorkflow(pull)
  expectStory(checked.conclusion === 'success', 'the better candidate should pass')
  expectStory(outputsOf(checked, 'compare-with-production').decision === 'better', 'the comparison should say better')
  chapter('5  Merged: trained on main, registered, promoted')
  of.merge(pull)
  const job = await of.runWorkflow()
  expectStory(job.conclusion === 'success', 'the better model should pass on main')
  const { version } = outputsOf(job, 'register-promote')
  const promoted = await of.dispatch([promote(version!, 'better on the holdout')])
  const outcome = outputsOf(promoted, 'promote')
  expectStory(
    outcome.promoted === 'true' && outcome['previous-version'] === first,
    'the better version should replace the first',
  )
  keepVerdicts(job, ['data-validate', 'train-track', 'metrics-gate', 'compare-with-production'])
  keepVerdicts(promoted, ['promote'])
  happened.push([
    'better candidate',
    'passed',
    `${version} (comparison: ${outputsOf(job, 'compare-with-production').decision}) replaced ${first}, slot ${outcome.slot}`,
  ])
  return version!
}

async function serve(of: DemoRepository): Promise<void> {
  chapter('6  Served from ONNX')
  const job = await of.dispatch([use('build-serving-image', { model: 'churn#production', engine: 'none' })])
  expectStory(job.conclusion === 'success', 'the build context should be written')
  keepVerdicts(job, ['build-serving-image'])
  served = await ServedModel.start(outputsOf(job, 'build-serving-image').context!)
  const rows = customers()
  const predicted = await served.post('/predict', rows)
  const invoked = await served.post('/invocations', { dataframe_records: rows })
  const model = (await served.get('/v2')) as { name?: string }
  say(`POST /predict        ${JSON.stringify(predicted).slice(0, 110)}`)
  say(`POST /invocations    ${JSON.stringify(invoked).slice(0, 110)}`)
  say(`GET  /v2             ${JSON.stringify(model).slice(0, 110)}`)
  await served.stop()
  served = undefined
  happened.push([
    'serving',
    outputsOf(job, 'build-serving-image').verdict!,
    `answered ${rows.length} customers over /predict, /invocations and /v2`,
  ])
}

async function watch(of: DemoRepository): Promise<void> {
  chapter('7  Watched: an ordinary month, and a month after a campaign')
  const check = (current: string, id: string) =>
    use('drift-check', { reference: 'churn#production', current, 'fail-on': 'never' }, id)
  const job = await of.dispatch(
    [check('data/churn-current.csv', 'ordinary'), check('data/churn-current-drifted.csv', 'campaign')],
    'ada',
    'schedule',
  )
  const [ordinary, campaign] = [outputsOf(job, 'ordinary'), outputsOf(job, 'campaign')]
  expectStory(
    ordinary.drift === 'none' && campaign.decision === 'retrain',
    'the campaign alone should ask for retraining',
  )
  keepVerdicts(job, ['campaign'])
  const columns = JSON.parse(campaign['drifted-columns']!) as string[]
  happened.push(['ordinary month', ordinary.verdict!, `drift ${ordinary.drift}: ${ordinary.decision}`])
  happened.push([
    'after a campaign',
    campaign.verdict!,
    `drift ${campaign.drift}: ${campaign.decision} (${columns.join(', ')})`,
  ])
}

async function rollBack(of: DemoRepository, first: string): Promise<void> {
  chapter('8  "Run workflow": roll back')
  const steps = [
    use(
      'register-promote',
      { operation: 'rollback', model: 'churn', stage: 'production', reason: 'support calls doubled' },
      'rollback',
    ),
  ]
  const job = await of.dispatch(steps)
  const outcome = outputsOf(job, 'rollback')
  expectStory(outcome.version === first, 'the rollback should name the first version')
  keepVerdicts(job, ['rollback'])
  happened.push(['rollback', outcome.verdict!, `production is ${outcome.version} again, slot ${outcome.slot}`])
}

function params(name: string): Record<string, string> {
  return { 'params.json': readFileSync(join(root, `examples/churn/params/${name}.json`), 'utf8') }
}

/** Three customers of the ordinary month, as a client would send them. */
function customers(): Record<string, string | number>[] {
  const [header, ...lines] = readFileSync(join(root, 'examples/churn/data/churn-current.csv'), 'utf8').split('\n')
  const names = header!.split(',')
  return lines.slice(0, 3).map((line) => {
    const cells = line
      .split(',')
      .map((cell, i) => [names[i]!, cell !== '' && Number.isFinite(Number(cell)) ? Number(cell) : cell] as const)
    return Object.fromEntries(cells.filter(([name]) => name !== 'churn'))
  })
}

function writeReport(of: DemoRepository): string {
  const report: Report = {
    title: 'churn: from data to production and back',
    model: 'churn',
    verdicts,
    facts: [{ label: 'Commit', value: of.head().slice(0, 8) }],
    notes: ['Made by npm run demo, on this machine: the example project, the committed actions, a GitHub on loopback.'],
  }
  mkdirSync(join(root, '.demo'), { recursive: true })
  const path = join(root, '.demo', 'report.html')
  writeFileSync(path, reportHtml(report))
  return path
}

async function tell(of: DemoRepository): Promise<void> {
  const first = await firstVersion(of)
  await worseCandidate(of)
  await betterCandidate(of, first)
  await serve(of)
  await watch(of)
  await rollBack(of, first)

  of.git('fsck', '--strict')
  chapter('What happened')
  table(['step', 'verdict', 'what'], happened)
  chapter('Tags of the repository')
  for (const line of of
    // Of one second, the version before the slot that names it.
    .git(
      'for-each-ref',
      '--sort=-refname',
      '--sort=creatordate',
      '--format=%(refname:short)   %(contents:subject)',
      'refs/tags',
    )
    .split('\n'))
    say(line)
  const report = writeReport(of)
  chapter(`Done in ${((performance.now() - started) / 1000).toFixed(0)} s`)
  say(`The report: ${relative(process.cwd(), report)}`)
}

try {
  repository = await DemoRepository.open(folder)
  await tell(repository)
  if (keep) {
    say(
      `The local GitHub runs at ${repository.github.apiUrl} (repository ${repository.name}, git: ${repository.bare}). Ctrl-C ends it.`,
    )
    await new Promise(() => setInterval(() => {}, 1 << 30))
  }
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await repository?.github.close()
  cleanUp()
}
process.exit()

// Kills a process that registers, promotes, rolls back or archives before and after every call that it makes, and loses
// the answer to every call; then the same is done again, or something else and then the same. Ends with 1 where anything
// is not as it must be. `npm run bench:crash-matrix`
import { listLog, move, register } from '@mlops-actions/registry'
import { moveRequest, openPlace, type Place, registrationAt, runId } from '../packages/registry/registry.fixture.ts'
import type { Move } from '../packages/registry/steps.ts'
import type { Job, Report } from './registry-worker.ts'
import { forget, fsck, newestDeployment, type Standing, standing, wrongs } from './standing.ts'
import { printTable } from './table.ts'
import { startWorker, type Worker } from './workers.ts'

const model = 'churn'
const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0']
const change = (of: Partial<Move> & Pick<Move, 'do' | 'request'>): Move => ({
  model,
  stage: of.do === 'archive' ? 'archived' : 'production',
  version: null,
  expect: null,
  ...of,
})

interface Operation {
  /** The version that holds production at each slot when a case begins. */
  held: string[]
  job: Job
  /** What somebody else does before the same is done again. */
  others: Job[]
}

const operations: Record<string, Operation> = {
  register: {
    held: [],
    job: { do: 'register', model, run: runId(100) },
    others: [{ do: 'register', model, run: runId(101) }],
  },
  promote: {
    held: ['v1.0.0'],
    job: change({ do: 'promote', version: 'v1.1.0', expect: 1, request: 'a' }),
    others: [change({ do: 'promote', version: 'v1.2.0', request: 'b' }), change({ do: 'rollback', request: 'b' })],
  },
  rollback: {
    held: ['v1.0.0', 'v1.1.0'],
    job: change({ do: 'rollback', request: 'a' }),
    others: [change({ do: 'promote', version: 'v1.2.0', request: 'b' }), change({ do: 'rollback', request: 'b' })],
  },
  archive: {
    held: ['v1.2.0'],
    job: change({ do: 'archive', version: 'v1.0.0', request: 'a' }),
    others: [
      change({ do: 'archive', version: 'v1.1.0', request: 'b' }),
      change({ do: 'promote', version: 'v1.0.0', request: 'b' }),
    ],
  },
}

/** Where the first attempt is struck: killed before the nth call or after its effect, or alive and without an answer. */
type Strike = { nth: number; how: 'killed before' | 'killed after' | 'answer lost' }

interface Row {
  operation: string
  calls: number
  writes: number
  cases: number
  killed: number
  'answers lost': number
  '-> finished': number
  '-> says what to do': number
  'again: finished': number
  'again: was done': number
  'again: says why not': number
  'drafts left': number
  violations: number
}

/** One operation, on a repository of its own. */
class Matrix {
  /** A stage of its own for every case: deployments cannot be taken away. */
  private stage = 'production'
  private readonly name: string
  private readonly of: Operation
  private readonly place: Place
  private readonly steady: Worker
  private spare: Promise<Worker>
  private readonly row: Row
  readonly violations: string[] = []

  constructor(name: string, place: Place, steady: Worker) {
    this.name = name
    this.of = operations[name]!
    this.place = place
    this.steady = steady
    this.spare = startWorker(place.address)
    this.row = {
      operation: name,
      calls: 0,
      writes: 0,
      cases: 0,
      killed: 0,
      'answers lost': 0,
      '-> finished': 0,
      '-> says what to do': 0,
      'again: finished': 0,
      'again: was done': 0,
      'again: says why not': 0,
      'drafts left': 0,
      violations: 0,
    }
  }

  async run(): Promise<Row> {
    const { others } = this.of
    const calls = await this.countCalls()
    this.row.calls = calls.length
    for (const [i, method] of calls.entries()) {
      const nth = i + 1
      for (const how of ['killed before', 'killed after', 'answer lost'] as const) await this.case({ nth, how })
      if (method === 'GET') continue
      // What stands changes with the writes alone, so that others come in between only there.
      this.row.writes += 1
      for (const other of others) await this.case({ nth, how: 'killed after' }, other)
    }
    this.violations.push(...fsck(this.place))
    this.row.violations = this.violations.length
    return this.row
  }

  async close(): Promise<void> {
    const spare = await this.spare
    spare.kill()
    this.steady.kill()
    await this.place.close()
  }

  /** The methods of the calls that the operation makes where nothing goes wrong. */
  private async countCalls(): Promise<string[]> {
    await this.begin()
    const from = this.place.local.requests.length
    const report = await this.steady.run(this.here(this.of.job))
    if (report === 'killed' || report.kind === 'error') throw new Error(`${this.name} fails: ${JSON.stringify(report)}`)
    return this.place.local.requests.slice(from).map((r) => r.method)
  }

  private here(job: Job): Job {
    return job.do === 'register' || job.stage === 'archived' ? job : { ...job, stage: this.stage }
  }

  private async begin(): Promise<void> {
    const { place, of } = this
    this.stage = `production-${this.row.cases}`
    await forget(place, (tag) => versions.some((v) => tag === `${model}@${v}`))
    for (const version of of.held) await move(place.github, moveRequest(model, { stage: this.stage, version }))
  }

  private async case(strike: Strike, other?: Job): Promise<void> {
    const { row, of } = this
    const history = [`${strike.how} call ${strike.nth}`]
    const wrong = (what: string) => this.violations.push(`${this.name}: ${history.join(', ')}: ${what}`)
    row.cases += 1
    await this.begin()
    let before = await standing(this.place, model)
    const first = await this.struck(strike)
    if (first === undefined) return void wrong('the call never came')
    if (first === 'killed') row.killed += 1
    else {
      row['answers lost'] += 1
      row[first.kind === 'error' ? '-> says what to do' : '-> finished'] += 1
    }
    let now = await this.look(this.here(of.job), first, before, wrong)
    for (const job of other === undefined ? [of.job] : [other, of.job]) {
      before = now
      const report = await this.steady.run(this.here(job))
      history.push(`${job.do}${'version' in job && job.version !== null ? ` ${job.version}` : ''}`)
      if (report === 'killed') return void wrong('the process ended by itself')
      now = await this.look(this.here(job), report, before, wrong)
      if (report.kind === 'error') wrong(report.says)
      if (job !== of.job) continue
      const done =
        report.kind === 'held' || (report.kind === 'registered' && before.versions.length === now.versions.length)
      row[report.kind === 'refused' ? 'again: says why not' : done ? 'again: was done' : 'again: finished'] += 1
      if (other === undefined && report.kind === 'refused') wrong(`refused: ${report.says}`)
    }
    row['drafts left'] += now.drafts
  }

  /** The first attempt, and what it said; undefined where it ended before its nth call. */
  private async struck({ nth, how }: Strike): Promise<Report | 'killed' | undefined> {
    const { faults, requests } = this.place.local
    const kills = how !== 'answer lost'
    const worker = kills ? await this.spare : this.steady
    if (kills) this.spare = startWorker(this.place.address)
    let struckAt: number | undefined
    faults.order({
      nth,
      methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
      origins: ['api', 'uploads'],
      answer: 'drop',
      effect: how === 'killed before' ? 'none' : 'applied',
      strike: () => {
        struckAt = requests.length
        if (kills) worker.kill()
      },
    })
    const report = await worker.run(this.here(this.of.job))
    faults.clear()
    if (struckAt === undefined) return undefined
    // What was sent before the end takes effect after it.
    while (requests.length <= struckAt) await new Promise((resolve) => setTimeout(resolve, 5))
    return report
  }

  /** What stands after an attempt, held against what the attempt said. */
  private async look(
    job: Job,
    report: Report | 'killed',
    before: Standing,
    wrong: (what: string) => void,
  ): Promise<Standing> {
    const stages = [this.stage, 'archived']
    const now = await standing(this.place, model)
    for (const what of wrongs(now, stages)) wrong(what)
    for (const old of before.versions)
      if (!now.versions.some((v) => v.version === old.version && v.record === old.record))
        wrong(`${old.version} is lost`)
    if (report !== 'killed' && !report.helps) wrong(`does not say what to do: ${report.says}`)
    const unknown = report === 'killed' || report.kind === 'error'
    if (job.do === 'register') {
      const added = now.versions.filter((v) => !before.versions.some((b) => b.version === v.version))
      if (added.some((v) => v.run !== job.run)) wrong('a version of another run came')
      const mine = now.versions.find((v) => v.run === job.run)
      if (!unknown && (mine?.version !== report.version || !mine?.published)) wrong(`${report.version} is not there`)
    }
    const reader = await listLog(this.place.github, model)
    for (const stage of stages) {
      const [was, is] = [before.slots(stage), now.slots(stage)]
      const own = job.do !== 'register' && job.stage === stage
      const more = is.length - was.length
      const top = is.at(-1)
      if (more !== 0 && !(own && more === 1 && (unknown || report.kind === 'moved')))
        wrong(`${stage} has ${more} more slots`)
      if (was.some((s, i) => s.object !== is[i]?.object)) wrong(`a slot of ${stage} changed`)
      if (own && job.version !== null && more === 1 && top?.version !== job.version) wrong(`${stage} went elsewhere`)
      if (own && !unknown && report.kind === 'moved' && (more !== 1 || top?.version !== report.version))
        wrong(`${stage} did not move to ${report.version}`)
      if (own && job.request !== null && is.filter((s) => s.request === job.request).length > 1)
        wrong(`one request wrote two slots of ${stage}`)
      const holder = reader.holder(stage)
      if ((holder === 'none' ? undefined : holder.object) !== top?.object)
        wrong(`a reader sees another holder of ${stage}`)
    }
    if (job.do !== 'register' && job.do !== 'archive' && !unknown && report.kind !== 'refused') {
      const newest = await newestDeployment(this.place, model, job.stage)
      if (newest?.tag_object !== now.slots(job.stage).at(-1)?.object) wrong('the newest deployment names another slot')
    }
    return now
  }
}

async function matrixOf(name: string): Promise<Matrix> {
  const place = await openPlace({ rateLimit: 10_000_000, checked: false })
  for (const n of versions.keys())
    await register(place.github, await registrationAt(place.address, model, runId(n + 1)))
  return new Matrix(name, place, await startWorker(place.address))
}

const asked = process.argv.slice(2)
const names = Object.keys(operations).filter((name) => asked.length === 0 || asked.includes(name))
const start = performance.now()
const rows: Row[] = []
const violations: string[] = []
// Two at a time: one waits for its process where the other works.
const lane = async () => {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const matrix = await matrixOf(name)
    rows.push(await matrix.run())
    violations.push(...matrix.violations)
    await matrix.close()
  }
}
await Promise.all([lane(), lane()])
for (const one of violations) console.log(one)
printTable(rows)
console.log(`violations: ${violations.length} (${Math.round((performance.now() - start) / 1000)} s)`)
process.exit(violations.length === 0 ? 0 : 1)

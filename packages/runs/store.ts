import { type MonitorPoint, parseMonitorPoint, serialiseMonitorPoint } from '@mlops-actions/drift'
import { type GitHub, type PeeledRef, Unclear } from '@mlops-actions/github'
import { UserError } from '@mlops-actions/verdict'
import { runIdPattern } from './id.ts'
import type { RunRecord } from './record.ts'

/** Every value that a run logged for a metric, in order. */
export type MetricsHistory = Record<string, { value: number; step: number; time: string }[]>

/** What is stored beside run.json. */
export interface RunFiles {
  metrics?: MetricsHistory
  /** Of a run of kind `monitor`: what later checks need of it. */
  monitor?: MonitorPoint
}

/** Earlier checks of a model, as far as they could be read. */
export interface Monitors {
  /** Oldest first. */
  points: MonitorPoint[]
  /** What was left out of `points` and why, in sentences. */
  warnings: string[]
}

/** A year of daily checks lies among so many runs, trainings included. */
const runsLookedAt = 2000
/** So many checks of a model are read: what hysteresis, seasons and a line over time need. */
const pointsRead = 200

export type Saved = { stored: true; ref: string; commit: string } | { stored: false; reason: string }

const refOf = (id: string) => `refs/mlops/runs/${id}`

/**
 * Runs as small orphan commits, each under its own ref `refs/mlops/runs/<run-id>`: artifacts expire, these do not. A ref
 * is created once and never moved.
 */
export class RunStore {
  readonly #github: GitHub

  constructor(github: GitHub) {
    this.#github = github
  }

  /** Stores a run. Where that cannot be (no right, no network), it says why: a run is no worse for it. */
  async save(record: RunRecord, files: RunFiles = {}): Promise<Saved> {
    try {
      return await this.#save(record, files)
    } catch (error) {
      if (error instanceof UserError) return { stored: false, reason: `${error.message} ${error.help}`.trim() }
      throw error
    }
  }

  async #save(record: RunRecord, { metrics, monitor }: RunFiles): Promise<Saved> {
    const { refs, objects } = this.#github
    const ref = refOf(requireId(record.id))
    const who = signature(record)
    const commit = await objects.commit({
      files: {
        'run.json': `${JSON.stringify(record, null, 2)}\n`,
        ...(metrics === undefined ? {} : { 'metrics.json': `${JSON.stringify(metrics)}\n` }),
        ...(monitor === undefined ? {} : { 'monitor.json': serialiseMonitorPoint(monitor) }),
      },
      parents: [],
      message: `run ${record.id} of ${record.experiment.replaceAll(/\s+/g, ' ')}\n`,
      author: who,
      committer: who,
    })
    for (let attempt = 1; ; attempt++) {
      try {
        if ((await refs.create(ref, commit)) === 'created') return { stored: true, ref, commit }
      } catch (error) {
        if (!(error instanceof Unclear) || attempt === 3) throw error
      }
      const there = await refs.get(ref)
      if (there === commit) return { stored: true, ref, commit }
      if (there !== 'absent') return { stored: false, reason: `${ref} holds another record of this run.` }
    }
  }

  /** A stored run; `absent` where there is none of this id. */
  async load(id: string): Promise<RunRecord | 'absent'> {
    const commit = await this.#github.refs.get(refOf(requireId(id)))
    if (commit === 'absent') return 'absent'
    const text = await this.#github.contents.read('run.json', commit)
    return parse(text === 'absent' ? undefined : text, refOf(id))
  }

  /** All stored runs, oldest first, by one `git fetch`. */
  async list(): Promise<RunRecord[]> {
    return this.#github.refs.fetch([refOf('*')], async ({ refs, read }) => {
      const known = refs.filter((r) => runIdPattern.test(idOf(r)))
      const texts = await read(known.map((r) => `${r.commit}:run.json`))
      return known.map((r, i) => parse(texts[i]?.toString('utf8'), r.name)).sort((a, b) => (a.id < b.id ? -1 : 1))
    })
  }

  /**
   * The newest 200 checks of a model against one reference, by one `git fetch` of the newest 2,000 runs. Those of pull
   * requests do not count, for their data are proposals; what somebody else wrote there is left out with a warning.
   * Throws a UserError where the refs cannot be read.
   */
  async monitors(model: string, reference: string): Promise<Monitors> {
    let older = 0
    const newest = (refs: PeeledRef[]) => {
      const known = refs.filter((r) => runIdPattern.test(idOf(r))).sort((a, b) => (a.name < b.name ? 1 : -1))
      older = Math.max(0, known.length - runsLookedAt)
      return known.slice(0, runsLookedAt)
    }
    return this.#github.refs.fetch(
      [refOf('*')],
      async ({ refs, read }) => {
        const records = await read(refs.map((r) => `${r.commit}:run.json`))
        const ours = refs.filter((_, i) => isMonitorOf(records[i]?.toString('utf8'), model, reference))
        const texts = await read(ours.slice(0, pointsRead).map((r) => `${r.commit}:monitor.json`))
        const found = texts.map((text) => parseMonitorPoint(text?.toString('utf8') ?? ''))
        const points = found.filter((point) => point !== undefined).reverse()
        const warnings: string[] = []
        const unreadable = ours.filter((_, i) => i < found.length && found[i] === undefined)
        if (unreadable.length > 0) {
          warnings.push(`Checks that could not be read: ${unreadable.length} (such as ${unreadable[0]!.name}).`)
        }
        if (older > 0 && ours.length < pointsRead) {
          warnings.push(`Only the newest ${runsLookedAt} runs were searched for earlier checks; ${older} are older.`)
        }
        return { points, warnings }
      },
      newest,
    )
  }
}

const idOf = ({ name }: PeeledRef) => name.slice(refOf('').length)

/** Whether the text is the run.json of a check of this model against this reference. */
function isMonitorOf(text: string | undefined, model: string, reference: string): boolean {
  try {
    const { schema, kind, experiment, params, tags } = JSON.parse(text ?? '') as Partial<RunRecord>
    const ours = schema === 'mlops-actions/run@1' && kind === 'monitor'
    const proposed = String(tags?.event).startsWith('pull_request')
    return ours && experiment === model && params?.reference === reference && !proposed
  } catch {
    return false
  }
}

function requireId(id: string): string {
  if (runIdPattern.test(id)) return id
  throw new UserError({
    code: 'RUN_ID_INVALID',
    message: `"${id}" is not a run id.`,
    where: { key: 'run' },
    help: 'A run id is 32 hex digits, as train-track gives it in its output run-id.',
  })
}

function parse(text: string | undefined, origin: string): RunRecord {
  try {
    const record = JSON.parse(text ?? '') as RunRecord
    if (record.schema === 'mlops-actions/run@1') return record
  } catch {
    // Said below.
  }
  throw new UserError({
    code: 'RUN_UNREADABLE',
    message: `${origin} does not hold a run of this pack.`,
    where: { file: 'run.json' },
    help: `Somebody else wrote that ref. Delete it: git push origin :${origin}`,
  })
}

function signature(record: RunRecord) {
  const name = record.user.replaceAll(/[<>\p{Cc}]/gu, '').trim() || 'unknown'
  return { name, email: `${name.replaceAll(/\s+/g, '-')}@users.noreply.github.com`, date: record.end }
}

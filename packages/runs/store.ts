import { type GitHub, Unclear } from '@mlops-actions/github'
import { UserError } from '@mlops-actions/verdict'
import { runIdPattern } from './id.ts'
import type { RunRecord } from './record.ts'

/** Every value that a run logged for a metric, in order. */
export type MetricsHistory = Record<string, { value: number; step: number; time: string }[]>

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
  async save(record: RunRecord, history?: MetricsHistory): Promise<Saved> {
    try {
      return await this.#save(record, history)
    } catch (error) {
      if (error instanceof UserError) return { stored: false, reason: `${error.message} ${error.help}`.trim() }
      throw error
    }
  }

  async #save(record: RunRecord, history: MetricsHistory | undefined): Promise<Saved> {
    const { refs, objects } = this.#github
    const ref = refOf(requireId(record.id))
    const who = signature(record)
    const commit = await objects.commit({
      files: {
        'run.json': `${JSON.stringify(record, null, 2)}\n`,
        ...(history === undefined ? {} : { 'metrics.json': `${JSON.stringify(history)}\n` }),
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
      const known = refs.filter((r) => runIdPattern.test(r.name.slice(refOf('').length)))
      const texts = await read(known.map((r) => `${r.commit}:run.json`))
      return known.map((r, i) => parse(texts[i]?.toString('utf8'), r.name)).sort((a, b) => (a.id < b.id ? -1 : 1))
    })
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

import { type DriftResult, type MonitorPoint, monitorPoint } from '@mlops-actions/drift'
import type { NamedSample } from '@mlops-actions/references'
import { newRunId, type RunRecord, RunStore, type Saved } from '@mlops-actions/runs'
import type { Verdict } from '@mlops-actions/verdict'
import type { DriftContext } from './inputs.ts'
import { watchedModel } from './watched.ts'

/** What a check compared, and what came out. */
export interface Checked {
  reference: NamedSample
  current: NamedSample
  found: DriftResult
  verdict: Verdict
  /** States of the change detectors. */
  detectors: MonitorPoint['detectors']
}

const onGitHub = (a: DriftContext) => a.environment.repository !== undefined && a.inputs['github-token'] !== undefined

/**
 * Earlier checks of the model against the same reference, oldest first. Where they cannot be read there are none: the
 * check goes on without them, and the report says so.
 */
export async function readHistory(
  a: DriftContext,
  reference: NamedSample,
): Promise<{ points: MonitorPoint[]; notes: string[] }> {
  if (!onGitHub(a)) return { points: [], notes: [] }
  const read = async () => new RunStore(await a.github()).monitors(watchedModel(a), reference.name)
  const found = await a.attempt('read the earlier checks', read)
  if (found === undefined) return { points: [], notes: ['This check was judged without the earlier ones.'] }
  return { points: found.points, notes: found.warnings }
}

/** Stores the check as a run of kind `monitor`; where it cannot be stored, it says why and nothing else changes. */
export async function store(a: DriftContext, checked: Checked): Promise<Saved> {
  if (!onGitHub(a)) return { stored: false, reason: 'there is no GitHub here.' }
  const { reference, current, found, detectors } = checked
  const rows = { reference: reference.sample.profile.rows, current: current.sample.profile.rows }
  const monitor = monitorPoint({ time: a.now, found, rows, detectors })
  const saved = await a.attempt('store the check', async () =>
    new RunStore(await a.github()).save(recordOf(a, checked), { monitor }),
  )
  return saved ?? { stored: false, reason: 'see the warning.' }
}

function recordOf(a: DriftContext, { reference, current, found, verdict }: Checked): RunRecord {
  const figure = (value: number) => ({ value, step: null, best: value, points: 1 })
  return {
    schema: 'mlops-actions/run@1',
    id: newRunId(a.now.getTime()),
    kind: 'monitor',
    experiment: watchedModel(a),
    name: current.name,
    status: 'finished',
    start: a.now.toISOString(),
    end: new Date().toISOString(),
    user: a.environment.actor ?? 'unknown',
    run_url: a.environment.runUrl ?? null,
    commit: a.environment.sha ?? null,
    dirty: false,
    params: { reference: reference.name, current: current.name },
    metrics: { drifted_columns: figure(found.columns.length), columns: figure(found.checks.length) },
    tags: {
      ...{ drift: found.drift, decision: found.decision, verdict: verdict.status },
      ...(a.environment.event === undefined ? {} : { event: a.environment.event.name }),
    },
    data: [
      { name: reference.name, fingerprint: reference.digest, files: [] },
      { name: current.name, fingerprint: current.digest, files: [] },
    ],
    model_file: null,
    artifacts: [],
    environment: {},
    command: null,
    exit_code: null,
    peak_memory_bytes: null,
    parent: null,
    children: [],
  }
}

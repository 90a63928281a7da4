// A process of its own that works on a registry, one job after the other, as told over IPC. It can be killed at any time.
import { openGitHub } from '@mlops-actions/github'
import {
  archivedCheck,
  judgeArchive,
  move,
  readLog,
  register,
  versionChecks,
  witnessCheck,
  writeWitness,
} from '@mlops-actions/registry'
import { type Check, UserError } from '@mlops-actions/verdict'
import { type Address, moveRequest, registrationAt } from '../packages/registry/registry.fixture.ts'
import type { Move } from '../packages/registry/steps.ts'

export type Job = { do: 'register'; model: string; run: string } | Move

/** What came of a job: enough to judge it from outside. */
export interface Report {
  /** `registered`, the outcome of a move, or `error`. */
  kind: 'registered' | 'moved' | 'held' | 'refused' | 'error'
  version: string | null
  slot: number | null
  /** The checks that did not pass, or the error: what a person is told. */
  says: string
  /** Whether that says what to do. */
  helps: boolean
}

const address = JSON.parse(process.argv[2]!) as Address

async function carryOut(job: Job): Promise<Report> {
  const github = openGitHub(address)
  try {
    if (job.do === 'register') {
      const { version, checks } = await register(github, await registrationAt(address, job.model, job.run))
      return { kind: 'registered', version: version.version, slot: null, ...told(checks) }
    }
    const { model, stage } = job
    const request = moveRequest(model, {
      ...job,
      judge: async (version, log) => ({
        checks:
          job.do === 'archive'
            ? judgeArchive(log, version.version)
            : [
                ...(await versionChecks(github, version)),
                ...log.checks(stage),
                ...archivedCheck(log, version.version),
                await witnessCheck(github, log, stage),
              ],
        evidence: [],
      }),
    })
    const { outcome, log } = await move(github, request)
    if (outcome.kind === 'refused') return { kind: 'refused', version: null, slot: null, ...told(outcome.checks) }
    if (outcome.kind === 'would-move') throw new Error('this was no dry run')
    const { slot, object, version } = outcome
    const { tag } = log.versions.find((v) => v.version === version)!
    if (job.do !== 'archive')
      await writeWitness(github, { model, stage, slot, object, version, tag, releaseUrl: null, runUrl: null })
    return { kind: outcome.kind, version, slot, ...told(outcome.checks) }
  } catch (error) {
    const helps = error instanceof UserError && error.help !== ''
    return { kind: 'error', version: null, slot: null, says: String(error), helps }
  }
}

function told(checks: Check[]): Pick<Report, 'says' | 'helps'> {
  const bad = checks.filter((c) => c.status === 'failed' || c.status === 'errored')
  const says = bad.map((c) => `${c.title}: ${c.observed}, expected ${c.expected}`).join('; ')
  return { says, helps: bad.every((c) => (c.detail ?? '') !== '') }
}

process.on('message', async (job: Job) => process.send!(await carryOut(job)))
// What is loaded late otherwise; then the first job takes as long as the next.
await import('@actions/github')
await readLog(openGitHub(address), 'nobody')
process.send!('ready')

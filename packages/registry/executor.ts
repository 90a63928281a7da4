import { randomBytes } from 'node:crypto'
import { type GitHub, Unclear } from '@mlops-actions/github'
import { type Check, UserError } from '@mlops-actions/verdict'
import { approvedBy } from './approval.ts'
import { readLog, type StageLog } from './log.ts'
import { slotTag } from './names.ts'
import { pauseAfterLoss } from './pause.ts'
import { eventKinds, person, type SlotEvent, slotDate, slotMessage } from './slot.ts'
import { advance, type Move, nextStep, nothingSeen, type Outcome, type Result, replaced, type Step } from './steps.ts'
import { openVersion, type Version } from './version.ts'

/** What a judge finds: checks that must hold, and the digests of the evidence it looked at. */
export interface Judgement {
  checks: Check[]
  evidence: string[]
}

export interface MoveRequest extends Move {
  who: string
  why: string | null
  runUrl: string | null
  /** Judge, and write nothing. */
  dryRun: boolean
  /** Judges a version against the log as just read; called again when somebody else was first. */
  judge(version: Version, log: StageLog): Promise<Judgement>
}

export interface Moved {
  outcome: Outcome | { kind: 'would-move'; slot: number; version: string; previous: string | null; checks: Check[] }
  /** The log that was decided on, as read before any write of ours. */
  log: StageLog
  /** The target, where it was opened. */
  version: Version | null
}

/** Carries a promotion, a rollback or an archiving out, step by step as `nextStep` says. */
export async function move(github: GitHub, request: MoveRequest, clock: () => Date = () => new Date()): Promise<Moved> {
  const known: Known = { log: undefined, version: null, evidence: [], approvedBy: [] }
  let seen = nothingSeen
  for (;;) {
    const step = nextStep(request, seen)
    if (step.do === 'end') return { outcome: step.outcome, log: known.log!, version: known.version }
    if (step.do === 'give-up') throw contended(request, step.why)
    if (step.do === 'write-tag' && request.dryRun) {
      const previous = replaced(request, seen.log)
      const { slot, version } = step
      const outcome = { kind: 'would-move' as const, slot, version, previous, checks: seen.judged!.checks }
      return { outcome, log: known.log!, version: known.version }
    }
    if (seen.losses > 0 && step.do === 'read-log') await pauseAfterLoss(seen.losses)
    seen = advance(seen, await perform(github, request, step, known, clock))
  }
}

interface Known {
  log: StageLog | undefined
  version: Version | null
  evidence: string[]
  approvedBy: string[]
}

type Doing = Exclude<Step, { do: 'end' | 'give-up' }>

async function perform(
  github: GitHub,
  request: MoveRequest,
  step: Doing,
  known: Known,
  clock: () => Date,
): Promise<Result> {
  const { model, stage } = request
  switch (step.do) {
    case 'read-log':
      known.log = await readLog(github, model)
      return { of: 'read-log', log: known.log.view(stage) }
    case 'judge': {
      if (known.version?.version !== step.version) known.version = await openVersion(github, known.log!, step.version)
      const { checks, evidence } = await request.judge(known.version, known.log!)
      known.evidence = evidence
      known.approvedBy = approvedBy(checks)
      return { of: 'judge', version: step.version, checks }
    }
    case 'write-tag': {
      const { message, date } = compose(request, step.slot, known, clock())
      const tag = slotTag(model, stage, step.slot)
      const { record } = known.version!
      const object = await github.objects.tag({ tag, object: record, message, tagger: person(request.who, date) })
      return { of: 'write-tag', slot: step.slot, object }
    }
    case 'write-slot':
      try {
        const answer = await github.refs.create(`refs/tags/${slotTag(model, stage, step.slot)}`, step.object)
        return { of: 'write-slot', answer }
      } catch (error) {
        if (error instanceof Unclear) return { of: 'write-slot', answer: 'unclear' }
        throw error
      }
    case 'read-slot':
      return { of: 'read-slot', found: await github.refs.get(`refs/tags/${slotTag(model, stage, step.slot)}`) }
  }
}

function compose(request: MoveRequest, slot: number, known: Known, now: Date): { message: string; date: string } {
  const top = known.log!.slots(request.stage).at(-1)
  const version = known.version!
  const event: SlotEvent = {
    schema: 'mlops-actions/slot@1',
    kind: eventKinds[request.do],
    model: request.model,
    stage: request.stage,
    slot,
    version: version.version,
    manifest_sha256: version.manifestSha256,
    previous: top === undefined ? null : { slot: top.n, object: top.object },
    who: request.who,
    why: request.why,
    ...(known.approvedBy.length === 0 ? {} : { approved_by: known.approvedBy }),
    run_url: request.runUrl,
    evidence: known.evidence,
    request: request.request,
    nonce: randomBytes(16).toString('hex'),
  }
  return { message: slotMessage(event), date: slotDate(now.toISOString(), top?.date ?? null, version.date) }
}

function contended(request: MoveRequest, why: string): UserError {
  return new UserError({
    code: 'REGISTRY_UNDECIDED',
    message: `${request.stage} of ${request.model} could not be written: ${why}.`,
    help: 'Nothing of ours was left behind. Run the job again when fewer jobs promote this model.',
  })
}

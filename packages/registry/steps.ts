import { type Check, check } from '@mlops-actions/verdict'
import { eventKinds, type SlotEvent } from './slot.ts'

/** Who a promotion says holds the stage: a slot number, a version, or nobody. */
export type Expect = number | string | 'none'

/** What somebody wants of a stage. */
export interface Move {
  do: 'promote' | 'rollback' | 'archive'
  model: string
  stage: string
  /** For a rollback null: the version before. */
  version: string | null
  /** The fence: refuse where somebody else holds the stage. null: none. */
  expect: Expect | null
  /** The same on every attempt of one workflow step; null where that cannot be said. */
  request: string | null
}

/** What a decision needs of the log of one stage. */
export interface StageView {
  top: { n: number; object: string; version: string | null; date: string | null; sound: boolean } | null
  /** Slots whose events name the request that wrote them. */
  requested: { request: string; kind: SlotEvent['kind']; version: string; n: number }[]
  /** The version that a rollback goes to. */
  previous: string | null
  /** Versions that ever held the stage, each with its latest slot. */
  held: { version: string; n: number; object: string }[]
  versions: string[]
}

/** What one attempt knows so far. `advance` alone changes it. */
export interface Seen {
  log: StageView | null
  /** The highest slot known to be taken: a log that lacks it is stale. */
  taken: number
  /** What bytes and policy say of the target, judged against this log. */
  judged: { version: string; checks: Check[] } | null
  /** Our tag object for the slot. */
  tag: { slot: number; object: string } | null
  answer: 'none' | 'created' | 'exists' | 'unclear'
  /** What the slot's ref names, read back. */
  found: string | 'absent' | null
  losses: number
  doubts: number
}

/** The version that gives way to the target; null where nobody held the stage, and for an archived version. */
export const replaced = (move: Move, log: StageView | null): string | null =>
  move.do === 'archive' ? null : (log?.top?.version ?? null)

export const nothingSeen: Seen = {
  log: null,
  taken: 0,
  judged: null,
  tag: null,
  answer: 'none',
  found: null,
  losses: 0,
  doubts: 0,
}

export type Outcome =
  | { kind: 'moved'; slot: number; object: string; version: string; previous: string | null; checks: Check[] }
  | { kind: 'held'; slot: number; object: string; version: string; previous: string | null; checks: Check[] }
  | { kind: 'refused'; checks: Check[] }

export type Step =
  | { do: 'read-log' }
  | { do: 'judge'; version: string }
  | { do: 'write-tag'; version: string; slot: number }
  | { do: 'write-slot'; slot: number; object: string }
  | { do: 'read-slot'; slot: number }
  | { do: 'end'; outcome: Outcome }
  | { do: 'give-up'; why: string }

const mostLosses = 50
const mostDoubts = 5

/**
 * The protocol of a promotion, a rollback and an archiving: given what was seen, what to do next. Slots are created, never moved, so of
 * all who try for a slot exactly one succeeds; after an unclear answer the ref is read back, and its tag object, which
 * carries a nonce, says whose it is.
 */
export function nextStep(move: Move, seen: Seen): Step {
  if (seen.log === null) {
    if (seen.losses > mostLosses) return { do: 'give-up', why: `others were first ${seen.losses} times` }
    return { do: 'read-log' }
  }
  if (seen.tag !== null && seen.answer !== 'none') {
    if (seen.answer === 'created' || seen.found === seen.tag.object)
      return { do: 'end', outcome: moved(move, seen, seen.log) }
    if (seen.found === null) return { do: 'read-slot', slot: seen.tag.slot }
    if (seen.doubts > mostDoubts)
      return { do: 'give-up', why: `GitHub gave no clear answer ${seen.doubts} times, and the slot is not there` }
    return { do: 'write-slot', slot: seen.tag.slot, object: seen.tag.object }
  }
  const wanted = decide(move, seen.log)
  if ('outcome' in wanted) return { do: 'end', outcome: wanted.outcome }
  if (seen.judged?.version !== wanted.version) return { do: 'judge', version: wanted.version }
  const { checks } = seen.judged
  if (checks.some((c) => c.status === 'failed' || c.status === 'errored'))
    return { do: 'end', outcome: { kind: 'refused', checks } }
  if (seen.tag === null) return { do: 'write-tag', version: wanted.version, slot: wanted.slot }
  return { do: 'write-slot', slot: seen.tag.slot, object: seen.tag.object }
}

/** What came of a step. */
export type Result =
  | { of: 'read-log'; log: StageView }
  | { of: 'judge'; version: string; checks: Check[] }
  | { of: 'write-tag'; slot: number; object: string }
  | { of: 'write-slot'; answer: 'created' | 'exists' | 'unclear' }
  | { of: 'read-slot'; found: string | 'absent' }

/** What is known after a step. */
export function advance(seen: Seen, result: Result): Seen {
  switch (result.of) {
    case 'read-log': {
      // A listing may lag behind the refs: one that lacks a slot we know of is read again.
      const stale = (result.log.top?.n ?? 0) < seen.taken
      return stale ? { ...seen, losses: seen.losses + 1 } : { ...seen, log: result.log }
    }
    case 'judge':
      return { ...seen, judged: { version: result.version, checks: result.checks } }
    case 'write-tag':
      return { ...seen, tag: { slot: result.slot, object: result.object } }
    case 'write-slot':
      return {
        ...seen,
        answer: result.answer,
        found: null,
        doubts: seen.doubts + (result.answer === 'created' ? 0 : 1),
      }
    case 'read-slot': {
      if (seen.tag === null || result.found === 'absent' || result.found === seen.tag.object)
        return { ...seen, found: result.found }
      return { ...nothingSeen, taken: seen.tag.slot, losses: seen.losses + 1 }
    }
  }
}

type Wanted = { version: string; slot: number } | { outcome: Outcome }

function decide(move: Move, log: StageView): Wanted {
  const { top } = log
  const before = writtenBefore(move, log)
  if (before !== undefined && top !== null && top.version !== before.version)
    return superseded(move, before, `slot ${top.n} (${top.version ?? 'no version'})`)
  const target = before ?? targetOf(move, log)
  if ('outcome' in target) return target
  // On a top slot that is no sound tag a new one is written, for the same version too: that mends it.
  if (top !== null && top.version === target.version && top.sound) {
    const { n: slot, object, version } = top
    return { outcome: { kind: 'held', slot, object, version, previous: log.previous, checks: [] } }
  }
  const archived = move.do === 'archive' ? log.held.find((h) => h.version === target.version) : undefined
  if (archived !== undefined) {
    const { n: slot, object, version } = archived
    return { outcome: { kind: 'held', slot, object, version, previous: null, checks: [] } }
  }
  const fence = fenceCheck(move, log)
  if (fence !== undefined && fence.status === 'failed') return { outcome: { kind: 'refused', checks: [fence] } }
  return { version: target.version, slot: (top?.n ?? 0) + 1 }
}

function targetOf(move: Move, log: StageView): { version: string } | { outcome: Outcome } {
  const { model, stage, version } = move
  const subject = `${model}#${stage}`
  const held = log.held.map((h) => h.version)
  if (move.do !== 'rollback' || version !== null) {
    const known = version !== null && log.versions.includes(version)
    const fits = known && (move.do !== 'rollback' || held.includes(version))
    if (fits) return { version }
    return refusal({
      id: 'registry.target',
      title: `${version ?? 'A version'} can go to ${stage}`,
      subject,
      observed: known ? `${version} never held ${stage}` : `${model} has no version ${version ?? ''}`,
      expected: move.do === 'rollback' ? `a version that held ${stage} before` : 'a registered version',
      detail:
        move.do === 'rollback'
          ? `Versions that held ${stage}: ${held.join(', ') || 'none'}. Another one is promoted, not rolled back to.`
          : `Versions of ${model}: ${log.versions.slice(-5).join(', ') || 'none'}.`,
    })
  }
  if (log.previous !== null) return { version: log.previous }
  return refusal({
    id: 'registry.target',
    title: `${stage} can be rolled back`,
    subject,
    observed: log.top === null ? `nobody holds ${stage}` : `${log.top.version ?? 'the holder'} has none before it`,
    expected: `a version that held ${stage} before`,
    detail:
      'The log is read as a stack: a promotion adds its version, a rollback takes one away. To go elsewhere, name the version.',
  })
}

/** The slot that an earlier attempt of the same step wrote. Archiving asks for no order, so it needs none. */
function writtenBefore(move: Move, log: StageView): StageView['requested'][number] | undefined {
  if (move.do === 'archive' || move.request === null) return undefined
  return log.requested.findLast(
    (r) =>
      r.request === move.request &&
      r.kind === eventKinds[move.do] &&
      (move.version === null || r.version === move.version),
  )
}

/** A step is done once: its repetition must not take back what somebody decided after it. */
function superseded({ model, stage }: Move, before: { version: string; n: number }, now: string): { outcome: Outcome } {
  return refusal({
    id: 'registry.superseded',
    title: `${stage} is as this step left it`,
    subject: `${model}#${stage}`,
    observed: `${now} holds it; an earlier attempt of this step wrote slot ${before.n} (${before.version})`,
    expected: `${before.version} holds it`,
    detail: 'The step did its part, and somebody decided after it. To do it once more, start a new run.',
    evidence: { slot: before.n, version: before.version },
  })
}

function refusal(of: Parameters<typeof check>[1]): { outcome: Outcome } {
  return { outcome: { kind: 'refused', checks: [check(false, of)] } }
}

/** Whether the stage still is where the caller believes it to be; undefined where there is no fence. */
export function fenceCheck(move: Move, log: StageView): Check | undefined {
  const { expect, model, stage } = move
  if (expect === null) return undefined
  const { top } = log
  const holds =
    expect === 'none' ? top === null : typeof expect === 'number' ? top?.n === expect : top?.version === expect
  const now = top === null ? 'nobody holds it' : `slot ${top.n} (${top.version ?? 'no version'}) holds it`
  return check(holds, {
    id: 'registry.expect',
    title: `${stage} has not moved`,
    subject: `${model}#${stage}`,
    observed: now,
    expected: expect === 'none' ? 'nobody holds it' : typeof expect === 'number' ? `slot ${expect}` : expect,
    ...(holds
      ? {}
      : { detail: `${stage} moved since the comparison. Compare with the holder of today, then promote.` }),
    evidence: { slot: top?.n ?? null, version: top?.version ?? null },
  })
}

function moved(move: Move, seen: Seen, log: StageView): Outcome {
  const { slot, object } = seen.tag!
  const { version, checks } = seen.judged!
  return { kind: 'moved', slot, object, version, previous: replaced(move, log), checks }
}

import type { TagObject } from '@mlops-actions/github'
import { type StageLog, stageLog } from './log.ts'
import { type SlotEvent, slotMessage } from './slot.ts'
import type { advance, Move, nextStep, Outcome, Result, Seen, Step } from './steps.ts'
import { fenceCheck, nothingSeen } from './steps.ts'

/** The functions that are explored: the protocol's own, or a broken variant that must be caught. */
export interface Protocol {
  nextStep: typeof nextStep
  advance: typeof advance
  /** Whether two tag objects of the same content are told apart. */
  nonce: boolean
}

/** What is explored: who acts on which log, and how much may go wrong in one history. */
export interface Scenario {
  moves: Move[]
  versions: string[]
  /** The versions promoted to production before anybody acts. */
  held: string[]
  crashes: number
  /** Answers to writes that are lost; the write happens, does not, or happens at any later time. */
  unclear: number
  /** Listings that lack the newest write. */
  stale: number
}

export interface Explored {
  states: number
  /** Histories' ends that differ. */
  ends: number
  violations: { what: string; history: string[] }[]
}

interface Slot {
  stage: string
  n: number
  object: string
  event: SlotEvent
}

/** A process that carries out one move; a crashed one starts again once, knowing nothing. */
interface Actor {
  life: number
  status: 'runs' | 'crashed' | 'ended'
  seen: Seen
  outcome: Outcome | 'gave up' | null
}

interface State {
  slots: Slot[]
  /** Writes that were sent, whose sender knows nothing of them, and that may yet happen. */
  late: Slot[]
  actors: Actor[]
  crashes: number
  unclear: number
  stale: number
}

type Doing = Exclude<Step, { do: 'end' | 'give-up' }>
type Next = [what: string, state: State]

const model = 'm'

/**
 * Every history of a few actors on a server that creates refs atomically: all orders of steps, crashes before and after
 * every effect, lost answers, late effects and listings that lag. Equal states are entered once.
 */
export function explore(protocol: Protocol, scenario: Scenario): Explored {
  const seenStates = new Set<string>()
  const open = new Set<string>()
  const ends = new Set<string>()
  const violations: Explored['violations'] = []
  const logs = new Map<string, { log: StageLog; fault: string | undefined }>()
  const history: string[] = []

  function logOf(slots: Slot[]): { log: StageLog; fault: string | undefined } {
    const key = slotsKey(slots)
    let known = logs.get(key)
    if (known === undefined) {
      const tags = slots.map((s) => ({ s, name: `refs/tags/${model}#${s.stage}#${s.n}` }))
      const messages = new Map<string, TagObject>(
        tags.map(({ s }) => {
          const at = { name: 'a', email: 'a', date: new Date(s.n * 1000).toISOString() }
          return [
            s.object,
            {
              sha: s.object,
              tag: `${model}#${s.stage}#${s.n}`,
              object: s.event.version,
              message: slotMessage(s.event),
              tagger: at,
            },
          ]
        }),
      )
      const refs = [
        ...scenario.versions.map((v) => ({
          name: `refs/tags/${model}@${v}`,
          object: `t-${v}`,
          commit: v,
          annotated: true,
        })),
        ...tags.map(({ s, name }) => ({ name, object: s.object, commit: s.event.version, annotated: true })),
      ]
      const log = stageLog(model, refs, messages)
      known = { log, fault: logFault(log) }
      logs.set(key, known)
    }
    return known
  }

  /** Steps that touch nothing that others see follow at once: in any order with the others' they come to the same. */
  function settle(state: State, id: number): State {
    const move = scenario.moves[id]!
    let actor = state.actors[id]!
    for (;;) {
      const step = protocol.nextStep(move, actor.seen)
      if (step.do === 'end') actor = { ...actor, status: 'ended', outcome: step.outcome }
      else if (step.do === 'give-up') actor = { ...actor, status: 'ended', outcome: 'gave up' }
      else if (step.do === 'judge') actor = after(actor, { of: 'judge', version: step.version, checks: [] })
      else if (step.do === 'write-tag') {
        const object = protocol.nonce
          ? newObject(state, `${id}.${actor.life}`)
          : `${step.version}/${actor.seen.log!.top?.object}`
        actor = after(actor, { of: 'write-tag', slot: step.slot, object })
      } else return withActor(state, id, actor)
      if (actor.status === 'ended') return withActor(state, id, actor)
    }
  }

  const after = (actor: Actor, result: Result): Actor => ({ ...actor, seen: protocol.advance(actor.seen, result) })

  function slotOf(state: State, id: number, step: Extract<Step, { do: 'write-slot' }>): Slot {
    const { do: what, stage, request } = scenario.moves[id]!
    const { seen } = state.actors[id]!
    const { top } = seen.log!
    const event: SlotEvent = {
      ...silent,
      kind: ({ promote: 'promotion', rollback: 'rollback', archive: 'archive' } as const)[what],
      stage,
      slot: step.slot,
      version: seen.judged!.version,
      previous: top === null ? null : { slot: top.n, object: top.object },
      request,
    }
    return { stage, n: step.slot, object: step.object, event }
  }

  function nextStates(state: State): Next[] {
    const next: Next[] = []
    for (const [i, slot] of state.late.entries()) {
      const late = state.late.filter((_, j) => j !== i)
      next.push([`the write of ${slot.object} arrives late`, { ...state, late, slots: created(state.slots, slot) }])
    }
    for (const [id, actor] of state.actors.entries()) {
      if (actor.status === 'crashed' && actor.life === 0) {
        const restarted = { ...newActor, life: 1 }
        next.push([`${id} starts again`, settle(withActor(state, id, restarted), id)])
      }
      if (actor.status === 'runs') next.push(...stepsOf(state, id, actor))
    }
    return next
  }

  function stepsOf(state: State, id: number, actor: Actor): Next[] {
    const step = protocol.nextStep(scenario.moves[id]!, actor.seen) as Doing
    const next: Next[] = []
    const go = (what: string, then: State, result: Result) =>
      next.push([`${id} ${what}`, settle(withActor(then, id, after(actor, result)), id)])
    const crash = (what: string, then: State) => {
      if (then.crashes === 0) return
      const crashed = { ...newActor, life: actor.life, status: 'crashed' as const }
      next.push([`${id} ${what}`, withActor({ ...then, crashes: then.crashes - 1 }, id, crashed)])
    }
    if (step.do === 'read-log') {
      // A crash here would leave an actor that begins once more: nothing that this one does not do.
      const read = (slots: Slot[]): Result => ({
        of: 'read-log',
        log: logOf(slots).log.view(scenario.moves[id]!.stage),
      })
      go('reads the log', state, read(state.slots))
      if (state.stale > 0 && state.slots.length > scenario.held.length)
        go('reads an old log', { ...state, stale: state.stale - 1 }, read(state.slots.slice(0, -1)))
    } else crash(`crashes before ${step.do}`, state)
    if (step.do === 'read-slot') {
      const there = state.slots.find((s) => s.stage === scenario.moves[id]!.stage && s.n === step.slot)
      go('reads the slot', state, { of: 'read-slot', found: there?.object ?? 'absent' })
    }
    if (step.do === 'write-slot') {
      const slot = slotOf(state, id, step)
      const slots = created(state.slots, slot)
      const free = slots !== state.slots
      go(
        `writes ${slot.object} to slot ${slot.n}`,
        { ...state, slots },
        { of: 'write-slot', answer: free ? 'created' : 'exists' },
      )
      if (free) crash(`writes ${slot.object} to slot ${slot.n} and crashes`, { ...state, slots })
      crash(`crashes, ${slot.object} under way to slot ${slot.n}`, { ...state, late: [...state.late, slot] })
      if (state.unclear > 0) {
        const lost = { ...state, unclear: state.unclear - 1 }
        const unclear: Result = { of: 'write-slot', answer: 'unclear' }
        go(`writes ${slot.object} to slot ${slot.n}, answer lost`, { ...lost, slots }, unclear)
        go(`fails to write ${slot.object}, answer lost`, lost, unclear)
        go(`sends ${slot.object}, answer lost`, { ...lost, late: [...state.late, slot] }, unclear)
      }
    }
    return next
  }

  function violationOf(state: State): string | undefined {
    const { log, fault } = logOf(state.slots)
    return fault ?? violation(scenario, state, log)
  }

  function visit(of: State): void {
    const state = { ...of, late: of.late.filter((s) => created(of.slots, s) !== of.slots) }
    const key = keyOf(state)
    const known = seenStates.has(key)
    seenStates.add(key)
    const wrong = open.has(key) ? 'somebody goes round in a circle' : known ? undefined : violationOf(state)
    if (wrong !== undefined && violations.length < 10) violations.push({ what: wrong, history: [...history] })
    if (known || wrong !== undefined) return
    const next = nextStates(state)
    if (next.length === 0) ends.add(key)
    open.add(key)
    for (const [what, then] of next) {
      history.push(what)
      visit(then)
      history.pop()
    }
    open.delete(key)
  }

  const { crashes, unclear, stale } = scenario
  let slots: Slot[] = []
  for (const version of scenario.held) {
    const top = slots.at(-1)
    const previous = top === undefined ? null : { slot: top.n, object: top.object }
    const n = slots.length + 1
    const event: SlotEvent = {
      ...silent,
      kind: 'promotion',
      stage: 'production',
      slot: n,
      version,
      previous,
      request: null,
    }
    slots = [...slots, { stage: 'production', n, object: `held-${n}`, event }]
  }
  let start: State = { slots, late: [], actors: scenario.moves.map(() => newActor), crashes, unclear, stale }
  for (const id of scenario.moves.keys()) start = settle(start, id)
  visit(start)
  return { states: seenStates.size, ends: ends.size, violations }
}

/** What is wrong with a log, in words. Equal logs are one object, which is looked at once. */
function logFault(log: StageLog): string | undefined {
  for (const stage of log.stages) {
    const of = log.slots(stage)
    if (of.some((s, i) => s.n !== i + 1)) return `${stage} has a gap`
    const broken = log.checks(stage).find((c) => c.status === 'failed')
    if (broken !== undefined) return `${stage}: ${broken.observed}`
    const holder = log.holder(stage)
    if (holder === 'none' || holder.version === null || holder.n !== of.length) return `nobody holds ${stage}`
  }
  return undefined
}

/** What the actors believe that is not so, or did that they may not; in words. */
function violation(scenario: Scenario, { slots, actors }: State, log: StageLog): string | undefined {
  const winners = new Map<string, number>()
  for (const [id, { outcome, life, status }] of actors.entries()) {
    const { stage, request, expect } = scenario.moves[id]!
    if (outcome === 'gave up') return `${id} gave up`
    const own = slots.filter((s) => s.object.startsWith(`${id}.`))
    if (request !== null && own.length > 1) return `${id} wrote ${own.length} slots for one request`
    const inThisLife = own.filter((s) => s.object.startsWith(`${id}.${life}.`))
    const won = outcome?.kind === 'moved' ? outcome : undefined
    if (status === 'ended' && inThisLife.length > 0 && won?.object !== inThisLife[0]!.object)
      return `${id} was not told that slot ${inThisLife[0]!.n} is its own`
    if (won === undefined) continue
    const there = slots.find((s) => s.stage === stage && s.n === won.slot)
    if (there?.object !== won.object || there.event.version !== won.version)
      return `${id} believes that slot ${won.slot} is its own, and ${there?.object ?? 'nothing'} is there`
    const slot = `${stage}#${won.slot}`
    if (winners.has(slot)) return `${winners.get(slot)} and ${id} both believe that ${slot} is theirs`
    winners.set(slot, id)
    const below = log.slots(stage)[won.slot - 2]
    const top =
      below === undefined ? null : { n: below.n, object: below.object, version: below.version, date: null, sound: true }
    const fence = fenceCheck({ ...scenario.moves[id]!, expect }, { ...log.view(stage), top })
    if (fence?.status === 'failed') return `${id} moved past its fence: ${fence.observed}`
  }
  return undefined
}

/** The slots with one more, if its name is free: the server's one atomic step. */
function created(slots: Slot[], slot: Slot): Slot[] {
  return slots.some((s) => s.stage === slot.stage && s.n === slot.n) ? slots : [...slots, slot]
}

const newActor: Actor = { life: 0, status: 'runs', seen: nothingSeen, outcome: null }

const silent = {
  schema: 'mlops-actions/slot@1' as const,
  model,
  manifest_sha256: '',
  who: 'a',
  why: null,
  run_url: null,
  evidence: [],
  nonce: '',
}

function withActor(state: State, id: number, actor: Actor): State {
  return { ...state, actors: state.actors.map((a, i) => (i === id ? actor : a)) }
}

const slotsKey = (slots: Slot[]) => slots.map((s) => `${s.stage}${s.n}:${s.object}:${s.event.version}`).join()

/** A name that no tag object has that stands in a slot or is under way to one. */
function newObject({ slots, late }: State, prefix: string): string {
  for (let i = 0; ; i++) {
    const object = `${prefix}.${i}`
    if (![...slots, ...late].some((s) => s.object === object)) return object
  }
}

/**
 * What decides the histories from here on. Slots are never changed, so the number of the top one says which log was
 * read. Losses and doubts do not count: two states that differ in them alone are one, and coming back to it is a circle.
 */
function keyOf({ slots, late, actors, crashes, unclear, stale }: State): string {
  const each = actors.map(({ life, status, seen, outcome }) => {
    if (outcome === 'gave up') return outcome
    if (outcome !== null) return `${life}${outcome.kind}${outcome.kind === 'moved' ? outcome.slot : ''}`
    if (seen.log === null) return `${life}${status}${stale > 0 ? seen.taken : ''}`
    const { log, judged, tag, answer, found } = seen
    return `${life}${status}${log.top?.n},${log.previous},${judged?.version},${tag?.slot},${tag?.object},${answer},${found}`
  })
  const still = late.map((s) => `${s.stage}${s.n}:${s.object}`).sort()
  return `${slotsKey(slots)};${still};${each.join(';')};${crashes},${unclear},${stale}`
}

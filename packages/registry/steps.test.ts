import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  advance,
  type Expect,
  type Move,
  nextStep,
  nothingSeen,
  type Outcome,
  type Seen,
  type StageView,
} from './steps.ts'

/** A server that keeps slots; each actor takes one step at a time, in any order, with any fault. */
interface Stored {
  object: string
  version: string
  kind: Move['do']
}

type Fault = 'none' | 'lost before' | 'lost after' | 'stale'

interface Actor {
  move: Move
  seen: Seen
  outcome: Outcome | 'gave up' | undefined
}

const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0']

function view(slots: Stored[]): StageView {
  const stack: string[] = []
  for (const { version, kind } of slots) {
    if (kind === 'rollback') stack.splice(Math.max(0, stack.slice(0, -1).lastIndexOf(version)))
    stack.push(version)
  }
  const top = slots.at(-1)
  return {
    top:
      top === undefined ? null : { n: slots.length, object: top.object, version: top.version, date: null, sound: true },
    requested: [],
    previous: stack.findLast((v) => v !== stack.at(-1)) ?? null,
    held: [...new Map(slots.map(({ version, object }, i) => [version, { version, n: i + 1, object }])).values()],
    versions,
  }
}

function act(actor: Actor, slots: Stored[], fault: Fault, id: number): void {
  const step = nextStep(actor.move, actor.seen)
  if (step.do === 'end') actor.outcome = step.outcome
  else if (step.do === 'give-up') actor.outcome = 'gave up'
  else actor.seen = advance(actor.seen, perform(step, actor, slots, fault, id))
}

type Doing = Exclude<ReturnType<typeof nextStep>, { do: 'end' | 'give-up' }>

function perform(step: Doing, actor: Actor, slots: Stored[], fault: Fault, id: number): Parameters<typeof advance>[1] {
  switch (step.do) {
    case 'read-log':
      return { of: 'read-log', log: view(fault === 'stale' ? slots.slice(0, -1) : slots) }
    case 'judge':
      return { of: 'judge', version: step.version, checks: [] }
    case 'write-tag':
      return { of: 'write-tag', slot: step.slot, object: `${id}:${step.version}:${actor.seen.losses}` }
    case 'write-slot': {
      if (fault === 'lost before') return { of: 'write-slot', answer: 'unclear' }
      const free = slots.length === step.slot - 1
      const version = actor.seen.judged!.version
      if (free) slots.push({ object: step.object, version, kind: actor.move.do })
      if (fault === 'lost after') return { of: 'write-slot', answer: 'unclear' }
      return { of: 'write-slot', answer: free ? 'created' : 'exists' }
    }
    case 'read-slot':
      return { of: 'read-slot', found: slots[step.slot - 1]?.object ?? 'absent' }
  }
}

const moves = fc.record({
  do: fc.constantFrom('promote' as const, 'promote' as const, 'rollback' as const),
  version: fc.constantFrom(...versions),
  expect: fc.constantFrom<Expect | null>(null, null, 'none', 1, 'v1.0.0'),
})

describe('nextStep', () => {
  it('lets every slot have one winner, whatever the order of steps and whatever answers are lost', () => {
    const schedule = fc.array(
      fc.tuple(fc.nat(3), fc.constantFrom<Fault>('none', 'none', 'none', 'lost before', 'lost after', 'stale')),
      { maxLength: 120 },
    )
    fc.assert(
      fc.property(fc.array(moves, { minLength: 1, maxLength: 4 }), schedule, (wanted, order) => {
        const slots: Stored[] = []
        const actors: Actor[] = wanted.map((w) => ({
          move: { ...w, version: w.do === 'promote' ? w.version : null, model: 'm', stage: 's', request: null },
          seen: nothingSeen,
          outcome: undefined,
        }))
        for (const [who, fault] of order) {
          const id = who % actors.length
          if (actors[id]!.outcome === undefined) act(actors[id]!, slots, fault, id)
        }
        for (const [id, actor] of actors.entries())
          for (let n = 0; actor.outcome === undefined && n < 500; n++) act(actor, slots, 'none', id)

        const won = actors.flatMap((a) => (a.outcome !== 'gave up' && a.outcome?.kind === 'moved' ? [a.outcome] : []))
        // Who believes to have won holds the slot, nobody shares one, and nothing stands that nobody won.
        for (const w of won) expect(slots[w.slot - 1]?.object).toBe(w.object)
        expect(new Set(won.map((w) => w.slot)).size).toBe(won.length)
        expect(actors.every((a) => a.outcome !== undefined)).toBe(true)
        if (!actors.some((a) => a.outcome === 'gave up')) expect(slots.length).toBe(won.length)
        // A fence holds: who expected something moved from just that.
        for (const [i, a] of actors.entries()) {
          const { expect: fence } = wanted[i]!
          if (fence === null || a.outcome === 'gave up' || a.outcome?.kind !== 'moved') continue
          const below = slots[a.outcome.slot - 2]
          if (fence === 'none') expect(below).toBeUndefined()
          else if (typeof fence === 'number') expect(a.outcome.slot - 1).toBe(fence)
          else expect(below?.version).toBe(fence)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('archives a version once, and refuses one that is not registered', () => {
    const slots: Stored[] = []
    const archive = (version: string) => {
      const actor: Actor = {
        move: { do: 'archive', model: 'm', stage: 'archived', version, expect: null, request: null },
        seen: nothingSeen,
        outcome: undefined,
      }
      for (let n = 0; actor.outcome === undefined && n < 20; n++) act(actor, slots, 'none', slots.length)
      return actor.outcome
    }
    expect(archive('v1.0.0')).toMatchObject({ kind: 'moved', slot: 1 })
    expect(archive('v1.1.0')).toMatchObject({ kind: 'moved', slot: 2 })
    expect(archive('v1.0.0')).toMatchObject({ kind: 'held', slot: 1, version: 'v1.0.0' })
    expect(archive('v9.0.0')).toMatchObject({ kind: 'refused' })
    expect(slots).toHaveLength(2)
  })

  it('lets one of many with the same fence win', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 100 }), (order) => {
        const slots: Stored[] = []
        const actors: Actor[] = [0, 1, 2, 3, 4].map((i) => ({
          move: { do: 'promote', model: 'm', stage: 's', version: versions[i % 2]!, expect: 'none', request: null },
          seen: nothingSeen,
          outcome: undefined,
        }))
        for (const who of [...order, ...Array.from({ length: 200 }, (_, i) => i % 5)])
          if (actors[who]!.outcome === undefined) act(actors[who]!, slots, 'none', who)
        expect(slots).toHaveLength(1)
        const ends = actors.map((a) => (a.outcome === 'gave up' ? 'gave up' : a.outcome!.kind))
        expect(ends.filter((e) => e === 'moved')).toHaveLength(1)
        // The others find the stage moved: held, where the winner put their own version there.
        expect(ends.every((e) => e === 'moved' || e === 'held' || e === 'refused')).toBe(true)
      }),
    )
  })
})

describe('decisions', () => {
  const move: Move = {
    do: 'promote',
    model: 'churn',
    stage: 'production',
    version: 'v1.1.0',
    expect: null,
    request: null,
  }
  const at = (slots: Stored[], of: Partial<Move>, more: Partial<StageView> = {}) =>
    nextStep({ ...move, ...of }, { ...nothingSeen, log: { ...view(slots), ...more } })
  const slot = (version: string, kind: Stored['kind'] = 'promote') => ({ object: `o-${version}`, version, kind })

  it('does nothing where the version holds the stage, even with an old fence', () => {
    const step = at([slot('v1.1.0')], { expect: 'none' })
    expect(step).toMatchObject({ do: 'end', outcome: { kind: 'held', slot: 1, version: 'v1.1.0' } })
  })

  it('writes a slot where the version holds the stage by a tag that is not sound', () => {
    const slots = [slot('v1.0.0'), slot('v1.1.0')]
    const top = { ...view(slots).top!, sound: false }
    for (const of of [{}, { request: 'a' }]) {
      const requested = [{ request: 'a', kind: 'promotion' as const, version: 'v1.1.0', n: 1 }]
      expect(at(slots, of, { top, requested })).toEqual({ do: 'judge', version: 'v1.1.0' })
    }
    const judged = { version: 'v1.1.0', checks: [] }
    const seen = { ...nothingSeen, log: { ...view(slots), top }, judged }
    expect(nextStep(move, seen)).toEqual({ do: 'write-tag', version: 'v1.1.0', slot: 3 })
  })

  it('refuses where the stage moved, and names both', () => {
    const step = at([slot('v1.0.0'), slot('v1.2.0')], { expect: 1 })
    expect(step).toMatchObject({
      outcome: {
        kind: 'refused',
        checks: [{ id: 'registry.expect', observed: 'slot 2 (v1.2.0) holds it', expected: 'slot 1' }],
      },
    })
  })

  it('goes back one more with each rollback, and refuses at the bottom', () => {
    const three = [slot('v1.0.0'), slot('v1.1.0'), slot('v1.2.0')]
    const back = { do: 'rollback', version: null } as const
    expect(at(three, back)).toMatchObject({ do: 'judge', version: 'v1.1.0' })
    const once = [...three, slot('v1.1.0', 'rollback')]
    expect(at(once, back)).toMatchObject({ do: 'judge', version: 'v1.0.0' })
    expect(at([...once, slot('v1.0.0', 'rollback')], back)).toMatchObject({ outcome: { kind: 'refused' } })
    expect(at([], back)).toMatchObject({
      outcome: { kind: 'refused', checks: [{ observed: 'nobody holds production' }] },
    })
  })

  it('rolls back only to what held the stage', () => {
    const step = at([slot('v1.0.0'), slot('v1.1.0')], { do: 'rollback', version: 'v1.2.0' })
    expect(step).toMatchObject({ outcome: { kind: 'refused', checks: [{ observed: 'v1.2.0 never held production' }] } })
  })

  const asked = (n: number, version: string, kind: 'promotion' | 'rollback') => ({
    requested: [{ request: 'r1', kind, version, n }],
  })

  it('takes a repeated rollback for the first one', () => {
    const slots = [slot('v1.0.0'), slot('v1.1.0'), slot('v1.0.0', 'rollback')]
    const step = at(slots, { do: 'rollback', version: null, request: 'r1' }, asked(3, 'v1.0.0', 'rollback'))
    expect(step).toMatchObject({ do: 'end', outcome: { kind: 'held', slot: 3, version: 'v1.0.0' } })
  })

  it.each([
    ['promotion', { do: 'promote', version: 'v1.0.0' }],
    ['rollback', { do: 'rollback', version: null }],
  ] as const)('does not repeat a %s over what came after it', (kind, what) => {
    const slots = [slot('v1.0.0'), slot('v1.1.0'), slot('v1.0.0'), slot('v1.2.0')]
    expect(at(slots, { ...what, request: 'r1' }, asked(3, 'v1.0.0', kind))).toMatchObject({
      do: 'end',
      outcome: {
        kind: 'refused',
        checks: [
          {
            id: 'registry.superseded',
            observed: 'slot 4 (v1.2.0) holds it; an earlier attempt of this step wrote slot 3 (v1.0.0)',
          },
        ],
      },
    })
    expect(at(slots, { ...what, request: 'r2' }, asked(3, 'v1.0.0', kind))).toMatchObject({ do: 'judge' })
  })
})

import { describe, expect, it } from 'vitest'
import { explore, type Protocol, type Scenario } from './explorer.fixture.ts'
import { advance, type Expect, type Move, nextStep, nothingSeen } from './steps.ts'

const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0']
const protocol: Protocol = { nextStep, advance, nonce: true }

let asked = 0
const move = (of: Partial<Move>): Move => ({
  do: 'promote',
  model: 'm',
  stage: 'production',
  version: null,
  expect: null,
  request: `r${++asked}`,
  ...of,
})
const promote = (n: number, fence: Expect | null = null) => move({ version: versions[n]!, expect: fence })
const rollback = (fence: Expect | null = null) => move({ do: 'rollback', expect: fence })
const archive = (n: number) => move({ do: 'archive', stage: 'archived', version: versions[n]! })

/** Who acts, and who held production before. */
const scenarios: Record<string, Pick<Scenario, 'held' | 'moves'>> = {
  'three promote different versions': { held: ['v1.0.0'], moves: [promote(1), promote(2), promote(3)] },
  'three promote with the same fence': { held: ['v1.0.0'], moves: [promote(1, 1), promote(2, 1), promote(3, 1)] },
  'three are the first to promote': { held: [], moves: [promote(1, 'none'), promote(2, 'none'), promote(3)] },
  'two promote the same version, one another': { held: ['v1.0.0'], moves: [promote(2), promote(2), promote(3)] },
  'two promote with a fence, one without': {
    held: ['v1.0.0'],
    moves: [promote(2, 'v1.0.0'), promote(3, 'v1.0.0'), promote(1)],
  },
  'two promote, one rolls back': { held: ['v1.1.0', 'v1.0.0'], moves: [promote(2), promote(3), rollback()] },
  'one promotes, two roll back': { held: ['v1.1.0', 'v1.0.0'], moves: [promote(2), rollback(), rollback()] },
  'two roll back with a fence, one promotes with it': {
    held: ['v1.1.0', 'v1.0.0'],
    moves: [rollback(2), rollback(2), promote(2, 2)],
  },
  'two archive the same version, one another': { held: [], moves: [archive(1), archive(1), archive(2)] },
  'one archives, one promotes, one rolls back': {
    held: ['v1.1.0', 'v1.0.0'],
    moves: [archive(1), promote(2), rollback()],
  },
}

const explored = (of: Protocol, more: Pick<Scenario, 'held' | 'moves'>) =>
  explore(of, { versions, crashes: 2, unclear: 1, stale: 1, ...more })

describe('every history of three actors, with two crashes, a lost answer, late writes and an old listing', () => {
  it.each(Object.entries(scenarios))('%s', (title, scenario) => {
    const { states, ends, violations } = explored(protocol, scenario)
    console.log(`${title}: ${states} states, ${ends} ends, ${violations.length} violations`)
    expect(violations).toEqual([])
    expect(ends).toBeGreaterThan(10)
  })
})

describe('a broken protocol is caught', () => {
  const broken: Record<string, { of: Protocol; says: RegExp }> = {
    'that takes a lost answer for a success': {
      of: {
        ...protocol,
        advance: (seen, result) =>
          advance(
            seen,
            result.of === 'write-slot' && result.answer === 'unclear' ? { ...result, answer: 'created' } : result,
          ),
      },
      says: /believes that slot 2 is its own/,
    },
    'that takes a lost answer for a loss': {
      of: {
        ...protocol,
        advance: (seen, result) =>
          result.of === 'write-slot' && result.answer !== 'created' ? nothingSeen : advance(seen, result),
      },
      says: /was not told that slot 2 is its own|wrote 2 slots for one request/,
    },
    'that does not look at the fence': {
      of: { ...protocol, nextStep: (of, seen) => nextStep({ ...of, expect: null }, seen) },
      says: /moved past its fence/,
    },
    'that does not know its own slot after a crash': {
      of: { ...protocol, nextStep: (of, seen) => nextStep({ ...of, request: null }, seen) },
      says: /wrote 2 slots for one request/,
    },
    'whose tag objects are alike': { of: { ...protocol, nonce: false }, says: /both believe|believes that/ },
    'that never ends': {
      of: {
        ...protocol,
        advance: (seen, result) => (result.of === 'read-slot' ? { ...seen, found: null } : advance(seen, result)),
      },
      says: /goes round in a circle/,
    },
  }

  it.each(Object.entries(broken))('%s', (_, { of, says }) => {
    const { violations } = explored(of, { held: ['v1.0.0'], moves: [promote(2, 1), promote(2, 1), promote(3, 1)] })
    const unfenced = explored(of, { held: ['v1.1.0', 'v1.0.0'], moves: [promote(2), rollback()] }).violations
    expect([...violations, ...unfenced].map((v) => v.what)).toContainEqual(expect.stringMatching(says))
  })
})

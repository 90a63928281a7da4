import { describe, expect, it } from 'vitest'
import { nearest, UserError } from './error.ts'
import { parseVerdict } from './parse.ts'
import { asWarning, breaks, check, passes, verdict, worstStatus } from './verdict.ts'

const of = { id: 'x', title: 'x', subject: 'x', observed: '1', expected: '2' }

describe('verdict', () => {
  it('is its worst check', () => {
    expect(verdict('gate', {}, [check(true, of)]).status).toBe('passed')
    expect(verdict('gate', {}, [check(true, of), check(false, { ...of, severity: 'warned' })]).status).toBe('warned')
    expect(verdict('gate', {}, [check(true, of), check(false, of)]).status).toBe('failed')
  })

  it('fails without checks and with an errored one', () => {
    expect(verdict('gate', {}, []).status).toBe('failed')
    expect(verdict('gate', {}, [{ ...check(true, of), status: 'errored' }]).status).toBe('failed')
    expect(worstStatus([])).toBe('failed')
  })

  it('passes when passed or warned', () => {
    expect(passes(verdict('gate', {}, [asWarning(check(false, of))]))).toBe(true)
    expect(passes(verdict('gate', {}, [check(false, of)]))).toBe(false)
  })

  it('lists what breaks, worst first', () => {
    const checks = [check(true, of), asWarning(check(false, { ...of, id: 'w' })), check(false, { ...of, id: 'f' })]
    expect(breaks(verdict('gate', {}, checks)).map((c) => c.id)).toEqual(['f', 'w'])
  })
})

describe('parseVerdict', () => {
  const failed = verdict('gate', {}, [check(false, of)])

  it('reads back what was written', () => {
    expect(parseVerdict(JSON.stringify(failed), 'gate.json')).toEqual(failed)
  })

  it('refuses a status that its checks do not give, and anything that is no verdict', () => {
    const edited = [{ status: 'passed' }, { kind: 'opinion' }, { subject: null }, { context: [] }, { checks: [{}] }]
    const texts = edited.map((change) => JSON.stringify({ ...failed, ...change }))
    for (const text of [...texts, '{}', 'null', 'not json', '[]']) {
      expect(() => parseVerdict(text, 'gate.json')).toThrow(UserError)
    }
  })
})

describe('nearest', () => {
  it('finds the meant word and nothing far away', () => {
    expect(nearest('treshold', ['threshold', 'direction'])).toBe('threshold')
    expect(nearest('banana', ['threshold', 'direction'])).toBeUndefined()
  })
})

import { type Check, check, type JsonObject, verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { annotations } from './annotations.ts'

const rule = (name: string, lines: number[], more: JsonObject = {}, severity: Check['severity'] = 'failed') =>
  check(false, {
    id: name,
    title: `${name} holds`,
    subject: name,
    observed: `not so in ${lines.length} values`,
    expected: 'holds',
    severity,
    evidence: { unexpected_rows: lines, unexpected_files: lines.map(() => 'data.csv'), ...more },
  })
const held = new Set(['data.csv'])
const said = (checks: Check[], files = held) => annotations(verdict('validation', {}, checks), files)
const lines = (checks: Check[]) => said(checks).map(({ level, place }) => [level, place.startLine])

describe('annotations', () => {
  it('stand on the first lines of what breaks, once a line, with all rules that break there', () => {
    const found = said([
      rule('a', [4, 9, 12, 15, 16], { partial_unexpected_list: [-1, -2, -3, -4, -5] }),
      rule('b', [9, 4], { partial_unexpected_list: ['x', 'y'] }),
    ])
    expect(found.map(({ place }) => place.startLine)).toEqual([4, 9, 12])
    expect(found[0]).toEqual({
      level: 'failed',
      title: 'Line 4 breaks 2 rules',
      message: 'a holds: here -1, not so in 5 values\nb holds: here y, not so in 2 values',
      place: { file: 'data.csv', startLine: 4 },
    })
    expect(found[2]).toMatchObject({ title: 'a holds', message: 'here -3, not so in 5 values' })
  })

  it('name every check before any has its second line, and stay within ten of a level', () => {
    const checks = Array.from({ length: 8 }, (_, i) => rule(`c${i}`, [10 * i, 10 * i + 1, 10 * i + 2]))
    expect(lines(checks).map(([, line]) => line)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 1, 11])
    const many = Array.from({ length: 30 }, (_, i) => rule(`c${i}`, [i], {}, i < 15 ? 'failed' : 'warned'))
    for (const level of ['failed', 'warned']) {
      const found = said(many).filter((one) => one.level === level)
      expect(found).toHaveLength(10)
      expect(found[9]).toMatchObject({ title: `15 checks ${level}`, message: '6 more; see the report.', place: {} })
    }
  })

  it('of a line that fails are not repeated as warnings', () => {
    expect(lines([rule('a', [4]), rule('b', [4, 5], {}, 'warned')])).toEqual([
      ['failed', 4],
      ['warned', 5],
    ])
    expect(lines([rule('a', [4, 5, 6, 7]), rule('b', [7], {}, 'warned')])).toEqual([
      ['failed', 4],
      ['failed', 5],
      ['failed', 6],
      ['warned', 7],
    ])
  })

  it('tell the lines where GitHub cannot show them', () => {
    const found = said([rule('a', [4, 9], { partial_unexpected_list: [-1, 8] })], new Set())
    expect(found).toEqual([
      { level: 'failed', title: 'a holds', message: 'not so in 2 values: -1 line 4, 8 line 9', place: {} },
    ])
  })

  it('are short, on lines of their own, and hide no character', () => {
    const text = 'x'.repeat(20_000)
    const list = Array.from({ length: 60 }, (_, i) =>
      rule(`${i}\u202e\n::error::${text}`, [4], { partial_unexpected_list: [`\u001b[31m${text}`] }),
    )
    const [one] = said(list)
    expect(one!.message.length).toBeLessThan(4000)
    expect(one!.message.split('\n')).toHaveLength(6)
    expect(one!.message).toMatch(/and 55 more$/)
    expect(one!.message).not.toMatch(/[\u001b\u202e]/)
    expect(said(list.slice(0, 1))[0]!.title).not.toMatch(/[\n\u202e]/)
  })
})

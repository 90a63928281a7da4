import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { floatText } from './cell.ts'
import { NotJudgeable } from './definition.ts'
import { fromPython } from './pattern.ts'
import { withinTime } from './time-limit.ts'

interface Golden {
  texts: string[]
  patterns: { pattern: string; found: number[] }[]
  refused: string[]
  floats: { value: number; text: string }[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('./pattern.golden.json', import.meta.url), 'utf8'))

describe("regular expressions of Python's re", () => {
  it.each(golden.patterns)('finds what Python finds: $pattern', ({ pattern, found }) => {
    const expression = fromPython(pattern)
    const wrong = golden.texts.filter((text, i) => expression.test(text) !== (found[i] === 1))
    expect(wrong, expression.source).toEqual([])
  })

  it.each(golden.refused)('refuses %s, naming it', (pattern) => {
    expect(() => fromPython(pattern)).toThrow(NotJudgeable)
    expect(() => fromPython(pattern)).toThrow(pattern)
  })

  it('finds an escaped text in itself, and never throws anything but NotJudgeable', () => {
    const escaped = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '\\$&')
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fromPython(`\\A${escaped(text)}\\Z`).test(text)))
    fc.assert(
      fc.property(fc.string(), (pattern) => {
        try {
          return fromPython(pattern) instanceof RegExp
        } catch (error) {
          return error instanceof NotJudgeable
        }
      }),
    )
  })

  it('stops a pattern that backtracks without end', () => {
    const work = () => void fromPython('^(a+)+$').test(`${'a'.repeat(60)}b`)
    expect(() => withinTime(work, '^(a+)+$', 0.2)).toThrow('^(a+)+$ took longer than 0.2 s')
  })
})

it.each(golden.floats)('writes $text as Python does', ({ value, text }) => {
  expect(floatText(value)).toBe(text)
})

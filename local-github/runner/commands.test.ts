import fc from 'fast-check'
import { expect, test } from 'vitest'
import { condition, interpolate } from './expressions.ts'
import { parsePairs } from './file-commands.ts'
import { parseCommand } from './workflow-commands.ts'

/** `${{ }}` around an expression. */
const value = (expression: string) => `\${{ ${expression} }}`

const pairs = (text: string) => [...parsePairs(text)]

test('whatever a toolkit writes with a heredoc is read back unchanged', () => {
  const name = fc.stringMatching(/^[A-Za-z][\w-]{0,12}$/)
  // GitHub's toolkit refuses values that hold its delimiter; every other text must survive, carriage returns included.
  const content = fc.string({ unit: fc.constantFrom('a', '=', '<', '\n', '\r', ' ', 'é', '"') })
  fc.assert(
    fc.property(fc.array(fc.tuple(name, content)), (given) => {
      const text = given.map(([key, text]) => `${key}<<ghadelimiter_1\n${text}\nghadelimiter_1\n`).join('')
      expect(pairs(text)).toEqual(given)
    }),
  )
})

test('the line rules: `=` before `<<`, empty values, empty lines, a carriage return', () => {
  expect(pairs('a=b<<c\n\nempty=\nwindows=x\r\nlast=1')).toEqual([
    ['a', 'b<<c'],
    ['empty', ''],
    ['windows', 'x\r'],
    ['last', '1'],
  ])
  for (const text of ['no separator', '=value', '<<EOF\nx\nEOF', 'x<<\nx\n', 'x<<EOF\nvalue', 'x<<EOF\n'])
    expect(() => pairs(text)).toThrow(/Invalid/)
})

test('commands escape properties and messages differently', () => {
  expect(parseCommand('  ::error file=a%3Ab%2Cc,line=1::50%25%0A::done')).toEqual({
    name: 'error',
    properties: { file: 'a:b,c', line: '1' },
    data: '50%\n::done',
  })
  expect(parseCommand('::group::A, b')).toEqual({ name: 'group', properties: {}, data: 'A, b' })
  expect(parseCommand('x ::error::y')).toBeUndefined()
  expect(parseCommand('::no end')).toBeUndefined()
})

test('expressions are GitHub’s own', () => {
  const contexts = { github: { event: { number: 3 }, ref: 'main' }, steps: {} }
  expect(
    interpolate(`${value('github.ref')}-${value("github.event.number || 'none'")} ${value("'}}'")}`, contexts),
  ).toBe('main-3 }}')
  expect(interpolate(value('steps.none.outputs.x'), contexts)).toBe('')
  expect(() => interpolate(value('secret.x'), contexts)).toThrow()
  expect(condition("github.ref == 'main'", contexts, 'success')).toBe(true)
  expect(condition("github.ref == 'main'", contexts, 'failure')).toBe(false)
  expect(condition(value('always()'), contexts, 'failure')).toBe(true)
})

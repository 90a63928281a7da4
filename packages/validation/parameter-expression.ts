/** What an expression of a suite parameter says, as data: it is never run as code. */
export type Expression =
  | { kind: 'number' | 'name'; text: string }
  | { kind: 'group' | 'plus' | 'minus'; of: Expression }
  | { kind: 'operation'; operator: string; left: Expression; right: Expression }
  | { kind: 'call'; name: string; of: Expression[]; named: [string, Expression][] }

/** Why an expression cannot be read or computed. */
export class ParameterError extends Error {}

const deepest = 100
const number = /[+-]?(?:\d+|\.\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const name = /[A-Za-z][A-Za-z0-9_$]*/y
const keyword = /([A-Za-z_]+)\s*=/y

/**
 * Reads an expression as Great Expectations' SuiteParameterParser does: `+ - * / ^`, signs, parentheses, and functions whose
 * arguments are all named or none. A sign binds closer than `^`, which goes from right to left.
 * @throws ParameterError
 */
export function parseExpression(text: string): Expression {
  let at = 0
  let depth = 0

  const skip = () => {
    while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++
  }
  const match = (pattern: RegExp): RegExpExecArray | null => {
    skip()
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) at += found[0].length
    return found
  }
  const take = (marks: string): string | undefined => {
    skip()
    return at < text.length && marks.includes(text[at]!) ? text[at++] : undefined
  }
  const expect = (mark: string) => {
    if (take(mark) === undefined) throw unexpected()
  }
  const unexpected = () =>
    new ParameterError(
      at < text.length ? `${JSON.stringify(text[at])} is not understood (character ${at + 1})` : 'it ends too early',
    )
  const joined = (operators: string, part: () => Expression): Expression => {
    let left = part()
    for (let operator = take(operators); operator !== undefined; operator = take(operators))
      left = { kind: 'operation', operator, left, right: part() }
    return left
  }
  const sum = () => joined('+-', () => joined('*/', power))

  function power(): Expression {
    let left = atom()
    while (take('^') !== undefined) left = { kind: 'operation', operator: '^', left, right: power() }
    return left
  }

  function atom(): Expression {
    if (++depth > deepest) throw new ParameterError('it is nested too deeply')
    let signs = ''
    for (let sign = take('+-'); sign !== undefined; sign = take('+-')) signs += sign
    let of = bare()
    if (signs.startsWith('+')) of = { kind: 'plus', of }
    // The library counts the minus signs before the first plus.
    for (const _ of /^-*/.exec(signs)![0]) of = { kind: 'minus', of }
    depth--
    return of
  }

  function bare(): Expression {
    if (take('(') !== undefined) {
      const of = sum()
      expect(')')
      return { kind: 'group', of }
    }
    const digits = match(number)?.[0]
    if (digits !== undefined) return { kind: 'number', text: digits }
    const word = match(name)?.[0]
    if (word === undefined) throw unexpected()
    if (take('(') !== undefined) return call(word)
    return { kind: 'name', text: /^(?:e|pi)$/i.test(word) ? word.toUpperCase() : word }
  }

  function call(word: string): Expression {
    const of: Expression[] = []
    const named: [string, Expression][] = []
    if (take(')') !== undefined) return { kind: 'call', name: word, of, named }
    const start = at
    const areNamed = match(keyword) !== null
    at = start
    do {
      if (!areNamed) of.push(sum())
      else {
        const key = match(keyword)?.[1]
        if (key === undefined) throw unexpected()
        named.push([key, sum()])
      }
    } while (take(',') !== undefined)
    expect(')')
    return { kind: 'call', name: word, of, named }
  }

  const read = sum()
  skip()
  if (at < text.length) throw unexpected()
  return read
}

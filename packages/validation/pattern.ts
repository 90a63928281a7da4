import { NotJudgeable } from './definition.ts'

const digit = '\\p{Nd}'
const word = '\\p{L}\\p{N}_'
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const classes: Record<string, string> = {
  d: `[${digit}]`,
  D: `[^${digit}]`,
  w: `[${word}]`,
  W: `[^${word}]`,
  s: `[${space}]`,
  S: `[^${space}]`,
}
const assertions: Record<string, string> = {
  A: '(?<![\\s\\S])',
  Z: '(?![\\s\\S])',
  b: `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`,
  B: `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`,
}
const controls: Record<string, string> = { a: '\\x07', f: '\\f', n: '\\n', r: '\\r', t: '\\t', v: '\\v' }

/**
 * A regular expression of Python's `re` as JavaScript's: named groups, \A, \Z, `$` before a final line feed, leading flags
 * i, m, s, and \d, \w, \s, \b over all of Unicode. NotJudgeable, naming the construct, for what JavaScript lacks.
 */
export function fromPython(pattern: string): RegExp {
  const leading = /^\(\?([a-zA-Z]+)\)/.exec(pattern)
  const flags = leading?.[1] ?? ''
  const unknown = [...flags].find((flag) => !'imsu'.includes(flag))
  if (unknown !== undefined) throw refused(pattern, `the flag (?${unknown})`)
  const rules = outside(pattern, flags.includes('m') ? '$' : '(?=\\n?(?![\\s\\S]))')
  const body = rewrite(pattern.slice(leading?.[0].length ?? 0), rules)
  try {
    return new RegExp(body, `v${[...new Set(flags.replaceAll('u', ''))].join('')}`)
  } catch (error) {
    throw new NotJudgeable(`The regular expression ${pattern} is not valid: ${(error as Error).message}`)
  }
}

/** A piece of a pattern (sticky) and what becomes of it; the first rule that fits is taken. */
type Rule = [piece: RegExp, becomes: (match: RegExpExecArray, at: number, text: string) => string]

function rewrite(text: string, rules: Rule[]): string {
  let out = ''
  let i = 0
  while (i < text.length) {
    for (const [piece, becomes] of rules) {
      piece.lastIndex = i
      const match = piece.exec(text)
      if (match === null) continue
      out += becomes(match, i, text)
      i += match[0].length
      break
    }
  }
  return out
}

/** Outside of [...]. */
function outside(pattern: string, end: string): Rule[] {
  return [
    [/\(\?#[^\)]*\)/vy, () => ''],
    [/\(\?P<([A-Za-z_]\w*)>/vy, ([, name]) => `(?<${name}>`],
    [/\(\?P=([A-Za-z_]\w*)\)/vy, ([, name]) => `\\k<${name}>`],
    [/\(\?(?::|=|!|<=|<!)/vy, ([all]) => all],
    [/\(\?.{0,8}/svy, ([all]) => refuse(pattern, `the group ${all}`)],
    [/\$/vy, () => end],
    [/(?:[*+?]|\{(?:\d+,?\d*|,\d+)\})\+/vy, ([all]) => refuse(pattern, `the possessive quantifier ${all}`)],
    [/\{,(\d+)\}/vy, ([, most]) => `{0,${most}}`],
    [/\{\d+(?:,\d*)?\}/vy, ([all]) => all],
    [/[\{\}\]\/]/vy, ([all]) => `\\${all}`],
    [/\[(\^?)(\]?(?:[^\]\\]|\\.)*)\]/svy, ([, not, content]) => `[${not}${rewrite(content ?? '', inside(pattern))}]`],
    [/\\([1-9]\d?)/vy, ([all]) => `${all}(?:)`],
    [/\\([AZbB])/vy, ([, letter]) => assertions[letter!]!],
    ...escapes(pattern),
    [/./svy, ([all]) => all],
  ]
}

/** Inside of [...], where the `v` flag wants more characters escaped. */
function inside(pattern: string): Rule[] {
  return [
    [/\\b/vy, () => '\\x08'],
    ...escapes(pattern),
    [/-/vy, (_, at, text) => (at > 0 && at < text.length - 1 ? '-' : literal('-'))],
    [/./svy, ([all]) => literal(all)],
  ]
}

function escapes(pattern: string): Rule[] {
  return [
    [/\\([dDwWsS])/vy, ([, letter]) => classes[letter!]!],
    [/\\0([0-7]{0,2})/vy, ([, digits]) => codePoint(Number.parseInt(`0${digits}`, 8))],
    [/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/vy, (m) => codePoint(hex(m[1] ?? m[2] ?? m[3]!))],
    [/\\([afnrtv])/vy, ([, letter]) => controls[letter!]!],
    [/\\([a-zA-Z0-9])/vy, ([all]) => refuse(pattern, `the escape ${all}`)],
    [/\\(.)/svy, ([, point]) => literal(point!)],
  ]
}

const hex = (digits: string) => Number.parseInt(digits, 16)
const codePoint = (value: number) => `\\u{${value.toString(16)}}`
const literal = (point: string) => (/[!-\/:-@\[-`\{-~]/v.test(point) ? codePoint(point.codePointAt(0)!) : point)

function refuse(pattern: string, what: string): never {
  throw refused(pattern, what)
}

function refused(pattern: string, what: string): NotJudgeable {
  return new NotJudgeable(`The regular expression ${pattern} is not supported: JavaScript has no equal of ${what}`)
}

import type { Json } from '@mlops-actions/verdict'
import * as z from 'zod'

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>='
export type Operand = { column: string } | { value: string | number | boolean }

/** A condition on a row, as data: it is never run as code. */
export type Condition =
  | { kind: 'and' | 'or'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'null'; column: string }
  | { kind: 'true'; column: string }
  /** `nullDiffers`: whether `!=` holds where a side is null, as in pandas; else nothing holds of null, as in SQL. */
  | { kind: 'compare'; left: Operand; operator: Operator; right: Operand; nullDiffers: boolean }
  | { kind: 'in'; column: string; values: (string | number | boolean)[] }

/** Why a condition cannot be read. `where` counts characters from 0. */
export class ConditionError extends Error {
  constructor(what: string, where?: number) {
    super(where === undefined ? what : `${what} (character ${where + 1})`)
  }
}

/**
 * The `row_condition` of an expectation, in one of Great Expectations' dialects: with the parser `pandas` (or `spark`) the
 * comparisons of `DataFrame.query`, joined by and, or, not, &, |, ~, with `in`, chains, isnull() and notnull(); with the
 * parser `great_expectations` one `col("x") >= 5` or `col("x").notNull()`; or their objects of 1.x.
 * @throws ConditionError
 */
export function parseCondition(condition: Json, parser: Json | undefined): Condition {
  if (typeof condition === 'object') return fromObject(condition, 0)
  if (typeof condition !== 'string') throw new ConditionError('A row_condition is a text or a mapping')
  if (parser === undefined || parser === null)
    throw new ConditionError('condition_parser is needed beside row_condition; write pandas')
  return parser === 'pandas' || parser === 'spark' ? new QueryParser(condition).parse() : single(condition)
}

/** The columns that a condition reads. */
export function columnsOf(of: Condition): string[] {
  switch (of.kind) {
    case 'and':
    case 'or':
      return [...new Set(of.of.flatMap(columnsOf))]
    case 'not':
      return columnsOf(of.of)
    case 'compare':
      return [of.left, of.right].flatMap((o) => ('column' in o ? [o.column] : []))
    default:
      return [of.column]
  }
}

const scalar = z.union([z.string(), z.number(), z.boolean()])
const column = z.object({ name: z.string() })
const comparison = z.object({ column, operator: z.enum(['==', '!=', '<', '<=', '>', '>=']), parameter: scalar })
const membership = z.object({
  column,
  operator: z.enum(['IN', 'NOT_IN']),
  parameter: z.union([z.array(z.number()), z.array(z.string())]),
})
const nullity = z.object({ column, is_null: z.boolean() })
const group = z.object({ conditions: z.array(z.json()).min(1).max(100) })
/** Theirs nest two levels; nobody needs this many. */
const deepest = 20

function fromObject(of: Json, depth: number): Condition {
  const type = typeof of === 'object' && of !== null && !Array.isArray(of) ? of.type : undefined
  if (depth > deepest) throw new ConditionError('The conditions are nested too deeply')
  if (type === 'and' || type === 'or') {
    const { conditions } = read(group, of, type)
    return { kind: type, of: conditions.map((inner) => fromObject(inner as Json, depth + 1)) }
  }
  if (type === 'nullity') {
    const { column, is_null } = read(nullity, of, type)
    const isNull: Condition = { kind: 'null', column: column.name }
    return is_null ? isNull : { kind: 'not', of: isNull }
  }
  if (type === 'comparison') {
    const { operator: given } = of as { operator?: Json }
    if (given === 'IN' || given === 'NOT_IN') {
      const { column, operator, parameter } = read(membership, of, type)
      const among: Condition = { kind: 'in', column: column.name, values: parameter }
      return operator === 'IN' ? among : { kind: 'not', of: among }
    }
    const { column, operator, parameter } = read(comparison, of, type)
    return { kind: 'compare', left: { column: column.name }, operator, right: { value: parameter }, nullDiffers: true }
  }
  throw new ConditionError(`"${String(type)}" is no type of condition; write comparison, nullity, and, or or`)
}

function read<T>(schema: z.ZodType<T>, of: Json, type: string): T {
  const found = schema.safeParse(of)
  if (found.success) return found.data
  const { path, message } = found.error.issues[0]!
  throw new ConditionError(`The ${type} condition is not right at "${path.join('.')}": ${message}`)
}

/** The dialect that Great Expectations made itself: one comparison with a number, a text or a date. */
function single(text: string): Condition {
  const [, column, rest = ''] = /^\s*col\("([^"]+)"\)(.*)$/s.exec(text) ?? []
  if (column === undefined) throw new ConditionError(`"${text}" does not begin with col("…")`)
  if (/^\s*\.notnull\(\)\s*$/i.test(rest)) return { kind: 'not', of: { kind: 'null', column } }
  const [, operator, value] = /^\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$/s.exec(rest) ?? []
  const number = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(value ?? '') ? Number(value) : undefined
  const [, quoted = undefined] = /^(?:date\()?(?:"([^"]*)"|'[^']*')\)?$/.exec(value ?? '') ?? []
  const plain = quoted ?? /^(?:date\()?'([^']*)'\)?$/.exec(value ?? '')?.[1]
  const right = number ?? plain
  if (operator === undefined || right === undefined)
    throw new ConditionError(`"${text}" is not one comparison of col("${column}") with a number, a text or a date`)
  return {
    kind: 'compare',
    left: { column },
    operator: operator as Operator,
    right: { value: right },
    nullDiffers: false,
  }
}

interface Token {
  kind: 'name' | 'number' | 'text' | 'mark' | 'end'
  text: string
  at: number
}

const tokens =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|`(?<quoted>[^`]+)`|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<mark>==|!=|<=|>=|[<>()[\],.&|~+*/%@-]))/uy
const operators: readonly string[] = ['==', '!=', '<', '<=', '>', '>=']
const words = ['and', 'or', 'not', 'in', 'True', 'False', 'None']

/** What pandas' DataFrame.query understands, as far as it compares; arithmetic, functions and variables are refused. */
class QueryParser {
  readonly #tokens: Token[]
  #next = 0
  #depth = 0

  constructor(text: string) {
    this.#tokens = tokenize(text)
  }

  parse(): Condition {
    const condition = this.#either()
    const left = this.#peek()
    if (left.kind !== 'end') throw this.#unexpected(left)
    return condition
  }

  #either(): Condition {
    return this.#joined('or', ['or', '|'], () => this.#joined('and', ['and', '&'], () => this.#negated()))
  }

  #joined(kind: 'and' | 'or', by: string[], part: () => Condition): Condition {
    const of = [part()]
    while (by.includes(this.#peek().text) && this.#peek().kind !== 'text') {
      this.#next++
      of.push(part())
    }
    return of.length === 1 ? of[0]! : { kind, of }
  }

  #negated(): Condition {
    if (++this.#depth > 200) throw new ConditionError('The condition is nested too deeply')
    try {
      if (this.#take('not') || this.#take('~')) return { kind: 'not', of: this.#negated() }
      if (this.#take('(')) {
        const inner = this.#either()
        this.#expect(')')
        return inner
      }
      return this.#comparison()
    } finally {
      this.#depth--
    }
  }

  #comparison(): Condition {
    const parts: Condition[] = []
    let left = this.#operand()
    if ('column' in left && this.#take('.')) return this.#nullTest(left.column)
    for (;;) {
      const negated = this.#peek().text === 'not' && this.#tokens[this.#next + 1]?.text === 'in'
      if (negated) this.#next++
      const { text, kind } = this.#peek()
      if (kind === 'name' && text === 'in') {
        this.#next++
        const among = this.#among(left)
        parts.push(negated ? { kind: 'not', of: among } : among)
        break
      }
      if (kind !== 'mark' || !operators.includes(text)) break
      this.#next++
      if (this.#peek().text === '[' && (text === '==' || text === '!=')) {
        const among = this.#among(left)
        parts.push(text === '==' ? among : { kind: 'not', of: among })
        break
      }
      const right = this.#operand()
      parts.push({ kind: 'compare', left, operator: text as Operator, right, nullDiffers: true })
      left = right
    }
    if (parts.length === 1) return parts[0]!
    if (parts.length > 1) return { kind: 'and', of: parts }
    if ('column' in left) return { kind: 'true', column: left.column }
    throw this.#unexpected(this.#peek())
  }

  #nullTest(column: string): Condition {
    const method = this.#peek()
    const test: Condition = { kind: 'null', column }
    const positive = ['isnull', 'isna'].includes(method.text)
    if (!positive && !['notnull', 'notna'].includes(method.text))
      throw new ConditionError(`.${method.text} is not supported, only isnull, isna, notnull and notna`, method.at)
    this.#next++
    this.#expect('(')
    this.#expect(')')
    return positive ? test : { kind: 'not', of: test }
  }

  #among(left: Operand): Condition {
    const at = this.#peek().at
    if (!('column' in left)) throw new ConditionError('Only a column can be in a list', at)
    const closing = this.#take('(') ? ')' : ']'
    if (closing === ']') this.#expect('[')
    const values: (string | number | boolean)[] = []
    while (!this.#take(closing)) {
      const value = this.#operand()
      if ('column' in value) throw new ConditionError('A list may hold only texts and numbers', at)
      values.push(value.value)
      if (this.#peek().text !== closing) this.#expect(',')
    }
    return { kind: 'in', column: left.column, values }
  }

  #operand(): Operand {
    if (this.#take('-')) {
      const { kind, text } = this.#tokens[this.#next++]!
      if (kind === 'number') return { value: -Number(text) }
      this.#next--
      throw this.#unexpected(this.#peek())
    }
    const token = this.#tokens[this.#next++]!
    const { kind, text } = token
    if (kind === 'number') return { value: Number(text) }
    if (kind === 'text') return { value: text.slice(1, -1).replaceAll(/\\(.)/gs, '$1') }
    if (kind === 'name' && (text === 'True' || text === 'False')) return { value: text === 'True' }
    this.#next--
    if (kind !== 'name' || words.includes(text)) throw this.#unexpected(token)
    this.#next++
    return { column: text }
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #take(text: string): boolean {
    const token = this.#peek()
    const is = token.kind !== 'text' && token.text === text
    if (is) this.#next++
    return is
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(this.#peek(), `"${text}" is expected here`)
  }

  #unexpected({ kind, text, at }: Token, expected?: string): ConditionError {
    if (kind === 'end') return new ConditionError(`The condition ends too early${expected ? `: ${expected}` : ''}`)
    const refused = '+-*/%@['.includes(text) && text !== '' && expected === undefined
    if (refused)
      return new ConditionError(`"${text}" is not supported here: only comparisons of columns and values are`, at)
    return new ConditionError(`"${text}" is not understood${expected ? `: ${expected}` : ''}`, at)
  }
}

function tokenize(text: string): Token[] {
  const found: Token[] = []
  tokens.lastIndex = 0
  const end = text.trimEnd().length
  while (tokens.lastIndex < end) {
    const from = tokens.lastIndex
    const groups = tokens.exec(text)?.groups
    if (groups === undefined) throw new ConditionError('This is not understood', from)
    const at = from + /^\s*/.exec(text.slice(from))![0].length
    if (groups.quoted !== undefined) found.push({ kind: 'name', text: groups.quoted, at })
    else {
      const kind = (['number', 'name', 'text', 'mark'] as const).find((k) => groups[k] !== undefined)!
      found.push({ kind, text: groups[kind]!, at })
    }
  }
  return [...found, { kind: 'end', text: '', at: text.length }]
}

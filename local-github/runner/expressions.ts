import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

/** The contexts an expression may read: `github`, `runner`, `steps`, ... */
export type Contexts = Record<string, unknown>

export type JobStatus = 'success' | 'failure'

/** GitHub's own evaluator on one expression, without `${{ }}`. */
function evaluate(expression: string, contexts: Contexts, status: JobStatus): data.ExpressionData {
  const functions = ['success', 'failure', 'always', 'cancelled'].map((name) => ({ name, minArgs: 0, maxArgs: 0 }))
  const { tokens } = new Lexer(expression).lex()
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse()
  const answers: Record<string, boolean> = {
    success: status === 'success',
    failure: status === 'failure',
    always: true,
    cancelled: false,
  }
  const definitions = functions.map(
    (one) => [one.name, { ...one, call: () => new data.BooleanData(answers[one.name]!) }] as const,
  )
  const context = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary
  return new Evaluator(parsed, context, new Map(definitions)).evaluate()
}

/** Where the expression that starts at `from` (after `${{`) ends: a `}}` inside a quoted string does not end it. */
function expressionEnd(text: string, from: number): number {
  let quoted = false
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === "'") quoted = !quoted
    if (!quoted && text.startsWith('}}', i)) return i
  }
  throw new Error(`the expression is not closed: ${text.slice(from - 3)}`)
}

/** A text with each `${{ }}` replaced by its value. */
export function interpolate(text: string, contexts: Contexts, status: JobStatus = 'success'): string {
  let result = ''
  let at = 0
  for (let start = text.indexOf('${{'); start >= 0; start = text.indexOf('${{', at)) {
    const end = expressionEnd(text, start + 3)
    result += text.slice(at, start) + evaluate(text.slice(start + 3, end).trim(), contexts, status).coerceString()
    at = end + 2
  }
  return result + text.slice(at)
}

/** Whether an `if:` holds. Without a status function it also needs the job to be without failure, as on GitHub. */
export function condition(expression: string, contexts: Contexts, status: JobStatus): boolean {
  const bare = expression.trim().replace(/^\$\{\{([\s\S]*)\}\}$/, '$1')
  const asks = /\b(success|failure|always|cancelled)\s*\(/i.test(bare)
  if (!asks && status === 'failure') return false
  const value = evaluate(bare.trim(), contexts, status)
  if (value.kind === data.Kind.Boolean) return value.coerceString() === 'true'
  if (value.kind === data.Kind.Null) return false
  if (value.kind === data.Kind.String) return value.coerceString() !== ''
  if (value.kind === data.Kind.Number) return value.number() !== 0 && !Number.isNaN(value.number())
  return true
}

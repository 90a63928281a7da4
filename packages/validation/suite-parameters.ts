import type { Json, JsonObject } from '@mlops-actions/verdict'
import { floatText } from './cell.ts'
import { type Expression, ParameterError, parseExpression } from './parameter-expression.ts'
import { callFunction, float, negative, operate, plain, spelled, type Value } from './python-value.ts'

export { ParameterError } from './parameter-expression.ts'

/** Where the values of parameters come from: the suite's `suite_parameters` (1.x) or `evaluation_parameters` (0.x), and a clock. */
export interface Parameters {
  values: JsonObject
  now: Date | undefined
}

/**
 * The kwargs with the values of their parameters, `{ $PARAMETER: expression }`, as Great Expectations evaluates them: a
 * parameter's own default, `$PARAMETER.<expression>` beside it, wins; a name alone gives any value, an expression a number or
 * a date.
 * @throws ParameterError where there is no value, or no sense in the expression
 */
export function withParameters(kwargs: JsonObject, parameters: Parameters): JsonObject {
  return Object.fromEntries(
    Object.entries(kwargs).map(([key, value]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, '$PARAMETER'))
        return [key, value]
      try {
        return [key, parameterValue(value, parameters)]
      } catch (error) {
        if (!(error instanceof ParameterError)) throw error
        throw new ParameterError(
          `\`${key}\` is the suite parameter ${JSON.stringify(value.$PARAMETER)}: ${error.message}`,
        )
      }
    }),
  )
}

function parameterValue(of: JsonObject, parameters: Parameters): Json {
  const { $PARAMETER: written } = of
  const fallback = of[`$PARAMETER.${String(written)}`]
  if (fallback !== undefined) return fallback
  if (typeof written !== 'string') throw new ParameterError('it is no text')
  if (/^urn:/i.test(written.trim()))
    throw new ParameterError(
      'results of other runs are kept in a store of Great Expectations, which is not read; write the value',
    )
  const expression = parseExpression(written)
  if (expression.kind === 'number' || expression.kind === 'name') return named(expression.text, parameters)
  if (expression.kind === 'group') throw new ParameterError('it is nothing but parentheses')
  return plain(evaluate(expression, parameters))
}

function named(name: string, { values }: Parameters): Json {
  if (Object.hasOwn(values, name)) return values[name]!
  throw new ParameterError('no value was found under suite_parameters')
}

function evaluate(of: Expression, parameters: Parameters): Value {
  switch (of.kind) {
    case 'number':
    case 'name':
      return operand(of, parameters)
    case 'group':
    case 'plus':
      return evaluate(of.of, parameters)
    case 'minus':
      return negative(evaluate(of.of, parameters))
    case 'operation':
      return operate(of.operator, evaluate(of.left, parameters), evaluate(of.right, parameters))
    case 'call': {
      const taken = of.named.find(([key]) => Object.hasOwn(parameters.values, key))?.[0]
      if (taken !== undefined) throw new ParameterError(`${taken} is the name of a parameter and of an argument`)
      const args = of.of.map((each) => evaluate(each, parameters))
      const byName = of.named.map(([key, value]): [string, Value] => [key, evaluate(value, parameters)])
      return callFunction(of.name, args, byName, parameters.now)
    }
  }
}

const functions = ['sin', 'cos', 'tan', 'exp', 'abs', 'trunc', 'round', 'sgn', 'now', 'datetime', 'timedelta']

/** A number, a constant, or a parameter's value, which is taken by how it is written. */
function operand({ kind, text }: { kind: 'number' | 'name'; text: string }, { values, now }: Parameters): Value {
  const value = Object.hasOwn(values, text) ? values[text]! : undefined
  if (value === undefined) {
    if (text === 'PI') return float(Math.PI)
    if (text === 'E') return float(Math.E)
    if (functions.includes(text)) return callFunction(text, [], [], now)
    if (kind === 'name') throw new ParameterError(`no value of ${text} was found under suite_parameters`)
    return spelled(text)
  }
  if (typeof value === 'number')
    return Number.isInteger(value) ? spelled(BigInt(value).toString()) : spelled(floatText(value))
  if (typeof value === 'string') return spelled(value)
  throw new ParameterError(`the value of ${text} is neither a number nor a text`)
}

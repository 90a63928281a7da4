import { nearest, UserError } from '@mlops-actions/verdict'

/** One input of an action: how it is documented in action.yml, and how its text becomes a value. */
export interface Input<T> {
  description: string
  default: string
  required: boolean
  /** The value of a text that was given; throws a sentence (an Error) where the text does not fit. */
  parse(text: string): T
  /** The value where nothing was given. */
  absent: T
  /** Its value is masked in the log. */
  secret?: true
}

type Inputs = Record<string, Input<unknown>>
export type Values<I extends Inputs> = { [K in keyof I]: I[K] extends Input<infer T> ? T : never }

/** A text; `undefined` where none is given. */
export function text(description: string): Input<string | undefined> {
  return { description, default: '', required: false, parse: (given) => given, absent: undefined }
}

/** A text that must not be seen; `undefined` where none is given. */
export function secret(description: string): Input<string | undefined> {
  return { ...text(description), secret: true }
}

/** A text that must be given (the runner does not enforce `required`; this does). */
export function requiredText(description: string): Input<string> {
  return { description, default: '', required: true, parse: (given) => given, absent: '' }
}

/** A text with a default that action.yml shows. */
export function textOr(fallback: string, description: string): Input<string> {
  return { description, default: fallback, required: false, parse: (given) => given, absent: fallback }
}

/** One entry a line; blank lines do not count. */
export function lines(description: string, required: 'required' | 'optional' = 'optional'): Input<string[]> {
  return {
    description,
    default: '',
    required: required === 'required',
    parse: (given) =>
      given
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    absent: [],
  }
}

/** true or false, in the spellings of YAML 1.2's core schema. */
export function flag(fallback: boolean, description: string): Input<boolean> {
  return {
    description,
    default: String(fallback),
    required: false,
    parse: (given) => {
      if (['true', 'True', 'TRUE'].includes(given)) return true
      if (['false', 'False', 'FALSE'].includes(given)) return false
      throw new Error('must be true or false')
    },
    absent: fallback,
  }
}

/** One of a few words. */
export function choice<const W extends string>(words: readonly W[], fallback: W, description: string): Input<W> {
  return { description, default: fallback, required: false, parse: (given) => word(words, given), absent: fallback }
}

/** Some of a few words, one a line. */
export function choices<const W extends string>(words: readonly W[], description: string): Input<W[]> {
  const each = lines(description)
  return { ...each, parse: (given) => each.parse(given).map((one) => word(words, one)), absent: [] }
}

/** A whole number of at least 1; `undefined` where none is given. */
export function count(description: string): Input<number | undefined> {
  return {
    description,
    default: '',
    required: false,
    parse: (given) => {
      if (!/^[1-9]\d{0,8}$/.test(given)) throw new Error('must be a whole number of at least 1')
      return Number(given)
    },
    absent: undefined,
  }
}

/** An input of the pack's contract that this version does not have: giving it is an error, never ignored. */
export function unsupported(description: string): Input<undefined> {
  return {
    description: `${description} Not supported yet: giving it is an error.`,
    default: '',
    required: false,
    parse: () => {
      throw new Error('is not supported by this version; remove it from the step')
    },
    absent: undefined,
  }
}

function word<W extends string>(words: readonly W[], given: string): W {
  const found = words.find((w) => w === given)
  if (found) return found
  const near = nearest(given, words)
  throw new Error(`must be one of ${words.join(', ')}${near ? ` (did you mean ${near}?)` : ''}`)
}

/** The environment variable in which the runner passes an input. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}

/**
 * Every input of an action as one typed object. An input that the action does not have, one that is required and empty,
 * and one whose text does not fit are UserErrors naming the input.
 */
export function readInputs<I extends Inputs>(inputs: I, env: NodeJS.ProcessEnv): Values<I> {
  refuseUnknown(Object.keys(inputs), env)
  const values = Object.entries(inputs).map(([name, input]) => [name, readInput(name, input, env)])
  return Object.fromEntries(values) as Values<I>
}

function readInput(name: string, input: Input<unknown>, env: NodeJS.ProcessEnv): unknown {
  const given = (env[inputVariable(name)] ?? '').trim()
  if (given === '') {
    if (!input.required) return input.absent
    throw new UserError({
      code: 'INPUT_REQUIRED',
      message: `The input "${name}" is required.`,
      where: { key: name },
      help: `Give it under with: ${input.description}`,
    })
  }
  try {
    return input.parse(given)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError({
      code: 'INPUT_INVALID',
      message: `The input "${name}" ${error instanceof Error ? error.message : String(error)}; it is "${given.slice(0, 80)}".`,
      where: { key: name },
      help: input.description,
    })
  }
}

function refuseUnknown(known: string[], env: NodeJS.ProcessEnv): void {
  const variables = new Set(known.map(inputVariable))
  const unknown = Object.keys(env).find((key) => key.startsWith('INPUT_') && !variables.has(key))
  if (!unknown) return
  const given = unknown.slice('INPUT_'.length).toLowerCase()
  const near = nearest(given.replaceAll('_', '-'), known)
  throw new UserError({
    code: 'INPUT_UNKNOWN',
    message: `This action has no input "${given}".`,
    where: { key: given },
    help: near ? `Did you mean "${near}"?` : `Its inputs are: ${known.join(', ')}.`,
  })
}

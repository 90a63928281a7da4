import { nearest } from '@mlops-actions/verdict'
import type { z } from 'zod'
import { firstLine, YamlText } from './yaml-text.ts'

/**
 * YAML or JSON text as a typed value. Whatever is wrong (syntax, a key that does not exist, a value of the wrong type) is
 * a UserError with file, line, column and key; an unknown key names the nearest valid one. An empty text is `{}`.
 *
 * @param origin how people name the text: a path, or `input "rules"`
 * @param code of the UserError, e.g. `SETTINGS_INVALID`
 */
export function parseDocument<T extends z.ZodType>(text: string, origin: string, schema: T, code: string): z.output<T> {
  const source = new YamlText(text, origin, code)
  const parsed = schema.safeParse(source.value ?? {})
  if (parsed.success) return parsed.data
  const issue = deepest(parsed.error.issues[0]!)
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path
  const { message, help } = explain(issue, origin, schema)
  // People look for the key rather than for its value.
  throw source.mistake(message, path, help, 'key')
}

type Issue = z.core.$ZodIssue

/** In a union, the issue that got furthest into the value: the one the author most likely meant to avoid. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.flat().map((i) => deepest({ ...i, path: [...issue.path, ...i.path] } as Issue))
  return inner.sort((a, b) => b.path.length - a.path.length)[0] ?? issue
}

function explain(issue: Issue, origin: string, schema: z.ZodType): { message: string; help: string } {
  const key = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const given = issue.keys[0]!
    const known = keysAt(schema, issue.path)
    const near = nearest(given, known)
    return {
      message: `${origin} has an unknown key "${given}"${key === '' ? '' : ` under "${key}"`}.`,
      help: near ? `Did you mean "${near}"?` : `Valid keys here: ${known.join(', ')}.`,
    }
  }
  return {
    message: `${origin}: ${key === '' ? 'the content' : `"${key}"`} is not valid: ${firstLine(issue.message)}.`,
    help: 'Change the value at that place.',
  }
}

/** The keys an object schema accepts at a path; empty where the schema there is no object. */
function keysAt(schema: z.ZodType, path: PropertyKey[]): string[] {
  let at: unknown = schema
  for (const part of path) at = step(unwrapped(at), part)
  const inner = unwrapped(at)
  return Object.keys(property(inner, 'shape') ?? {})
}

function unwrapped(schema: unknown): unknown {
  const inner = property(property(schema, 'def'), 'innerType') ?? property(property(schema, 'def'), 'in')
  return inner === undefined ? schema : unwrapped(inner)
}

function step(schema: unknown, part: PropertyKey): unknown {
  const definition = property(schema, 'def')
  return (
    property(property(schema, 'shape'), part) ?? property(definition, 'valueType') ?? property(definition, 'element')
  )
}

function property(of: unknown, key: PropertyKey): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, key) : undefined
}

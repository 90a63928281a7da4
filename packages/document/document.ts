import { nearest, UserError, type Where } from '@mlops-actions/verdict'
import { type Document, isNode, LineCounter, parseDocument as parseYaml } from 'yaml'
import type { z } from 'zod'

/**
 * YAML or JSON text as a typed value. Whatever is wrong (syntax, a key that does not exist, a value of the wrong type) is
 * a UserError with file, line, column and key; an unknown key names the nearest valid one. An empty text is `{}`.
 *
 * @param origin how people name the text: a path, or `input "rules"`
 * @param code of the UserError, e.g. `SETTINGS_INVALID`
 */
export function parseDocument<T extends z.ZodType>(text: string, origin: string, schema: T, code: string): z.output<T> {
  const lines = new LineCounter()
  const document = parseYaml(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const broken = document.errors[0]
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw new UserError({
      code,
      message: `${origin} is not valid YAML: ${firstLine(broken.message)}`,
      where: { file: origin, line, column: col },
      help: 'Mend the syntax at that place; two spaces indent one level, and a text with : or # in it needs quotes.',
    })
  }
  const parsed = schema.safeParse(document.toJS() ?? {})
  if (parsed.success) return parsed.data
  const issue = deepest(parsed.error.issues[0]!)
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path
  throw new UserError({
    code,
    ...explain(issue, origin, schema),
    where: { file: origin, ...place(document, lines, path) },
  })
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

function place(document: Document.Parsed, lines: LineCounter, path: PropertyKey[]): Where {
  const key = path.map(String).join('.')
  const where: Where = key === '' ? {} : { key }
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(keyStart(document, path.slice(0, depth)) ?? node.range[0])
      return { ...where, line, column: col }
    }
  }
  return where
}

/** Where the key of a pair begins, rather than its value: that is the word people look for. */
function keyStart(document: Document.Parsed, path: PropertyKey[]): number | undefined {
  const parent = path.length <= 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const items: unknown = property(parent, 'items')
  if (!Array.isArray(items)) return undefined
  for (const pair of items) {
    const key = property(pair, 'key')
    if (isNode(key) && key.range && String(property(key, 'value')) === String(path.at(-1))) return key.range[0]
  }
  return undefined
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/[.:]\s*$/, '')
}

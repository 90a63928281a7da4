import { type Json, type Mistake, nearest, UserError, type Where } from '@mlops-actions/verdict'
import { isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, type ScalarTag } from 'yaml'
import type { z } from 'zod'

export type Path = (string | number)[]

/** Python's json module writes these into suites, and they are no JSON. */
const notFinite: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: () => false,
  test: /^(?:NaN|-?Infinity)$/,
  resolve: Number,
}

/** A YAML or JSON text that knows where each of its values stands. */
export class SuiteText {
  readonly value: Json
  readonly #origin: string
  readonly #lines = new LineCounter()
  readonly #root: Node | null

  constructor(text: string, origin: string) {
    this.#origin = origin
    const document = parseDocument(text, { lineCounter: this.#lines, customTags: (tags) => [notFinite, ...tags] })
    this.#root = document.contents
    const error = document.errors[0]
    if (error !== undefined) {
      const message = error.message.split(/ at line \d+/)[0]!
      throw this.#mistake(
        `The suite is no YAML or JSON: ${message}`,
        this.#place(error.pos[0]),
        'Mend the syntax there.',
      )
    }
    try {
      this.value = document.toJS() as Json
    } catch (cause) {
      throw this.#mistake(`The suite cannot be read: ${(cause as Error).message}`, {}, 'Mend its aliases.')
    }
  }

  /** Where the value at a path stands, or the nearest thing around it that is there; `key` at the name of its last part. */
  where(path: Path, part: 'value' | 'key' = 'value'): Where {
    let node: unknown = this.#root
    let offset = this.#root?.range?.[0] ?? 0
    for (const [depth, step] of path.entries()) {
      if (!isCollection(node)) break
      const pair = isMap(node)
        ? node.items.find((p) => isScalar(p.key) && String(p.key.value) === String(step))
        : undefined
      const next: unknown = isMap(node) ? pair?.value : node.items[Number(step)]
      const atKey = part === 'key' && depth === path.length - 1
      const anchor = isPair(pair) && (atKey || !hasRange(next)) ? pair.key : next
      if (!hasRange(anchor)) break
      offset = anchor.range[0]
      node = next
    }
    return { ...this.#place(offset), ...(path.length === 0 ? {} : { key: path.join('.') }) }
  }

  /** A mistake at a path. */
  mistake(message: string, path: Path, help: string, part: 'value' | 'key' = 'value'): UserError {
    return this.#mistake(message, this.where(path, part), help)
  }

  /** What stands at a path as a schema reads it; a UserError that names the first thing wrong, and the nearest key. */
  read<T>(schema: z.ZodType<T>, value: unknown, path: Path, keys: Iterable<string>, of: string): T {
    const read = schema.safeParse(value)
    if (read.success) return read.data
    const issue = read.error.issues[0]!
    if (issue.code === 'unrecognized_keys')
      throw this.unknownKey(issue.keys[0]!, [...path, ...(issue.path as Path)], keys, of)
    const at = [...path, ...(issue.path as Path)]
    const isMissing =
      issue.code === 'invalid_type' && issue.input === undefined && valueAt(value, issue.path as Path) === undefined
    const name = issue.path.at(-1)
    if (isMissing && name !== undefined) {
      throw this.mistake(`${of} lacks "${String(name)}"`, path, `Add ${String(name)}.`)
    }
    const reason = issue.message.replace(/^Invalid input: /, '')
    const subject = name === undefined ? of : `"${String(name)}" of ${of}`
    throw this.mistake(`${subject} is not right: ${reason}`, at, 'Change this value.')
  }

  unknownKey(key: string, path: Path, keys: Iterable<string>, of: string): UserError {
    const known = [...keys]
    const meant = nearest(key, known)
    const help = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${meant}"?`
    return this.mistake(`${of} has no key "${key}"`, [...path, key], help, 'key')
  }

  #mistake(message: string, where: Where, help: string): UserError {
    const mistake: Mistake = { code: 'SUITE_INVALID', message, where: { file: this.#origin, ...where }, help }
    return new UserError(mistake)
  }

  #place(offset: number): Where {
    const { line, col } = this.#lines.linePos(offset)
    return line === 0 ? {} : { line, column: col }
  }
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((of, step) => (of as Record<string | number, unknown> | undefined)?.[step], value)
}

import { type Path, YamlText } from '@mlops-actions/document'
import { nearest, type UserError } from '@mlops-actions/verdict'
import type { ScalarTag } from 'yaml'
import type { z } from 'zod'

/** Python's json module writes these into suites, and they are no JSON. */
const notFinite: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: () => false,
  test: /^(?:NaN|-?Infinity)$/,
  resolve: Number,
}

/** The text of a suite, whose values a schema reads one by one. */
export class SuiteText extends YamlText {
  constructor(text: string, origin: string) {
    super(text, origin, 'SUITE_INVALID', [notFinite])
  }

  /** What stands at a path as a schema reads it; a UserError that names the first thing wrong, and the nearest key. */
  read<T>(schema: z.ZodType<T>, value: unknown, path: Path, keys: Iterable<string>, of: string): T {
    const read = schema.safeParse(value)
    if (read.success) return read.data
    const issue = read.error.issues[0]!
    if (issue.code === 'unrecognized_keys') throw this.unknownKey(issue.keys[0]!, [...path, ...issue.path], keys, of)
    const at = [...path, ...issue.path]
    const isMissing =
      issue.code === 'invalid_type' && issue.input === undefined && valueAt(value, issue.path) === undefined
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
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((of, step) => (of as Record<PropertyKey, unknown> | undefined)?.[step], value)
}

import { parseDocument } from '@mlops-actions/document'
import { readText } from '@mlops-actions/files'
import type { z } from 'zod'
import type { Context } from './definition.ts'

/**
 * The input `rules`: YAML written in the workflow, or the path of a file (one line without a colon followed by a space).
 * What is wrong in it is told with its place. Empty where nothing was given.
 */
export async function rulesInput<T extends z.ZodType>(
  a: Pick<Context<never, never>, 'roots'>,
  given: string | undefined,
  schema: T,
): Promise<z.output<T> | undefined> {
  if (given === undefined) return undefined
  const isPath = !given.includes('\n') && !/:(\s|$)/.test(given) && !given.startsWith('{')
  const text = isPath ? await readText(given, a.roots) : given
  return parseDocument(text, isPath ? given : 'input "rules"', schema, 'RULES_INVALID')
}

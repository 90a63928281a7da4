import { createHash } from 'node:crypto'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { parseDocument } from '@mlops-actions/document'
import { type Roots, readText } from '@mlops-actions/files'
import { UserError } from '@mlops-actions/verdict'
import { type SettingsValues, settingsSchema } from './schema.ts'

/** The project's mlops.yaml as it stands in the workspace. */
export interface Settings {
  values: SettingsValues
  /** Path from the workspace's root, with `/`. */
  path: string
  /** Whether there is such a file; without one, `values` is empty. */
  exists: boolean
  /** A path as mlops.yaml means it (relative to the file), as a path from the workspace's root. */
  resolve(path: string): string
}

export const defaultFile = 'mlops.yaml'

/**
 * Reads the settings file. The default one may be missing; one that was named otherwise may not. Like every path it must
 * lie in the workspace or the temporary folder, links followed.
 */
export async function loadSettings(file: string, roots: Roots): Promise<Settings> {
  const full = isAbsolute(file) ? file : join(roots.workspace, file)
  const path = relative(roots.workspace, full).replaceAll('\\', '/')
  const resolve = (of: string) => (isAbsolute(of) ? of : join(dirname(path), of))
  const text = await readText(file, roots).catch((error: unknown) => {
    if (error instanceof UserError && error.code === 'FILE_MISSING' && file === defaultFile) return undefined
    throw error
  })
  return { values: parseSettings(text ?? '', path), path, exists: text !== undefined, resolve }
}

/** The text of a mlops.yaml as values; mistakes are UserErrors with line, column and the nearest valid key. */
export function parseSettings(text: string, origin: string): SettingsValues {
  return parseDocument(text, origin, settingsSchema, 'SETTINGS_INVALID')
}

/** sha256 of a rule set as canonical JSON (keys sorted): the `rules` that a verdict is bound to. */
export function rulesDigest(rules: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(rules ?? {})))
    .digest('hex')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

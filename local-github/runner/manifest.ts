import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

export interface ActionInput {
  default?: string
  deprecationMessage?: string
}

/** What a JavaScript action's action.yml says, as far as running it goes. */
export interface ActionManifest {
  folder: string
  inputs: Map<string, ActionInput>
  outputs: string[]
  main: string
  pre?: string
  preIf: string
  post?: string
  postIf: string
}

const runtimes = ['node20', 'node24']

/** Reads action.yml (or action.yaml) of a folder; an action that is not JavaScript is an Error. */
export async function readManifest(folder: string): Promise<ActionManifest> {
  const file = ['action.yml', 'action.yaml'].map((name) => join(folder, name)).find((path) => existsSync(path))
  if (!file) throw new Error(`${folder} has no action.yml`)
  const whole = parse(await readFile(file, 'utf8')) as Record<string, unknown>
  const runs = (whole.runs ?? {}) as Record<string, string | undefined>
  if (!runtimes.includes(runs.using ?? ''))
    throw new Error(`${file}: runs.using is ${runs.using}; only ${runtimes.join(' and ')} can be run here`)
  if (!runs.main) throw new Error(`${file}: runs.main is missing`)
  const inputs = new Map<string, ActionInput>()
  for (const [name, given] of Object.entries((whole.inputs ?? {}) as Record<string, Record<string, unknown> | null>)) {
    const input: ActionInput = {}
    if (given?.default !== undefined && given.default !== null) input.default = String(given.default)
    if (typeof given?.deprecationMessage === 'string') input.deprecationMessage = given.deprecationMessage
    inputs.set(name, input)
  }
  return {
    folder,
    inputs,
    outputs: Object.keys((whole.outputs ?? {}) as object),
    main: join(folder, runs.main),
    ...(runs.pre ? { pre: join(folder, runs.pre) } : {}),
    preIf: runs['pre-if'] ?? 'always()',
    ...(runs.post ? { post: join(folder, runs.post) } : {}),
    postIf: runs['post-if'] ?? 'always()',
  }
}

/** `INPUT_` names: upper case, spaces become underscores, dashes stay. */
export const inputVariable = (name: string): string => `INPUT_${name.toUpperCase().replaceAll(' ', '_')}`

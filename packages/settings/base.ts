import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { GitHub } from '@mlops-actions/github'
import type { JsonObject } from '@mlops-actions/verdict'
import type { SettingsValues } from './schema.ts'
import { parseSettings, type Settings } from './settings.ts'

/** The settings whose rules count, and how the workspace stands to them. */
export interface Base {
  values: SettingsValues
  /** `base`: what the workspace and the inputs say counts as the base's own; `branch`: it is a branch's. */
  workspace: 'base' | 'branch'
  /** For people: where the rules were read, e.g. `main at 1f2e3d4`. */
  from: string
}

/** What is known of the job; a part of the action frame's environment. */
export interface JobPlace {
  workspace: string
  event: { name: string; payload: JsonObject } | undefined
  ref: string | undefined
}

/**
 * The rules of the base: of a pull request, the base commit's; of a push elsewhere than to the default branch, the
 * default branch's tip; on the default branch itself (push, schedule, dispatch) the workspace's own. Outside GitHub,
 * `git show origin/HEAD:` decides; a repository without an origin has only the branch's.
 */
export async function readBase(settings: Settings, place: JobPlace, github: () => Promise<GitHub>): Promise<Base> {
  const { event } = place
  if (!event) return readLocalBase(settings, place.workspace)
  const pull = objectAt(event.payload, 'pull_request')
  if (pull) {
    const base = objectAt(pull, 'base')
    return readCommit(settings, String(base?.sha ?? ''), `${String(base?.ref ?? 'base')}`, github)
  }
  const branch = objectAt(event.payload, 'repository')?.default_branch
  if (event.name === 'schedule' || place.ref === `refs/heads/${String(branch)}`) {
    return { values: settings.values, workspace: 'base', from: `${settings.path} of the default branch` }
  }
  const name = typeof branch === 'string' ? branch : (await (await github()).about()).defaultBranch
  return readCommit(settings, name, name, github)
}

async function readCommit(settings: Settings, ref: string, name: string, github: () => Promise<GitHub>): Promise<Base> {
  const text = await (await github()).contents.read(settings.path, ref)
  const from = /^[0-9a-f]{40}$/.test(ref) ? `${name} at ${ref.slice(0, 7)}` : name
  const values = text === 'absent' ? {} : parseSettings(text, `${settings.path} (${from})`)
  return { values, workspace: 'branch', from: text === 'absent' ? `${from} (it has no ${settings.path})` : from }
}

async function readLocalBase(settings: Settings, workspace: string): Promise<Base> {
  const show = promisify(execFile)
  try {
    const { stdout } = await show('git', ['-C', workspace, 'show', `origin/HEAD:${settings.path}`], {
      maxBuffer: 1 << 24,
    })
    return { values: parseSettings(stdout, `origin/HEAD:${settings.path}`), workspace: 'branch', from: 'origin/HEAD' }
  } catch (error) {
    if (error instanceof Error && 'stderr' in error) {
      return { values: {}, workspace: 'branch', from: 'this checkout alone (origin/HEAD has no settings)' }
    }
    throw error
  }
}

function objectAt(of: JsonObject, key: string): JsonObject | undefined {
  const value = of[key]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { GitHub } from '@mlops-actions/github'
import { type JsonObject, UserError } from '@mlops-actions/verdict'
import type { SettingsValues } from './schema.ts'
import { defaultFile, parseSettings, type Settings } from './settings.ts'

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

/** Events whose workflow, checked out as it comes, is the default branch's own; others may check out what a stranger proposes. */
const ownEvents = ['push', 'schedule', 'workflow_dispatch', 'repository_dispatch']

/**
 * The rules of the base: of a pull request, the base commit's; on the default branch itself (push, schedule, dispatch)
 * the workspace's own; of every other event, the default branch's tip. Outside GitHub, `git show origin/HEAD:` decides;
 * a repository without an origin has only the branch's.
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
  const onDefault = event.name === 'schedule' || place.ref === `refs/heads/${String(branch)}`
  if (onDefault && ownEvents.includes(event.name)) {
    return { values: settings.values, workspace: 'base', from: `${settings.path} of the default branch` }
  }
  const name = typeof branch === 'string' ? branch : (await (await github()).about()).defaultBranch
  return readCommit(settings, name, name, github)
}

/**
 * The settings that the default branch has now, read from GitHub whatever is checked out here: a promotion is judged by
 * these. A file that was named and is not there is an error; without the default one there is no policy.
 */
export async function readDefaultBranch(settings: Settings, github: GitHub): Promise<Base> {
  const { defaultBranch } = await github.about()
  const base = await readCommit(settings, defaultBranch, defaultBranch, async () => github)
  if (base.found || settings.path === defaultFile) return base
  throw new UserError({
    code: 'SETTINGS_UNREADABLE',
    message: `The default branch ${defaultBranch} has no ${settings.path}.`,
    where: { file: settings.path, key: 'config-file' },
    help: 'What a promotion needs stands in that file; merge it into the default branch first.',
  })
}

async function readCommit(
  settings: Settings,
  ref: string,
  name: string,
  open: () => Promise<GitHub>,
): Promise<Base & { found: boolean }> {
  if (settings.path.startsWith('../')) throw outside(settings.path)
  const github = await open()
  const text = await github.contents.read(settings.path, ref)
  if (text === 'absent') await requireReadable(github, ref, name)
  const from = /^[0-9a-f]{40}$/.test(ref) ? `${name} at ${ref.slice(0, 7)}` : name
  const values = text === 'absent' ? {} : parseSettings(text, `${settings.path} (${from})`)
  const found = text !== 'absent'
  return { values, workspace: 'branch', from: found ? from : `${from} (it has no ${settings.path})`, found }
}

/** GitHub also says 404 of what the token may not see: only a base that can be read is known to have no rules. */
async function requireReadable(github: GitHub, ref: string, name: string): Promise<void> {
  const isCommit = /^[0-9a-f]{40}$/.test(ref)
  const there = await (isCommit ? github.objects.readCommit(ref) : github.refs.get(`refs/heads/${ref}`))
  if (there !== 'absent') return
  throw new UserError({
    code: 'BASE_UNREADABLE',
    message: `The base ${name}${isCommit ? ` at ${ref.slice(0, 7)}` : ''} cannot be read, so its rules are not known.`,
    help: 'Give the job the permission "contents: read", and push the base branch again where its history was rewritten.',
  })
}

function outside(path: string): UserError {
  return new UserError({
    code: 'SETTINGS_UNREADABLE',
    message: `The settings file ${path} lies outside the repository, so no branch can hold it.`,
    where: { file: path, key: 'config-file' },
    help: 'Rules come from the base branch: keep the file in the repository.',
  })
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

import { YamlText } from '@mlops-actions/document'
import { type Check, check, type Json, type JsonObject } from '@mlops-actions/verdict'
import type { ModelFacts } from './facts.ts'

/** A workflow of the user's own, as it is checked out. */
export interface WorkflowFile {
  path: string
  text: string
}

interface Trigger {
  event: 'push' | 'release' | 'create' | 'deployment' | 'deployment_status'
  why: string
  add: string
}

const ignore = `tags-ignore: ['*@*', '*#*']`
const guard = `if: \${{ !contains(github.ref_name, '@') && !contains(github.ref_name, '#') }}`

/** Task of the deployments that witness a stage. */
const guardTask = `if: \${{ !startsWith(github.event.deployment.task, 'mlops-promote:') }}`

/** Which workflows the registry's tags, releases and deployments would start. Advice: it never fails. */
export function workflowChecks(files: WorkflowFile[], models: Pick<ModelFacts, 'model'>[]): Check[] {
  const names = models.length === 0 ? ['model'] : models.map((m) => m.model)
  const tags = names.flatMap((m) => [`${m}@v1.0.0`, `${m}#production#1`])
  const checks = files.flatMap((file) => {
    const read = parsed(file)
    return triggers(read?.value, tags).map((trigger) => told(file, trigger, read!))
  })
  if (checks.length > 0) return checks
  return [
    check(true, {
      id: 'registry.workflow',
      title: 'No workflow starts on the tags, releases and deployments of the registry',
      subject: 'workflows',
      observed: files.length === 0 ? 'no workflow is checked out here' : `none of ${files.length}`,
      expected: 'workflows that leave them out',
    }),
  ]
}

function told({ path }: WorkflowFile, { event, why, add }: Trigger, yaml: YamlText): Check {
  const { line } = yaml.where(['on', event], 'key')
  return check(false, {
    id: 'registry.workflow',
    title: `${path} does not start on the tags, releases and deployments of the registry`,
    subject: path,
    observed: `${path}${line === undefined ? '' : `:${line}`}: on: ${event} ${why}`,
    expected: 'a workflow that leaves them out',
    severity: 'warned',
    detail: `What is written with github.token starts nothing; with a token of your own it does. ${add}`,
    evidence: { event, line: line ?? null },
  })
}

/** What does not parse is no workflow either; GitHub says so itself. */
function parsed({ path, text }: WorkflowFile): YamlText | undefined {
  try {
    return new YamlText(text, path, 'WORKFLOW_INVALID')
  } catch {
    return undefined
  }
}

function triggers(workflow: Json | undefined, tags: string[]): Trigger[] {
  if (!isObject(workflow)) return []
  const { on, jobs } = workflow
  const events = new Map<string, Json>()
  if (typeof on === 'string') events.set(on, null)
  else if (Array.isArray(on)) for (const name of on) events.set(String(name), null)
  else if (isObject(on)) for (const [name, filter] of Object.entries(on)) events.set(name, filter)
  const found: Trigger[] = []
  for (const event of ['deployment', 'deployment_status'] as const)
    if (events.has(event) && !guarded(jobs, /ref|task|environment/))
      found.push({
        event,
        why: 'starts for every promotion and rollback',
        add: `Add to each of its jobs: ${guardTask}`,
      })
  if (guarded(jobs, /ref|tag_name/)) return found
  if (events.has('push')) found.push(...onPush(events.get('push')!, tags))
  if (events.has('release') && onRelease(events.get('release')!))
    found.push({ event: 'release', why: 'starts for every version', add: `Add to each of its jobs: ${guard}` })
  if (events.has('create'))
    found.push({ event: 'create', why: 'starts for every tag', add: `Add to each of its jobs: ${guard}` })
  return found
}

/** Jobs that each ask what they are started for know what they are doing. */
function guarded(jobs: Json | undefined, asks: RegExp): boolean {
  const all = isObject(jobs) ? Object.values(jobs) : []
  return all.length > 0 && all.every((job) => isObject(job) && asks.test(String(job.if ?? '')))
}

function onPush(filter: Json, tags: string[]): Trigger[] {
  const of = isObject(filter) ? filter : {}
  const add = (words: string): Trigger[] => {
    const started = tags.filter((tag) => starts(of, tag))
    if (started.length === 0) return []
    return [{ event: 'push', why: `starts for tags such as ${started[0]}`, add: words }]
  }
  if (of['tags-ignore'] !== undefined) return add(`Add to its tags-ignore: '*@*' and '*#*'.`)
  if (of.tags !== undefined) return add(`Add to the end of its tags: '!*@*' and '!*#*'.`)
  // GitHub drops the pushes of branches as soon as only tags are filtered, and paths do not count for tags.
  if (of.branches === undefined && of['branches-ignore'] === undefined)
    return add(`Add under push: branches: ['**'] and ${ignore}.`)
  return []
}

function starts(filter: JsonObject, tag: string): boolean {
  if (filter['tags-ignore'] !== undefined) return !listOf(filter['tags-ignore']).some((p) => glob(p).test(tag))
  if (filter.tags === undefined) return true
  let on = false
  // The last pattern that fits decides.
  for (const pattern of listOf(filter.tags)) {
    const not = pattern.startsWith('!')
    if (glob(not ? pattern.slice(1) : pattern).test(tag)) on = !not
  }
  return on
}

/** Drafts start nothing; publishing one gives `published`, and `released` or `prereleased`. */
function onRelease(filter: Json): boolean {
  const types = isObject(filter) ? filter.types : undefined
  return types === undefined || listOf(types).some((t) => /^(published|(pre)?released)$/.test(t))
}

/** A filter pattern of GitHub's workflow syntax: `?` and `+` repeat what stands before them. */
function glob(pattern: string): RegExp {
  const source = pattern.replaceAll(/\\.|\*\*|[*?+]|\[[^\]]*\]|[^\w\s]/g, (found) => {
    if (found === '**') return '.*'
    if (found === '*') return '[^/]*'
    if (found === '?' || found === '+' || found.length > 1) return found
    return `\\${found}`
  })
  try {
    return new RegExp(`^${source}$`)
  } catch {
    return /^$/
  }
}

const listOf = (value: Json | undefined) => (Array.isArray(value) ? value : [value ?? '']).map(String)

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
